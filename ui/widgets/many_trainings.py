"""Time of many trainings where shots or noise read the circuit, said before they are started.

Read exactly they are done in seconds, all at once; with shots or noise one after another, each as long as a run alone.
"""

from __future__ import annotations

from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import readout_in_words
from qtl_core.settings.relevant import relevant
from qtl_core.training.forecast import Forecast
from ui.base import job_managers
from ui.base.wording import between


def forecast_key(settings: RunSettings) -> RunSettings:
    """Returns what a forecast is kept by: the seed changes nothing about the time, nor does what plays no part."""
    return relevant(settings).changed(seed=0)


def many_words(settings: RunSettings, trainings: float) -> str:
    """Returns what to say before so many trainings are started; "" where the circuit is read exactly.

    Args:
        settings: What is trained.
        trainings: How many, in trainings of all that these settings learn from.
    """
    if settings.reads_exactly:
        return ""
    slow = f"With {readout_in_words(settings.readout)} they are trained one after another, not all at once"
    found = job_managers.forecasts().find(forecast_key(settings))
    known: Forecast | None = found.view.result if found is not None else None
    if known is None:
        return f"{slow}: each takes as long as a run alone."
    seconds = known.training * trainings
    return f"{slow}: {between(seconds.low, seconds.high)} on this machine, by the forecast of one."

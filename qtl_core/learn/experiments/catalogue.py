"""All experiments, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from qtl_core.common.errors import UserError
from qtl_core.learn.experiments.experiment import Experiment

# In the order of the fields on the Learn page.
KEYS: tuple[str, ...] = ("images", "language", "generative")


def experiment(key: str) -> Experiment:
    """Returns an experiment.

    Raises:
        UserError: There is none of that name.
    """
    if key not in KEYS:
        raise UserError(f"There is no experiment “{key}”.", "", f"Choose from {', '.join(KEYS)}.")
    found: Experiment = import_module(f"{__package__}.{key}").EXPERIMENT
    return found

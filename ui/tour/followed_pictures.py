"""The pictures that several stops show: every so many of the validation pictures, followed once for all who look."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.explain.forward_pass import PictureTrace
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import TrainedModel, named_model
from ui.home.followed_pictures import followed
from ui.widgets.waiting import show_once_over

WAITING = "Waking up the image network: the pictures follow as soon as it is ready …"

Traces = tuple[PictureTrace, ...]


def model() -> TrainedModel:
    """Returns the run that answers on the tour until there is one of the visitor's own."""
    return named_model(RUN_ID)


def with_pictures(show: Callable[[Traces], None]) -> None:
    """Calls `show` with the pictures once they are all there; inside a fragment, so widgets there are quick."""
    show_once_over(lambda: followed(model()), show, lambda _: WAITING)

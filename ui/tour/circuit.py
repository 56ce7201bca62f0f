"""The fifth stop: the whole network, with a picture inside."""

from __future__ import annotations

from qtl_core.explain.forward_pass import PictureTrace
from ui.home.trace_view import show_traces, traces_data
from ui.session import keys
from ui.tour.followed_pictures import model, with_pictures

TITLE = "The dressed circuit"
TEXT = (
    "Now all of it together. A small layer boils the features down to **four angles**; each turns one qubit. Then come "
    "six layers of CNOTs and of turns by **angles that were learnt**. At the end every qubit is measured, and a last "
    "small layer makes the answer of the four numbers. An ordinary layer before and one after: the circuit is "
    "*dressed*. Pause it, and move the slider."
)
PAGE = ("pages/circuit.py", "Walk through the circuit, gate by gate")
WIDE = True


def show() -> None:
    """Shows pictures on their way through."""
    with_pictures(_show)


def _show(traces: tuple[PictureTrace, ...]) -> None:
    data = traces_data(traces, model().run) | {"compact": True}
    show_traces(key=keys.TOUR_TRACES, data=data)

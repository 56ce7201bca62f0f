"""The fifth stop: the whole network, with a picture inside."""

from __future__ import annotations

from qtl_core.explain.forward_pass import PictureTrace
from ui.home.page import show_record
from ui.home.trace_view import show_traces, traces_data
from ui.session import keys
from ui.tour.followed_pictures import model, with_pictures

TITLE = "The dressed circuit"
TASK = "Pause the picture on its way, and move the slider."
TEXT = (
    "Now all of it together. A small layer boils the features down to **an angle for each qubit**, which turns it. "
    "Then come layers of CNOTs and of turns by angles that training may change. At the end every qubit is measured "
    "and a last small layer makes the answer of those numbers. An ordinary layer before and one after: the circuit is "
    "*dressed*. Which of the three did the learning? A line below the pictures says what training changed in this "
    "very run, and stop 9 trains without."
)
PAGE = ("pages/circuit.py", "Walk through the circuit, gate by gate")
WIDE = True


def show() -> None:
    """Shows pictures on their way through."""
    with_pictures(_show)


def _show(traces: tuple[PictureTrace, ...]) -> None:
    data = traces_data(traces, model().run) | {"compact": True}
    show_traces(key=keys.TOUR_TRACES, data=data)
    show_record(model().run)

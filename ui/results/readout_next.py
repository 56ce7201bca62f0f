"""Next steps at the dial: train under this readout, or turn the same dial on spirals; then both runs side by side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from qtl_core.readout.dial import DialReading, DialRequest, dial_job
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.runs.events import Prepared
from qtl_core.settings import PRESETS, ReadoutSettings, RunSettings
from qtl_core.settings.readout_words import readout_in_words
from ui.base import job_managers
from ui.base.errors import guarded
from ui.results.readout_words import beside_words
from ui.session import session
from ui.session.readout import Beside
from ui.session.run_actions import is_open, shown_run, start

KEY = "readout_next"
SPIRALS = PRESETS[2].applied_to(RunSettings())
WAIT_SECONDS = 0.5


def show_next(inputs: ReadoutInputs, prepared: Prepared, key: tuple[object, ...], noun: str) -> None:
    """Shows what can be trained from here; the results open on the dial.

    Spirals take a second and begin at once. Training from shots or under noise may take hours: it is only set up, so
    that the time it takes stands beside Start before it begins.

    Args:
        inputs: The run's pictures, to be set beside what is trained now.
        prepared: The run.
        key: Tells the run from others.
        noun: What its pictures are called.
    """
    readout, own = session.readout.settings, prepared.settings
    if readout.is_exact or session.screen.hides("train"):
        return
    busy = is_open(shown_run())
    left = Beside(inputs, noun, key, _title(own, noun))
    with st.container(horizontal=True, gap="small"):
        if readout != own.readout and not prepared.from_elsewhere:
            _offer(
                "Train with this on",
                ":material/model_training:",
                replace(own, readout=readout),
                None,  # its twin is found among the kept runs and compared picture by picture
                busy,
                f"Opens Train with this run's settings, reading by {readout_in_words(readout)}; how long that takes "
                "stands there before Start. The head then learns under it, and the dial compares both, picture by "
                "picture.",
                begins=False,
            )
        if own.data.source != "points":
            _offer(
                "The same dial on spirals",
                ":material/cyclone:",
                SPIRALS,
                left,
                busy,
                "Trains the paper's spirals, where the circuit does the work, and turns the same dial there.",
            )
    if busy:
        st.caption("A run of yours is under way on Train: another begins once it is over or stopped.")
    if st.session_state.pop(f"{KEY}_go", False):
        st.switch_page("pages/train.py")


def show_beside(
    readout: ReadoutSettings, mitigate: tuple[str, ...], found: DialReading, key: object, noun: str
) -> None:
    """Shows the run that one came from, read in the same way; nothing where one came from none.

    Args:
        readout: How both are read.
        mitigate: What mitigates errors in both.
        found: This run's reading.
        key: Tells this run from others.
        noun: What its pictures are called.
    """
    before = session.readout.beside
    if before is None or before.key == key:
        return
    request = DialRequest(before.inputs, readout, mitigate, session.readout.seed)
    asked = ("dial", *before.key, readout, mitigate, request.seed)
    find = partial(job_managers.readouts().find_or_start, asked, lambda: dial_job(request, session.owner))
    job_managers.express_jobs().wait(find().id, WAIT_SECONDS)
    result = find().view.result
    if isinstance(result, DialReading):
        st.markdown(beside_words(found, noun, result, before.noun, before.title))


def _title(settings: RunSettings, noun: str) -> str:
    how = "" if settings.readout.is_exact else f", trained by {readout_in_words(settings.readout)}"
    return f"the run before ({noun}{how})"


def _offer(
    label: str, icon: str, wanted: RunSettings, left: Beside | None, busy: bool, about: str, *, begins: bool = True
) -> None:
    key = f"{KEY}_{label.replace(' ', '_').lower()}"
    args = wanted, left, begins
    st.button(label, icon=icon, key=key, disabled=busy, help=about, on_click=guarded()(_train), args=args)


def _train(wanted: RunSettings, left: Beside | None, begins: bool) -> None:
    session.screen.choose_settings(wanted)
    session.readout.beside, session.readout.opens = left, True
    if begins:
        start()
    else:
        st.toast("Train is set up to read that way: see how long it takes, then press Start.", icon=":material/timer:")
    st.session_state[f"{KEY}_go"] = True

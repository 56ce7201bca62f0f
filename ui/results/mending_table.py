"""Every way to bring answers back in one table: what it brings, and what it costs."""

from __future__ import annotations

import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.dial import DialRequest
from qtl_core.readout.mending import Mended, mending_job
from qtl_core.readout.mending_words import mending_words
from ui.base import job_managers
from ui.results.readout_jobs import readout_job
from ui.session import session
from ui.widgets.waiting import show_once_over

KEY = "readout_mending"
OFF = "readout_mending_off"  # a switch can be turned only before it is drawn


def show_mending(request: DialRequest, key: tuple[object, ...]) -> None:
    """Shows a switch, and the table where it is on; nothing without noise and shots.

    Args:
        request: The pictures and how they are read.
        key: Tells the run from others.
    """
    readout = request.readout
    if readout.is_exact:
        return
    if st.session_state.pop(OFF, False):
        st.session_state[KEY] = False
    if not st.toggle(
        "Compare what brings answers back", key=KEY, help="Reads all again in each way; so it is a switch."
    ):
        return
    find = readout_job("mending", (*key, readout, request.seed), lambda: mending_job(request, session.owner))

    def stop() -> None:
        job_managers.express_jobs().stop(find().id)
        st.session_state[OFF] = True

    show_once_over(find, _show, lambda _: "Reading out in each way …", "mending", stop)


def _show(found: tuple[Mended, ...]) -> None:
    rows = [_row(each, found[0]) for each in found]
    st.dataframe(rows, hide_index=True, width="stretch")
    draws = next((each.reading.spread.draws for each in found if each.reading and each.reading.spread), 0)
    of = f"Medians of {draws} draws; ⟨Z⟩ and what follows of the one draw above. " if draws else ""
    st.caption(f"{of}{mending_words(found)} “Train with this on” is the one way that changes the head.")


def _row(each: Mended, plain: Mended) -> dict[str, str]:
    if each.reading is None or plain.reading is None:
        return {"way": each.title, "right": "cannot be had", "confidence": "", "⟨Z⟩ off by": "", "circuits": each.why}
    run, cost = each.reading.run, each.reading.run.cost
    return {
        "way": each.title,
        "right": percent(each.middle("accuracy")),
        "confidence": percent(each.middle("confidence")),
        "⟨Z⟩ off by": f"{run.mean_error:.3f}",
        "circuits": f"{cost.circuits:,}",
        "shots in all": f"{cost.shots:,}" if cost.shots else "none",
        "gates": f"× {cost.gates:.0f}",
    }

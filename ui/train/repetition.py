"""The outcome of training a kept run again: equal numbers, or where they part and what may be the reason."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.compare.names import name_of
from qtl_core.compare.repetition import Reproduction, differences_made_with, same_numbers
from qtl_core.runs.store import cached_run, find_run, provenance_of
from qtl_core.runs.view import RunView
from ui.base.errors import as_name, as_plain_text
from ui.session import session


def show_again(job_id: str, view: RunView) -> None:
    """Shows it below a run that is over, if that was to be a kept one's repetition."""
    run_id = session.runs.trained_again.get(job_id)
    if run_id is None or not view.epochs or not view.ended:
        return
    try:
        record = find_run(run_id)
        name, then = name_of(record), cached_run(run_id, record.version)
    except UserError as error:
        st.warning(as_plain_text(f"The run that was trained again is not there to be compared with. {error}"))
        return
    found = same_numbers(then, view)
    show = st.success if found.first_other is None else st.warning
    show(f"{as_name(name)}, trained again: {as_plain_text(verdict(found))}")
    if found.first_other is not None:
        _show_reasons(run_id, then, view)


def verdict(found: Reproduction) -> str:
    """Returns how the two trainings compare, in words."""
    then, now = found.lengths
    if found.first_other is not None:
        return (
            f"the numbers are not equal. They part at epoch {found.first_other}; the largest difference of a "
            f"probability is {found.largest:.2g}."
        )
    if found.is_equal:
        return f"all numbers of all {now} epochs are equal, to the last bit."
    shorter = "the first one" if then < now else "this one"
    return f"the numbers of the {found.epochs} epochs that both have are equal, to the last bit; {shorter} ends there."


def _show_reasons(run_id: str, then: RunView, now: RunView) -> None:
    if not (now.ended and now.ended.run and then.prepared and now.prepared):
        return
    reasons = differences_made_with(
        (then.prepared, provenance_of(run_id)), (now.prepared, provenance_of(now.ended.run))
    )
    if reasons:
        st.markdown("What differs:\n" + "\n".join(f"- {as_plain_text(reason)}" for reason in reasons))
    else:
        st.markdown(
            "Libraries, pictures, weights, engine and machine are the same as far as is known. Which version of this "
            "app trained a run is not kept, and another one may round the last digits otherwise."
        )

"""Did it help? A run's carried start beside the same training from scratch, asked with one button, said as it is.

It stands below the result of a run that started from another one.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.export.tables import to_csv
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import RunView
from qtl_core.training.transfer.arms import ALL, Amount, TransferComparison, comparison_rows
from qtl_core.training.transfer.beginning import kept_start
from qtl_core.training.transfer.comparison import AMOUNTS, SEEDS
from qtl_core.training.transfer.comparison_causes import cause_words, shared_start_words
from qtl_core.training.transfer.comparison_job import comparison_job, job_of
from qtl_core.training.transfer.comparison_verdict import (
    amount_words,
    conclusion,
    differences,
    diverged_words,
    judged_words,
    limits_words,
    luck_words,
    speed_words,
)
from ui.base import job_managers
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.base.wording import duration, noun_of, noun_of_settings
from ui.results.transfer_charts import amounts_figure, epochs_figure
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.glossary import help_of
from ui.widgets.many_trainings import many_words
from ui.widgets.status import show_notes, show_progress
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

REFRESH_SECONDS = 0.4
CHART = {"displayModeBar": False}

Snapshot = JobSnapshot[JobView[TransferComparison]]


def show_did_it_help(view: RunView) -> None:
    """Shows the question below a run that is over and started from another one, and its answer once it was asked."""
    prepared = view.prepared
    if prepared is None or not view.is_over or not prepared.settings.transfer.start_from:
        return
    name = _name_of(view)
    snapshot = _shown(name)
    with st.container(border=True, key="did_it_help"):
        st.subheader("Did it help?", anchor=False, help=help_of("seed", "validation"))
        st.markdown(
            f"The same training with {SEEDS} seeds from the carried start and from scratch, "
            f"on {', '.join(map(str, AMOUNTS))} and all training {noun_of(view)} of each class, as far as there are so "
            "many. Where parts stand still, so does a control: the same parts at random numbers. The answer may be "
            "that it helped, that it did harm, or that nothing shows."
        )
        _show_buttons(view, name, snapshot)
        if snapshot is None and (said := many_words(prepared.settings, planned_trainings(prepared))):
            st.caption(f":material/timer: {said}")
        if snapshot is not None:
            live = not snapshot.is_over
            refreshing(_panel, REFRESH_SECONDS if live else None)(name, live)


def planned_trainings(prepared: Prepared) -> float:
    """Returns how many trainings the answer takes, in trainings of all that the run learnt from."""
    of_each = min(prepared.train_counts) if prepared.train_counts else 0
    smaller = [each * len(prepared.classes) / prepared.train_size for each in AMOUNTS if each < of_each]
    arms = 3 if prepared.settings.transfer.freeze else 2
    return arms * SEEDS * (sum(smaller) + 1)


def _name_of(view: RunView) -> str:
    """Tells this run from others; one that is not kept goes by its settings."""
    kept = view.ended.run if view.ended else ""
    return kept or repr(view.prepared.settings if view.prepared else None)


def _shown(name: str) -> Snapshot | None:
    """Returns the job that asks about this run: a kept one's is found after a reload as well, and by other visitors."""
    job_id = session.training.compared.get(name) or job_of(name)
    return job_managers.studio_jobs().snapshot(job_id)


def _show_buttons(view: RunView, name: str, snapshot: JobSnapshot[Any] | None) -> None:
    running = snapshot is not None and not snapshot.is_over
    has_control = view.prepared is not None and bool(view.prepared.settings.transfer.freeze)
    with st.container(horizontal=True):
        st.button(
            f"Train {'all three' if has_control else 'both'}, {SEEDS} times each",
            icon=":material/balance:",
            type="primary" if snapshot is None else "secondary",
            on_click=guarded()(_start),
            args=(view, name),
            disabled=running,
            key="ask_whether_it_helped",
        )
        if running:
            st.button("Stop", icon=":material/stop:", on_click=_stop, args=(name,), key="stop_asking_whether_it_helped")


def _start(view: RunView, name: str) -> None:
    if view.prepared is None or session.training.is_double_click:
        return
    session.training.note_start()
    kept = view.ended.run if view.ended else ""
    job = comparison_job(view.prepared.settings, session.owner, kept_start(view), kept)
    session.training.compared[name] = job_managers.studio_jobs().submit(job)


def _stop(name: str) -> None:
    job_managers.studio_jobs().stop(session.training.compared.get(name) or job_of(name))


def _panel(name: str, live: bool) -> None:
    snapshot = _shown(name)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()
    found = snapshot.view.result
    if live:
        _show_progress(snapshot)
    elif snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif found is None:
        st.markdown("**Stopped before the first amount was done.**")
    if found is not None and found.amounts:
        show_comparison(found, is_under_way=live)


def _show_progress(snapshot: Snapshot) -> None:
    if snapshot.state == "queued":
        show_progress("did_it_help", 0.0, waiting_words(job_managers.studio_jobs(), snapshot))
    else:
        show_job_report("did_it_help", snapshot)


def show_comparison(found: TransferComparison, *, is_under_way: bool = False) -> None:
    """Shows what came of it: nothing is concluded before all amounts are there, or it was stopped."""
    if not is_under_way:
        if not found.is_complete:
            st.info(f"Stopped after {len(found.amounts)} of {len(found.planned)} amounts: what follows is of these.")
        st.markdown(f"**{as_plain_text(conclusion(found))}**")
        if said := cause_words(found):
            st.markdown(as_plain_text(said))
        st.caption(shared_start_words(found))
    st.plotly_chart(
        amounts_figure(found), key="did_it_help_amounts", config=CHART, alt="Accuracy by number of training examples"
    )
    amount = _chosen_amount(found)
    st.plotly_chart(epochs_figure(amount), key="did_it_help_epochs", config=CHART, alt="Accuracy by epoch")
    if is_under_way:
        return
    st.markdown(as_plain_text(speed_words(amount)))
    with st.expander("Every difference, and what luck would give", icon=":material/rule:"):
        _show_behind(found)
    st.download_button(
        "All trainings as CSV",
        lambda: to_csv(comparison_rows(found)),
        "did-it-help.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _chosen_amount(found: TransferComparison) -> Amount:
    names = {_title(each): each for each in found.amounts}
    chosen = st.segmented_control(
        f"Epoch by epoch, with so many {noun_of_settings(found.prepared.settings)} a class",
        list(names),
        default=list(names)[-1],
        key=f"{keys.COMPARED_AMOUNT}_{len(names)}",  # a new one, at the last, as amounts come in
        required=True,
    )
    return names[chosen or list(names)[-1]]


def _title(amount: Amount) -> str:
    return "all" if amount.per_class == ALL else str(amount.per_class)


def _show_behind(found: TransferComparison) -> None:
    lines = [amount_words(each, found.judges) for each in differences(found)]
    st.markdown("\n".join(f"- {as_plain_text(line)}" for line in lines))
    for said in (judged_words(found), luck_words(found), limits_words(found)):
        if said:
            st.markdown(as_plain_text(said))
    if said := diverged_words(found):
        st.warning(said)
    st.caption(f"All of it took {duration(found.seconds)} after the features.")
    show_notes(found.prepared.notes, key="notes_compared")

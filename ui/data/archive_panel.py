"""A zip or folder on its way into a data set: what was understood is shown, then taken over, with Stop and time left.

    show_archive(Source(archive.name, archive.path), on_close=close)                       # becomes a new set
    show_archive(source, dataset=record.id, klass=klass.name, on_close=close)              # into a set, or one class

`source` is `qtl_core.pictures.archives.plan.Source`: a file or a folder on this server, or files one by one with their
paths below the folder that was dropped. `on_close(dataset)` is called as a button's callback, once, when the visitor is
done with it: with the set that pictures came into, or "" for none. The caller then drops the file and shows it no more.
What was asked of an archive is kept by the session, under the source's path, until then; the page may be left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from qtl_core.pictures.archives.jobs import PlanRequest, TakeOverRequest, plan_job, take_over_job
from qtl_core.pictures.archives.plan import ArchivePlan, Skipped, Source, by_reason, counted
from qtl_core.pictures.archives.taking_over import TakenOver
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.names import LONGEST_SET
from ui.base import job_managers
from ui.base.errors import as_name, show_user_error
from ui.session import session
from ui.session.refresh import refreshing
from ui.session.visitor import maker, owner
from ui.widgets.waiting import show_job_report

REFRESH_SECONDS = 0.5
FILES_SHOWN = 1_000  # in a list of what is left out; the rest is counted
NOTES_SHOWN = 4  # sentences that stand open
PART_TITLES = {"train": "To train on", "val": "For validation", "test": "Set aside", "undivided": "Pictures"}


@dataclass
class _Opened:
    """A session's answers about one archive.

    Attributes:
        request: What is to be understood of it, and how.
        plan_job, taking_job: The jobs, by their identifiers; "" before they begin.
        dataset: The set that it comes into, once that is known.
        error: Why the set could not be made, or the job not begin.
        is_closed: Whether the visitor is done with it.
    """

    request: PlanRequest
    plan_job: str = ""
    taking_job: str = ""
    dataset: str = ""
    error: tuple[str, str, str] | None = None
    is_closed: bool = False


def show_archive(source: Source, *, dataset: str = "", klass: str = "", on_close: Callable[[str], None]) -> None:
    """Shows an archive from the first look to the pictures in their set.

    Args:
        source: The archive.
        dataset: The set that it comes into; "" to make a new one of it.
        klass: The class that it was dropped on: all its pictures can be put into that one.
        on_close: Called when the visitor is done with it; see the top.
    """
    opened = _opened(source, dataset)
    jobs = job_managers.archive_jobs()
    waits = (opened.taking_job or opened.plan_job) and not opened.error
    snapshot = jobs.snapshot(opened.taking_job or opened.plan_job) if waits else None
    live = snapshot is not None and not snapshot.is_over
    with st.container(border=True, key="archive"):
        st.markdown(f":material/folder_zip: **{as_name(source.name)}**")
        refreshing(_panel, REFRESH_SECONDS if live else None)(opened, klass, on_close, live)


def _opened(source: Source, dataset: str) -> _Opened:
    key = f"archive_{source.path or source.files}"
    opened = st.session_state.get(key)
    if opened is None:
        opened = st.session_state[key] = _Opened(PlanRequest(source), dataset=dataset)
        _look(opened)
    return opened


def _panel(opened: _Opened, klass: str, on_close: Callable[[str], None], live: bool) -> None:
    jobs = job_managers.archive_jobs()
    job = opened.taking_job or opened.plan_job
    snapshot = jobs.snapshot(job) if job else None
    under_way = snapshot is not None and not snapshot.is_over and not opened.error
    if opened.is_closed or live != under_way:
        st.rerun()  # the whole page: with or without the refreshing, or without this panel
    if opened.error:
        show_user_error(UserError(*opened.error))
        _close_button("Close", opened, on_close, "")
    elif snapshot is None:
        st.info("The server was started again meanwhile. Give the archive once more.")
        _close_button("Close", opened, on_close, "")
    elif live:
        _show_wait(snapshot)
    elif snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        _close_button("Close", opened, on_close, opened.dataset if opened.taking_job else "")
    elif opened.taking_job:
        _show_taken(snapshot, opened, on_close)
    elif snapshot.view.result is not None:
        _show_plan(snapshot.view.result, opened, klass, on_close)
    else:
        st.info("Stopped; nothing of it was taken over.")
        _close_button("Close", opened, on_close, "")


def _show_wait(snapshot: JobSnapshot[JobView[Any]]) -> None:
    if snapshot.place:
        st.markdown(f"Waiting for {counted(snapshot.place, 'other archive')} on this server …")
    else:
        show_job_report("archive", snapshot, "Opening it")
    stop = job_managers.archive_jobs().stop
    st.button("Stop", key="archive_stop", icon=":material/stop:", on_click=stop, args=(snapshot.id,))


def _show_plan(plan: ArchivePlan, opened: _Opened, klass: str, on_close: Callable[[str], None]) -> None:
    """Shows what was understood, and lets the visitor say what is meant, take it over or leave it."""
    if plan.pictures:
        st.markdown(as_name(plan.sentence()))
        _show_classes(plan)
    _show_notes(plan.notes)
    _show_left_out("is left out", "are left out", plan.skipped)
    _show_offers(plan, opened, klass)
    with st.form("archive_take_over", border=False):
        if plan.pictures and not opened.dataset:
            st.text_input("Name of the new data set", plan.title, max_chars=LONGEST_SET, key="archive_title")
        with st.container(horizontal=True):
            if plan.pictures:
                st.form_submit_button(
                    f"Take over {counted(len(plan.pictures), 'picture')}",
                    key="archive_take",
                    type="primary",
                    icon=":material/download_done:",
                    on_click=_take,
                    args=(plan, opened),
                )
            st.form_submit_button("Leave it", key="archive_leave", on_click=_close, args=(opened, on_close, ""))
    st.caption("Where and by whom they were taken is removed from the pictures; the archive itself is not kept.")


def _show_classes(plan: ArchivePlan) -> None:
    """Lists the classes as a table, as names are shown there as they are."""
    columns: dict[str, list[object]] = {"Class": [each.name for each in plan.classes]}
    for part, title in PART_TITLES.items():
        counts = [getattr(each, part) for each in plan.classes]
        if any(counts):
            columns[title] = [*counts]
    st.dataframe(columns, hide_index=True, width="content", height="content" if len(plan.classes) < 11 else 400)


def _show_notes(notes: tuple[str, ...]) -> None:
    for note in notes[:NOTES_SHOWN]:
        st.markdown(f":material/info: {as_name(note)}")
    if len(notes) > NOTES_SHOWN:
        with st.expander(f"{counted(len(notes) - NOTES_SHOWN, 'more note')}"):
            for note in notes[NOTES_SHOWN:]:
                st.markdown(as_name(note))


def _show_left_out(one: str, many: str, skipped: tuple[Skipped, ...]) -> None:
    """Lists files by why, in a table, as names are shown there as they are."""
    if not skipped:
        return
    count = f"{counted(len(skipped), 'file')} {one if len(skipped) == 1 else many}"
    with st.expander(count, icon=":material/block:"):
        rows = [(name, reason) for reason, names in by_reason(skipped).items() for name in names][:FILES_SHOWN]
        st.dataframe({"File": [name for name, _ in rows], "Why": [why for _, why in rows]}, hide_index=True)
        if len(skipped) > FILES_SHOWN:
            st.caption(f"And {len(skipped) - FILES_SHOWN:,} more.")


def _show_offers(plan: ArchivePlan, opened: _Opened, klass: str) -> None:
    """Asks what may be meant: a class for all of it, the beginnings of names, or what was found by itself."""
    source, into = opened.request.source, opened.request.into
    chosen = bool(into or opened.request.by_name)
    for offer in plan.offers:
        if offer.by_name or not klass:
            label = "Use the names" if offer.by_name else "Use one class"
            st.markdown(as_name(offer.question))
            _ask(label, opened, PlanRequest(source, by_name=offer.by_name, into=offer.into))
    if klass and into != klass:
        _ask(f"Put all pictures into {klass}", opened, PlanRequest(source, into=klass))
    if chosen:
        _ask("Look for the classes again", opened, PlanRequest(source))


def _ask(label: str, opened: _Opened, request: PlanRequest) -> None:
    key = f"archive_ask_{request.by_name}_{request.into}"
    st.button(as_name(label), key=key, on_click=_look, args=(opened, request))


def _show_taken(snapshot: JobSnapshot[JobView[TakenOver]], opened: _Opened, on_close: Callable[[str], None]) -> None:
    taken = snapshot.view.result
    if taken is None:
        st.info("Stopped. What was added by then is in the set.")
    else:
        words = f"{counted(taken.added, 'picture')} {'was' if taken.added == 1 else 'were'} added"
        show = st.success if taken.added and not taken.was_stopped else st.warning
        show(f"Stopped: {words}, and {'stays' if taken.added == 1 else 'stay'}." if taken.was_stopped else f"{words}.")
        _show_left_out("was not taken over", "were not taken over", taken.skipped)
        _show_left_out("was changed to be kept", "were changed to be kept", taken.changed)
    _close_button("Go on", opened, on_close, opened.dataset, primary=True)


def _close_button(
    label: str, opened: _Opened, on_close: Callable[[str], None], dataset: str, *, primary: bool = False
) -> None:
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    st.button(label, key="archive_close", type=kind, on_click=_close, args=(opened, on_close, dataset))


def _look(opened: _Opened, request: PlanRequest | None = None) -> None:
    """Has the archive looked through, in place of the look before."""
    opened.request = request or opened.request
    opened.plan_job = _submitted(opened, plan_job(opened.request, session.owner), opened.plan_job)


def _take(plan: ArchivePlan, opened: _Opened) -> None:
    """Takes the plan over, into a new set where it has none yet; a second click that was on its way does nothing."""
    if opened.taking_job:
        return
    try:
        if not opened.dataset:
            opened.dataset = create(
                st.session_state.get("archive_title") or plan.title, owner=owner(), maker=maker()
            ).id
    except UserError as error:
        opened.error = (error.what, error.why, error.do)
        return
    opened.taking_job = _submitted(opened, take_over_job(TakeOverRequest(plan, opened.dataset), session.owner))


def _submitted(opened: _Opened, spec: JobSpec[JobView[Any]], before: str = "") -> str:
    jobs = job_managers.archive_jobs()
    if before:
        jobs.drop(before)
    try:
        return jobs.submit(spec)
    except UserError as error:
        opened.error = (error.what, error.why, error.do)
        return ""


def _close(opened: _Opened, on_close: Callable[[str], None], dataset: str) -> None:
    """Forgets all about the archive, and tells who showed it."""
    source, jobs = opened.request.source, job_managers.archive_jobs()
    for job in filter(None, (opened.plan_job, opened.taking_job)):
        jobs.drop(job)
    st.session_state.pop(f"archive_{source.path or source.files}", None)
    opened.is_closed = True
    on_close(dataset)

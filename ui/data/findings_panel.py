"""Findings of what would spoil the result of a data set, with their pictures, each with the buttons that mend it.

A page calls `show_findings(record, can_change)` for a set made in the app (beside `class_balance.show_class_balance`),
or `show_folder_findings(data, reading)` for any other pictures, which are only looked at, at a click. The check of a
set is a job that starts by itself and again after every change, one at a time; until it is over, what the last one
found is shown, less what has been mended since. Every edit goes through `datasets.editing` and `datasets.minding`, so
the set's Undo takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.editing import move, remove
from qtl_core.pictures.datasets.minding import (
    keep_as_they_are,
    keep_each_together,
    keep_together,
    kept_as_they_are,
)
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.findings.check import CheckReport, CheckRequest, check_job
from qtl_core.pictures.findings.finding import KINDS, Finding, Kind
from qtl_core.pictures.findings.still_found import kept_count, still_found
from qtl_core.settings import DataSettings
from ui.base import job_managers
from ui.base.errors import as_name, as_plain_text, show_user_error
from ui.data.finding_pictures import show_finding_pictures
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.choices import leaf
from ui.widgets.status import show_report

REFRESH_SECONDS = 0.8
PAGE_SIZE = 6  # findings of one kind at a time
# From benchmarks/planted_faults.md: 23 of 115 and 35 of 127 doubts, by the features of its two image networks.
MISTAKEN = "In a test with 10 wrong labels of 200, about one in four or five such doubts was mistaken."
NEVER_ALL_REMOVED: tuple[Kind, ...] = ("copies in two classes", "wrong label", "burst", "burst across parts")
FEW = 3  # so many pictures leave room beside them
TITLES: dict[Kind, tuple[str, str]] = {  # what a kind is called, and its icon
    "copies across parts": ("The same picture in two parts", "content_copy"),
    "copies in two classes": ("The same picture in two classes", "content_copy"),
    "copies": ("The same picture more than once", "content_copy"),
    "burst across parts": ("A burst on both sides of the split", "burst_mode"),
    "burst": ("Bursts that another split would divide", "burst_mode"),
    "wrong label": ("Perhaps in the wrong class", "label"),
    "class too small": ("Classes with few pictures", "bar_chart"),
    "unbalanced classes": ("Unbalanced classes", "balance"),
    "unreadable": ("Files that cannot be read", "broken_image"),
    "plain": ("Pictures of one colour", "image"),
    "dark": ("Dark pictures", "dark_mode"),
    "blurred": ("Blurred pictures", "blur_on"),
    "tiny": ("Tiny pictures", "photo_size_select_small"),
}


@dataclass(frozen=True)
class _Shown:
    """The pictures that the panel shows findings of: a set that can be changed, or pictures that are only looked at."""

    classes: Sequence[str]
    record: DatasetRecord | None = None
    can_change: bool = False

    @property
    def set_id(self) -> str:
        """The set to change; "" where there is none."""
        return self.record.id if self.record and self.can_change else ""


def show_findings(record: DatasetRecord, can_change: bool) -> None:
    """Shows what was found in a set made in the app.

    Args:
        record: The set as it is now.
        can_change: Whether this visitor may mend it; who may not sees the findings without buttons.
    """
    request = CheckRequest(session.screen.settings.data, record.id)
    key = ("made", record.id, request.data.backbone, request.data.weights)
    snapshot = job_managers.checks().find_or_start(key, lambda: check_job(request, session.owner))
    if snapshot.is_over and _is_behind(snapshot, record.revision):
        job_managers.checks().restart(key, lambda: check_job(request, session.owner))
        snapshot = job_managers.checks().find(key) or snapshot
    if snapshot.view.result:
        st.session_state[_last_key(record.id)] = snapshot.view.result
    live = not snapshot.is_over
    refreshing(_made_panel, REFRESH_SECONDS if live else None)(record.id, can_change, key, live)


def show_folder_findings(data: DataSettings, reading: str) -> None:
    """Shows what was found among any other pictures: a folder's, or those that come with the app.

    Args:
        data: Which pictures.
        reading: The job that read them: what another one finds there is checked anew.
    """
    whose = session.owner if data.source == "folder" else ""
    key = ("named", whose, reading, data.source, data.folder, data.backbone, data.weights)
    snapshot = job_managers.checks().find(key)
    if snapshot is None:
        if not st.button("Look for what would spoil the result", key="check_pictures", icon=":material/fact_check:"):
            return
        snapshot = job_managers.checks().find_or_start(key, lambda: check_job(CheckRequest(data), session.owner))
    live = not snapshot.is_over
    refreshing(_named_panel, REFRESH_SECONDS if live else None)(data, key, live)


def _is_behind(snapshot: JobSnapshot[JobView[CheckReport]], revision: int) -> bool:
    """Returns whether a check that is over looked at an earlier state of the set; a failed one is not tried again."""
    result = snapshot.view.result
    return result is not None and result.checked.revision != revision


def _last_key(set_id: str) -> str:
    return f"last_check_{set_id}"


def _made_panel(set_id: str, can_change: bool, key: tuple[str, ...], live: bool) -> None:
    snapshot = job_managers.checks().find(key)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()  # without the refreshing
    record = find_by_id(set_id)
    report: CheckReport | None = snapshot.view.result or st.session_state.get(_last_key(set_id))
    if report is not None:
        keys_kept, pictures = kept_as_they_are(set_id), pictures_of(set_id)
        findings = still_found(report, record, pictures, keys_kept)
        _show_all(_Shown(report.checked.classes, record, can_change), findings, report, kept_count(report, keys_kept))
    _show_state(snapshot, key, CheckRequest(session.screen.settings.data, set_id), has_report=report is not None)


def _named_panel(data: DataSettings, key: tuple[str, ...], live: bool) -> None:
    snapshot = job_managers.checks().find(key)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()
    if report := snapshot.view.result:
        _show_all(_Shown(report.checked.classes), report.findings, report)
    _show_state(snapshot, key, CheckRequest(data), has_report=report is not None)


def _show_state(
    snapshot: JobSnapshot[JobView[CheckReport]], key: tuple[str, ...], request: CheckRequest, *, has_report: bool
) -> None:
    """Shows how far a check is, why it failed, or that it was stopped."""
    if not snapshot.is_over:
        if snapshot.view.progress:
            show_report("checking", snapshot.view.progress)
        elif not has_report:
            st.caption("Looking for what would spoil the result…")
        return
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot.view.result is None:
        st.info("Stopped before it was over.")
    else:
        return
    if st.button("Look again", key="check_again", icon=":material/refresh:"):
        job_managers.checks().restart(key, lambda: check_job(request, session.owner))
        st.rerun()


def _show_all(shown: _Shown, findings: Sequence[Finding], report: CheckReport, kept: int = 0) -> None:
    count = len(report.checked.pictures)
    looked_at = f"{count:,} pictures were looked at." if count != 1 else "1 picture was looked at."
    st.subheader("What would spoil the result", anchor=False)
    if not findings:
        none = "Nothing else was found" if kept else "None of the faults this looks for was found"
        st.markdown(f"{none}. It cannot see a background or light that gives a class away. {looked_at}")
    if kept:
        st.caption(
            f"Kept as {'it is: 1 finding' if kept == 1 else f'they are: {kept:,} findings'}; Undo shows it again."
        )
    for kind in KINDS:
        of_kind = [finding for finding in findings if finding.kind == kind]
        if of_kind:
            _show_kind(shown, kind, of_kind, is_gravest=kind == findings[0].kind)
    notes = " ".join(report.notes)
    st.caption(as_plain_text(f"{looked_at} {notes}" if findings else notes))


def _show_kind(shown: _Shown, kind: Kind, findings: Sequence[Finding], *, is_gravest: bool) -> None:
    title, icon = TITLES[kind]
    each = [single for finding in findings for single in (finding.each or (finding,))]
    label = f"{title} ({len(each):,})" if each[0].pictures else title
    with st.expander(label, icon=f":material/{icon}:", expanded=is_gravest, key=f"findings_{kind}".replace(" ", "_")):
        if findings[0].each:
            st.markdown(as_name(findings[0].sentence))
        if kind == "wrong label":
            st.caption(MISTAKEN)
        if shown.set_id and len(each) > 1:
            _show_for_all(shown, kind, each)
        part = leaf(len(each), PAGE_SIZE, f"{keys.DATA_FINDINGS}_{kind}".replace(" ", "_"), "findings")
        for finding in each[part]:
            _show_one(shown, finding, with_words=not findings[0].each)


def _show_one(shown: _Shown, finding: Finding, *, with_words: bool) -> None:
    """Shows a finding: its pictures, and beside them, or below on a phone, what it is and the buttons."""
    has_room = len(finding.pictures) <= FEW
    with st.container(key=f"finding_{finding.key}", horizontal=has_room, gap="medium" if has_room else "small"):
        show_finding_pictures(finding.pictures)
        with st.container(gap="small"):
            if with_words:
                st.markdown(as_name(finding.sentence))
            _show_buttons(shown, finding)


def _show_for_all(shown: _Shown, kind: Kind, findings: Sequence[Finding]) -> None:
    """Shows the buttons that do the same to all findings of a kind; each is one edit."""
    with st.container(horizontal=True, gap="small"):
        if findings[0].action == "keep together" or kind == "copies":
            groups = [[picture.id for picture in finding.pictures] for finding in findings]
            words = "Keep all together" if kind.startswith("burst") else "Keep each with its copies"
            _act(words, "link", f"all_together_{kind}", lambda: keep_each_together(shown.set_id, groups))
        if kind not in NEVER_ALL_REMOVED and findings[0].pictures:
            ids = [picture.id for finding in findings for picture in finding.removable]
            _act(f"Remove all {len(ids):,}", "delete", f"all_removed_{kind}", lambda: remove(shown.set_id, ids))
        if findings[0].pictures:
            found = [finding.key for finding in findings]
            _act("Keep all as they are", "check", f"all_kept_{kind}", lambda: keep_as_they_are(shown.set_id, found))


def _show_buttons(shown: _Shown, finding: Finding) -> None:
    set_id, ids = shown.set_id, [picture.id for picture in finding.pictures]
    if finding.action == "balance":
        _show_balance()
    if not set_id or not finding.pictures:
        return
    with st.container(horizontal=True, gap="small"):
        if finding.action == "keep together":
            _act("Keep together", "link", f"together_{finding.key}", lambda: keep_together(set_id, ids), primary=True)
        if finding.action == "move" and finding.to_label is not None and shown.record:
            klass = shown.record.class_named(shown.classes[finding.to_label])
            if klass:
                _act(
                    f"Move to {as_name(klass.name)}",
                    "drive_file_move",
                    f"move_{finding.key}",
                    lambda: move(set_id, ids, klass.id),
                    primary=True,
                )
        if finding.kind == "copies in two classes":
            _show_class_buttons(shown, finding)
        elif finding.action in ("remove", "move") or finding.surplus:
            removed = [picture.id for picture in finding.removable]
            words = "Remove" if len(removed) == 1 else f"Remove {len(removed)}"
            is_first = finding.kind == "copies"
            _act(words, "delete", f"remove_{finding.key}", lambda: remove(set_id, removed), primary=is_first)
        if finding.kind == "copies":
            _act("Keep together", "link", f"together_{finding.key}", lambda: keep_together(set_id, ids))
        _act("Keep as it is", "check", f"keep_{finding.key}", lambda: keep_as_they_are(set_id, [finding.key]))


def _show_class_buttons(shown: _Shown, finding: Finding) -> None:
    """Lets a person say which class is the wrong one: which label is right, no check can tell."""
    for label in sorted({picture.label for picture in finding.pictures}):
        ids = [picture.id for picture in finding.pictures if picture.label == label]
        _act(
            f"Remove from {as_name(shown.classes[label])}",
            "delete",
            f"remove_{finding.key}_{label}",
            lambda ids=ids: remove(shown.set_id, ids),  # type: ignore[misc]
        )


def _show_balance() -> None:
    """Offers balanced class weights, unless the lesson leaves them out."""
    if session.screen.hides("class_weights"):
        return
    if session.screen.settings.training.class_weights == "balanced":
        st.caption(":material/check: The next training weighs the classes alike (Class weights: balanced).")
        return
    _act(
        "Use balanced class weights",
        "balance",
        "balance_classes",
        lambda: session.screen.choose("class_weights", "balanced"),
        primary=True,
    )


def _act(words: str, icon: str, key: str, act: Callable[[], object], *, primary: bool = False) -> None:
    """Shows a button that does something to the set, and then has the whole page drawn again."""
    if st.button(
        words, key=key.replace(" ", "_"), icon=f":material/{icon}:", type="primary" if primary else "secondary"
    ):
        try:
            act()
        except UserError as error:
            show_user_error(error)
        else:
            st.rerun()

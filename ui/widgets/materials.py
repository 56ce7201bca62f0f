"""The pictures and the network that a run would use right now, said before Start, and how to get the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.evaluation.metrics import percent
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.versions import check_can_train, current_version
from qtl_core.pictures.jobs import PHOTOS, download_job
from qtl_core.pictures.sources.catalogue import dataset_status
from qtl_core.pictures.sources.part_counts import part_counts
from qtl_core.settings import DataSettings
from qtl_core.tables.catalogue import left_out_of, load_numbers, stamp_of_numbers
from qtl_core.tables.kept import name_of
from qtl_core.training.parts import why_no_parts
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.base.wording import megabytes
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.status import left_words, share_of, show_progress

PHOTOS_MB = 45
REFRESH_SECONDS = 0.5


@dataclass(frozen=True)
class RunInputs:
    """The pictures and the network that a run would use.

    Attributes:
        data: The settings of what would really be used, after fallbacks.
        pictures, network: What they are, in words.
        problem: Why a run cannot start at all, if so.
        left_out: Sentences on what of a table is not learnt from.
    """

    data: DataSettings
    pictures: str
    network: str
    problem: UserError | None = None
    left_out: tuple[str, ...] = ()


def run_inputs_of(asked: DataSettings) -> RunInputs:
    """Looks up what `asked` comes to on this computer; reads no picture and loads no network."""
    if asked.is_numbers:
        return _numbers(asked)
    data, pictures = _pictures(asked)
    problem = None
    if asked.source == "folder" and not asked.folder:
        problem = UserError("No folder is named yet.", "", "Type the path of your folder of pictures.")
    elif asked.source == "dataset":
        problem = _why_no_dataset(asked)
    problem = problem or why_no_parts(data)
    try:
        resolved = resolve_backbone(asked.backbone, asked.weights)
    except UserError as error:
        return RunInputs(data, pictures, spec_of(asked.backbone).title, error)
    network = resolved.spec.title
    if asked.weights:
        network += f", with the weights in {resolved.weights_path}"
    elif resolved.spec.name != asked.backbone:
        wanted = spec_of(asked.backbone)
        network = f"{wanted.title}, fetched at Start ({wanted.size_mb:.0f} MB); offline {network} stands in"
    return RunInputs(replace(data, backbone=resolved.spec.name), pictures, network, problem)


def _numbers(asked: DataSettings) -> RunInputs:
    """Looks up points or a table: no image network takes part."""
    try:
        words, left_out = _numbers_words(asked, stamp_of_numbers(asked))
    except UserError as error:
        what = name_of(asked.table) if asked.table else "a table of numbers"
        return RunInputs(asked, what, "", error)
    return RunInputs(asked, words, "", left_out=left_out)


@st.cache_data(max_entries=32, show_spinner=False)
def _numbers_words(asked: DataSettings, stamp: object) -> tuple[str, tuple[str, ...]]:
    """Returns what is learnt from, and sentences on what is not; the stamp stands for a table's file."""
    numbers = load_numbers(asked)
    train, held_out = len(numbers.dataset.train), len(numbers.dataset.val)
    if asked.source == "points":
        return f"{train:,} points of {numbers.dataset.name.lower()} to learn from, {held_out:,} held out", ()
    columns = "1 column" if len(numbers.columns) == 1 else f"{len(numbers.columns):,} columns"
    left_out = len(numbers.dataset.skipped)
    others = f", {left_out:,} left out" if left_out else ""
    words = (
        f"{numbers.dataset.name}: {train:,} rows to learn from and {held_out:,} held out, {columns} of numbers"
        f"{others}, {len(numbers.dataset.classes):,} classes"
    )
    return words, left_out_of(asked)


def _why_no_dataset(asked: DataSettings) -> UserError | None:
    if not asked.dataset:
        return UserError("No data set is chosen yet.", "", "Choose one, or make one on the Data page.")
    try:
        if asked.dataset_version:
            find_by_id(asked.dataset)
        else:
            check_can_train(asked.dataset)
    except UserError as error:
        return error
    return None


def show_run_inputs(asked: DataSettings, found: RunInputs) -> None:
    """Shows what will be used, with a button for each thing that was asked for and is not here."""
    if asked.is_numbers:
        st.markdown(f":material/scatter_plot: **Numbers** {as_plain_text(found.pictures + parts_words(asked))}.")
        if found.left_out:
            st.caption(as_plain_text(" ".join(found.left_out)))
        if found.problem:
            show_user_error(found.problem)
        return
    show_pictures(asked)
    no_network = asked.backbone != found.data.backbone
    _row(":material/hub: **Image network**", found.network, asked.backbone if no_network else "")
    if found.problem:
        show_user_error(found.problem)


def show_pictures(asked: DataSettings) -> None:
    """Shows which pictures will be used, with a button to download the photos where they were asked for in vain."""
    used, words = _pictures(asked)
    missing = PHOTOS if used.source != asked.source else ""
    _row(":material/photo_library: **Pictures**", words + parts_words(asked), missing)


def parts_words(asked: DataSettings) -> str:
    """Says, to put behind the counts of all there is, what of it is drawn to learn from and what is set aside."""
    said = []
    if asked.per_class:
        said.append(f"{asked.per_class:,} of each class are drawn to learn from")
    if asked.test_share and not _has_test(asked):
        part = "training" if asked.test_from == "training" else "validation"
        said.append(f"{percent(asked.test_share)} of the {part} {asked.noun} are set aside for the test")
    if asked.divided_into:
        said.append(f"of {asked.divided_into} folds number {asked.held_out} is held out to judge")
    return f"; {', and '.join(said)}" if said else ""


def _has_test(asked: DataSettings) -> bool:
    """Returns whether a set has a test part of its own, which is used in place of a share."""
    if asked.is_numbers:
        return False
    try:
        return part_counts(asked).has_test
    except UserError:
        return False  # said elsewhere, in its own words


def _pictures(asked: DataSettings) -> tuple[DataSettings, str]:
    if asked.source == "folder":
        return asked, f"your folder {asked.folder}" if asked.folder else "a folder of your own"
    if asked.source == "dataset":
        return _own_dataset(asked)
    if asked.source == "drawn":
        return asked, "ants and bees drawn by this app, 244 to learn from and 153 to check"
    if next(status.where for status in dataset_status() if status.source == PHOTOS) is None:
        return replace(asked, source="drawn"), f"drawn ants and bees; the real photos ({PHOTOS_MB} MB) are not here"
    return asked, "real photos of ants and bees, 244 to learn from and 153 to check"


def _own_dataset(asked: DataSettings) -> tuple[DataSettings, str]:
    """Says which data set it is; as it is now, under the number of its version where it was trained on before."""
    try:
        record = find_by_id(asked.dataset)
        version = asked.dataset_version or current_version(asked.dataset)
    except UserError:
        return asked, "a data set made here" if not asked.dataset else "a data set that is not here"
    used = replace(asked, dataset_version=version)
    if asked.dataset_version:
        return used, f"the data set {record.name} as it was at version {version}"
    count = "1 picture" if record.count == 1 else f"{record.count:,} pictures"
    return used, f"the data set {record.name}, {count} in {len(record.classes)} classes"


def _row(title: str, words: str, missing: str) -> None:
    snapshot = job_managers.downloads().find(missing) if missing else None
    running = snapshot is not None and not snapshot.is_over
    row = refreshing(_show_row, REFRESH_SECONDS if running else None)
    row(f"{title} {as_plain_text(words)}.", missing, running)


def _show_row(text: str, missing: str, running: bool) -> None:
    snapshot = job_managers.downloads().find(missing)
    if running and (snapshot is None or snapshot.is_over):
        st.rerun()  # the rest of the page has to know
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(text, width="content")
        if missing and not running and not session.screen.hides("download"):
            _show_button(missing)
    if snapshot is not None and running:
        _show_progress(missing, snapshot)
    elif snapshot is not None and snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))


def _show_button(what: str) -> None:
    size = PHOTOS_MB if what == PHOTOS else spec_of(what).size_mb
    label, about = f"Get {_name(what)}", f"Downloads {size:.0f} MB now."
    if st.button(label, key=f"get_{what}", icon=":material/download:", help=about):
        job_managers.downloads().restart(what, lambda: download_job(what, session.owner))
        st.rerun()


def _show_progress(what: str, snapshot: JobSnapshot[JobView[None]]) -> None:
    report, words = snapshot.view.progress or Progress("", 0, 0), f"Downloading {_name(what)}"
    if report.done or report.total:
        words += f": {megabytes(report.done)}" + (f" of {megabytes(report.total)}" if report.total else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        show_progress(what, share_of(report), words + left_words(report))
        st.button("Stop", key=f"stop_{what}", on_click=job_managers.express_jobs().stop, args=(snapshot.id,))


def _name(what: str) -> str:
    return "the photos" if what == PHOTOS else spec_of(what).title

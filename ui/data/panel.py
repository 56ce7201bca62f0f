"""The pictures themselves: classes, counts, page after page of them, and what was passed over.

Reading is a job, because drawing the drawn set takes ten seconds; the panel refreshes itself while it goes on.
"""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import Path

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.datasets.creating import revision_of
from qtl_core.pictures.jobs import LoadedDataset, data_job
from qtl_core.pictures.sources import photos
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.settings import DataSettings
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.base.theme import class_colour
from ui.data.duplicates import show_copies
from ui.data.findings_panel import show_folder_findings
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.choices import choose_one, leaf
from ui.widgets.pictures import Tile, show_tiles
from ui.widgets.status import show_notes, show_skipped_files
from ui.widgets.waiting import show_job_report

REFRESH_SECONDS = 0.5
PAGE_SIZE = 24  # divides by 6, 4 and 3, the columns of the grid on wide and narrow screens
SPLITS = {"train": "To train on", "val": "For validation"}
ORIGIN = {
    "photos": photos.SOURCE,
    "drawn": "Drawn by this project's own code, always the same pictures from the same version.",
    "folder": "Your own pictures; they stay where they are and are only read.",
    "dataset": "Collected in this app; where and by whom they were taken is not kept.",
}


def show_data(data: DataSettings) -> None:
    """Shows the pictures that a run with these settings would learn from."""
    if data.is_numbers:
        st.info(
            "The settings on screen learn from numbers, which the Train page shows. Choose pictures to see them here."
        )
        st.page_link("pages/train.py", label="To the numbers", icon=":material/scatter_plot:")
        return
    if data.source == "dataset" and not data.dataset:
        st.info("Choose a data set.")
        return
    if data.source == "folder" and not data.folder.strip():
        st.info("Type the path of a folder that has train/class and val/class folders in it, or class folders alone.")
        return
    # A folder is the session's own; what comes with the app is the same for all, and thirty at once read it once.
    whose = session.owner if data.is_own else ""
    key = (whose, data.source, data.folder, _state_of_dataset(data), photos.find_photos())
    snapshot = job_managers.readings().find(key)
    if snapshot is None:
        snapshot = job_managers.readings().find_or_start(key, lambda: data_job(data, session.owner))
    live = not snapshot.is_over
    refreshing(_panel, REFRESH_SECONDS if live else None)(data, key, live)


def _state_of_dataset(data: DataSettings) -> tuple[str, int, int]:
    """Returns what differs whenever a data set made here has changed."""
    if data.source != "dataset":
        return "", 0, 0
    try:
        return data.dataset, data.dataset_version, revision_of(data.dataset)
    except UserError:
        return data.dataset, data.dataset_version, -1


def _panel(data: DataSettings, key: Hashable, live: bool) -> None:
    snapshot = job_managers.readings().find(key)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()  # without the refreshing
    if live:
        _show_progress(snapshot)
    elif snapshot.view.result:
        _show_found(snapshot.view.result)
        show_folder_findings(data, snapshot.id)
        _offer_again(data, key, "Read again")
    elif snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        _offer_again(data, key, "Try again")
    else:
        st.info("Stopped before the pictures were ready; nothing half-made is kept.")
        _offer_again(data, key, "Start again")


def _show_progress(snapshot: JobSnapshot[JobView[LoadedDataset]]) -> None:
    show_job_report("reading", snapshot, "Reading the pictures")
    if snapshot.owner == session.owner:  # others may be waiting for it as well
        st.button(
            "Stop",
            key="stop_reading",
            icon=":material/stop:",
            on_click=job_managers.express_jobs().stop,
            args=[snapshot.id],
        )


def _offer_again(data: DataSettings, key: Hashable, label: str) -> None:
    if st.button(label, key="read_again", icon=":material/refresh:"):
        job_managers.readings().restart(key, lambda: data_job(data, session.owner))
        st.rerun()


def _show_found(found: LoadedDataset) -> None:
    dataset, noun = found.dataset, "photos" if found.source == "photos" else "pictures"
    st.subheader(as_plain_text(dataset.name), anchor=False)
    st.markdown(
        f"{len(dataset.train)} {noun} to train on and {len(dataset.val)} for validation, "
        f"in {len(dataset.classes)} classes."
    )
    show_notes(found.notes)
    _show_counts(dataset)
    _show_pictures(dataset, noun, drawn=found.source == "drawn")
    show_copies(dataset, folder_of(dataset))
    show_skipped_files([(str(file.path), file.reason) for file in dataset.skipped])
    st.caption(f"{ORIGIN[found.source]} They lie in {as_plain_text(str(folder_of(dataset)))}.")


def folder_of(dataset: Dataset) -> Path:
    """Returns the folder below which all pictures of a dataset lie, in their classes and parts."""
    folders = {picture.path.parent.parent for picture in (*dataset.train, *dataset.val)}
    return Path(os.path.commonpath(folders))


def _show_counts(dataset: Dataset) -> None:
    counts = {
        title: [
            sum(picture.label == label for picture in getattr(dataset, split)) for label in range(len(dataset.classes))
        ]
        for split, title in SPLITS.items()
    }
    st.dataframe({"Class": dataset.classes, **counts}, hide_index=True, width="content")


def _show_pictures(dataset: Dataset, noun: str, *, drawn: bool) -> None:
    with st.container(horizontal=True, gap="medium"):
        label = choose_one(
            "Class", range(len(dataset.classes)), lambda each: dataset.classes[each], keys.DATA_CLASS, required=True
        )
        split = choose_one(f"Which {noun}", list(SPLITS), lambda name: SPLITS[name], keys.DATA_SPLIT, required=True)
    pictures = [picture for picture in getattr(dataset, split) if picture.label == label]
    part = leaf(len(pictures), PAGE_SIZE, f"{keys.DATA_PAGE}_{split}_{label}", noun)
    colour = class_colour(label)
    show_tiles([Tile(str(picture.path), picture.path.name, colour) for picture in pictures[part]], drawn=drawn)

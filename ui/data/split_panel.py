"""The split of a set: shares by slider, the seed, and how many pictures of each class are in which part."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.editing import set_part, set_split
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import LARGEST_SEED, DatasetRecord, PictureRecord, SplitSettings
from ui.base.errors import as_name, guarded
from ui.widgets.glossary import help_of, word

VAL_STOPS = tuple(range(10, 65, 5))
TEST_STOPS = tuple(range(0, 45, 5))
PARTS = {"train": "To train on", "val": "For validation", "test": "For a test"}


def show_split(record: DatasetRecord, can_change: bool) -> None:
    """Shows the split behind a click: it is right for most without one."""
    if not record.count:
        return
    # The label stays the same: with another one it would be another box, and close.
    box = st.expander("How the pictures are split", icon=":material/call_split:", key="split_box", on_change="rerun")
    if not box.open:
        return
    with box:
        if can_change:
            _show_controls(record)
        pictures = pictures_of(record.id)
        _show_counts(record, pictures)
        _show_by_hand(record, pictures, can_change)


def _show_controls(record: DatasetRecord) -> None:
    val, test, seed = st.columns(3)
    _slider(val, record, "val_share", "For validation, %", VAL_STOPS, help_of("validation"))
    _slider(
        test,
        record,
        "test_share",
        "For a test, %",
        TEST_STOPS,
        "Set aside and looked at once, when training is over, so that something is left that no choice was made by.",
    )
    key = f"split_seed_{record.id}"
    if st.session_state.get(key) != record.split.seed:
        st.session_state[key] = record.split.seed
    seed.number_input(
        "Seed",
        0,
        LARGEST_SEED,
        record.split.seed,
        key=key,
        help="Another one divides the same pictures in another way.",
        on_change=lambda: _take(record, "seed", st.session_state[key]),
    )


def _slider(where: object, record: DatasetRecord, name: str, label: str, stops: tuple[int, ...], help: str) -> None:
    key, now = f"split_{name}_{record.id}", round(100 * getattr(record.split, name))
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    where.select_slider(  # type: ignore[attr-defined]
        label,
        sorted({*stops, now}),
        now,
        key=key,
        help=help,
        on_change=lambda: _take(record, name, st.session_state[key] / 100),
    )


def _take(record: DatasetRecord, name: str, value: float) -> None:
    if value is None:
        return
    try:
        values = {each: getattr(record.split, each) for each in ("val_share", "test_share", "seed")} | {name: value}
        set_split(record.id, SplitSettings(**values))
    except UserError as error:
        st.toast(str(error), icon=":material/error:")


def _show_counts(record: DatasetRecord, pictures: tuple[PictureRecord, ...]) -> None:
    counts = {
        title: [
            sum(picture.class_id == klass.id and picture.part == part for picture in pictures)
            for klass in record.classes
        ]
        for part, title in PARTS.items()
        if part != "test" or any(picture.part == "test" for picture in pictures)
    }
    st.dataframe({"Class": [klass.name for klass in record.classes], **counts}, hide_index=True, width="content")
    validated, total = sum(picture.part == "val" for picture in pictures), len(pictures)
    st.caption(
        f"Each class is divided by itself; {validated:,} of {total:,} pictures ({validated / total:.0%}) are for "
        f"validation. Pictures of one {word('burst')} stay in one part, because they are nearly the same: a network "
        "that has seen one has as good as seen the others. That holds unless a class has only one burst: then it "
        "is cut in two, and its figure flatters."
    )
    if cut := [as_name(klass.name) for klass in record.classes if _is_burst_cut(klass.id, pictures)]:
        st.caption(f":material/content_cut: So it is for {', '.join(cut)}: take another burst.")


def _is_burst_cut(class_id: int, pictures: tuple[PictureRecord, ...]) -> bool:
    """Returns whether the split, and nobody's hand, has put pictures of one burst of a class into several parts."""
    parts: dict[str, set[str]] = {}
    for picture in pictures:
        if picture.class_id == class_id and picture.group and picture.chosen_part is None:
            parts.setdefault(picture.group, set()).add(picture.part)
    return any(len(each) > 1 for each in parts.values())


def _show_by_hand(record: DatasetRecord, pictures: tuple[PictureRecord, ...], can_change: bool) -> None:
    by_hand = [picture.id for picture in pictures if picture.chosen_part is not None]
    if not by_hand:
        st.caption("Picture by picture: **Look through** a class, select, and choose what the pictures are used for.")
    elif can_change:
        with st.container(horizontal=True, vertical_alignment="center"):
            were = "1 picture was" if len(by_hand) == 1 else f"{len(by_hand):,} pictures were"
            st.markdown(f"{were} put into a part by hand.", width="content")
            st.button(
                "Leave all to the split",
                key="forget_parts",
                icon=":material/restart_alt:",
                on_click=guarded()(set_part),
                args=(record.id, by_hand, None),
            )

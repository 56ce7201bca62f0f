"""Ways to put pictures into a class: files and what can be dropped, the camera, a phone, and ready-made ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.data.camera import show_camera
from ui.data.collect import show_collect
from ui.data.phone import show_phone
from ui.data.ready_made import show_ready_made
from ui.session import session

ALWAYS_OPEN = 6  # classes: of more, a place to drop files is opened by a click, or the page would be all of them
FILES, CAMERA, PHONE, READY = "files", "camera", "phone", "ready"
NAMES = {FILES: "Files", CAMERA: "Camera", PHONE: "Phone", READY: "Ready-made"}


def show_adding_tools(record: DatasetRecord, klass: ClassRecord) -> None:
    """Shows the ways, of which one is open on the whole page at a time: a browser has one camera.

    Where another class took over, the choice here begins anew, with another key: a value set from here would come back
    from a browser that has not heard of it yet, as it does while pictures arrive, and close what was just opened.
    """
    bench, few = session.workshop.bench(record.id), len(record.classes) <= ALWAYS_OPEN
    tools = [tool for tool in TOOLS if not (few and tool == FILES)]
    is_open = bench.tool[1] if bench.tool and bench.tool[0] == klass.id else None
    turn = bench.taken_over.get(klass.id, 0)
    key = f"tool_{'row' if few else 'list'}_{record.id}_{klass.id}_{turn}"
    if key not in st.session_state:
        st.session_state[key] = is_open if is_open in tools else None
    if few:
        TOOLS[FILES](record, klass)
    choose = _choose_in_a_row if few else _choose_from_a_list
    choose(klass, tools, key, lambda: _choose(record.id, klass.id, turn, key))
    if is_open in tools:
        TOOLS[is_open](record, klass)


def _choose_in_a_row(klass: ClassRecord, tools: Sequence[str], key: str, on_change: Callable[[], None]) -> None:
    st.segmented_control(
        f"Add to {klass.name} from",
        tools,
        key=key,
        format_func=lambda tool: NAMES[tool],
        label_visibility="collapsed",
        on_change=on_change,
        width="stretch",
    )


def _choose_from_a_list(klass: ClassRecord, tools: Sequence[str], key: str, on_change: Callable[[], None]) -> None:
    st.selectbox(
        f"Add to {klass.name} from",
        tools,
        None,
        key=key,
        format_func=lambda tool: NAMES[tool],
        label_visibility="collapsed",
        placeholder="Add pictures from …",
        on_change=on_change,
    )


def _choose(dataset: str, class_id: int, turn: int, key: str) -> None:
    session.workshop.bench(dataset).open_tool(class_id, turn, st.session_state[key])


TOOLS: dict[str, Callable[[DatasetRecord, ClassRecord], object]] = {
    FILES: show_collect,
    CAMERA: show_camera,
    PHONE: show_phone,
    READY: show_ready_made,
}

"""Two runs that answered for the same pictures: the test in words, and the pictures on which they disagree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from qtl_core.common.paths import is_readable_file
from qtl_core.compare.pairs import Pair
from qtl_core.evaluation.metrics import percent
from qtl_core.tables.numbers import is_row_name
from ui.base.errors import as_plain_text
from ui.session import keys
from ui.widgets.choices import leaf
from ui.widgets.pictures import Tile, show_tiles

PAGE_SIZE = 12
HOW = (
    "If both were equally good, each picture that just one of them gets right would be a fair coin's throw. **p** is "
    "how often such throws would come out at least as uneven as here, exactly counted (McNemar's test). Pictures that "
    "both get right, or both wrong, say nothing about which is better."
)


def show_pair(pair: Pair, *, drawn: bool, colours: Sequence[str]) -> None:
    """Shows what the comparison says, and the pictures."""
    st.markdown(f"**{as_plain_text(pair.in_words())}**", help=HOW)
    if not len(pair.disagreements):
        return
    kinds = {words: which for words, which in _kinds(pair).items() if len(which)}
    if st.session_state.get(keys.RUNS_DISAGREEMENTS) not in kinds:
        st.session_state[keys.RUNS_DISAGREEMENTS] = next(iter(kinds))
    _pictures(pair, kinds, drawn, colours)


# A fragment: leafing through pictures must not run the whole page again.
@st.fragment
def _pictures(pair: Pair, kinds: dict[str, np.ndarray], drawn: bool, colours: Sequence[str]) -> None:
    chosen = st.segmented_control(
        "Which pictures",
        list(kinds),
        key=keys.RUNS_DISAGREEMENTS,
        required=True,
        label_visibility="collapsed",
        format_func=lambda words: f"{words} ({len(kinds[words])})",
    )
    which = kinds[chosen or next(iter(kinds))]
    files = [pair.first.files[index] for index in which]
    gone = sum(not (is_row_name(file) or is_readable_file(file)) for file in files)
    if gone:
        these = f"These {pair.noun}" if gone == len(which) else f"{gone} of these {len(which)} {pair.noun}"
        st.caption(f"{these} are no longer where they were, and cannot be shown.")
    part = leaf(len(which), PAGE_SIZE, f"{keys.RUNS_DISAGREEMENTS}_page", pair.noun)
    show_tiles([_tile(pair, int(index), colours) for index in which[part]], drawn=drawn)


def _kinds(pair: Pair) -> dict[str, np.ndarray]:
    labels, said = pair.first.labels, (pair.first.predicted, pair.second.predicted)
    first, second = (each[pair.disagreements] == labels[pair.disagreements] for each in said)
    return {
        "All disagreements": pair.disagreements,
        f"{pair.names[0]} alone is right": pair.disagreements[first],
        f"{pair.names[1]} alone is right": pair.disagreements[second],
        "Both are wrong": pair.disagreements[~first & ~second],
    }


def _tile(pair: Pair, index: int, colours: Sequence[str]) -> Tile:
    said = [
        f"{name}: {side.classes[side.predicted[index]]} {percent(float(side.confidence[index]))}"
        for name, side in zip(pair.names, (pair.first, pair.second), strict=True)
    ]
    true = int(pair.first.labels[index])
    return Tile(
        path=pair.first.files[index],
        caption=pair.first.classes[true],
        colour=colours[true],
        note=" · ".join(said),
    )

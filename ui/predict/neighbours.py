"""The training pictures nearest to a picture, as two rows of tiles: by angles, and by features."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from qtl_core.evaluation.ood import NEIGHBOURS
from qtl_core.explain.neighbours import Neighbour, Neighbours, neighbours_job
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from qtl_core.runs.events import Prepared
from qtl_core.settings.heads import DEFAULT_HEAD, HEADS, HeadSpec
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text, guarded
from ui.session import keys, session
from ui.widgets.glossary import help_of
from ui.widgets.pictures import Tile, show_tiles
from ui.widgets.waiting import show_awaited


def show_neighbours(model: TrainedModel, explanation: Explanation) -> None:
    """Offers the neighbours of one picture; they are looked for once they are asked for."""
    st.subheader("Neighbours", anchor=False, help=help_of("nearest neighbours", "features"))
    st.fragment(guarded()(_panel))(model, explanation)


def count_words(neighbours: Sequence[Neighbour], classes: Sequence[str]) -> str:
    """Says which classes the neighbours are of: "4 × ants and 2 × bees"."""
    labels = [each.label for each in neighbours]
    there = sorted(set(labels), key=lambda label: -labels.count(label))
    counted = [f"{labels.count(label)}\u00a0×\u00a0{as_plain_text(classes[label])}" for label in there]  # on one line
    return " and ".join([*([", ".join(counted[:-1])] if counted[1:] else []), counted[-1]])


def _panel(model: TrainedModel, explanation: Explanation) -> None:
    if not st.toggle(
        "Show the training pictures most like this one", key=keys.NEIGHBOURS_SHOWN, persist_state="session"
    ):
        return
    show_awaited(
        ("neighbours", model.key, hashlib.sha256(explanation.features.tobytes()).digest()),
        lambda: neighbours_job(model, explanation, session.owner),
        partial(_show_found, model),
        lambda _: "Looking through the training pictures …",
    )


def _show_found(model: TrainedModel, found: Neighbours) -> None:
    if found.missing:
        st.markdown(as_plain_text(found.missing))
        return
    prepared = model.run.prepared
    classes, spec = prepared.classes, prepared.settings.model.spec
    if found.by_head:
        where = "what the circuit sees**, the angles" if spec.has_circuit else "the hidden layer**, its units' values"
        _row(
            f"**In {where}, the nearest are {count_words(found.by_head, classes)}.",
            found.by_head,
            prepared,
            lambda away: f"{math.degrees(away):.1f}° away" if spec.has_circuit else f"{away:.3f} away",
        )
    _row(
        f"**In what the image network sees**, the features, the nearest are {count_words(found.by_features, classes)}.",
        found.by_features,
        prepared,
        lambda away: f"{max(0.0, away):.3f} away",
    )
    st.caption(measures_in_words(found, spec))


def measures_in_words(found: Neighbours, spec: HeadSpec = HEADS[DEFAULT_HEAD]) -> str:
    """Returns which distances the two rows show, and that the second is the one that pictures are flagged by."""
    mean, count = mean_distance(found), min(NEIGHBOURS, len(found.by_features))
    among = f"Of {found.total:,} training pictures, with their true classes."
    by_features = (
        "In features, the distance is that which the page compares with its limit, 0 where two are alike and 1 where "
        f"they have nothing in common: the mean of the nearest {count} is **{mean:.3f}**."
    )
    if not spec.is_hidden:
        return f"{among} {by_features} Its head is a linear layer, which reads the features as they are."
    if not found.by_head:
        return f"{among} {by_features} No angles of its training pictures come along with this run."
    by_head = "in angles it is by how many degrees a qubit's angle differs (the root mean square over the qubits)"
    if not spec.has_circuit:
        by_head = "in the hidden layer it is by how much a unit's value differs (the root mean square over the units)"
    return f"{among} The two rows measure different things: {by_head}. {by_features}"


def mean_distance(found: Neighbours) -> float:
    """Returns the mean distance to the nearest ones in features, which is that of the picture's `OodReport`."""
    nearest = found.by_features[:NEIGHBOURS]
    return math.fsum(each.distance for each in nearest) / len(nearest)


def _row(words: str, neighbours: Sequence[Neighbour], prepared: Prepared, away: Callable[[float], str]) -> None:
    st.markdown(words)
    classes, colours = prepared.classes, colours_of(prepared)
    tiles = [
        Tile(each.file, classes[each.label], colours[each.label], away(each.distance), small=each.jpeg or None)
        for each in neighbours
    ]
    show_tiles(tiles, drawn=prepared.settings.data.source == "drawn")

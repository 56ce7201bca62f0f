"""The number of parameters of the chosen head, beside its choice, and what the dressed circuit would have."""

from __future__ import annotations

import math

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.sources.training_count import class_count
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.settings.heads import CIRCUIT, POST_NET, PRE_NET
from qtl_core.settings.parameters import PART_OF, hidden_width, parameter_count, parameter_shapes
from qtl_core.settings.relevant import counts
from qtl_core.tables.catalogue import raw_table, stamp_of_numbers
from qtl_core.tables.reading import read_table

SECONDS_KNOWN = 20  # a folder's classes are counted again after that


def show_head_size(really: RunSettings) -> None:
    """Says how many numbers the head on screen has, where it is known how many features and classes there are."""
    if words := size_words(really, sizes_of(really.data)):
        with st.container(key="head_size"):
            st.caption(words)


def sizes_of(data: DataSettings) -> tuple[int, int] | None:
    """Returns how many features and classes `data` have, without reading a picture; None where nobody knows yet."""
    if data.source == "points":
        return 2, 2
    if data.source == "table":
        return _of_table(data)
    classes = 2 if data.source in ("photos", "drawn") else _own_classes(data)
    return (spec_of(data.backbone).feature_size, classes) if classes else None


def size_words(settings: RunSettings, sizes: tuple[int, int] | None) -> str:
    """Returns the numbers of a head in words, beside the dressed circuit's, and what plays no part in it.

    Args:
        settings: Of the run; its head is described.
        sizes: Features and classes, or None where they are not known: then only what plays no part is said.
    """
    if sizes is None:
        return _silent(settings)
    return _with_circuit(settings, sizes) if settings.model.spec.has_circuit else _without_circuit(settings, sizes)


def _with_circuit(settings: RunSettings, sizes: tuple[int, int]) -> str:
    parts = _of_parts(settings, sizes)
    count = sum(parts.values())
    if CIRCUIT in settings.model.spec.fixed:
        return (
            f"{count - parts[CIRCUIT]:,} of {count:,} numbers learn; {parts[CIRCUIT]:,} angles stay as they are drawn."
        )
    before, behind = parts[PRE_NET], parts[POST_NET]
    return f"{count:,} numbers: {before:,} before the circuit, {parts[CIRCUIT]:,} in it, {behind:,} behind."


def _without_circuit(settings: RunSettings, sizes: tuple[int, int]) -> str:
    count = parameter_count(*sizes, settings.circuit, settings.model)
    dressed = parameter_count(*sizes, settings.circuit)
    wide = (
        f"{hidden_width(*sizes, settings.circuit, settings.model):,} wide: "
        if PRE_NET in settings.model.spec.parts
        else ""
    )
    beside = "as many as the dressed circuit has" if count == dressed else f"the dressed circuit has {dressed:,}"
    return f"{wide}{count:,} numbers, {beside}. {_silent(settings)}"


def _silent(settings: RunSettings) -> str:
    """Says of a head without a circuit what its settings are to it."""
    if settings.model.spec.has_circuit:
        return ""
    if counts(settings, "qubits"):
        return "No circuit: qubits and depth say only how many numbers it may have."
    return "No circuit: qubits and depth play no part."


def _of_parts(settings: RunSettings, sizes: tuple[int, int]) -> dict[str, int]:
    found = dict.fromkeys(settings.model.spec.parts, 0)
    for name, shape in parameter_shapes(*sizes, settings.circuit, settings.model).items():
        found[PART_OF[name]] += math.prod(shape)
    return found


def _own_classes(data: DataSettings) -> int:
    """Returns the number of classes of a person's own pictures, or 0 where they are not there."""
    if data.source == "folder":
        return _in_folder(data.folder) if data.folder else 0
    try:
        return len(find_by_id(data.dataset).classes) if data.dataset else 0
    except UserError:
        return 0  # what is wrong with them is said elsewhere


def _of_table(data: DataSettings) -> tuple[int, int] | None:
    try:
        return _table_sizes(data.table, data.label, data.columns, stamp_of_numbers(data))
    except UserError:
        return None  # likewise


@st.cache_data(max_entries=32, show_spinner=False)
def _table_sizes(table: str, label: str, columns: str, stamp: object) -> tuple[int, int]:
    """The stamp stands for the file that the table is read from."""
    found = read_table(raw_table(table), label, columns)
    return len(found.columns), len(found.classes)


@st.cache_data(max_entries=64, ttl=SECONDS_KNOWN, show_spinner=False)
def _in_folder(folder: str) -> int:
    try:
        return class_count(folder)
    except UserError:
        return 0

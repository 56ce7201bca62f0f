"""The settings that a study of one's own varies, and their values, built by pointing: each by a widget of its kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.compare.sides import value_in_words
from qtl_core.machines.catalogue import machine_names
from qtl_core.pictures.backbones.weights_files import backbone_status
from qtl_core.settings import FieldSpec, RunSettings
from qtl_core.settings.backbone_names import title_of
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.heads import HEADS
from qtl_core.settings.relevant import RATES, counts
from qtl_core.studies.axes import GATE_ERRORS, Axis, Value, axis_spec, settings_behind
from ui.base.errors import as_plain_text
from ui.base.wording import plain
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.widgets.glossary import help_of
from ui.widgets.settings_controls import WIDE_RANGE, rate_stops

FIRST = (
    "head",
    "qubits",
    "depth",
    "entangler",
    "per_class",
    "learning_rate",
    "epochs",
    "shots",
    GATE_ERRORS,
    "start_from",
    "carry",
)
NO_AXES = frozenset(
    {
        *("seed", "source", "label", "columns", "dataset", "dataset_version", "divided_into", "held_out"),
        *("layout", "backbone_mode", "engine", *PRIVATE),
    }
)  # each names what is learnt from or how it is computed, or is what every value is repeated over
USUAL: dict[str, tuple[Value, ...]] = {  # what is offered ticked
    "head": ("dressed", "linear"),
    "qubits": (2, 4, 6),
    "depth": (0, 2, 4, 6),
    "per_class": (5, 10, 20, 40),
    "learning_rate": (0.0001, 0.0004, 0.001, 0.004),
    "epochs": (10, 30),
    "shots": (0, 100, 1_000),
    GATE_ERRORS: (0.0, 0.01, 0.03, 0.1),
    **dict.fromkeys(RATES, (0.0, 0.01, 0.03)),
}
MOST_VALUES = 50
RATE_STOPS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2)  # of an error
MOST_LOOKED_AT = 1_000  # combinations, for one in which a setting counts
SPREAD = 6  # values that a list suggests of a wide range
RANGE, LIST = "From … to …", "One by one"
COUNTS_NOWHERE = "It plays no part in these trainings: every value would be the same run."


@dataclass(frozen=True)
class Chosen:
    """The settings that vary.

    Attributes:
        axes: Those whose values are allowed.
        problems: Whether something is said beside a field that has to be mended first.
    """

    axes: tuple[Axis, ...]
    problems: bool


def axis_names() -> list[str]:
    """Returns the settings that can vary, those asked about most first."""
    return [*FIRST, *(name for name in FIELDS if name not in (*FIRST, *NO_AXES))]


def label_of(name: str) -> str:
    """Returns what a setting is called on screen."""
    return axis_spec(name).label


def choose_axes(base: RunSettings) -> Chosen:
    """Shows which settings vary and their values; the first one's are compared with one another."""
    names: list[str] = st.multiselect(
        "What varies",
        [name for name in axis_names() if not session.screen.hides(name)],
        default=["head"],
        key=keys.STUDY_VARIES,
        format_func=label_of,
        placeholder="Choose settings",
        persist_state="session",
        help="The values of the first one are compared with one another, once for every combination of the others'."
        f"\n\n{help_of('shots')}",
    )
    found = [_choose_values(name, base) for name in names]
    axes = tuple(axis for axis in found if axis is not None)
    _say_what_counts_nowhere(axes, base)
    return Chosen(axes, problems=len(axes) < len(found))


def _choose_values(name: str, base: RunSettings) -> Axis | None:
    with st.container(border=True, key=f"study_axis_{name}", gap="xsmall"):
        values = _WIDGETS.get(name, _KINDS[axis_spec(name).kind])(name, axis_spec(name), base)
        try:
            return axis_of(name, values)
        except UserError as error:
            st.caption(f":material/error: {as_plain_text(str(error))}")
            return None


def axis_of(name: str, values: Sequence[Value]) -> Axis:
    """Returns the axis of these values.

    Raises:
        UserError: There are none, too many, or one that is not allowed.
    """
    label = label_of(name)
    if not values:
        raise UserError(f"{label} has no values yet.", "", "Choose one or more.")
    if len(values) > MOST_VALUES:
        raise UserError(f"These are {len(values)} values.", "", f"Take {MOST_VALUES} at most.")
    for value in values:
        if not axis_spec(name).accepts(value):
            raise UserError(f"{label} cannot be {value}.", f"Allowed: {axis_spec(name).allowed}.")
    return Axis(name, tuple(dict.fromkeys(values)))


def _say_what_counts_nowhere(axes: Sequence[Axis], base: RunSettings) -> None:
    for axis in axes:
        if not counts_somewhere(axis, axes, base):
            st.caption(f":material/info: **{axis.label}**: {COUNTS_NOWHERE}")


def counts_somewhere(axis: Axis, axes: Sequence[Axis], base: RunSettings) -> bool:
    """Returns whether a run of any combination of the other axes' values reads this axis's setting."""
    others = [each for each in axes if each.setting != axis.setting and axis_spec(each.setting).kind != "real"]
    grid = itertools.product(*(each.values for each in others))
    chosen = (dict(zip((each.setting for each in others), values, strict=True)) for values in grid)
    some = (base.changed(**settings_behind(at)) for at in itertools.islice(chosen, MOST_LOOKED_AT))
    return any(
        counts(each.changed(**behind), name)
        for each in some
        for behind in (settings_behind({axis.setting: value}) for value in axis.values)
        for name in behind
    )


def _choose_named(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _pills(name, [choice.value for choice in spec.choices])


def _choose_head(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _pills(name, list(HEADS), lambda value: f"{HEADS[value].short[:1].upper()}{HEADS[value].short[1:]}")


def _choose_backbone(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _pills(name, [each.spec.name for each in backbone_status() if each.present], title_of)


def _choose_flag(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _pills(name, [False, True])


def _choose_machine(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _pills(name, ["", *machine_names()])


def _choose_start(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    runs = ["", *(record.id for record in choosable_runs())]
    return _several_of(name, runs, runs[:2], lambda value: value_in_words(name, value) if value else "Fresh")


def _choose_parts(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    names = [choice.value for choice in spec.choices]
    sets = [",".join(some) for size in range(len(names) + 1) for some in itertools.combinations(names, size)]
    usual = list(dict.fromkeys(["", base.value(name)]))
    return _several_of(name, sets, usual, lambda value: value_in_words(name, value))


def _choose_text(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    return _several_of(name, [base.value(name)], [base.value(name)], str)


def _choose_whole(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    if spec.high - spec.low > WIDE_RANGE:
        return _choose_numbers(name, spec, base)
    by = st.segmented_control(
        f"{spec.label}: values",
        [LIST, RANGE],
        default=LIST,
        required=True,
        key=keys.study_by_key(name),
        persist_state="session",
        label_visibility="collapsed",
    )
    return _choose_range(name, spec, base) if by == RANGE else _choose_numbers(name, spec, base)


def _choose_range(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    usual = USUAL.get(name, (base.value(name), base.value(name)))
    first, last = st.slider(
        spec.label,
        int(spec.low),
        int(spec.high),
        (int(usual[0]), int(usual[-1])),
        key=keys.study_range_key(name),
        persist_state="session",
        help=spec.help,
    )
    return list(range(first, last + 1))


def _choose_numbers(name: str, spec: FieldSpec, base: RunSettings) -> list[Value]:
    usual = usual_numbers(name, base)
    typed = st.multiselect(
        spec.label,
        sorted({*usual, *suggested(name, base)}),
        default=usual,
        key=keys.study_values_key(name),
        format_func=_plainly,
        accept_new_options=True,
        placeholder="Choose, or type a number and press Enter",
        persist_state="session",
        help=spec.help,
    )
    return [spec.parse(each) if isinstance(each, str) else each for each in typed]


def usual_numbers(name: str, base: RunSettings) -> list[Value]:
    """Returns the numbers that are offered ticked: well-known ones, or the value on screen and what is beside it."""
    if name in USUAL:
        return list(USUAL[name])
    spec, value = axis_spec(name), base.value(name)
    near = {value, *(kind(value * factor) for kind in [type(value)] for factor in (0.5, 2))}
    return sorted(each for each in near if spec.accepts(each))


def suggested(name: str, base: RunSettings) -> list[Value]:
    """Returns further numbers to choose from: all of a short range, stops of a slider, or a few of a wide range."""
    spec = axis_spec(name)
    if name in (*RATES, GATE_ERRORS):
        return [stop for stop in RATE_STOPS if stop <= spec.high]
    if spec.logarithmic:
        return list(rate_stops(base.value(name)))
    if spec.kind == "whole" and spec.high - spec.low <= WIDE_RANGE:
        return list(range(int(spec.low), int(spec.high) + 1))
    kind = int if spec.kind == "whole" else float
    return [kind(spec.low + (spec.high - spec.low) * step / SPREAD) for step in range(SPREAD + 1)]


def _plainly(value: object) -> str:
    return plain(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _pills(name: str, values: list[Value], words: Callable[[Any], str] | None = None) -> list[Value]:
    usual = [value for value in USUAL.get(name, values) if value in values]
    return st.pills(
        label_of(name),
        values,
        selection_mode="multi",
        default=usual,
        key=keys.study_values_key(name),
        format_func=words or (lambda value: value_in_words(name, value)),
        persist_state="session",
        help=axis_spec(name).help,
    )


def _several_of(name: str, values: list[Value], usual: list[Value], words: Callable[[Any], str]) -> list[Value]:
    return st.multiselect(
        label_of(name),
        values,
        default=usual,
        key=keys.study_values_key(name),
        format_func=words,
        persist_state="session",
        help=axis_spec(name).help,
    )


Widget = Callable[[str, FieldSpec, RunSettings], list[Value]]
_KINDS: dict[str, Widget] = {
    "choice": _choose_named,
    "flag": _choose_flag,
    "several": _choose_parts,
    "whole": _choose_whole,
    "real": _choose_numbers,
    "text": _choose_text,
}
_WIDGETS: dict[str, Widget] = {
    "head": _choose_head,
    "backbone": _choose_backbone,
    "machine": _choose_machine,
    "start_from": _choose_start,
}

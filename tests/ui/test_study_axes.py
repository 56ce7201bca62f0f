"""What can vary in a study of one's own, which values are offered, and what is said of those that cannot be."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import PRIVATE
from qtl_core.studies.axes import GATE_ERRORS, Axis, axis_spec
from ui.study.axes import NO_AXES, USUAL, axis_names, axis_of, counts_somewhere, suggested, usual_numbers
from ui.study.charts_panel import clicked_key

BASE = RunSettings()


def test_every_setting_is_offered_once_but_what_is_learnt_from_and_the_seed():
    names = axis_names()
    assert len(set(names)) == len(names)
    assert not set(names) & NO_AXES
    assert PRIVATE <= NO_AXES
    assert {"head", "qubits", "momentum", "backbone", "readout_flip", GATE_ERRORS} <= set(names)


@pytest.mark.parametrize("name", axis_names())
def test_all_that_is_offered_is_allowed(name):
    spec = axis_spec(name)
    if spec.kind in ("whole", "real"):
        offered = [*suggested(name, BASE), *usual_numbers(name, BASE)]
        assert offered and all(spec.accepts(value) for value in offered)
    assert all(spec.accepts(value) for value in USUAL.get(name, ()))


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("qubits", [], "Qubits has no values yet."),
        ("qubits", [2, 40], "Qubits cannot be 40."),
        ("qubits", [2, "many"], "Qubits cannot be many."),
        ("learning_rate", [number / 1000 for number in range(1, 60)], "These are 59 values."),
    ],
)
def test_what_is_not_allowed_is_said_in_the_settings_own_name(name, values, said):
    with pytest.raises(UserError) as refused:
        axis_of(name, values)
    assert refused.value.what == said


def test_a_value_that_was_typed_and_chosen_counts_once():
    assert axis_of("qubits", [2, 4, 2]) == Axis("qubits", (2, 4))


@pytest.mark.parametrize(
    ("axis", "others", "counts"),
    [
        (Axis("momentum", (0.5, 0.9)), (), False),
        (Axis("momentum", (0.5, 0.9)), (Axis("optimiser", ("adam", "sgd")),), True),
        (Axis("qubits", (2, 4)), (Axis("head", ("linear",)),), False),
        (Axis("qubits", (2, 4)), (Axis("head", ("linear", "dressed")),), True),
        (Axis(GATE_ERRORS, (0.0, 0.1)), (Axis("head", ("linear",)),), False),
    ],
)
def test_a_setting_that_no_combination_reads_is_noticed(axis, others, counts):
    assert counts_somewhere(axis, (axis, *others), BASE) == counts


class Selection:
    def __init__(self, *points: dict) -> None:
        self.selection = self
        self.points = list(points)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (None, ""),
        (Selection(), ""),
        (Selection({"x": 1}), ""),
        (Selection({"customdata": ["abc", "5"]}), "abc"),
        (Selection({"customdata": {"0": "abc", "1": "5"}}), "abc"),
        (Selection({"customdata": ["", "0"]}), ""),
    ],
)
def test_a_click_names_the_run_of_its_point(event, key):
    assert clicked_key(event) == key

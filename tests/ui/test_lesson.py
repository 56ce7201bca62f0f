"""What a lesson hides and what remains of it, in plain names; and the task on top of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.settings.groups import PRIVATE
from ui.session.lesson import FOR_TEACHERS, GROUPED, HIDEABLE, LONGEST_TASK, QUICK, clean_task, remaining


def test_every_part_that_can_be_hidden_stands_in_one_group_but_paths_that_are_always_hidden():
    grouped = [name for titles in GROUPED.values() for name in titles]
    assert sorted(grouped) == sorted(set(HIDEABLE) - PRIVATE)
    assert set(FOR_TEACHERS) >= PRIVATE


def test_what_remains_of_a_whole_lesson_is_everything():
    whole = remaining(())
    assert whole["Pages"] == [
        *("Home", "Tour", "Train", "Runs", "Studies", "Predict", "Circuit", "Machine", "Data", "Learn"),
    ]
    assert whole["On Train"][:6] == ["Pictures", "Head", "Qubits", "Depth", "Learning rate", "Epochs"]
    assert {"Start from", "Carried over", "Stands still", "One epoch at a time"} <= set(whole["On Train"])
    assert "Repeat with other seeds" in whole["On Train"]
    assert "More settings (Entangler, " in "; ".join(whole["On Train"])


def test_what_is_hidden_does_not_remain():
    left = remaining({"circuit", "depth", "seeds", "entangler"})
    assert "Circuit" not in left["Pages"]
    assert not {"Depth", "Repeat with other seeds"} & set(left["On Train"])
    assert "Entangler" not in "; ".join(left["On Train"])
    assert "Batch size" in "; ".join(left["On Train"])
    assert "Turns" not in "; ".join(left["On Train"])  # goes with its source


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("All but the main settings", ["Pictures", "Head", "Qubits", "Depth", "Learning rate", "Epochs"]),
        ("All but Start and the result", []),
    ],
)
def test_quick_choices_leave_what_they_say(title, left):
    found = remaining(QUICK[title])["On Train"]
    assert found[: len(left)] == left
    assert found[-2:] == ["Start, Stop, Reset", "Curves and results"]
    assert not [each for each in found if each.startswith("More settings")]
    assert QUICK[title] <= set(HIDEABLE)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Try   3 qubits.\r\n\r\n\n What changes? ", "Try 3 qubits.\nWhat changes?"),
        ("a\0b\x07c\x7f", "a b c"),
        ("\n \n", ""),
        ("\ud800", "?"),
        ("x" * 5_000, "x" * LONGEST_TASK),
    ],
)
def test_a_task_is_plain_lines_of_bounded_length(typed, shown):
    assert clean_task(typed) == shown


@given(st.text(max_size=2 * LONGEST_TASK))
def test_a_cleaned_task_stays_as_it_is(typed):
    assert clean_task(clean_task(typed)) == clean_task(typed)

"""`make mutants`: which changes are made, that a sample stands still, that the list of equal ones is of this source."""

from __future__ import annotations

import pytest

from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings
from tools.mutants.covering import SLOW, Coverage, forget
from tools.mutants.equal import Equal, equal_changes
from tools.mutants.making import mutants_of, sample
from tools.mutants.rooms import PROJECT, ROOMS

SOURCE = '''
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import math

MOST: int | None = 3


def few(count: int | float, *, é: "1 < 2" = 4) -> "3 < 4":
    """Whether 5 < 6."""
    return count < MOST and not é
'''


def changes(source: str) -> list[tuple[int, str]]:
    return [(mutant.line, mutant.after) for mutant in mutants_of("a.py", source)]


def test_numbers_comparisons_and_words_are_changed_and_neither_annotations_nor_texts_are():
    assert changes(SOURCE) == [
        (7, "MOST: int | None = 2"),
        (7, "MOST: int | None = 4"),
        (10, 'def few(count: int | float, *, é: "1 < 2" = 3) -> "3 < 4":'),
        (10, 'def few(count: int | float, *, é: "1 < 2" = 5) -> "3 < 4":'),
        (12, "return count < MOST and  é"),
        (12, "return count < MOST or not é"),
        (12, "return count <= MOST and not é"),
        (12, "return count >= MOST and not é"),
    ]


def test_every_mutant_is_the_whole_file_with_one_line_changed():
    assert mutants_of("a.py", SOURCE)
    for mutant in mutants_of("a.py", SOURCE):
        differing = [
            (old, new) for old, new in zip(SOURCE.splitlines(), mutant.source.splitlines(), strict=True) if old != new
        ]
        assert [(old.strip(), new.strip()) for old, new in differing] == [(mutant.before, mutant.after)]
        compile(mutant.source, "a.py", "exec")


def test_what_is_no_python_any_more_is_no_mutant():
    assert changes("x = {**a, 'b': c}\n") == []


def test_a_decorator_can_go_and_equal_changes_are_told_apart():
    found = mutants_of("a.py", "@cached\ndef f(): pass\n\n\nx = 1\nx = 1\n")
    assert [(mutant.before, mutant.after, mutant.number) for mutant in found] == [
        ("@cached", "", 0),
        ("x = 1", "x = 0", 0),
        ("x = 1", "x = 2", 0),
        ("x = 1", "x = 0", 1),
        ("x = 1", "x = 2", 1),
    ]
    assert len({mutant.key for mutant in found}) == 5


def test_a_sample_is_the_same_every_time_and_whatever_else_is_written_in_the_file():
    many = "".join(f"x{number} = {number}\n" for number in range(40))

    def drawn(source: str, seed: int) -> list[str]:
        return [mutant.after for mutant in sample(mutants_of("a.py", source), 20, seed)]

    assert len(drawn(many, 1)) == 20
    assert drawn(many, 1) == drawn(f'"""Words."""\n\n{many}', 1) != drawn(many, 2)
    assert len(sample(mutants_of("a.py", many), None, 1)) == 80


def test_a_change_is_tried_on_the_tests_that_reach_it_quickest_first():
    coverage = Coverage(
        {"a": 2.0, "b": 1.0, "c": 0.5, "slow": SLOW + 1}, {"file": {"3": ["a", "b", "slow"], "4": ["slow"], "9": ["c"]}}
    )
    assert coverage.tests_for("file", 3) == ["b", "a"]
    assert coverage.tests_for("file", 1) == ["c", "b", "a"]  # run on import: any test may be the one
    assert coverage.tests_for("other", 3) == ["c", "b", "a"]


def test_what_a_room_remembers_is_forgotten_before_each_test():
    remembered = build_circuit(CircuitSettings(2, 2))
    forget(["qtl_core/runs/store/tables.py", "qtl_core/never_imported.py"])
    assert build_circuit(CircuitSettings(2, 2)) is remembered
    forget(["qtl_core/network/ansatz.py"])
    assert build_circuit(CircuitSettings(2, 2)) is not remembered


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_has_source_and_tests(name):
    assert len(ROOMS[name].files()) >= len(ROOMS[name].sources)
    assert len(ROOMS[name].test_files()) > len(ROOMS[name].tests)


def test_what_is_listed_as_equal_is_a_line_of_its_file_and_has_a_reason():
    listed = equal_changes()
    gone = [
        (each.file, each.before)
        for each in listed
        if not set(each.before.splitlines())
        <= {line.strip() for line in (PROJECT / each.file).read_text().splitlines()}
    ]
    assert gone == []
    assert min(len(each.why) for each in listed) > 20


def test_an_entry_covers_what_it_names_or_any_other_numbers():
    found = mutants_of("a.py", "MOST = 2 * 10**20  # 2 times\n")
    assert [each.after for each in found if Equal("a.py", "MOST = 2 * 10**20  # 2 times", "why").covers(each)] == [
        "MOST = 1 * 10**20  # 2 times",
        "MOST = 2 * 10** 19  # 2 times",
        "MOST = 2 * 10** 21  # 2 times",
        "MOST = 2 * 11**20  # 2 times",
        "MOST = 2 * 9**20  # 2 times",
        "MOST = 3 * 10**20  # 2 times",
    ]
    one = Equal("a.py", "MOST = 2 * 10**20  # 2 times", "why", ("MOST = 2 / 10**20  # 2 times",))
    assert [each.after for each in found if one.covers(each)] == ["MOST = 2 / 10**20  # 2 times"]
    assert not any(Equal("b.py", "MOST = 2 * 10**20  # 2 times", "why").covers(each) for each in found)

"""Runs set beside each other: the test of two, what differs, which can be compared, and all of it as files."""

from __future__ import annotations

import csv
import io
import itertools
import json
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qtl_core.compare.files import (
    class_figure_rows,
    comparison_json,
    curve_rows,
    disagreement_rows,
    run_rows,
    runs_json,
)
from qtl_core.compare.names import names_of
from qtl_core.compare.pairs import p_in_words, pair_of
from qtl_core.compare.sides import common_noun, differing_settings, same_pictures, sides_of, value_in_words
from qtl_core.evaluation.mcnemar import exact_p
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.export.tables import to_csv
from qtl_core.runs.store import find_run, keep_run, list_runs, load_run, rename
from qtl_core.settings import RunSettings
from qtl_core.tables.kept import keep_table
from qtl_core.training.transfer.ancestors import pictures_in_words
from tests.helpers.made_runs import made_pictures, made_run

COUNTS = st.integers(0, 60)


def enumerated(only_first: int, only_second: int) -> float:
    """The same by listing every way in which the coins can fall."""
    thrown, gap = only_first + only_second, abs(only_first - only_second)
    ways = [sum(coins) for coins in itertools.product((0, 1), repeat=thrown)]
    return sum(abs(2 * heads - thrown) >= gap for heads in ways) / len(ways)


@pytest.fixture
def folder(tmp_path) -> Path:
    return made_pictures(tmp_path / "photos")


@pytest.fixture
def kept(folder, monkeypatch, tmp_path):
    """`kept(right_by_epoch, name, settings...)` keeps a made run and returns its row and all of it."""
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))

    def keep(right: tuple[int, ...] = (3, 5, 4), name: str = "", **settings: object):
        run_id = keep_run(made_run(folder, right, settings=RunSettings().changed(**settings)), name=name)
        return find_run(run_id), load_run(run_id)

    return keep


def beside(runs):
    return sides_of(runs, names_of(record for record, _ in runs))


def evaluation(predicted: list[int], labels: list[int], classes: int = 3) -> Evaluation:
    names = tuple("abc"[:classes])
    probabilities = np.eye(classes, dtype=np.float32)[predicted] * 0.8 + 0.2 / classes
    return Evaluation(names, np.array(labels), probabilities, tuple(f"/p/{each}.jpg" for each in range(len(labels))))


class TestMcNemar:
    @pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (4, 2), (0, 6), (5, 5), (9, 3), (12, 1)])
    def test_it_is_what_listing_every_throw_gives(self, first, second):
        assert exact_p(first, second) == pytest.approx(enumerated(first, second), abs=1e-12)

    @given(COUNTS, COUNTS)
    def test_it_is_scipys_binomial_test(self, first, second):
        expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0
        assert exact_p(first, second) == pytest.approx(expected, rel=1e-9)

    @given(COUNTS, COUNTS)
    def test_it_does_not_mind_who_is_first_and_is_a_chance(self, first, second):
        assert exact_p(first, second) == exact_p(second, first)
        assert 0 < exact_p(first, second) <= 1

    @pytest.mark.parametrize(("first", "second"), [(500, 501), (600, 640), (1500, 1320), (10, 2000), (2001, 0)])
    def test_of_thousands_of_pictures_it_is_what_whole_numbers_give(self, first, second):
        tail = sum(comb(first + second, heads) for heads in range(min(first, second) + 1))
        whole = float(min(Fraction(1), Fraction(2 * tail, 2 ** (first + second))))
        assert exact_p(first, second) == pytest.approx(whole, rel=1e-9, abs=1e-300)

    def test_many_pictures_are_no_problem_and_negative_ones_are_refused(self):
        assert exact_p(1000, 1000) == 1.0
        assert 0 <= exact_p(3000, 0) < 1e-300
        with pytest.raises(ValueError, match="no counts"):
            exact_p(-1, 3)

    @pytest.mark.parametrize(
        ("p", "words"), [(1.0, "1.00"), (0.6875, "0.69"), (0.03125, "0.031"), (1e-9, "below 0.001")]
    )
    def test_a_value_is_said_with_the_digits_that_matter(self, p, words):
        assert p_in_words(p) == words


class TestPair:
    def test_disagreements_are_counted_and_called_chance_where_they_are(self):
        labels = [0, 0, 0, 1, 1, 1, 2, 2]
        pair = pair_of(
            evaluation([0, 0, 0, 1, 1, 0, 2, 0], labels), evaluation([0, 0, 1, 0, 1, 1, 2, 1], labels), noun="photos"
        )
        assert pair.disagreements.tolist() == [2, 3, 5, 7]
        assert (pair.only_first, pair.only_second) == (2, 1)
        assert pair.in_words() == (
            "They disagree on 4 photos: A alone is right on 2, B alone on 1, and on 1 both are wrong, each in its own "
            "way. Such a difference is what chance alone would give (p = 1.00)."
        )

    def test_a_difference_beyond_chance_says_who_does_better(self):
        labels = [0] * 10
        pair = pair_of(evaluation([1] * 8 + [0] * 2, labels), evaluation([0] * 10, labels), ("A", "B"), "photos")
        assert pair.p == pytest.approx(2 / 2**8)
        assert (
            "Chance alone would rarely give such a difference (p = 0.008): on these photos, B does better."
            in pair.in_words()
        )
        assert not pair.is_chance

    def test_the_edge_of_chance_is_at_one_in_twenty(self):
        five, six = (
            pair_of(
                evaluation([1] * wrong + [0] * 4, [0] * (wrong + 4)), evaluation([0] * (wrong + 4), [0] * (wrong + 4))
            )
            for wrong in (5, 6)
        )
        assert (five.p, five.is_chance) == (pytest.approx(0.0625), True)
        assert (six.p, six.is_chance) == (pytest.approx(0.03125), False)

    def test_who_agrees_on_everything_says_so(self):
        same = evaluation([0, 1, 1], [0, 1, 2])
        assert pair_of(same, same, noun="photos").in_words() == "They agree on all 3 photos."

    def test_one_picture_is_one_photo(self):
        pair = pair_of(evaluation([0, 1], [0, 1]), evaluation([0, 0], [0, 1]), noun="photos")
        assert pair.in_words().startswith("They disagree on 1 photo: A alone is right on 1, B alone on 0.")

    def test_other_pictures_are_refused(self):
        with pytest.raises(ValueError, match="same pictures"):
            pair_of(evaluation([0, 1], [0, 1]), evaluation([0, 1], [1, 1]))


class TestSides:
    def test_only_settings_that_differ_are_named_in_their_order(self):
        runs = [RunSettings().changed(depth=2, seed=4), RunSettings().changed(seed=5), RunSettings().changed(seed=4)]
        assert list(differing_settings(runs).items()) == [("depth", [2, 6, 6]), ("seed", [4, 5, 4])]
        assert differing_settings(runs[:1] * 8) == {}

    def test_runs_on_other_pictures_are_told_apart_by_contents_or_else_by_names(self, kept):
        (one, view), (two, _), (three, _) = kept(), kept(), kept()
        known = [replace(one, val_sha256="x"), replace(two, val_sha256="x"), replace(three, val_sha256="y")]
        sides = beside([(record, view) for record in known])
        assert [[side.letter for side in group] for group in same_pictures(sides)] == [["A", "B"], ["C"]]
        unknown = beside([(replace(one, val_sha256=""), view), (known[2], view)])
        assert len(same_pictures(unknown)) == 1
        moved = replace(view, prepared=replace(view.prepared, val_files=("/other",) * 6))
        assert len(same_pictures(beside([(replace(one, val_sha256=""), view), (known[2], moved)]))) == 2

    def test_more_than_eight_are_refused(self, kept):
        run = kept()
        assert [side.letter for side in beside([run] * 8)] == list("ABCDEFGH")
        with pytest.raises(ValueError, match="too many"):
            beside([run] * 9)


class TestFiles:
    def test_all_runs_are_a_table_and_no_formula(self, kept):
        kept(name="=cmd()", folder="/home/secret/photos", source="folder", depth=3)
        rows = list(csv.DictReader(io.StringIO(to_csv(run_rows(list_runs())))))
        assert (rows[0]["name"], rows[0]["right"], rows[0]["val_size"], rows[0]["depth"]) == ("'=cmd()", "5", "6", "3")
        assert float(rows[0]["accuracy_low"]) == pytest.approx(0.436, abs=1e-3)
        assert "secret" not in to_csv(run_rows(list_runs()))
        found = json.loads(runs_json(list_runs()))[0]
        assert (found["name"], found["settings"]["depth"], found["best_val_accuracy"]) == (
            "=cmd()",
            3,
            pytest.approx(5 / 6),
        )
        assert "folder" not in found["settings"]

    def test_a_comparison_is_json_with_curves_settings_and_the_test(self, kept):
        runs = [kept((3, 5, 4), "one"), kept((2, 3), "two", depth=2)]
        sides = beside(runs)
        pair = pair_of(sides[0].evaluation, sides[1].evaluation)
        found = json.loads(comparison_json(sides, pair))
        assert [run["name"] for run in found["runs"]] == ["one", "two"]
        assert found["differing_settings"] == {"depth": [6, 2]}
        assert [len(found["curves"][letter]) for letter in "AB"] == [3, 2]
        assert (found["mcnemar"]["only_first_right"], found["mcnemar"]["only_second_right"]) == (2, 0)
        assert found["mcnemar"]["p"] == 0.5
        assert [row["A says"] for row in disagreement_rows(pair)] == ["bees", "bees"]
        assert len(curve_rows(sides)) == 5
        (part,) = found["figures"]["A"]
        assert (part["part"], part["size"], [each["class"] for each in part["classes"]]) == (
            "validation",
            6,
            ["ants", "bees"],
        )
        rows = class_figure_rows(sides)
        assert [(row["run"], row["class"]) for row in rows] == [
            (run, name) for run in "AB" for name in ("ants", "bees")
        ]
        assert found["runs"][0]["test_size"] == 0 and found["runs"][0]["test_accuracy"] is None

    def test_figures_that_are_no_numbers_are_still_json(self, kept):
        record, view = kept()
        view = replace(
            view, epochs=(replace(view.epochs[0], val_loss=float("nan"), train_loss=float("inf")), *view.epochs[1:])
        )
        text = comparison_json(beside([(replace(record, best_val_loss=float("nan")), view)]), None)
        found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        assert found["curves"]["A"][0]["val_loss"] is None
        assert found["runs"][0]["best_val_loss"] is None

    def test_a_name_is_a_name_in_every_file(self, kept):
        record, _ = kept()
        rename(record.id, '"; DROP TABLE runs; --')
        assert json.loads(runs_json(list_runs()))[0]["name"] == '"; DROP TABLE runs; --'


def test_tables_and_runs_are_called_by_their_names_not_by_their_identifiers(own_home, tmp_path):
    table = keep_table(b"a,b\n1,2\n", "plants.csv")
    assert value_in_words("table", table.id) == "plants.csv"
    run_id = keep_run(made_run(tmp_path, settings=RunSettings().changed(source="table", table=table.id)))
    assert pictures_in_words(find_run(run_id)) == "plants.csv"
    assert value_in_words("start_from", "") == "none"
    assert value_in_words("start_from", run_id).startswith("the run of ") and run_id not in value_in_words(
        "start_from", run_id
    )
    rename(run_id, "My flowers")
    assert value_in_words("start_from", run_id) == "My flowers"
    assert "not here" in value_in_words("start_from", "20200101-000000-abcdef")


@pytest.mark.parametrize(
    ("sources", "noun"),
    [
        (("points", "points"), "points"),
        (("photos", "drawn"), "pictures"),
        (("photos", "photos"), "photos"),
        (("points", "drawn"), "examples"),
    ],
)
def test_sides_answer_for_what_they_have_in_common(sources, noun):
    settings = [RunSettings().changed(source=source) for source in sources]
    sides = [SimpleNamespace(record=SimpleNamespace(settings=each)) for each in settings]
    assert common_noun(sides) == noun

"""Did it help? and the family: the page says what the core says of the numbers, and nothing before they are there."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.events import Prepared
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.store import delete
from qtl_core.settings import RunSettings
from qtl_core.training.transfer.arms import ALL, Amount, Arm, TransferComparison, bands
from qtl_core.training.transfer.comparison_causes import cause_words
from qtl_core.training.transfer.comparison_verdict import amount_words, conclusion, differences, judged_words
from tests.helpers.made_runs import made_run
from tests.helpers.trained_ancestors import keep_ancestor
from ui.base.theme import CARRIED, SCRATCH
from ui.results.transfer_charts import amounts_figure, epochs_figure

SEEDS = tuple(range(12))


def made_arm(low: float) -> Arm:
    generator = np.random.default_rng(round(1000 * low))
    last = low + generator.choice([-0.02, 0.0, 0.02], len(SEEDS))
    return Arm(SEEDS, np.linspace(0.5, last, 4).T, np.full(len(SEEDS), 3))


def made_comparison(gain: float, planned: tuple[int, ...] = (5, ALL)) -> TransferComparison:
    prepared = dataclasses.replace(made_run(Path("nowhere")).prepared, val_size=100, train_counts=(7, 7))
    amounts = tuple(Amount(each, 2 * (each or 7), made_arm(0.8 + gain), made_arm(0.8)) for each in (5, ALL))
    return TransferComparison(prepared, len(SEEDS), planned, amounts, (50, 60), 3.0)


def said(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.info, *app.warning))


def shown(found: TransferComparison, **more: bool) -> AppTest:
    def script(found, more):
        from ui.results.did_it_help import show_comparison

        show_comparison(found, **more)

    return AppTest.from_function(script, args=(found, more), default_timeout=60).run()


@pytest.mark.parametrize("gain", [0.1, -0.1, 0.0])
def test_the_panel_says_what_the_core_says(gain: float):
    found = made_comparison(gain)
    text = said(shown(found))
    assert f"**{conclusion(found)}**" in text
    for each in differences(found):
        assert amount_words(each, 100).replace("+", r"\+") in text or amount_words(each, 100) in text
    assert judged_words(found) in text


def test_nothing_is_concluded_while_it_is_under_way():
    found = made_comparison(0.1, planned=(5, ALL, 50))
    assert "carried start" not in said(shown(found, is_under_way=True))


def test_a_comparison_that_was_stopped_says_so():
    text = said(shown(made_comparison(0.1, planned=(5, ALL, 50))))
    assert "Stopped after 2 of 3 amounts: what follows is of these." in text


def drawn(figure) -> dict[str, dict]:
    return {trace["name"]: trace for trace in json.loads(figure.to_json())["data"] if trace.get("name")}


def test_charts_hold_the_median_and_the_band_of_the_seeds():
    found = made_comparison(0.1)
    by_amount = drawn(amounts_figure(found))
    assert by_amount.keys() == {"Carried start", "From scratch"}
    figure = amounts_figure(found)
    expected = np.array([bands(each.carried.last) for each in found.amounts]).T
    low, high, middle = (np.asarray(trace.y) for trace in figure.data[:3])
    np.testing.assert_allclose([low, middle, high], expected)
    assert list(figure.layout.xaxis.ticktext) == ["5", "all (7)"]
    amount = found.amounts[0]
    curves = epochs_figure(amount)
    np.testing.assert_allclose(curves.data[5].y, np.median(amount.scratch.accuracies, axis=0))
    assert list(curves.data[5].x) == [0, 1, 2, 3]
    assert [curves.data[at].line.color for at in (2, 5)] == [CARRIED, SCRATCH]


def lineage(*runs: str) -> Prepared:
    settings = RunSettings().changed(start_from=runs[0], carry="circuit", freeze="circuit")
    ancestors = tuple(
        Ancestor(run, f"Run {place}", "dressed", "drawn pictures", ("cats", "dogs"), 0.9, ("pre_net", "circuit"), ())
        for place, run in enumerate(runs)
    )
    return dataclasses.replace(made_run(Path("nowhere")).prepared, settings=settings, lineage=ancestors)


def family(prepared: Prepared) -> AppTest:
    def script(prepared):
        from ui.results.family import show_family

        show_family(prepared)

    return AppTest.from_function(script, args=(prepared,), default_timeout=60).run()


def test_the_family_stands_from_its_first_ancestor_on_and_marks_those_that_are_gone():
    there, gone = keep_ancestor(), keep_ancestor()
    delete([gone])
    app = family(lineage(there, gone))
    assert [button.label for button in app.button] == ["Run 0"]  # each leads to its run, if that is there
    text = said(app)
    assert "Run 1 (deleted since)" in text
    assert "Dressed circuit · drawn pictures (cats, dogs), 90.0% right at best" in text
    assert "**This run** · Dressed circuit (ants, bees)" in text
    handed = [each.proto.body for each in app.get("html")]
    assert sum("handed down: first layer, circuit" in body for body in handed) == 2


def test_a_run_without_ancestors_has_no_family():
    assert said(family(made_run(Path("nowhere")).prepared)) == ""


def test_standing_still_is_told_from_what_was_carried_and_the_one_start_is_said():
    found = made_comparison(-0.3)
    parted = tuple(dataclasses.replace(each, control=made_arm(0.5)) for each in found.amounts)
    found = dataclasses.replace(found, amounts=parted, trained=(10, 5158))
    text = said(shown(found)).replace("\\", "")
    assert cause_words(found) in text and "most numbers stand still: 10 learn, from scratch 5,158" in text
    assert "All 12 seeds share one carried start" in text
    assert "share one" not in said(shown(found, is_under_way=True))


def test_notes_stand_beside_those_of_the_run_on_screen():
    def script(found):
        from ui.results.did_it_help import show_comparison
        from ui.widgets.status import show_notes

        show_comparison(found)
        show_notes(found.prepared.notes)

    found = made_comparison(0.1)
    found = dataclasses.replace(found, prepared=dataclasses.replace(found.prepared, notes=("Some are set aside.",)))
    assert said(AppTest.from_function(script, args=(found,), default_timeout=60).run()).count("are set aside") == 4

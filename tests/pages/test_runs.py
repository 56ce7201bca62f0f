"""The Runs page as a person uses it: find, open, write on, compare, delete and bring back; on runs made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import find_run, keep_run, kept_runs, list_runs
from qtl_core.runs.store.layout import run_folder
from qtl_core.settings import RunSettings
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures, made_run
from ui.session import keys
from ui.session.runs import Runs
from ui.session.screen import Screen

HOSTILE = "<img src=x onerror=alert(1)> **bold** [a](http://b) $x$"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def keep(tmp_path):
    """`keep(name, right_by_epoch, settings...)` keeps a made run; returns its identifier."""
    folder = made_pictures(tmp_path / "photos")

    def keep(name: str = "", right: tuple[int, ...] = (3, 5, 4), created: float = 1e9, **settings: object) -> str:
        view = made_run(folder, right, settings=RunSettings().changed(**settings))
        return keep_run(view, name=name, created=created)

    return keep


def opened(*chosen: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.run()
    app.session_state[Runs.KEY] = Runs(chosen=chosen)
    return app.switch_page("pages/runs.py").run()


def tick(app: AppTest, *run_ids: str) -> None:
    """Ticks runs in the table, as `session.runs.select` does."""
    runs = app.session_state[Runs.KEY]
    runs.chosen, runs.tables = run_ids, 99
    app.run()


@pytest.mark.parametrize("step", ["Look inside the circuit", "Try your own photo"])
def test_a_next_step_goes_on_with_the_run_that_is_looked_at(keep, step):
    other, wanted = keep("Other", created=2e9), keep("Wanted", qubits=5)
    app = opened(wanted)
    next(button for button in app.button if button.label == step).click().run()
    assert not app.exception
    assert app.session_state[Screen.KEY].selected.model == wanted != other


def words(app: AppTest, *, errors: bool = False) -> str:
    assert not app.exception
    assert errors or not app.error, [error.value for error in app.error]
    shown = [*app.markdown, *app.warning, *app.info, *app.subheader, *app.caption, *app.error, *app.success]
    return "\n".join(element.value for element in shown)


def table(app: AppTest):
    return app.dataframe[0].value


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


class TestTable:
    def test_without_runs_it_says_how_to_get_one(self):
        assert "No run is kept yet" in words(opened())

    def test_every_run_is_a_row_with_its_figures(self, keep):
        keep("Older", created=1e9, qubits=3, learning_rate=0.001)
        keep("Newer", (6,), created=2e9, entangler="ring", source="drawn")
        app = opened()
        rows = table(app)
        assert rows["Name"].tolist() == ["Newer", "Older"]
        assert rows["Right"].tolist() == ["6 of 6", "5 of 6"]
        assert rows["Between"].tolist() == ["61.0% – 100.0%", "43.6% – 97.0%"]
        assert rows["Qubits"].tolist() == [4, 3]
        assert rows["Learning rate"].tolist() == [0.0004, 0.001]
        assert rows["Ansatz"].tolist() == ["Ring · RY", "Brick · RY"]
        assert rows["Data"].tolist() == ["Ants and bees, drawn", "Ants and bees, photos"]
        assert rows["State"].tolist() == ["finished", "finished"]
        assert "2 runs. All take" in words(app)

    def test_search_and_order(self, keep):
        for number, name in enumerate(("b ring", "c brick", "a ring")):
            keep(name, created=1e9 + number)
        app = opened()
        app.text_input(key=keys.RUNS_SEARCH).set_value("ring").run()
        app.selectbox(key=keys.RUNS_ORDER).set_value("Name").run()
        assert table(app)["Name"].tolist() == ["a ring", "b ring"]
        assert "2 of 3 runs" in words(app)
        app.text_input(key=keys.RUNS_SEARCH).set_value("nothing like it").run()
        assert "No run is like that" in words(app)

    def test_a_filter_whose_last_run_is_gone_lets_go(self, keep):
        keep("one", source="drawn")
        keep("two")
        app = opened()
        app.multiselect(key=keys.RUNS_DATA).set_value(["Ants and bees, drawn"]).run()
        assert table(app)["Name"].tolist() == ["one"]
        tick(app, next(run.id for run in list_runs() if run.name == "one"))
        button(app, "Delete").click().run()
        assert table(app)["Name"].tolist() == ["two"]

    def test_a_ticked_run_that_the_search_hides_stays_ticked_and_is_said(self, keep):
        one, two = keep("one"), keep("two", created=2e9)
        app = opened(one, two)
        app.text_input(key=keys.RUNS_SEARCH).set_value("two").run()
        assert "1 ticked run is not among those shown" in words(app)
        assert app.session_state[Runs.KEY].chosen == (one, two)
        button(app, "Tick none").click().run()
        assert app.session_state[Runs.KEY].chosen == ()


class TestOpening:
    """A click anywhere on a row, which the table tells of as a marked cell."""

    @pytest.fixture
    def three(self, keep) -> list[str]:
        """Their identifiers, newest first, as in the table."""
        return [keep(created=3e9, seed=3), keep(created=2e9, seed=2), keep(created=1e9, seed=1)]

    @staticmethod
    def mark(app: AppTest, ids: list[str], ticked: tuple[int, ...], row: int | None) -> None:
        cells = [] if row is None else [(row, "Accuracy")]
        key = app.session_state[Runs.KEY].table_key(ids)
        app.session_state[key] = {"selection": {"rows": list(ticked), "columns": [], "cells": cells}}
        app.run()

    def test_a_click_opens_the_run_and_ticks_stay_for_comparing(self, three):
        app = opened()
        self.mark(app, three, (0, 1), None)
        assert "2 runs side by side" in words(app)
        self.mark(app, three, (0, 1), 2)
        assert app.subheader[0].value == "Photos · seed 1"
        assert app.session_state[Runs.KEY].chosen == tuple(three[:2])
        button(app, "Back to the 2 ticked runs").click().run()
        assert "2 runs side by side" in words(app)
        self.mark(app, three, (0, 1), 0)
        assert app.subheader[0].value == "Photos · seed 3"

    def test_a_tick_after_a_click_leads_back_to_what_is_ticked(self, three):
        app = opened()
        self.mark(app, three, (), 1)
        assert app.subheader[0].value == "Photos · seed 2"
        self.mark(app, three, (0, 2), 1)
        assert "2 runs side by side" in words(app)

    def test_an_opened_run_that_is_deleted_closes(self, three):
        app = opened()
        self.mark(app, three, (), 1)
        button(app, "Delete").click().run()
        assert "1 run was deleted." in words(app)
        assert [each.value for each in app.subheader] == []


class TestOne:
    def test_it_shows_the_result_as_the_train_page_does(self, keep):
        said = words(opened(keep("Mine")))
        assert "5 of 6 photos right" in said
        assert "after epoch 2, the best of 3" in said

    def test_what_is_written_on_it_is_kept(self, keep):
        run_id = keep()
        app = opened(run_id)
        app.text_input(key=keys.run_label_key("name", run_id)).set_value(HOSTILE).run()
        app.text_area(key=keys.run_label_key("note", run_id)).set_value("Look again.").run()
        app.toggle(key=keys.run_label_key("star", run_id)).set_value(True).run()
        record = find_run(run_id)
        assert (record.name, record.note, record.starred) == (HOSTILE, "Look again.", True)
        assert table(app)["Name"].tolist() == [HOSTILE]
        assert table(app)["★"].tolist() == ["★"]

    def test_a_name_with_markup_is_only_a_name(self, keep):
        app = opened(keep(HOSTILE))
        assert r"\<img src=x onerror=alert(1)\> \*\*bold\*\*" in app.subheader[0].value

    def test_a_damaged_run_costs_a_sentence_and_not_the_page(self, keep):
        run_id = keep("Broken")
        for file in run_folder(run_id).glob("*.safetensors"):
            file.write_bytes(b"garbage")
        app = opened(run_id)
        assert "damaged" in words(app, errors=True).lower()
        assert table(app)["Name"].tolist() == ["Broken"]


class TestComparing:
    def test_two_are_compared_in_words(self, keep):
        one = keep("one", (3, 5))
        two = keep("two", (2, 3), created=2e9, depth=2, seed=7)
        app = opened(one, two)
        said = words(app)
        assert "2 runs side by side" in said
        assert (
            "They disagree on 2 photos: A alone is right on 2, B alone on 0. Such a difference is what chance alone "
            "would give (p = 0.50)."
        ) in said
        figures, settings = app.dataframe[1].value, app.dataframe[2].value
        assert figures["Right"].tolist() == ["5 of 6", "3 of 6"]
        assert settings["Setting"].tolist() == ["Depth", "Seed"]
        assert settings["B"].tolist() == ["2", "7"]
        tiles = next(html.proto.body for html in app.get("html") if "tiles" in html.proto.body)
        assert tiles.count("<img ") == 2
        assert "A: bees 67.0% · B: ants 67.0%" in tiles

    def test_pictures_that_are_gone_are_said(self, keep, tmp_path):
        runs = keep("one", (3, 5)), keep("two", (2, 3))
        for file in (tmp_path / "photos" / "val").rglob("*.jpg"):
            file.unlink()
        assert "These photos are no longer where they were, and cannot be shown." in words(opened(*runs))

    def test_other_pictures_are_said_not_to_be_comparable(self, keep, tmp_path):
        one = keep("one")
        other = keep_run(made_run(made_pictures(tmp_path / "others")), name="other")
        said = words(opened(one, other))
        assert "figures of different photos cannot be set against each other" in said
        assert "disagree on" not in said

    def test_equal_settings_are_said_to_be_equal(self, keep):
        assert "All settings are the same" in words(opened(keep("one"), keep("two")))

    def test_eight_are_compared_and_nine_are_too_many(self, keep):
        runs = [keep(HOSTILE, created=1e9 + number) for number in range(9)]
        app = opened(*runs[:8])
        assert "8 runs side by side" in words(app)
        assert len(app.dataframe[1].value) == 8
        assert "tick fewer" in words(opened(*runs))

    def test_a_damaged_one_does_not_keep_the_others_from_being_compared(self, keep):
        one, two, broken = keep("one"), keep("two"), keep("broken")
        for file in run_folder(broken).glob("*.safetensors"):
            file.write_bytes(b"garbage")
        app = opened(one, two, broken)
        assert len(app.error) == 1
        assert "They agree on all 6 photos." in words(app, errors=True)


class TestDeleting:
    def test_delete_undo_and_remove_for_good(self, keep):
        one, two = keep("one"), keep("two", created=2e9)
        app = opened(one)
        button(app, "Delete").click().run()
        assert kept_runs() == [two]
        assert "1 run was deleted." in words(app)
        button(app, "Undo").click().run()
        assert kept_runs() == [two, one]
        tick(app, one, two)
        button(app, "Delete these 2").click().run()
        assert kept_runs() == []
        button(app, "Yes, remove these 2 runs for good").click().run()
        assert list_runs(deleted=True) == []
        assert not run_folder(one).exists()
        assert "No run is kept yet" in words(app)

    def test_what_another_window_deleted_is_no_error(self, keep):
        from qtl_core.runs.store import delete

        one, two = keep("one"), keep("two")
        app = opened(one, two)
        delete([one])
        app.run()
        assert "5 of 6 photos right" in words(app)
        assert app.session_state[Runs.KEY].chosen == (two,)


@pytest.mark.parametrize("page", ["train", "runs"])
def test_where_runs_cannot_be_kept_it_is_said_before_one_is_started(home, monkeypatch, page):
    home.touch()  # a file where the folder should be: root may write into any folder
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run().switch_page(f"pages/{page}.py").run()
    assert not app.exception
    (told,) = [each.value for each in app.warning if "cannot be kept" in each.value]
    assert "Set the environment variable" in told
    assert str(home) not in told
    beside_start = [each.value for each in app.caption if each.value == "Runs cannot be kept here."]
    assert len(beside_start) == (page == "train")
    assert not any("is kept here" in each.value for each in (*app.markdown, *app.info))

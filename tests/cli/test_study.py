"""`study` from a shell: a grid trained and compared, shown again, written, deleted."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from qtl_core.studies.answer import kept_answer
from qtl_core.studies.store import find_study
from tests.helpers.shell import shell

MOONS = ("--data", "moons", "--points", "60", "--epochs", "2", "--lr", "0.05")


def rows_and_last(capsys, *words: str) -> tuple[list[dict], dict]:
    *rows, last = objects(shell(capsys, "study", *words, "--json"))
    return rows, last


def objects(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_study_prints_a_row_a_run_and_last_what_came_out(capsys):
    words = ("--axis", "head=dressed,linear", "--per-class", "5,10", "--seeds", "6", "--json")
    done = shell(capsys, "study", "run", "--name", "heads", *MOONS, *words)
    assert done.returncode == 0 and "24 runs" in done.stderr
    *rows, last = objects(done)
    assert len(rows) == 24 and {(row["head"], row["per_class"]) for row in rows} == {
        (head, amount) for head in ("dressed", "linear") for amount in (5, 10)
    }
    assert all(0 <= row["last_val_accuracy"] <= 1 and row["test_accuracy"] is None for row in rows)
    assert (last["runs"], last["planned"], last["measure"]) == (24, 24, "last_val_accuracy")
    assert [(each["a"], each["b"], each["at"], each["pairs"]) for each in last["comparisons"]] == [
        ("dressed", "linear", {"per_class": amount}, 6) for amount in (5, 10)
    ]
    assert last["sentence"] and last["seconds"] > 0
    shown = objects(shell(capsys, "study", "show", "heads", "--json", "--measure", "best_val_loss"))[0]
    assert shown["measure"] == "best_val_loss" and shown["runs"] == 24
    store = find_study("heads")
    assert kept_answer(store, 24).measure == "last_val_accuracy", "kept for the page, and not changed by another look"
    tested = shell(capsys, "study", "show", "heads", "--measure", "test_accuracy")
    assert "no figures" in tested.stderr and "test accuracy" in tested.stderr


def test_a_study_is_listed_gone_on_with_written_and_deleted(capsys, tmp_path):
    assert shell(capsys, "study", "run", "--name", "one", *MOONS, "--axis", "depth=1,2", "--seeds", "2").returncode == 0
    (listed,) = objects(shell(capsys, "study", "list", "--json"))
    assert (listed["name"], listed["runs"], listed["planned"]) == ("one", 4, 4)
    again = shell(capsys, "study", "resume", "one")
    assert again.returncode == 0 and "seed 0" not in again.stdout, "nothing is trained twice"
    table = shell(capsys, "study", "export", "one", "-").stdout.splitlines()
    assert table[0].startswith("depth,key,seed,") and len(table) == 5
    file = tmp_path / "one.parquet"
    assert shell(capsys, "study", "export", "one", file).returncode == 0 and file.read_bytes()[:4] == b"PAR1"
    assert shell(capsys, "study", "delete", find_study("one").id).returncode == 0
    assert shell(capsys, "study", "list").stdout == ""


def test_a_run_that_several_cells_share_is_printed_once_for_each_of_them(capsys):
    words = ("--axis", "head=linear,dressed", "--axis", "depth=1,2", "--seeds", "1")
    rows, last = rows_and_last(capsys, "run", "--name", "shared", *MOONS, *words)
    assert [(row["head"], row["depth"]) for row in rows if row["head"] == "linear"] == [("linear", 1), ("linear", 2)]
    assert len({row["key"] for row in rows}) == 3 == last["runs"] and len(rows) == 4
    lines = shell(capsys, "study", "run", "--name", "again", *MOONS, *words).stdout.splitlines()
    assert sum(line.startswith("linear layer, depth 1, seed 0: validation") for line in lines) == 1


def test_folds_samples_searches_and_budgets_are_asked_for_by_options(capsys):
    grid = ("--axis", "depth=0:6", "--axis", "batch_size=4,8,16", *MOONS)
    rows, last = rows_and_last(capsys, "run", "--name", "a", *grid, "--sample", "2", "--folds", "3", "--seeds", "1")
    assert [row["fold"] for row in rows] == [1, 2, 3, 1, 2, 3] and last["planned"] == 6
    rows, last = rows_and_last(capsys, "run", "--name", "b", *grid, "--search", "9", "--seeds", "1")
    assert last["best"]["of"] == len({row["key"] for row in rows}) <= 9 and last["best"]["repeat"] is None
    rows, last = rows_and_last(capsys, "repeat", "b", "--seeds", "2")
    assert [row["repeat"] for row in rows] == ["best", "best", "chosen", "chosen"] or len(rows) == 4
    assert last["best"]["repeat"]["seeds"] == 2
    table = shell(capsys, "study", "export", "b", "-").stdout.splitlines()
    assert table[0].startswith("depth,batch_size,repeat,key,seed")
    done = shell(capsys, "study", "run", "--name", "c", *grid, "--seeds", "2", "--budget", "3600", "--workers", "1")
    assert done.returncode == 0 and "ended after 60 minutes of training" in done.stderr
    assert objects(shell(capsys, "study", "resume", "c", "--budget", "1", "--json"))[-1]["runs"] == 42


def test_how_long_it_would_take_is_said_and_nothing_is_trained(capsys):
    words = ("--axis", "head=dressed,linear", "--seeds", "3", *MOONS, "--forecast")
    done = shell(capsys, "study", "run", "--name", "none", *words)
    assert done.returncode == 0 and done.stdout.startswith("6 runs") and "second" in done.stdout
    (said,) = objects(shell(capsys, "study", "ask", "luck", *words[4:], "--json"))
    assert (said["runs"], said["plan"]["seeds"]) == (100, 100) and 0 < said["low"] <= said["high"]
    assert shell(capsys, "study", "list").stdout == ""


def test_ready_questions_are_named_and_asked(capsys):
    said = {
        each["name"]: each for each in objects(shell(capsys, "study", "questions", *MOONS, "--depth", "0", "--json"))
    }
    assert len(said) == 8 and "depth 0" in said["quantum-part"]["why_not"] and said["luck"]["asked"]
    assert "It cannot be asked of these settings" in shell(capsys, "study", "questions", *MOONS).stdout
    rows, last = rows_and_last(capsys, "ask", "entanglement", *MOONS, "--depth", "2", "--seeds", "6")
    assert len(rows) == 24 and [each["at"] for each in last["comparisons"]] == [{"depth": 1}, {"depth": 2}]
    assert shell(capsys, "study", "show", "Does entanglement help?").returncode == 0
    refused = shell(capsys, "study", "ask", "quantum-part", *MOONS, "--depth", "0")
    assert refused.returncode == 2 and "choose a depth from 1 on" in refused.stderr
    assert "Questions are quantum-part" in shell(capsys, "study", "ask", "everything").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--axis", "qubits=2,4", "--qubits", "3"), "qubits is an axis and an option"),
        (("--axis", "seed=1,2"), "The seed is no axis"),
        (("--axis", "beauty=1"), "There is no setting 'beauty'"),
        (("--axis", "variant=linear,depth_0", "--axis", "depth=1,2"), "Two axes vary the setting depth"),
        (("--axis", "variant=linear,depth_0", "--head", "mlp"), "variant is an axis and an option"),
        (("--seeds", "0"), "seeds"),
        (("--folds", "1"), "1 folds are not allowed"),
        (("--search", "0"), "trials"),
        (("--workers", "2", "--cluster", "auto"), "Processes and a cluster are asked for"),
        (("--workers", "0"), "workers"),
        (("--axis", "depth=1:6", "--seeds", "50000"), "300,000 runs"),
        (("--per-class", "5000,6000"), "6,000"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(capsys, words, said):
    done = shell(capsys, "study", "run", "--name", "no", *MOONS, *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert shell(capsys, "study", "list").stdout == "", "a study of which nothing came takes no name"


def test_a_damaged_study_is_said_beside_the_others_and_deleted_by_its_name(capsys):
    for name in ("good", "bad"):
        assert shell(capsys, "study", "run", "--name", name, *MOONS, "--seeds", "1").returncode == 0
    bad = find_study("bad")
    os.truncate(bad.folder / "study.sqlite", 3000)
    listed = shell(capsys, "study", "list")
    assert listed.stdout.splitlines()[0].endswith("good") and f"{bad.id} cannot be read" in listed.stderr
    assert shell(capsys, "study", "show", "bad").returncode == 2
    assert "Deleted the study bad" in shell(capsys, "study", "delete", "bad").stdout
    assert shell(capsys, "study", "list").stderr == ""
    assert shell(capsys, "study", "run", "--name", "bad", *MOONS, "--seeds", "1").returncode == 0


def test_two_studies_have_two_names(capsys):
    words = ("study", "run", "--name", "same", *MOONS, "--seeds", "1")
    assert shell(capsys, *words).returncode == 0
    done = shell(capsys, *words)
    assert done.returncode == 2 and "study resume same" in done.stderr
    assert shell(capsys, "study", "show", "other").returncode == 2
    assert shell(capsys, "study", "export", "same", "table.txt").returncode == 2


def test_a_study_is_one_file_out_and_in_and_a_run_of_it_opens_as_a_real_run(capsys, tmp_path):
    rows, _ = rows_and_last(capsys, "run", "--name", "one", *MOONS, "--axis", "depth=1,2", "--seeds", "2")
    opened = shell(capsys, "study", "open", "one", rows[1]["key"])
    assert opened.returncode == 0 and "to the last bit" in opened.stdout
    file = tmp_path / "one.qtl-study.zip"
    assert shell(capsys, "study", "export", "one", file).returncode == 0
    assert "is here already" in shell(capsys, "study", "import", file).stdout
    assert shell(capsys, "study", "delete", "one").returncode == 0
    (brought,) = objects(shell(capsys, "study", "import", file, "--json"))
    assert (brought["name"], brought["runs"], brought["was_here"]) == ("one", 4, False)
    again, _ = rows_and_last(capsys, "resume", "one")
    assert again == [], "all of its runs are there"
    assert shell(capsys, "study", "open", "one", "0" * 16).returncode == 2


def test_a_study_is_reported_on_a_page_and_in_a_notebook(capsys, tmp_path):
    rows_and_last(capsys, "run", "--name", "one", *MOONS, "--axis", "depth=1,2", "--seeds", "2")
    assert shell(capsys, "study", "report", "one", "-").stdout.lower().startswith("<!doctype html>")
    for name, begins in (("one.html", b"<!"), ("one.ipynb", b"{"), ("one.zip", b"PK")):
        assert shell(capsys, "study", "report", "one", tmp_path / name).returncode == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert shell(capsys, "study", "report", "one", "one.pdf").returncode == 2


def test_every_cell_is_set_against_the_settings_chosen_and_noise_read_afterwards_where_options_say_so(capsys):
    words = ("--axis", "gate_errors=0,0.2", "--seeds", "6", "--noise-at", "reading", "--compare", "base")
    rows, last = rows_and_last(capsys, "run", "--name", "one", *MOONS, *words)
    assert [row["last_val_accuracy"] is None for row in rows] == [False, True] * 6
    assert (last["measure"], last["comparisons"][0]["b"]) == ("best_val_accuracy", 0.0)


def test_a_study_ended_by_its_budget_says_how_it_goes_on(capsys):
    shell(capsys, "study", "run", "--name", "two words", *MOONS, "--axis", "depth=1,2", "--seeds", "2")
    store = find_study("two words")
    store.change_plan(replace(store.plan, seeds=3, budget_seconds=5))
    store.keep_fact("seconds", 7.2)
    said = shell(capsys, "study", "resume", "two words").stderr
    assert "Its budget of 5 seconds is spent, with 4 of 6 runs: `study resume 'two words' --budget 16` goes on" in said
    done = shell(capsys, "study", "resume", "two words", "--budget", "16")
    assert find_study("two words").count() == 6 and "is spent" not in done.stderr


def test_an_axis_may_have_the_short_name_of_its_option(capsys):
    words = ("--data", "moons", "--points", "60", "--epochs", "1", "--axis", "lr=0.01,0.1", "--seeds", "1")
    rows, _ = rows_and_last(capsys, "run", "--name", "rates", *words)
    assert [row["learning_rate"] for row in rows] == [0.01, 0.1]

"""`study` from a shell: a grid trained and compared, shown again, written, deleted."""

from __future__ import annotations

import json

import pytest

from qtl_core.studies.store import find_study
from tests.helpers.shell import shell

MOONS = ("--data", "moons", "--points", "60", "--epochs", "2", "--lr", "0.05")


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--axis", "qubits=2,4", "--qubits", "3"), "qubits is an axis and an option"),
        (("--axis", "seed=1,2"), "The seed is no axis"),
        (("--axis", "beauty=1"), "There is no setting 'beauty'"),
        (("--seeds", "0"), "seeds"),
        (("--axis", "depth=1:6", "--seeds", "50000"), "300,000 runs"),
        (("--per-class", "5000,6000"), "5,000"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(capsys, words, said):
    done = shell(capsys, "study", "run", "--name", "no", *MOONS, *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert shell(capsys, "study", "list").stdout == "", "a study of which nothing came takes no name"


def test_two_studies_have_two_names(capsys):
    words = ("study", "run", "--name", "same", *MOONS, "--seeds", "1")
    assert shell(capsys, *words).returncode == 0
    done = shell(capsys, *words)
    assert done.returncode == 2 and "study resume same" in done.stderr
    assert shell(capsys, "study", "show", "other").returncode == 2
    assert shell(capsys, "study", "export", "same", "table.txt").returncode == 2

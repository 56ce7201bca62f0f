"""A data set and a study of this version, in its home and as the files that people send."""

from __future__ import annotations

import json
from pathlib import Path

from tests.earlier_versions.asking import HOME, command, lines, write

STUDY = (
    *("study", "run", "--name", "heads — ünï", "--data", "moons", "--points", 40, "--epochs", 2, "--lr", 0.05),
    *("--test-share", 0.3, "--axis", "head=linear,dressed", "--axis", "per_class=5,0", "--folds", 7, "--seeds", 1),
)


def make_data_set(out: Path) -> str:
    """Makes a data set of six small pictures, with its file; returns its identifier."""
    from tests.helpers.own_sets import picture

    lines("data", "new", "pets — ünï", "cats", "dogs", "--note", "A *note*", "--json")
    for shape, name in enumerate(("cats", "dogs")):
        for number in range(3):
            file = HOME / f"{name}-{number}.jpg"
            file.write_bytes(picture(shape, number))
            command("data", "add", "pets — ünï", name, file)
    command("data", "split", "pets — ünï", "--seed", 1)
    command("data", "export", "pets — ünï", out / "pets.qtl-data.zip")
    return lines("data", "list", "--json")[0]["id"]


def make_study(out: Path) -> str:
    """Trains a small study over folds and seeds, with its file and what it printed; returns its identifier."""
    printed = command(*STUDY, "--json")
    write(out / "study.jsonl", printed)
    command("study", "export", "heads — ünï", out / "heads.qtl-study.zip")
    return json.loads(printed.splitlines()[-1])["study"]

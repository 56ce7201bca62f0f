"""Write samples of everything that this version keeps, sends and exports, and what it says of them.

    PYTHONPATH=CHECKOUT python tests/earlier_versions/write.py FOLDER

Later versions open them in `tests/test_earlier_versions.py`. The names imported here are those of the version that
holds this file; what an earlier one wrote was written by the file as it was then (see README.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import sys
from pathlib import Path

from tests.earlier_versions.asking import HOME, command, lines, said_of, write
from tests.earlier_versions.data_and_studies import make_data_set, make_study
from tests.earlier_versions.kinds import train_kinds
from tests.earlier_versions.links import links

PICTURES = ("val/ants/000.jpg", "val/bees/000.jpg")  # kept beside the store, so that later versions can ask about them
KEPT = ("runs", "own_data", "tables", "studies")
FAR_AWAY = 4e9  # in 2096: what was deleted is removed for good after 30 days


def main(out: Path) -> None:
    """Fills a folder that is not there yet."""
    out.mkdir(parents=True)
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    os.environ |= {"QTL_HOME": str(HOME), "QTL_SHARED": "", "QTL_WEIGHTS_URL": "http://127.0.0.1:9/"}
    platform.platform = lambda: "Linux"  # runs keep its name, and nobody need know which kernel this was
    runs = _train()
    runs["head"] = _heads(runs["kept"], out)
    _label(runs)
    kept_features = _features(out)
    command("runs", "export", runs["kept"], out / "kept.qtl.zip")
    _pictures(out)
    shutil.rmtree(HOME / "datasets")  # from here on as later versions find it: the store alone
    pets = make_data_set(out)
    runs |= train_kinds(pets, out)
    said = {"runs": runs, "of": {name: said_of(run) for name, run in runs.items()}, "kept_features": kept_features}
    said |= {"list": lines("runs", "list", "--json"), "deleted": lines("runs", "list", "--deleted", "--json")}
    said |= {"data": lines("data", "show", pets, "--json"), "study": make_study(out), "links": links()}
    write(out / "said.json", json.dumps(said, indent=1) + "\n")
    write(out / "addresses.json", json.dumps(_addresses(), indent=1) + "\n")
    _predictions(runs["kept"], out)
    _keep_home(out)


def _keep_home(out: Path) -> None:
    """Copies what people would have: runs, data sets, tables and studies, without what is made anew at need."""
    for file in HOME.rglob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what stands beside it moves into the file
    aside = shutil.ignore_patterns("*.lock", "lock", "*-wal", "*-shm", "thumbnails")
    for name in KEPT:
        shutil.copytree(HOME / name, out / "home" / name, ignore=aside)


def _train() -> dict[str, str]:
    from qtl_core import RunRequest, RunSettings, run
    from qtl_core.runs.events import EpochDone

    usual = RunSettings().changed(source="drawn", backbone="efficientnet_lite0", qubits=4, learning_rate=0.002)
    points = usual.changed(source="points", points=40, depth=1)
    asked = {
        "kept": usual.changed(depth=2, epochs=3, seed=3, engine="torch"),
        "deleted": points.changed(epochs=2, entangler="ring", rotation="rot", reuploading=True),
        "interrupted": points.changed(epochs=5, engine="torch"),
    }
    found = {}
    for name, settings in asked.items():
        request = RunRequest(settings, run=f"20261127-0{len(found)}0000-abcdef", patient=True)
        events = run(request, lambda _: None, lambda: False)
        for event in events:
            if name == "interrupted" and isinstance(event, EpochDone) and event.epoch == 2:
                events.close()  # as when the system ends the process
        found[name] = request.run
    return found


def _heads(run_id: str, out: Path) -> str:
    for layout in ("demo", "paper"):
        command("export-head", "--run", run_id, "--layout", layout, out / f"head-{layout}.pt")
    words = ("--depth", 2, "--backbone", "efficientnet_lite0", "--data", "drawn", "--json")
    return lines("import-head", out / "head-demo.pt", *words)[-1]["run"]


def _label(runs: dict[str, str]) -> None:
    from qtl_core.runs.store import annotate, delete, rename, set_tags, star

    rename(runs["kept"], "Ants at noon — ünï")
    annotate(runs["kept"], "A *note*\nof two lines")
    set_tags(runs["kept"], ["lesson", "<b>"])
    star(runs["kept"], True)
    delete([runs["deleted"]])
    with sqlite3.connect(HOME / "runs/store.sqlite") as connection:
        connection.execute("UPDATE runs SET deleted = ? WHERE deleted IS NOT NULL", (FAR_AWAY,))


def _pictures(out: Path) -> None:
    (drawn,) = (HOME / "datasets").glob("drawn_*")
    for name in PICTURES:
        target = out / "pictures" / name.removeprefix("val/").replace("/", "-")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(drawn / name, target)


def _features(out: Path) -> dict[str, str]:
    """Keeps the rows of the two pictures; returns the SHA-256 of each vector under its picture's."""
    (file,) = (file for file in (HOME / "features").glob("*.sqlite") if not file.name.startswith("looks"))
    (drawn,) = (HOME / "datasets").glob("drawn_*")
    kept = [hashlib.sha256((drawn / name).read_bytes()).hexdigest() for name in PICTURES]
    target = out / "home/features" / file.name
    target.parent.mkdir(parents=True)
    with sqlite3.connect(file) as source:
        rows = source.execute("SELECT * FROM features WHERE picture IN (?, ?) AND view = 0", kept).fetchall()
        (table,) = source.execute("SELECT sql FROM sqlite_master WHERE name = 'features'").fetchone()
    with sqlite3.connect(target) as copy:
        copy.execute(table)
        copy.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", rows)
    return {picture: hashlib.sha256(vector).hexdigest() for picture, _, _, vector in rows}


def _addresses() -> dict:
    from qtl_core.learn.glossary.entries import TERMS
    from qtl_core.learn.topics import TOPICS
    from ui.base.pages import PAGES
    from ui.session import link
    from ui.session.lesson import HIDEABLE
    from ui.tour import STOPS

    names = ("topic", "term", "stop", "show")
    return {
        "pages": [Path(entry.path).stem for entry in PAGES],
        "parameters": {name: getattr(link, f"{name.upper()}_PARAMETER") for name in names},
        "topics": list(TOPICS),
        "terms": list(TERMS),
        "hideable": sorted(HIDEABLE),
        "stops": len(STOPS),
    }


def _predictions(run_id: str, out: Path) -> None:
    asked = ("predict", "--run", run_id, *sorted(file.name for file in (out / "pictures").iterdir()))
    write(out / "predictions.jsonl", command(*asked, "--json", cwd=out / "pictures"))
    write(out / "predictions.csv", command(*asked, "--csv", cwd=out / "pictures"))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())

"""A PennyLane device of the tests' own, installed as a plugin is: it answers step by step, in part, wrongly, or never.

What it ran is written to a file, a line a circuit, also from within a worker process.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pennylane.devices import DefaultQubit

from tests.conftest import PROJECT

SECRET = "Zx81-never-to-be-seen"
PLUGIN = "[pennylane.plugins]\ntests.odd = tests.helpers.odd_devices:OddDevice\n"


class OddDevice(DefaultQubit):
    """The simulator `default.qubit` with a way of its own.

    Args:
        wires: As of every device.
        folder: Where it records what it ran, and looks for what tests tell it by files of these names.
        how: "good"; "steps": waits for `go_N` before its batch N, from 0; "part": leaves out every third circuit of
            its first batch; "fails": breaks off in every batch but the first until `mended` is there; "refused": always
            breaks off; "never": does not come back from its second batch; "nonsense": answers with no averages.
        seed: Decides its shots.
    """

    def __init__(self, wires=None, folder: str = "", how: str = "good", seed: int = 0) -> None:
        super().__init__(wires=wires, seed=seed)
        self.folder, self.how = Path(folder), how

    @property
    def name(self) -> str:
        return "tests.odd"

    def execute(self, circuits, execution_config=None):
        record = self.folder / "ran"
        batch = len(record.read_text().splitlines()) if record.exists() else 0
        print(SECRET, file=sys.stderr)
        os.write(1, SECRET.encode())
        if self.how == "refused" or (self.how == "fails" and batch and not (self.folder / "mended").exists()):
            raise RuntimeError(f"401 for token {SECRET}")
        while self.how == "never" and batch:
            time.sleep(3600)
        while self.how == "steps" and not (self.folder / f"go_{batch}").exists():
            time.sleep(0.01)
        with record.open("a") as lines:
            lines.write(f"{len(circuits)}\n")
        results = list(super().execute(circuits, execution_config) if execution_config else super().execute(circuits))
        if self.how == "nonsense":
            return tuple(np.full_like(np.asarray(each, dtype=float), 7.0) for each in results)
        if self.how == "part" and not batch:
            results[::3] = [np.full_like(np.asarray(each, dtype=float), np.nan) for each in results[::3]]
        return tuple(results)


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs the device as a package's plugin, for this process and those that it starts."""
    place = folder / "odd_plugin-1.0.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-plugin\nVersion: 1.0\n")
    (place / "entry_points.txt").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(PROJECT), os.environ.get("PYTHONPATH", ""))))


def batches_run(folder: Path) -> list[int]:
    """Returns how many circuits the device ran in each batch, in order."""
    record = folder / "ran"
    return [int(line) for line in record.read_text().splitlines()] if record.exists() else []

"""A first training waits for nothing that it does not need: what came along and lies compiled is enough."""

from __future__ import annotations

import subprocess
import sys

from qtl_core.training.compiled.warm_up import warm_up
from tests.conftest import PROJECT
from ui.base.job_managers import PRELOAD

TRAINS = f"""
import importlib, sys
importlib.import_module({PRELOAD[0]!r})
from qtl_core import RunSettings, train
view = train(RunSettings().changed(source="drawn", backbone="efficientnet_lite0", epochs=2))
print(view.prepared.engine, repr(view.prepared.device), len(view.epochs), "torch" in sys.modules)
"""


def test_a_first_training_on_what_came_along_needs_no_torch():
    warm_up().join()  # shared with the process below: it finds the code compiled, as `make setup` leaves it
    told = subprocess.run([sys.executable, "-c", TRAINS], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["compiled", "''", "2", "False"]

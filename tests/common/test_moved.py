"""Scripts that import modules by their names of before the rooms still run."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from qtl_core.common.moved import MOVED
from tests.conftest import PROJECT

OF_BEFORE = """
from qtl_core.datasets.decode import open_picture
from qtl_core.diagnosis import diagnose
from qtl_core.evaluation import evaluation_of
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from qtl_core.training.view import RunView
assert RunView().after.__func__ is RunView.after
print(open_picture.__module__, diagnose.__module__, evaluation_of.__module__, RunView.__module__)
"""


def test_a_script_of_before_finds_what_it_imports():
    done = subprocess.run([sys.executable, "-c", OF_BEFORE], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "qtl_core.pictures.decoding.open_picture",
        "qtl_core.evaluation.diagnosis.checks",
        "qtl_core.evaluation.metrics",
        "qtl_core.runs.view",
    ]


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_gives_the_very_objects_and_says_the_new_name(old: str):
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=MOVED[old]):
        found = importlib.import_module(old)
    new = importlib.import_module(MOVED[old])
    assert all(getattr(found, name) is value for name, value in vars(new).items() if not name.startswith("__"))


def test_what_is_nowhere_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("qtl_core.nowhere")

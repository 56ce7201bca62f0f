"""`import qtl_core`: quick, with its main names there when they are asked for; and the README's example of it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys

import pytest

import qtl_core
from tests.conftest import PROJECT
from tests.made_runs import made_pictures

HEAVY = {"torch", "torchvision", "pennylane", "numba", "streamlit", "numpy", "PIL", "pandas"}
LATE = HEAVY - {"numpy", "PIL"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after `code`."""
    ask = f"import sys\n{code}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import qtl_core\ndir(qtl_core)\nqtl_core.UserError") & HEAVY


@pytest.mark.parametrize("name", ["RunSettings", "load_run", "train", "build_circuit", "KeptFeatures", "evaluation_of"])
def test_names_that_need_no_torch_do_not_load_it(name):
    assert not loaded_by(f"from qtl_core import {name}") & LATE


def test_every_name_is_there_listed_and_asked_for_but_once():
    for name in qtl_core.__all__:
        assert getattr(qtl_core, name) is getattr(qtl_core, name)
        assert name in dir(qtl_core)
    assert set(qtl_core.__all__) == set(qtl_core._MODULES)


def test_what_type_checkers_see_is_what_is_loaded():
    tree = ast.parse((PROJECT / "qtl_core/__init__.py").read_text())
    (seen,) = (node for node in tree.body if isinstance(node, ast.If))
    assert {alias.name: node.module for node in seen.body for alias in node.names} == qtl_core._MODULES


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = qtl_core.nothing


def test_the_example_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    section = (PROJECT / "README.md").read_text(encoding="utf-8").partition("## From Python")[2]
    (example,) = re.findall(r"```python\n(.+?)```", section.partition("\n## ")[0], re.DOTALL)
    shutil.copy(made_pictures(tmp_path / "insects") / "val/bees/bees_0.jpg", tmp_path / "bee.jpg")
    monkeypatch.chdir(tmp_path)
    variables: dict[str, object] = {}
    exec(example, variables)  # the README's own text
    said = capsys.readouterr().out
    assert variables["run"].best.epoch >= 1
    assert qtl_core.load_run(variables["run"].ended.run).best.epoch == variables["run"].best.epoch
    assert "of the validation pictures right, kept as" in said
    assert "'ants'" in said and "'bees'" in said
    assert "RY" in said


def test_training_that_fails_raises_what_a_person_can_read(tmp_path):
    with pytest.raises(qtl_core.UserError, match="folder"):
        qtl_core.train(qtl_core.RunSettings().changed(source="folder", folder=str(tmp_path / "nowhere")))
    with pytest.raises(qtl_core.InputError, match="settings is of type dict"):
        qtl_core.train({"epochs": 3})

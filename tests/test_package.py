"""`import qtl_core`: quick, with its main names there when they are asked for; and the documents' examples of it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qtl_core
from tests.conftest import PROJECT
from tests.helpers.documents import DOCUMENTS, examples
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.made_runs import made_pictures

HEAVY = {"torch", "torchvision", "pennylane", "numba", "streamlit", "numpy", "PIL", "pandas"}
LATE = HEAVY - {"numpy", "PIL"}
NETWORK = "mobilenet_v3_small"  # the quickest


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after `code`."""
    ask = f"import sys\n{code}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_by("import qtl_core\ndir(qtl_core)\nqtl_core.UserError") & HEAVY


LIGHT = (
    "RunSettings",
    "load_run",
    "train",
    "train_seeds",
    "build_circuit",
    "KeptFeatures",
    "evaluation_of",
    "state_after",
)


@pytest.mark.parametrize("name", LIGHT)
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


def folder_of_the_examples(folder: Path) -> Path:
    """Returns a folder with the pictures that the documents' examples name."""
    shutil.copy(made_pictures(folder / "insects") / "val/bees/bees_0.jpg", folder / "bee.jpg")
    return folder


@pytest.mark.parametrize(
    "example", [each for document in DOCUMENTS for each in examples(document) if "import Predictor" in each]
)
def test_an_example_of_the_documents_runs(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folder_of_the_examples(tmp_path))
    variables: dict[str, object] = {}
    exec(example, variables)  # the document's own text
    said = capsys.readouterr().out
    assert variables["run"].best.epoch >= 1
    assert qtl_core.load_run(variables["run"].ended.run).best.epoch == variables["run"].best.epoch
    assert "of the validation pictures right, kept as" in said
    assert "'ants'" in said and "'bees'" in said
    assert ("RY" in said) == ("draw_text" in example)


def test_all_examples_that_import_the_package_are_tried():
    tried = [each for document in DOCUMENTS for each in examples(document) if "qtl_core" in each]
    assert ["import Predictor" in each for each in tried] == [True, True, False]
    assert "from qtl_core import QuantumTransferClassifier" in tried[-1]  # run in tests/estimator


def test_training_that_fails_raises_what_a_person_can_read(tmp_path):
    with pytest.raises(qtl_core.UserError, match="folder"):
        qtl_core.train(qtl_core.RunSettings().changed(source="folder", folder=str(tmp_path / "nowhere")))
    with pytest.raises(qtl_core.InputError, match="settings is of type dict"):
        qtl_core.train({"epochs": 3})


def test_a_setting_is_trained_over_seeds_and_what_cannot_be_is_refused(tmp_path):
    folder = noisy_pictures(tmp_path / "pictures", train=6, val=4)
    own = {"source": "folder", "folder": str(folder), "weights": str(made_weights(NETWORK, tmp_path / "weights"))}
    settings = qtl_core.RunSettings().changed(**own, backbone=NETWORK, qubits=2, depth=1, epochs=2, seed=7)
    told = []
    band = qtl_core.train_seeds(settings, 5, report=told.append)
    assert isinstance(band, qtl_core.SeedBand)
    assert (band.seeds, band.curves["val_accuracy"].shape) == ((7, 8, 9, 10, 11), (5, 2))
    assert (told[-1].done, told[-1].total) == (5, 5)
    assert qtl_core.list_runs() == []
    with pytest.raises(qtl_core.UserError, match="4 seeds are not allowed"):
        qtl_core.train_seeds(settings, 4)
    with pytest.raises(qtl_core.InputError, match=r"count is 2\.5"):
        qtl_core.train_seeds(settings, 2.5)
    with pytest.raises(qtl_core.InputError, match="settings is of type dict"):
        qtl_core.train_seeds({"epochs": 2})


def test_a_notebook_shows_a_drawing_whose_text_is_the_file():
    circuit = qtl_core.build_circuit(qtl_core.CircuitSettings(qubits=2, depth=1))
    drawing = qtl_core.draw_svg(circuit, [0.1, 0.2], [0.3, 0.4])
    assert isinstance(drawing, str) and drawing.startswith("<svg ")
    assert type(drawing._repr_svg_()) is str and drawing._repr_svg_() == drawing

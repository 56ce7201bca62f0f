"""What is computed of a run with its exact circuit says so where it is shown, if the run learnt otherwise.

A module that begins to ask an exact simulator about a run has to be entered here, with the modules that say it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import PROJECT

SIMULATORS = {
    *(f"qtl_core.network.simulators.{name}" for name in ("interpolation", "numpy_batch", "torch_statevector", "trace")),
    *("qtl_core.network.model", "qtl_core.network.trained_head"),
}
OF_A_HEAD = {"class_scores", "hidden_values"}  # of `network.head_scores`
PREDICT, CIRCUIT = "ui/predict/model_card.py", "ui/circuit/source.py"
CHANGES = ("ui/results/training_changes.py", "qtl_core/cli/runs.py")

SAID_IN = {
    "qtl_core/explain/angle_response.py": (CIRCUIT,),
    "qtl_core/explain/decision_map/frames.py": ("ui/results/decision_map.py",),
    "qtl_core/explain/forward_pass.py": (PREDICT,),
    "qtl_core/explain/gate_importance.py": (CIRCUIT,),
    "qtl_core/explain/plane.py": ("ui/results/plane.py",),
    "qtl_core/explain/training_changes.py": CHANGES,
    "qtl_core/explain/walk_stages.py": (PREDICT,),
    "qtl_core/export/onnx_file.py": ("qtl_core/export/onnx_file.py", "qtl_core/export/onnx_words.py"),
    "qtl_core/export/run_notebook.py": ("qtl_core/export/run_notebook.py",),
    "qtl_core/inference/number_answers.py": (PREDICT, "qtl_core/cli/predict.py"),
    "qtl_core/inference/predictor.py": (
        *(PREDICT, "qtl_core/cli/predict.py", "ui/data/live_answer.py", "ui/tour/yours.py", "ui/tour/fool.py"),
    ),
    "qtl_core/publish/facts.py": ("qtl_core/publish/words.py",),
    "ui/circuit/angle_panel.py": (CIRCUIT,),
    "ui/circuit/gate_panel.py": (CIRCUIT,),
    "ui/circuit/noise_chart.py": (CIRCUIT,),
    "ui/circuit/panel.py": (CIRCUIT,),
    "ui/circuit/state_panel.py": (CIRCUIT,),
    "ui/predict/journey_circuit.py": (PREDICT,),
}
# What leaves the circuit's noise out of a file.
FILES = (
    *("qtl_core/export/run_script.py", "qtl_core/exchange/heads/writing.py", "qtl_core/cli/draw.py"),
    "qtl_core/exchange/model_folder/card.py",
)
NO_RUN = {
    "qtl_core/__init__.py": "names for Python programs",
    "qtl_core/estimator/classifier.py": "a program's own training, which is always exact",
    "qtl_core/exchange/heads/misreading.py": "heads from elsewhere, which were trained exactly as far as anybody knows",
    "qtl_core/learn/first_angles.py": "circuits of the Learn page's own",
    "qtl_core/learn/generative.py": "circuits of the Learn page's own",
    "qtl_core/learn/hadamards.py": "circuits of the Learn page's own",
    "qtl_core/learn/images.py": "circuits of the Learn page's own",
    "qtl_core/readout/inputs.py": "what the dial sets beside its reading, called exact there",
    "ui/home/trace_view.py": "the run that comes along, and Show mode's, which are read exactly",
}
ROOMS = ("network", "training")  # the simulators themselves, and what reads as it was trained


def asks_a_simulator(file: Path) -> bool:
    froms = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
    heads = {alias.name for node in froms if node.module == "qtl_core.network.head_scores" for alias in node.names}
    return bool(heads & OF_A_HEAD) or any(node.module in SIMULATORS for node in froms)


def test_everybody_who_asks_an_exact_simulator_is_entered():
    files = [*(PROJECT / "qtl_core").rglob("*.py"), *(PROJECT / "ui").rglob("*.py")]
    found = {file.relative_to(PROJECT).as_posix() for file in files if asks_a_simulator(file)}
    found = {name for name in found if name.split("/")[1] not in ROOMS}
    assert found == SAID_IN.keys() | NO_RUN.keys()


@pytest.mark.parametrize("place", sorted({*(each for places in SAID_IN.values() for each in places), *FILES}))
def test_each_place_says_it_by_the_one_rule(place):
    calls = [node for node in ast.walk(ast.parse((PROJECT / place).read_text())) if isinstance(node, ast.Call)]
    called = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    assert called & {"say_exact", "exact_words"}

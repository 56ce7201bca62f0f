"""Functions that Python programs call with arrays of their own: each says which argument is wrong, and none crashes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qtl_core.common.errors import InputError
from qtl_core.common.progress import never_stop
from qtl_core.drawing.svg import draw_svg
from qtl_core.evaluation.calibration import calibration_of
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.evaluation.ood import fit_ood_reference
from qtl_core.explain.angle_response import response_of
from qtl_core.export import FORMATS
from qtl_core.network.analysis.barren_plateaus import point
from qtl_core.network.analysis.expressibility import sample
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.model import DressedQuantumNet
from qtl_core.network.simulators.numpy_batch import final_states
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.network.simulators.trace import state_after
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.runs.store import load_run
from qtl_core.settings import CircuitSettings, DataSettings, RunSettings
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.run import RunRequest
from qtl_core.training.torch_engine import train_with_torch

SETTINGS = CircuitSettings(3, 2)
CIRCUIT = build_circuit(SETTINGS)
ANGLES, WEIGHTS = np.zeros(3), np.zeros(6)
NAN = np.array([0, np.nan, 0])
FEATURES = np.ones((20, 4))

CALLS = {
    "bind: too few angles": (lambda: bind(CIRCUIT, ANGLES[:2], WEIGHTS), "^angles has shape"),
    "bind: too many weights": (lambda: bind(CIRCUIT, ANGLES, np.zeros(7)), "^weights has shape"),
    "bind: NaN": (lambda: bind(CIRCUIT, NAN, WEIGHTS), r"^angles holds nan at \[1\]"),
    "bind: text": (lambda: bind(CIRCUIT, "abc", WEIGHTS), "^angles holds text"),
    "walk: NaN": (lambda: state_after(CIRCUIT, ANGLES, WEIGHTS * np.nan), "^weights holds nan"),
    "states: shape": (lambda: final_states(CIRCUIT, np.zeros((2, 4)), WEIGHTS), "^angles has shape"),
    "states: infinite": (lambda: final_states(CIRCUIT, ANGLES, WEIGHTS + np.inf), "^weights holds inf"),
    "torch: shape": (lambda: StateVectorSimulator(CIRCUIT)(torch.zeros(2, 4), torch.zeros(6)), "^angles has shape"),
    "torch: weights": (lambda: StateVectorSimulator(CIRCUIT)(torch.zeros(2, 3), torch.zeros(5)), "^weights has shape"),
    "PennyLane: shape": (lambda: PennyLaneSimulator(CIRCUIT)(torch.zeros(3), torch.zeros(6)), "^angles has shape"),
    "network: width": (lambda: DressedQuantumNet(4, 2, SETTINGS)(torch.zeros(2, 5)), "^features has shape"),
    "response: index": (lambda: response_of(CIRCUIT, ANGLES[None], WEIGHTS, 6), "^index is 6"),
    "response: from the end": (lambda: response_of(CIRCUIT, ANGLES[None], WEIGHTS, -1), "^index is -1"),
    "plateau: index": (lambda: point(CIRCUIT, 6, 4, np.random.default_rng(0)), "^index is 6"),
    "plateau: one sample": (lambda: point(CIRCUIT, 0, 1, np.random.default_rng(0)), "^samples is 1"),
    "sampling: none": (lambda: sample(CIRCUIT, 0), "^pairs is 0"),
    "calibration: labels": (lambda: calibration_of(np.full((2, 2), 0.5), [0, 2]), r"^labels holds 2 at \[1\]"),
    "calibration: NaN": (lambda: calibration_of(np.full((2, 2), np.nan), [0, 1]), "^probabilities holds nan"),
    "calibration: scores": (lambda: calibration_of(np.array([[3.0, -2.0]]), [0]), "^probabilities holds -2 to 3"),
    "calibration: nothing": (lambda: calibration_of(np.zeros((0, 2)), []), "^probabilities is empty"),
    "evaluation: labels": (lambda: Evaluation(("a", "b"), np.array([2]), np.ones((1, 2)), ("x",)), "^labels holds 2"),
    "reference: width": (lambda: fit_ood_reference(FEATURES, np.ones((20, 5))), "^validation has shape"),
    "reference: NaN": (lambda: fit_ood_reference(FEATURES * np.nan, FEATURES), "^training holds nan"),
    "circuit: wire": (lambda: Circuit(2, (Gate("H", (2,)),), 0), r"^gates\[0\] acts on the wires \(2,\)"),
    "circuit: wire from the end": (lambda: Circuit(2, (Gate("H", (-1,)),), 0), r"^gates\[0\] acts on the wires"),
    "circuit: one wire twice": (lambda: Circuit(2, (Gate("CNOT", (1, 1)),), 0), r"^gates\[0\] acts on the wires"),
    "circuit: weight": (
        lambda: Circuit(1, (Gate("RY", (0,), (AngleSource("weight", 3),)),), 3),
        r"^gates\[0\] takes weight 3",
    ),
    "circuit: too wide": (lambda: Circuit(40, (), 0), "^wires is 40"),
    "gate: kind": (lambda: Gate("RX", (0,)), "^kind is 'RX'"),
    "gate: wires are no tuple": (lambda: Gate("H", [0]), "^wires is of type list"),
    "gate: a wire is a text": (lambda: Gate("H", ("0",)), "^wires is of type str"),
    "gate: too few angles": (lambda: Gate("RY", (0,)), "^a gate of kind RY has 1 wires and 0 angles"),
    "gate: an angle's source is none": (lambda: Gate("RY", (0,), (3,)), "^angles is of type int"),
    "gate: section": (lambda: Gate("H", (0,), section="end"), "^section is 'end'"),
    "source: kind": (lambda: AngleSource(np.zeros(2), 0), "^kind is array"),
    "source: index": (lambda: AngleSource("weight", 1.5), "^index is 1.5"),
    "circuit: gates": (lambda: Circuit(2, ("H",), 0), r"^gates\[0\] is of type str"),
    "build: settings": (lambda: build_circuit([3, 2]), "^settings is of type list"),
    "states: circuit": (lambda: final_states(SETTINGS, ANGLES, WEIGHTS), "^circuit is of type CircuitSettings"),
    "masked": (lambda: bind(CIRCUIT, np.ma.masked_array(ANGLES, [0, 1, 0]), WEIGHTS), "^angles has masked entries"),
    "torch: whole numbers": (lambda: StateVectorSimulator(CIRCUIT)(torch.zeros(2, 3).int(), torch.zeros(6)), "^angles"),
    "torch: arrays": (lambda: StateVectorSimulator(CIRCUIT)(np.zeros((2, 3)), torch.zeros(6)), "is of type ndarray"),
    "PennyLane: whole numbers": (
        lambda: PennyLaneSimulator(CIRCUIT)(torch.zeros(2, 3).int(), torch.zeros(6)),
        "^angles holds torch.int32",
    ),
    "network: classes": (lambda: DressedQuantumNet(4, 0, SETTINGS), "^classes is 0"),
    "network: text": (lambda: DressedQuantumNet(4, 2, SETTINGS)("abc"), "^features is of type str"),
    "response: weights": (lambda: response_of(CIRCUIT, ANGLES[None], WEIGHTS[:2], 1), "^weights has shape"),
    "drawing: too many angles": (lambda: draw_svg(CIRCUIT, np.zeros(5), WEIGHTS), "^angles has shape"),
    "evaluation: files": (lambda: Evaluation(("a",), np.array([0]), np.ones((1, 1)), "x"), "^files is of type str"),
    "run settings: mixed up": (lambda: RunSettings(DataSettings()), "^circuit is of type DataSettings"),
    "request: settings": (lambda: RunRequest(SETTINGS), "^settings is of type CircuitSettings"),
    "engine: task": (lambda: next(train_compiled(SETTINGS, None, never_stop)), "^task is of type CircuitSettings"),
    "torch engine: task": (lambda: next(train_with_torch(SETTINGS, None, never_stop)), "^task is of type"),
    "many: one task": (lambda: train_many(SETTINGS, never_stop), "^tasks is of type CircuitSettings"),
    "picture: a text": (lambda: open_picture("x.jpg"), "^source is of type str"),
    "run: no text": (lambda: load_run(3), "^run_id is of type int"),
}


@pytest.mark.parametrize("what", list(CALLS))
def test_a_wrong_argument_is_named(what):
    call, said = CALLS[what]
    with pytest.raises(InputError, match=said):
        call()


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_file_is_written_with_numbers_that_are_none(name):
    if name in ("svg", "png"):  # drawings show how far a gate was turned, also where that is not known
        pytest.skip("a drawing")
    with pytest.raises(InputError, match="weights holds nan"):
        FORMATS[name].write(CIRCUIT, ANGLES, WEIGHTS * np.nan)

"""Functions that Python programs call with arrays of their own: each says which argument is wrong, and none crashes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qtl_core.ansatz.plateau import point
from qtl_core.ansatz.sampling import sample
from qtl_core.calibration import calibration_of
from qtl_core.circuit import AngleSource, Circuit, Gate, build_circuit
from qtl_core.circuit.binding import bind
from qtl_core.circuit.reference import PennyLaneSimulator
from qtl_core.circuit.statevector import StateVectorSimulator
from qtl_core.doubt import reference_from
from qtl_core.errors import InputError
from qtl_core.evaluation import Evaluation
from qtl_core.export import FORMATS
from qtl_core.inside import state_after
from qtl_core.inside.batch import final_states
from qtl_core.model import DressedQuantumNet
from qtl_core.probing.response import response_of
from qtl_core.settings import CircuitSettings

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
    "reference: width": (lambda: reference_from(FEATURES, np.ones((20, 5))), "^validation has shape"),
    "reference: NaN": (lambda: reference_from(FEATURES * np.nan, FEATURES), "^training holds nan"),
    "circuit: wire": (lambda: Circuit(2, (Gate("H", (2,)),), 0), r"^gates\[0\] acts on the wires \(2,\)"),
    "circuit: wire from the end": (lambda: Circuit(2, (Gate("H", (-1,)),), 0), r"^gates\[0\] acts on the wires"),
    "circuit: one wire twice": (lambda: Circuit(2, (Gate("CNOT", (1, 1)),), 0), r"^gates\[0\] acts on the wires"),
    "circuit: weight": (
        lambda: Circuit(1, (Gate("RY", (0,), (AngleSource("weight", 3),)),), 3),
        r"^gates\[0\] takes weight 3",
    ),
    "circuit: too wide": (lambda: Circuit(40, (), 0), "^wires is 40"),
    "gate: kind": (lambda: Gate("RX", (0,)), "^kind is 'RX'"),
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

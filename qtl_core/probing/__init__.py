"""What the gates of a trained circuit are worth: turn one or take one away, and ask the validation pictures again.

Pages get the pictures' angles from a worker once (`inputs`); turning an angle is then arithmetic of a moment in numpy
(`response`), while taking away every gate in turn is a job (`contribution`).
"""

from qtl_core.probing.contribution import GateImportance, GateImportances, gate_importance_job, layer_gates
from qtl_core.probing.inputs import CircuitInputs, inputs_job, why_no_inputs
from qtl_core.probing.response import Response, response_of
from qtl_core.probing.verdict import CircuitScore, class_probabilities, score_circuit

__all__ = [
    "CircuitInputs",
    "CircuitScore",
    "GateImportance",
    "GateImportances",
    "Response",
    "class_probabilities",
    "gate_importance_job",
    "inputs_job",
    "layer_gates",
    "response_of",
    "score_circuit",
    "why_no_inputs",
]

"""What the gates of a trained circuit are worth: turn one or take one away, and ask the validation pictures again.

Pages get the pictures' angles from a worker once (`inputs`); turning an angle is then arithmetic of a moment in numpy
(`response`), while taking away every gate in turn is a job (`contribution`).
"""

from qtl_core.probing.contribution import Contribution, Contributions, contributions_job, layer_gates
from qtl_core.probing.inputs import CircuitInputs, inputs_job, why_no_inputs
from qtl_core.probing.response import Response, response_of
from qtl_core.probing.verdict import Verdict, class_probabilities, verdict_on

__all__ = [
    "CircuitInputs",
    "Contribution",
    "Contributions",
    "Response",
    "Verdict",
    "class_probabilities",
    "contributions_job",
    "inputs_job",
    "layer_gates",
    "response_of",
    "verdict_on",
    "why_no_inputs",
]

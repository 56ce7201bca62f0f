"""The state inside a circuit: gate column by gate column, and how entangled it is there."""

from qtl_core.inside.entanglement import bloch_vectors, cut_entropies, purities, qubit_entropies, wires_of
from qtl_core.inside.motion import interpolated_bloch_vectors
from qtl_core.inside.sections import Milestone, milestones
from qtl_core.inside.steps import Step, state_after, steps_of

__all__ = [
    "Milestone",
    "Step",
    "bloch_vectors",
    "cut_entropies",
    "interpolated_bloch_vectors",
    "milestones",
    "purities",
    "qubit_entropies",
    "state_after",
    "steps_of",
    "wires_of",
]

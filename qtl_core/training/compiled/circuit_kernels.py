"""The interpreter: a program run forwards to <Z>, and backwards to the gradient of all its angles."""

from __future__ import annotations

from qtl_core.training.compiled import states
from qtl_core.training.compiled.code_cache import inlined_jit
from qtl_core.training.compiled.lane_functions import set_turn
from qtl_core.training.compiled.lanes import load, splat, store
from qtl_core.training.compiled.program import FEATURE, PERMUTATION, PHASES, ROTATIONS, WEIGHT, Program
from qtl_core.training.compiled.workspace import Workspace


@inlined_jit
def set_weights(program: Program, work: Workspace) -> None:
    """Fills in the slots turned by trained angles, from `work.net`; needed after every step of the weights."""
    number = work.cosines.dtype.type
    for slot in range(len(program.sources)):
        if program.sources[slot] == WEIGHT:
            angle = load(work.net.q_params, program.indices[slot]) + splat(number(program.offsets[slot]))
            set_turn(angle * splat(number(0.5)), work.cosines, work.sines, slot)


@inlined_jit
def set_features(program: Program, work: Workspace) -> None:
    """Fills in the slots turned by the pictures' angles, from `half_cosines` and `half_sines`."""
    for slot in range(len(program.sources)):
        if program.sources[slot] == FEATURE:
            wire = program.indices[slot]
            cos, sin = load(work.half_cosines, wire), load(work.half_sines, wire)
            fixed_cos, fixed_sin = load(work.fixed_cosines, slot), load(work.fixed_sines, slot)
            store(work.cosines, slot, cos * fixed_cos - sin * fixed_sin)
            store(work.sines, slot, sin * fixed_cos + cos * fixed_sin)


@inlined_jit
def run_circuit(program: Program, work: Workspace) -> bool:
    """Sets `values` to <Z> of every wire; returns whether `state` and `spare` have changed places."""
    state, spare, wires, swapped = work.state, work.spare, program.wires, False
    states.prepare(state, work.cosines, work.sines, wires)
    for column in range(1, len(program.kinds)):
        kind, first = program.kinds[column], column * wires
        if kind == PERMUTATION:
            states.permute(state, program.permutations[program.orders[column]], spare)
            state, spare, swapped = spare, state, not swapped
        elif kind == PHASES:
            states.phases(work.scratch, work.cosines, work.sines, first, wires)
            states.apply_diagonal(state, work.scratch)
        elif kind == ROTATIONS:
            for wire in range(wires):
                if program.used[first + wire]:
                    states.rotate(state, 1 << (wires - 1 - wire), work.cosines, work.sines, first + wire)
    states.probabilities(state, wires, work.scratch)
    states.signed_sums(work.scratch, wires, work.values, 0)
    return swapped


@inlined_jit
def run_backward(program: Program, work: Workspace, swapped: bool) -> None:
    """Turns `expectation_gradients` into `angle_gradients`; `swapped` is what `run_circuit` returned."""
    wires, adjoint, state, spare = program.wires, work.adjoint, work.state, work.spare
    if swapped:
        state, spare = spare, state
    states.observe(state, wires, work.expectation_gradients, work.scratch, adjoint)
    for column in range(len(program.kinds) - 1, 0, -1):
        kind, first = program.kinds[column], column * wires
        if kind == PERMUTATION:
            order = program.permutations[program.orders[column]]
            states.permute_inverse(state, order, spare)
            state, spare = spare, state
            states.permute_inverse(adjoint, order, spare)
            adjoint, spare = spare, adjoint
        elif kind == PHASES:
            states.overlaps(state, adjoint, work.scratch)
            states.signed_sums(work.scratch, wires, work.angle_gradients, first)
            states.phases(work.scratch, work.cosines, work.sines, first, wires)
            states.apply_inverse_diagonal(state, work.scratch)
            states.apply_inverse_diagonal(adjoint, work.scratch)
        elif kind == ROTATIONS:
            for wire in range(wires):
                slot = first + wire
                if program.used[slot]:
                    stride = 1 << (wires - 1 - wire)
                    slope = states.rotate_backward(state, adjoint, stride, work.cosines, work.sines, slot)
                    store(work.angle_gradients, slot, slope)
    states.prepare_backward(state, adjoint, work.cosines, work.sines, work.angle_gradients, wires)


@inlined_jit
def collect_gradient(program: Program, work: Workspace) -> None:
    """Adds `angle_gradients` to those of the weights in `work.gradient`, and sets `feature_gradients`."""
    work.feature_gradients[:] = 0
    for slot in range(len(program.sources)):
        index, slope = program.indices[slot], load(work.angle_gradients, slot)
        if program.sources[slot] == WEIGHT:
            store(work.gradient.q_params, index, load(work.gradient.q_params, index) + slope)
        elif program.sources[slot] == FEATURE:
            store(work.feature_gradients, index, load(work.feature_gradients, index) + slope)

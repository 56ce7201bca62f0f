"""Settings -> gate list: the only place where a circuit is made.

To add an entangler: write a function `wires -> pairs` and add it to `ENTANGLERS` (and a `Choice` with the
same value to `CircuitSettings.entangler`). To add a rotation, do the same in `_rotations`. Simulators,
drawing, export and the tests against PennyLane follow by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from qtl_core.common.checks import instance
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.settings import CircuitSettings

Pairs = Iterator[tuple[int, int]]


def build_circuit(settings: CircuitSettings) -> Circuit:
    """Returns the dressed network's circuit: superposition, embedding, then `depth` trained layers.

    With data re-uploading the embedding is repeated before every layer after the first.

    Raises:
        InputError: The settings are none of a circuit.
    """
    return _built(instance("settings", settings, CircuitSettings))


@lru_cache(maxsize=256)  # pure, and asked for at every redraw of a page
def _built(settings: CircuitSettings) -> Circuit:
    gates = [Gate("H", (wire,), section="superposition") for wire in range(settings.qubits)]
    gates.extend(_embedding(settings.qubits, layer=0))
    for layer in range(settings.depth):
        if settings.reuploading and layer > 0:
            gates.extend(_embedding(settings.qubits, layer))
        pairs = ENTANGLERS[settings.entangler](settings.qubits)
        gates.extend(Gate("CNOT", pair, layer=layer) for pair in pairs)
        gates.extend(_rotations(settings, layer))
    return Circuit(settings.qubits, tuple(gates), settings.weight_count)


def _embedding(wires: int, layer: int) -> Iterator[Gate]:
    for wire in range(wires):
        yield Gate("RY", (wire,), (AngleSource("feature", wire),), "embedding", layer)


def _rotations(settings: CircuitSettings, layer: int) -> Iterator[Gate]:
    kind = {"ry": "RY", "rot": "Rot"}[settings.rotation]
    each = settings.angles_per_rotation
    for wire in range(settings.qubits):
        first = (layer * settings.qubits + wire) * each  # q_params read as (depth, qubits, angles)
        yield Gate(kind, (wire,), tuple(AngleSource("weight", first + k) for k in range(each)), layer=layer)


def _brick(wires: int) -> Pairs:
    """The paper's two rows: 0-1, 2-3, ... and then 1-2, 3-4, ..."""
    for first in (0, 1):
        for control in range(first, wires - 1, 2):
            yield control, control + 1


def _ring(wires: int) -> Pairs:
    """Each wire to the next and the last to the first; a lone wire has nobody to meet."""
    if wires > 1:
        yield from ((control, (control + 1) % wires) for control in range(wires))


def _all_pairs(wires: int) -> Pairs:
    yield from ((control, target) for control in range(wires) for target in range(control + 1, wires))


def _none(wires: int) -> Pairs:
    yield from ()


ENTANGLERS: dict[str, Callable[[int], Pairs]] = {"brick": _brick, "ring": _ring, "all": _all_pairs, "none": _none}

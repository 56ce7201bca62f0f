"""A noisy circuit as the few steps that the density-matrix simulator takes.

Whatever acts on one wire between two steps on two, gates and channels alike, becomes one `Local`; CNOTs that follow
each other become one `Shuffle` of the Pauli strings; a channel on two wires is a `Pair`. What acts on a wire before it
first meets another one only prepares it: a product state of all wires, told apart as `Program.prepared`.

To add a gate kind: how it is made of turns and fixed matrices, in `_factors`, or how it shuffles in `_two_wires`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.network.binding import gate_matrix
from qtl_core.network.gates import AngleSource, Gate
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit
from qtl_core.network.noise.pauli_transfer import Axis, transfer_matrix

Acting = tuple[Gate, tuple[AppliedChannel, ...]]


@dataclass(frozen=True)
class Turn:
    """A turn about an axis by an angle of the picture or a trained one."""

    axis: Axis
    source: AngleSource


Factor = Turn | np.ndarray  # a transfer matrix, shape (4, 4), or a turn


@dataclass(frozen=True, eq=False)
class Local:
    """What acts on one wire alone, in its order."""

    wire: int
    factors: tuple[Factor, ...]

    @property
    def sources(self) -> tuple[AngleSource, ...]:
        """The sources of its angles."""
        return tuple(factor.source for factor in self.factors if isinstance(factor, Turn))

    @property
    def takes_features(self) -> bool:
        """True if some angle is a picture's own."""
        return any(source.kind == "feature" for source in self.sources)


@dataclass(frozen=True, eq=False)
class Shuffle:
    """A signed permutation of the Pauli strings: new[k] = signs[k] * old[order[k]]."""

    order: np.ndarray
    signs: np.ndarray

    def inverse(self) -> Shuffle:
        """Returns the one that undoes it, which is its transpose too."""
        back = np.argsort(self.order)
        return Shuffle(back, self.signs[back])

    def then(self, later: Shuffle) -> Shuffle:
        """Returns this one and then another as one."""
        return Shuffle(self.order[later.order], later.signs * self.signs[later.order])


@dataclass(frozen=True, eq=False)
class Pair:
    """A channel on two wires, the first of them the higher digit; its transfer matrix has the shape (16, 16)."""

    wires: tuple[int, int]
    matrix: np.ndarray


Step = Local | Shuffle | Pair


@dataclass(frozen=True, eq=False)
class Program:
    """The steps of a noisy circuit.

    Attributes:
        wires: Number of wires.
        prepared: What acts on each wire before it first meets another, one a wire, in their order.
        steps: What follows.
    """

    wires: int
    prepared: tuple[Local, ...]
    steps: tuple[Step, ...]

    @property
    def reuploads(self) -> bool:
        """True if pictures come in after the beginning, too."""
        return any(isinstance(step, Local) and step.takes_features for step in self.steps)


@lru_cache(maxsize=64)  # by the object: a slider moves between few, and each is asked again and again
def program_of(noisy: NoisyCircuit) -> Program:
    """Returns the steps of a noisy circuit."""
    acting = zip(noisy.circuit.gates, noisy.channels, strict=True)
    return _merged(noisy.circuit.wires, acting, Transfers(), apart=True)


def programs_by_gate(noisy: NoisyCircuit) -> Iterator[Program]:
    """Yields the steps of each gate with the channels after it, for whoever looks at the states between."""
    known = Transfers()
    for acting in zip(noisy.circuit.gates, noisy.channels, strict=True):
        yield _merged(noisy.circuit.wires, [acting], known, apart=False)


class Transfers:
    """The transfer matrices of channels, each computed once."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, kraus: np.ndarray) -> np.ndarray:
        """Returns the transfer matrix of a channel."""
        if id(kraus) not in self._found:
            self._found[id(kraus)] = (kraus, transfer_matrix(kraus))  # kept with it, so that its id stays its own
        return self._found[id(kraus)][1]


class _Merging:
    """The steps so far, and what waits on each wire until it meets another."""

    def __init__(self, wires: int, apart: bool) -> None:
        self.wires = wires
        self.waiting: list[list[Factor]] = [[] for _ in range(wires)]
        self.prepared: dict[int, Local] = {} if apart else {wire: Local(wire, ()) for wire in range(wires)}
        self.steps: list[Step] = []

    def wait(self, wire: int, factor: Factor) -> None:
        """Puts a factor on a wire; fixed ones that follow each other are multiplied at once."""
        on = self.waiting[wire]
        if on and not isinstance(factor, Turn) and not isinstance(on[-1], Turn):
            on[-1] = factor @ on[-1]
        else:
            on.append(factor)

    def flush(self, wires: Iterable[int]) -> None:
        """Makes a step of what waits on some wires, or their preparation if they come to their first."""
        for wire in wires:
            local = Local(wire, tuple(self.waiting[wire]))
            if wire not in self.prepared:
                self.prepared[wire] = local
            elif local.factors:
                self.steps.append(local)
            self.waiting[wire] = []

    def add(self, step: Shuffle | Pair) -> None:
        """Adds a step on two wires; a shuffle that follows one becomes one with it."""
        if isinstance(step, Shuffle) and self.steps and isinstance(self.steps[-1], Shuffle):
            step = self.steps.pop().then(step)  # type: ignore[union-attr]
        self.steps.append(step)


def _merged(wires: int, acting: Iterable[Acting], known: Transfers, *, apart: bool) -> Program:
    merging = _Merging(wires, apart)
    for gate, channels in acting:
        if len(gate.wires) == 1:
            for factor in _factors(gate):
                merging.wait(gate.wires[0], factor)
        else:
            merging.flush(gate.wires)
            merging.add(_two_wires(gate, wires))
        for channel in channels:
            if len(channel.wires) == 1:
                merging.wait(channel.wires[0], known.of(channel.kraus))
            else:
                merging.flush(channel.wires)
                merging.add(Pair((channel.wires[0], channel.wires[1]), known.of(channel.kraus)))
    merging.flush(range(wires))
    return Program(wires, tuple(merging.prepared[wire] for wire in range(wires)), tuple(merging.steps))


def _factors(gate: Gate) -> Iterator[Factor]:
    if gate.kind == "RY":
        yield Turn("Y", gate.angles[0])
    elif gate.kind == "Rot":
        yield from (Turn(axis, source) for axis, source in zip(("Z", "Y", "Z"), gate.angles, strict=True))  # type: ignore[arg-type]
    else:
        yield _fixed(gate.kind)


def _two_wires(gate: Gate, wires: int) -> Shuffle:
    return _shuffle(gate.kind, gate.wires[0], gate.wires[1], wires)


@lru_cache(maxsize=8)
def _fixed(kind: str) -> np.ndarray:
    return transfer_matrix(gate_matrix(kind)[None])


@lru_cache(maxsize=512)
def _shuffle(kind: str, first: int, second: int, wires: int) -> Shuffle:
    """Returns a Clifford gate on two wires as it shuffles the Pauli strings of all wires."""
    matrix = transfer_matrix(gate_matrix(kind)[None])
    source = np.abs(matrix).argmax(axis=1)
    sign = matrix[np.arange(16), source]
    strings = np.arange(4**wires)
    shift_first, shift_second = 2 * (wires - 1 - first), 2 * (wires - 1 - second)
    pair = 4 * ((strings >> shift_first) & 3) + ((strings >> shift_second) & 3)
    untouched = strings & ~(3 << shift_first) & ~(3 << shift_second)
    order = untouched | (source[pair] // 4 << shift_first) | (source[pair] % 4 << shift_second)
    return Shuffle(order, sign[pair])

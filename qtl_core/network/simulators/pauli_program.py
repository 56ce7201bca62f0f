"""A noisy circuit as the few steps that a simulator takes: of Pauli vectors (density matrices), or of trajectories.

Whatever acts on one wire between two steps on two, gates and channels alike, becomes one `Local`; CNOTs that follow
each other become one `Shuffle` of a state's numbers; a channel on two wires is a `Pair`. What acts on a wire before it
first meets another one only prepares it: a product state of all wires, told apart as `Program.prepared`.

To add a gate kind: how it is made of turns and fixed matrices, in `_factors`; one on two wires must shuffle both Pauli
strings and amplitudes, as CNOT does, and needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

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


Factor = Turn | np.ndarray  # a fixed gate or channel as its simulator has it, or a turn


class Form(Protocol):
    """The form in which a simulator has channels: transfer matrices, or Kraus operators."""

    def of(self, kraus: np.ndarray) -> np.ndarray:
        """Returns a channel of given Kraus operators in this form."""

    def combined(self, first: np.ndarray, later: np.ndarray) -> np.ndarray:
        """Returns two channels on one wire, one after the other, as one."""

    def shuffle(self, gate: Gate, wires: int) -> Shuffle:
        """Returns a gate on two of all wires."""


@dataclass(frozen=True, eq=False)
class Local:
    """Gates and channels on one wire alone, in their order."""

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
    """A signed permutation of a state's numbers: new[k] = signs[k] * old[order[k]]."""

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
    """A channel on two wires, the first of them the higher digit, in its simulator's form."""

    wires: tuple[int, int]
    channel: np.ndarray


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
    """Returns the steps of Pauli vectors under a noisy circuit."""
    acting = zip(noisy.circuit.gates, noisy.channels, strict=True)
    return merged(noisy.circuit.wires, acting, Transfers(), apart=True)


def programs_by_gate(noisy: NoisyCircuit) -> Iterator[Program]:
    """Yields the steps of each gate with the channels after it, for whoever looks at the states between."""
    known = Transfers()
    for acting in zip(noisy.circuit.gates, noisy.channels, strict=True):
        yield merged(noisy.circuit.wires, [acting], known, apart=False)


def merged(wires: int, acting: Iterable[Acting], form: Form, *, apart: bool) -> Program:
    """Returns gates and their channels as few steps.

    Args:
        wires: Number of wires.
        acting: Gates, each with the channels after it.
        form: How the simulator has channels.
        apart: Whether what prepares the wires is told apart; otherwise it is among the steps.
    """
    merging = _Merging(wires, form, apart)
    for gate, channels in acting:
        if len(gate.wires) == 1:
            for factor in _factors(gate, form):
                merging.wait(gate.wires[0], factor)
        else:
            merging.flush(gate.wires)
            merging.add(form.shuffle(gate, wires))
        for channel in channels:
            if len(channel.wires) == 1:
                merging.wait(channel.wires[0], form.of(channel.kraus))
            else:
                merging.flush(channel.wires)
                merging.add(Pair((channel.wires[0], channel.wires[1]), form.of(channel.kraus)))
    merging.flush(range(wires))
    return Program(wires, tuple(merging.prepared[wire] for wire in range(wires)), tuple(merging.steps))


class Transfers:
    """Channels as transfer matrices, each computed once."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, kraus: np.ndarray) -> np.ndarray:
        """Returns the transfer matrix of a channel."""
        if id(kraus) not in self._found:
            self._found[id(kraus)] = (kraus, transfer_matrix(kraus))  # kept with it, so that its id stays its own
        return self._found[id(kraus)][1]

    def combined(self, first: np.ndarray, later: np.ndarray) -> np.ndarray:
        """Returns two transfer matrices, one after the other, as one."""
        return np.asarray(later @ first)

    def shuffle(self, gate: Gate, wires: int) -> Shuffle:
        """Returns a Clifford gate as it shuffles the Pauli strings of all wires."""
        return _pauli_shuffle(gate.kind, gate.wires[0], gate.wires[1], wires)


class _Merging:
    """The steps so far, and what waits on each wire until it meets another."""

    def __init__(self, wires: int, form: Form, apart: bool) -> None:
        self.form = form
        self.waiting: list[list[Factor]] = [[] for _ in range(wires)]
        self.prepared: dict[int, Local] = {} if apart else {wire: Local(wire, ()) for wire in range(wires)}
        self.steps: list[Step] = []

    def wait(self, wire: int, factor: Factor) -> None:
        """Puts a factor on a wire; fixed ones that follow each other are multiplied at once."""
        on = self.waiting[wire]
        if on and not isinstance(factor, Turn) and not isinstance(on[-1], Turn):
            on[-1] = self.form.combined(on[-1], factor)
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


def _factors(gate: Gate, form: Form) -> Iterator[Factor]:
    if gate.kind == "RY":
        yield Turn("Y", gate.angles[0])
    elif gate.kind == "Rot":
        first, second, third = gate.angles
        yield from (Turn("Z", first), Turn("Y", second), Turn("Z", third))
    else:
        yield form.of(_matrix(gate.kind))


@lru_cache(maxsize=8)
def _matrix(kind: str) -> np.ndarray:
    """Returns a gate without angles as a channel of one Kraus operator, the same object every time."""
    return gate_matrix(kind)[None]


def strings_on(first: int, second: int, wires: int, source: np.ndarray, digit_bits: int) -> np.ndarray:
    """Returns the order of all wires' numbers for a permutation of two wires' own.

    Args:
        first, second: The two wires.
        wires: Number of all wires.
        source: new[k] = old[source[k]] on the two wires alone.
        digit_bits: Bits of a wire's digit: 2 for Pauli strings, 1 for amplitudes.
    """
    size = 2**digit_bits
    numbers = np.arange(size**wires)
    shift_first, shift_second = digit_bits * (wires - 1 - first), digit_bits * (wires - 1 - second)
    own = source[pairs_of(first, second, wires, digit_bits)]
    untouched = numbers & ~(size - 1 << shift_first) & ~(size - 1 << shift_second)
    return np.asarray(untouched | (own // size << shift_first) | (own % size << shift_second))


def pairs_of(first: int, second: int, wires: int, digit_bits: int) -> np.ndarray:
    """Returns the digits of two wires, the first the higher one, for each of all wires' numbers."""
    size, numbers = 2**digit_bits, np.arange(2 ** (digit_bits * wires))
    first_digit = (numbers >> digit_bits * (wires - 1 - first)) & (size - 1)
    return np.asarray(size * first_digit + ((numbers >> digit_bits * (wires - 1 - second)) & (size - 1)))


@lru_cache(maxsize=512)
def _pauli_shuffle(kind: str, first: int, second: int, wires: int) -> Shuffle:
    matrix = transfer_matrix(_matrix(kind))
    source = np.abs(matrix).argmax(axis=1)
    signs = matrix[np.arange(16), source]
    return Shuffle(strings_on(first, second, wires, source, 2), signs[pairs_of(first, second, wires, 2)])

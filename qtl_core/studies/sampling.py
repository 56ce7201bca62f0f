"""The choice of the cells of a grid that a study trains: all, some drawn at random, or those that a search asks for.

Every choice is the same on every machine: a draw follows from a hash, and a search (`search`) from what came before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtl_core.common import checks
from qtl_core.common.errors import UserError
from qtl_core.studies.axes import Axis, Value
from qtl_core.studies.rows import MEASURES

MOST_CELLS = 100_000  # drawn or asked for: more than a study has runs
Place = tuple[Value, ...]  # a value of every axis, in their order
SAMPLERS: Mapping[str, str] = {
    "tpe": "Tree-structured Parzen estimator: tries most where good values were found",
    "gp": "Gaussian process: for few and costly trials",
    "random": "Random: looks at no result",
}


@dataclass(frozen=True)
class Grid:
    """All cells."""

    def places(self, axes: Sequence[Axis], seed: int) -> Iterator[Place]:
        """Yields them, the last axis changing fastest."""
        return (_place(axes, number) for number in range(grid_size(axes)))

    def count(self, axes: Sequence[Axis]) -> int:
        """Returns how many there are."""
        return grid_size(axes)


@dataclass(frozen=True)
class RandomSample:
    """Some cells of the grid, drawn at random: each at most once, and fewer are among more.

    Attributes:
        cells: How many; all where there are fewer.

    Raises:
        InputError: It is no whole number from 1 to `MOST_CELLS`.
    """

    cells: int

    def __post_init__(self) -> None:
        checks.whole_number("cells", self.cells, 1, MOST_CELLS)

    def places(self, axes: Sequence[Axis], seed: int) -> Iterator[Place]:
        """Yields them in the order in which they were drawn."""
        drawn: dict[int, None] = {}
        size, wanted, number = grid_size(axes), self.count(axes), 0
        while len(drawn) < wanted:
            drawn.setdefault(_hashed(seed, number) % size)
            number += 1
        return (_place(axes, each) for each in drawn)

    def count(self, axes: Sequence[Axis]) -> int:
        """Returns how many there are."""
        return min(self.cells, grid_size(axes))


@dataclass(frozen=True)
class Search:
    """Cells that a sampler asks for, a few at a time, by what came out of those before.

    Attributes:
        trials: How many it may ask for; one asked for twice is trained once.
        sampler: A key of `SAMPLERS`.
        measure: What is made as good as it can be: one of `MEASURES`; "" for the study's.
        asked: What it asked for so far.

    Raises:
        InputError: `trials` is no whole number from 1 to `MOST_CELLS`, there is no such sampler or measure, or more
            was asked for than may be.
    """

    trials: int
    sampler: str = "tpe"
    measure: str = ""
    asked: tuple[Place, ...] = ()

    def __post_init__(self) -> None:
        checks.whole_number("trials", self.trials, 1, MOST_CELLS)
        checks.one_of("sampler", self.sampler, tuple(SAMPLERS))
        checks.one_of("measure", self.measure, ("", *MEASURES))
        checks.whole_number("number of trials asked for", len(self.asked), 0, self.trials)

    def places(self, axes: Sequence[Axis], seed: int) -> Iterator[Place]:
        """Yields what was asked for so far, each once."""
        return iter(dict.fromkeys(self.asked))

    def count(self, axes: Sequence[Axis]) -> int:
        """Returns how many there can be in the end."""
        return min(self.trials, grid_size(axes))

    def is_over(self, axes: Sequence[Axis]) -> bool:
        """Returns whether it has asked for all that it may, or that there is."""
        return len(self.asked) >= self.trials or len(set(self.asked)) >= grid_size(axes)


Sampling = Grid | RandomSample | Search
_KINDS: Mapping[str, type[Grid | RandomSample | Search]] = {"grid": Grid, "random": RandomSample, "search": Search}


def sampling_to_dict(sampling: Sampling) -> dict[str, Any]:
    """Returns it as stored and printed."""
    kind = next(name for name, each in _KINDS.items() if isinstance(sampling, each))
    values = dict(vars(sampling))
    if "asked" in values:
        values["asked"] = [list(place) for place in values["asked"]]
    return {"kind": kind, **values}


def sampling_from_dict(stored: Mapping[str, Any]) -> Sampling:
    """Reads what `sampling_to_dict` gave.

    Raises:
        UserError: It is of a kind that this version does not know.
        TypeError, KeyError: It is damaged.
    """
    values = dict(stored)
    kind = _KINDS.get(values.pop("kind"))
    if kind is None:
        raise UserError("This study cannot be read.", "A newer version of this program made it.", "Use that version.")
    if "asked" in values:
        values["asked"] = tuple(tuple(place) for place in values["asked"])
    return kind(**values)


def grid_size(axes: Sequence[Axis]) -> int:
    """Returns how many cells the whole grid has."""
    size = 1
    for axis in axes:
        size *= len(axis.values)
    return size


def are_places(axes: Sequence[Axis], places: Iterable[Place]) -> bool:
    """Returns whether these are cells of the grid: of every axis one of its values, and of its type."""
    known = [{(type(value), value) for value in axis.values} for axis in axes]
    return all(
        len(place) == len(axes)
        and all((type(value), value) in there for there, value in zip(known, place, strict=True))
        for place in places
    )


def _place(axes: Sequence[Axis], number: int) -> Place:
    """Returns the place of this number in the grid."""
    values: list[Value] = []
    for axis in reversed(axes):
        number, at = divmod(number, len(axis.values))
        values.append(axis.values[at])
    return tuple(reversed(values))


def _hashed(seed: int, number: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {number}".encode()).digest()[:16], "big")

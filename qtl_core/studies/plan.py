"""The plan of a study: settings to begin with, axes along which some of them vary, and how many seeds.

A cell is one setting of the grid; with a seed it is a run. A run's key follows from the settings that count for it
alone (`settings.relevant`), so it is the same on every machine, and a setting that a head does not read makes no
second run: a linear head over three numbers of qubits is trained once.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from qtl_core.common import checks
from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings, spec_of
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.relevant import relevant

Value = Any  # of a setting: a number, a text or a flag, as its `FieldSpec` says
MOST_RUNS = 100_000
LONGEST_NAME = 80
RANGE = ":"  # between the ends of a range of whole numbers
BETWEEN = "|"  # between values that hold commas themselves


@dataclass(frozen=True)
class Axis:
    """A setting of which a study tries several values.

    Attributes:
        setting: Its name; the seed is no axis, as every cell has the same seeds.
        values: In the order in which they are shown, each once.

    Raises:
        UserError: There is no such setting, or there are no values, or one comes twice.
        SettingsError: A value is not allowed.
    """

    setting: str
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if self.setting == "seed":
            raise UserError("The seed is no axis.", "Every cell is trained over the same seeds.", "Say how many.")
        if self.setting not in FIELDS:
            raise UserError(f"There is no setting {self.setting!r}.", "", f"Settings are {', '.join(FIELDS)}.")
        if not self.values:
            raise UserError(f"The axis {self.setting} has no values.", "", "Name one or more.")
        if len(set(self.values)) < len(self.values):
            raise UserError(f"A value of the axis {self.setting} comes twice.", "", "Name each value once.")
        for value in self.values:
            RunSettings().changed(**{self.setting: value})


@dataclass(frozen=True)
class Cell:
    """One setting of the grid.

    Attributes:
        at: The value of every axis, by setting.
        settings: All settings; their seed is the study's first.
    """

    at: Mapping[str, Value]
    settings: RunSettings


@dataclass(frozen=True)
class CellRun:
    """A cell with a seed.

    Attributes:
        key: Tells it from all others: 16 hexadecimal digits that follow from the settings that count.
        settings: All settings, the seed among them.
    """

    key: str
    settings: RunSettings

    @property
    def seed(self) -> int:
        """The seed of this run."""
        return self.settings.training.seed


@dataclass(frozen=True)
class StudyPlan:
    """A question: which settings, how many seeds.

    Attributes:
        name: What people call it.
        base: The settings of all that is no axis; their seed is the first one.
        axes: The first one's values are compared with one another; all others are where that is done.
        seeds: How many.

    Raises:
        UserError: There are more runs than `MOST_RUNS`, an axis comes twice, or the name is empty or too long.
        SettingsError: A cell's settings are not allowed together.
    """

    name: str
    base: RunSettings
    axes: tuple[Axis, ...]
    seeds: int

    def __post_init__(self) -> None:
        checks.whole_number("seeds", self.seeds, 1)
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise UserError("A study needs a name.", f"It has 1 to {LONGEST_NAME} characters.", "Name it otherwise.")
        names = [axis.setting for axis in self.axes]
        if len(set(names)) < len(names):
            raise UserError("A setting is an axis twice.", "", "Name all its values in one axis.")
        if self.size > MOST_RUNS:
            most = f"A study has at most {MOST_RUNS:,} runs."
            raise UserError(f"These are {self.size:,} runs.", most, "Take fewer values, or fewer seeds.")

    @property
    def size(self) -> int:
        """The number of runs that its cells have, counted once for each cell even where two cells share one."""
        count = self.seeds
        for axis in self.axes:
            count *= len(axis.values)
        return count

    @property
    def seed_numbers(self) -> range:
        """The base's seed and those after it; before it where the largest allowed one would be passed."""
        highest = int(spec_of(self.base.training, "seed").high)
        first = min(self.base.training.seed, highest - self.seeds + 1)
        return range(first, first + self.seeds)

    def cells(self) -> tuple[Cell, ...]:
        """Returns all cells, the last axis changing fastest."""
        names = [axis.setting for axis in self.axes]
        grid = itertools.product(*(axis.values for axis in self.axes))
        chosen = [dict(zip(names, values, strict=True)) for values in grid]
        return tuple(Cell(at, self.base.changed(**at)) for at in chosen)

    def runs_of(self, cell: Cell) -> tuple[CellRun, ...]:
        """Returns a cell's runs, a seed each."""
        counting = relevant(cell.settings).to_dict()  # once for all seeds: which settings count is no matter of them
        training = counting["training"]
        keys = {seed: _digest(counting | {"training": training | {"seed": seed}}) for seed in self.seed_numbers}
        return tuple(CellRun(key, cell.settings.changed(seed=seed)) for seed, key in keys.items())

    def runs(self) -> dict[str, CellRun]:
        """Returns every run once, by its key, in the order of cells."""
        return _runs(self)

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain nested dictionaries, as stored and printed."""
        axes = [{"setting": axis.setting, "values": list(axis.values)} for axis in self.axes]
        return {"name": self.name, "base": self.base.to_dict(), "axes": axes, "seeds": self.seeds}

    @staticmethod
    def from_dict(stored: Mapping[str, Any]) -> StudyPlan:
        """Reads what `to_dict` gave.

        Raises:
            UserError: It is no plan, or not one that this version can run.
        """
        try:
            axes = tuple(Axis(axis["setting"], tuple(axis["values"])) for axis in stored["axes"])
            return StudyPlan(str(stored["name"]), RunSettings.from_dict(stored["base"]), axes, stored["seeds"])
        except (KeyError, TypeError) as error:
            raise UserError("This is no plan of a study.", "It is damaged.", "Begin the study again.") from error


@lru_cache(maxsize=4)  # of 100,000 runs the keys take seconds
def _runs(plan: StudyPlan) -> dict[str, CellRun]:
    return {run.key: run for cell in plan.cells() for run in plan.runs_of(cell)}


def key_of(settings: RunSettings) -> str:
    """Returns what tells a run from all others: the start of the SHA-256 of the settings that count, as sorted JSON."""
    return _digest(relevant(settings).to_dict())


def _digest(settings: Mapping[str, Any]) -> str:
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def axis_from(text: str) -> Axis:
    """Reads an axis from a command line: `head=dressed,linear`, `qubits=2:6`, `qubits=2:8:2`, `carry=pre_net|circuit`.

    Raises:
        UserError: It cannot be read, or is no axis.
    """
    setting, equals, values = text.partition("=")
    setting = setting.strip().replace("-", "_")
    if not equals:
        raise UserError(f"{text!r} is no axis.", "", "Write SETTING=VALUE,VALUE,... or SETTING=FIRST:LAST.")
    if setting not in FIELDS:
        return Axis(setting, ())
    parse, kind = FIELDS[setting].parse, FIELDS[setting].kind
    words = values.split(BETWEEN if BETWEEN in values else ",")
    read = [each for word in words for each in (_range(word) if kind == "whole" and RANGE in word else [parse(word)])]
    return Axis(setting, tuple(read))


def _range(text: str) -> Sequence[int]:
    """Returns the whole numbers of `first:last` or `first:last:step`, both ends among them."""
    try:
        first, last, *step = (int(word) for word in text.split(RANGE))
        return range(first, last + 1, *step)
    except (ValueError, TypeError) as error:
        raise UserError(f"{text!r} is no range.", "", "Write FIRST:LAST or FIRST:LAST:STEP.") from error

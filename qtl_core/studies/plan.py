"""The plan of a study: settings to begin with, axes along which some of them vary, and how many seeds or folds.

A cell is one setting of the grid; with a seed, and perhaps a fold, it is a run. A run's key follows from the settings
that count for it alone (`settings.relevant`), so it is the same on every machine, and a setting that a head does not
read makes no second run: a linear head over three numbers of qubits is trained once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from qtl_core.common import checks
from qtl_core.common.errors import UserError
from qtl_core.settings import ReadoutSettings, RunSettings, spec_of
from qtl_core.settings.relevant import relevant
from qtl_core.studies.axes import GATE_ERRORS, VARIANT, WITHOUT_GATES, Axis, Value, axis_from, settings_behind
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.sampling import Grid, Place, Sampling, Search, are_places, sampling_from_dict, sampling_to_dict
from qtl_core.training.folds import FEWEST as FEWEST_FOLDS
from qtl_core.training.folds import MOST as MOST_FOLDS

__all__ = ["Axis", "Cell", "CellRun", "StudyPlan", "Value", "axis_from", "key_of"]

MOST_RUNS = 100_000
LONGEST_NAME = 80
JOINERS = "\u200c\u200d\u00a0\u3000"  # characters that cannot be printed, and that names are written with all the same
MOST_BUDGET = 10 * 366 * 86_400  # seconds: ten years
AXIS, BASE = "axis", "base"  # what is compared: the values of the first axis, or every cell with the settings chosen
TRAINING, READING = "training", "reading"  # where shots and noise count


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
        settings: All settings that it is trained with, the seed among them.
        fold: Which fold is held out, from 1; 0 where there are none.
        folds: How many there are.
        read: How the trained circuit is read out afterwards; None where it is read as it was trained.
    """

    key: str
    settings: RunSettings
    fold: int = 0
    folds: int = 0
    read: ReadoutSettings | None = None

    @property
    def seed(self) -> int:
        """The seed of this run."""
        return self.settings.training.seed

    @property
    def asked(self) -> RunSettings:
        """The settings of its cell: with those by which it is read out."""
        return self.settings if self.read is None else replace(self.settings, readout=self.read)


@dataclass(frozen=True)
class Repeat:
    """The best setting found, trained again with seeds that chose nothing, beside the settings chosen.

    Attributes:
        at: The value of every axis, in their order.
        seeds: How many fresh ones.

    Raises:
        InputError: That is no whole number from 1 on.
    """

    at: Place
    seeds: int

    def __post_init__(self) -> None:
        checks.whole_number("fresh seeds", self.seeds, 1)


@dataclass(frozen=True)
class StudyPlan:
    """A question: which settings, how many seeds.

    Attributes:
        name: What people call it.
        base: The settings of all that is no axis; their seed is the first one.
        axes: The first one's values are compared with one another; all others are where that is done.
        seeds: How many.
        folds: Over how many folds every cell and seed is trained; 0 for the pictures' own division.
        sampling: Which cells of the grid are trained.
        budget_seconds: After so many seconds of training no further runs begin; 0 for no end.
        measure: What is compared: one of `MEASURES`; "" for what is usual.
        compare: `AXIS` or `BASE`.
        noise_at: `TRAINING`, or `READING`: then all is trained exactly, and read out with shots and noise afterwards.
        repeat: The best setting with fresh seeds, once somebody asked for it.

    Raises:
        UserError: There are more runs than `MOST_RUNS`, an axis comes twice, what a search or a repeat names is no
            cell of the grid, or the name is empty, too long, or has characters that cannot be seen.
        SettingsError: A cell's settings are not allowed together.
    """

    name: str
    base: RunSettings
    axes: tuple[Axis, ...]
    seeds: int
    folds: int = 0
    sampling: Sampling = field(default_factory=Grid)
    budget_seconds: int = 0
    measure: str = ""
    compare: str = AXIS
    noise_at: str = TRAINING
    repeat: Repeat | None = None

    def __post_init__(self) -> None:
        checks.whole_number("seeds", self.seeds, 1)
        checks.whole_number("budget_seconds", self.budget_seconds, 0, MOST_BUDGET)
        checks.one_of("measure", self.measure, ("", *MEASURES))
        checks.one_of("compare", self.compare, (AXIS, BASE))
        checks.one_of("noise_at", self.noise_at, (TRAINING, READING))
        if checks.whole_number("folds", self.folds, 0) and not FEWEST_FOLDS <= self.folds <= MOST_FOLDS:
            raise UserError(
                f"{self.folds} folds are not allowed.",
                "",
                f"Choose from {FEWEST_FOLDS} to {MOST_FOLDS}, or 0 for none.",
            )
        self._check_name()
        self._check_axes()
        self._check_places()
        if self.size > MOST_RUNS:
            most = f"A study has at most {MOST_RUNS:,} runs."
            raise UserError(f"These are {self.size:,} runs.", most, "Take fewer values, or fewer seeds.")

    def _check_name(self) -> None:
        if not checks.instance("name", self.name, str).strip() or len(self.name) > LONGEST_NAME:
            raise UserError("A study needs a name.", f"It has 1 to {LONGEST_NAME} characters.", "Name it otherwise.")
        if not all(each.isprintable() or each in JOINERS for each in self.name):
            why = "It would change how what stands beside it is read."
            raise UserError("The study's name has a character that cannot be seen.", why, "Name it otherwise.")

    def _check_places(self) -> None:
        """Refuses what a search asked for, or a repeat names, that is no cell: its runs would not be counted."""
        asked = self.sampling.asked if isinstance(self.sampling, Search) else ()
        named = [*asked, *([self.repeat.at] if self.repeat else [])]
        if not are_places(self.axes, named):
            raise UserError("The plan names a cell that its axes do not have.", "It is damaged.", "Begin it again.")

    def _check_axes(self) -> None:
        names = [axis.setting for axis in self.axes]
        if len(set(names)) < len(names):
            raise UserError("A setting is an axis twice.", "", "Name all its values in one axis.")
        varied = [name for axis in self.axes for name in axis.settings]
        if twice := next((name for name in varied if varied.count(name) > 1), ""):
            raise UserError(f"Two axes vary the setting {twice}.", "Only one of them would count.", "Leave one out.")

    @property
    def size(self) -> int:
        """The number of runs that its cells have, counted once for each cell even where two cells share one."""
        again = 2 * self.repeat.seeds if self.repeat else 0
        return self.runs_a_cell * self.sampling.count(self.axes) + again

    @property
    def planned(self) -> int:
        """The number of runs that there will be, each counted once; of a search at most so many."""
        if isinstance(self.sampling, Search) and not self.sampling.is_over(self.axes):
            return max(self.size, len(self.runs()))
        return len(self.runs())

    @property
    def runs_a_cell(self) -> int:
        """The number of runs of one cell: a seed each, or a seed and a fold."""
        return self.seeds * max(1, self.folds)

    def is_spent(self, seconds: float) -> bool:
        """Returns whether its budget is used up by so many seconds of training."""
        return 0 < self.budget_seconds <= seconds

    @property
    def seed_numbers(self) -> range:
        """The base's seed and those after it; before it where the largest allowed one would be passed."""
        highest = int(spec_of(self.base.training, "seed").high)
        first = min(self.base.training.seed, highest - self.seeds + 1)
        return range(first, first + self.seeds)

    @property
    def fresh_seeds(self) -> range:
        """The seeds of the repeat: those after all others, or before them where there are none after."""
        count, used = self.repeat.seeds if self.repeat else 0, self.seed_numbers
        is_after = used.stop + count - 1 <= int(spec_of(self.base.training, "seed").high)
        first = used.stop if is_after else used.start - count
        return range(first, first + count)

    def cells(self) -> tuple[Cell, ...]:
        """Returns all cells, the last axis changing fastest; of a sample or a search in the order of the choice."""
        return tuple(self.cell(place) for place in self.sampling.places(self.axes, self.base.training.seed))

    def cell(self, place: Place) -> Cell:
        """Returns the cell that has these values of the axes."""
        at = {axis.setting: value for axis, value in zip(self.axes, place, strict=True)}
        return Cell(at, self.base.changed(**settings_behind(at)))

    def base_cell(self) -> Cell:
        """Returns the settings chosen, as a cell: with its values of every axis, in the grid or not."""
        return Cell({axis.setting: value_of(self.base, axis.setting) for axis in self.axes}, self.base)

    def runs_of(self, cell: Cell) -> tuple[CellRun, ...]:
        """Returns a cell's runs: for every seed one, or one a fold."""
        return self._runs_over(cell, self.seed_numbers)

    def repeat_runs(self) -> tuple[tuple[CellRun, ...], tuple[CellRun, ...]]:
        """Returns the best setting's runs with fresh seeds, and those of the settings chosen; both may be empty."""
        best, chosen = self.repeat_cells() or (None, None)
        if best is None or chosen is None:
            return (), ()
        return self._runs_over(best, self.fresh_seeds), self._runs_over(chosen, self.fresh_seeds)

    def repeat_cells(self) -> tuple[Cell, Cell] | None:
        """Returns the best setting and the settings chosen; None without a repeat."""
        return (self.cell(self.repeat.at), self.base_cell()) if self.repeat else None

    def _runs_over(self, cell: Cell, seeds: range) -> tuple[CellRun, ...]:
        """Returns a cell's runs over these seeds; each comparison and each chart asks for them again."""
        made, key = _made(self), (cell.settings, seeds)
        if key not in made:
            made[key] = self._make_runs(cell, seeds)
        return made[key]

    def _make_runs(self, cell: Cell, seeds: range) -> tuple[CellRun, ...]:
        trained, read = self._trained(cell.settings)
        counting = _counting(trained)  # once for all seeds: which settings count is no matter of them
        own = {"read": relevant(cell.settings).to_dict()["readout"]} if read else {}
        training, found = counting["training"], []
        for seed in seeds:
            at_seed, settings = counting | {"training": training | {"seed": seed}} | own, trained.changed(seed=seed)
            for fold in range(1, self.folds + 1) if self.folds else (0,):
                in_fold = {"fold": [fold, self.folds]} if fold else {}
                found.append(CellRun(_digest(at_seed | in_fold), settings, fold, self.folds, read))
        return tuple(found)

    def _trained(self, settings: RunSettings) -> tuple[RunSettings, ReadoutSettings | None]:
        """Returns what is trained, and how it is read out afterwards; over folds every picture counts as it is."""
        settings = settings.changed(augmentation=False, divided_into=0) if self.folds else settings
        if self.noise_at == TRAINING or settings.reads_exactly:
            return settings, None
        return replace(settings, readout=ReadoutSettings()), settings.readout

    def runs(self) -> dict[str, CellRun]:
        """Returns every run once, by its key, in the order of cells; with a budget, seed by seed over all of them."""
        return _runs(self)

    def to_dict(self) -> dict[str, Any]:
        """Returns it as plain nested dictionaries, as stored and printed."""
        axes = [{"setting": axis.setting, "values": list(axis.values)} for axis in self.axes]
        plain = {name: getattr(self, name) for name in ("folds", "budget_seconds", "measure", "compare", "noise_at")}
        again = {"at": list(self.repeat.at), "seeds": self.repeat.seeds} if self.repeat else None
        first = {"name": self.name, "base": self.base.to_dict(), "axes": axes, "seeds": self.seeds}
        return {**first, **plain, "sampling": sampling_to_dict(self.sampling), "repeat": again}

    @staticmethod
    def from_dict(stored: Mapping[str, Any]) -> StudyPlan:
        """Reads what `to_dict` gave, in this version or an earlier one.

        Raises:
            UserError: It is no plan, or not one that this version can run.
        """
        try:
            axes = tuple(Axis(axis["setting"], tuple(axis["values"])) for axis in stored["axes"])
            later = {name: value for name, value in stored.items() if name not in ("name", "base", "axes", "seeds")}
            if "sampling" in later:
                later["sampling"] = sampling_from_dict(later["sampling"])
            if later.get("repeat"):
                later["repeat"] = Repeat(tuple(later["repeat"]["at"]), later["repeat"]["seeds"])
            base = RunSettings.from_dict(stored["base"])
            return StudyPlan(stored["name"], base, axes, stored["seeds"], **later)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:  # an `InputError` among them
            raise UserError("This is no plan of a study.", "It is damaged.", "Begin the study again.") from error


def value_of(settings: RunSettings, name: str) -> Value:
    """Returns the value that settings have of an axis."""
    if name == GATE_ERRORS:
        return settings.readout.depolarizing_two
    if name == VARIANT:
        return WITHOUT_GATES if settings.model.head == "dressed" and not settings.circuit.depth else settings.model.head
    return settings.value(name)


@lru_cache(maxsize=4)
def _made(plan: StudyPlan) -> dict[tuple[RunSettings, range], tuple[CellRun, ...]]:
    """Returns where a plan keeps its cells' runs: of 100,000 runs the keys take seconds."""
    return {}


@lru_cache(maxsize=4)
def _runs(plan: StudyPlan) -> dict[str, CellRun]:
    of_cells = [plan.runs_of(cell) for cell in plan.cells()]
    # Seed by seed: whatever is done when a budget ends, all cells have about as many; and of cells that differ in how
    # they are read out alone, one training is enough where they stand side by side.
    if plan.budget_seconds or plan.noise_at == READING:
        of_cells = list(zip(*of_cells, strict=True))
    return {run.key: run for runs in (*of_cells, *plan.repeat_runs()) for run in runs}


def key_of(settings: RunSettings) -> str:
    """Returns what tells a run from all others: the start of the SHA-256 of the settings that count, as sorted JSON."""
    return _digest(_counting(settings))


def _counting(settings: RunSettings) -> dict[str, Any]:
    """Returns the settings that count; a setting that came later only where it is used, as keys are kept for long."""
    found = relevant(settings).to_dict()
    if not settings.data.divided_into:
        for name in ("divided_into", "held_out"):
            del found["data"][name]
    return found


def _digest(settings: Mapping[str, Any]) -> str:
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""An axis of a study: a setting, or a name that stands for several of them, and the values that are tried.

Some questions vary several settings together: which kind of head, of which one is a circuit without trained gates; or
how often gates err, where a gate on two qubits errs ten times as often as one on one qubit. `STANDING_FOR` has those.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.settings import Choice, FieldSpec, RunSettings, SettingsError
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.heads import HEADS

Value = Any  # of a setting: a number, a text or a flag, as its `FieldSpec` says
RANGE = ":"  # between the ends of a range of whole numbers
BETWEEN = "|"  # between values that hold commas themselves
VARIANT, GATE_ERRORS = "variant", "gate_errors"
MOST_VALUES = 100_000  # of an axis: more than a study has runs
WITHOUT_GATES = "depth_0"  # the value of `VARIANT` that is no kind of head


@dataclass(frozen=True)
class StandingFor:
    """A name that stands for several settings.

    Attributes:
        spec: Its values and words, as of a setting.
        changes: The settings that a value stands for.
    """

    spec: FieldSpec
    changes: Callable[[Any], Mapping[str, Value]]


def _variant(value: str) -> Mapping[str, Value]:
    return {"head": "dressed", "depth": 0} if value == WITHOUT_GATES else {"head": value}


def _gate_errors(value: float) -> Mapping[str, Value]:
    return {"depolarizing_one": value / 10, "depolarizing_two": value}


_BARE = Choice(
    WITHOUT_GATES, "No trained gates (depth 0)", "the same layers, and qubits that are only turned by the features"
)
STANDING_FOR: Mapping[str, StandingFor] = {
    VARIANT: StandingFor(
        FieldSpec(
            "choice",
            "dressed",
            "Head",
            "What turns the features into classes: the circuit, less of it, or none.",
            choices=(*(Choice(each.name, each.title, each.about) for each in HEADS.values()), _BARE),
        ),
        _variant,
    ),
    GATE_ERRORS: StandingFor(
        FieldSpec(
            "real",
            0.0,
            "Error of a CNOT",
            "How often each qubit of a CNOT is left in a random other state; gates on one qubit err a tenth as often.",
            0.0,
            0.75,
            "at 0.75 nothing is left of the qubits",
        ),
        _gate_errors,
    ),
}


def axis_spec(name: str) -> FieldSpec:
    """Returns the label, the words and the values of a setting, or of a name that stands for several.

    Raises:
        KeyError: There is neither.
    """
    return STANDING_FOR[name].spec if name in STANDING_FOR else FIELDS[name]


def settings_behind(at: Mapping[str, Value]) -> dict[str, Value]:
    """Returns the settings that values of axes come to."""
    found: dict[str, Value] = {}
    for name, value in at.items():
        found |= STANDING_FOR[name].changes(value) if name in STANDING_FOR else {name: value}
    return found


@dataclass(frozen=True)
class Axis:
    """A setting of which a study tries several values.

    Attributes:
        setting: Its name, or one of `STANDING_FOR`; the seed is no axis, as every cell has the same seeds.
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
        if self.setting not in FIELDS and self.setting not in STANDING_FOR:
            raise UserError(f"There is no setting {self.setting!r}.", "", _meant(self.setting))
        if not self.values:
            raise UserError(f"The axis {self.setting} has no values.", "", "Name one or more.")
        if len(self.values) > MOST_VALUES:
            raise _too_many(self.setting)
        if len(set(self.values)) < len(self.values):
            raise UserError(f"A value of the axis {self.setting} comes twice.", "", "Name each value once.")
        for value in self.values:
            self._check(value)

    @property
    def label(self) -> str:
        """Its name on screen."""
        return axis_spec(self.setting).label

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that it varies."""
        return tuple(dict.fromkeys(name for value in self.values for name in settings_behind({self.setting: value})))

    @property
    def always(self) -> tuple[str, ...]:
        """Those of them that each of its values sets: what they are without it counts for nothing."""
        behind = [settings_behind({self.setting: value}) for value in self.values]
        return tuple(name for name in self.settings if all(name in each for each in behind))

    def _check(self, value: Value) -> None:
        spec = axis_spec(self.setting)
        if not spec.accepts(value):
            raise SettingsError(self.setting, value, spec.allowed)
        RunSettings().changed(**settings_behind({self.setting: value}))


def _meant(name: str) -> str:
    """Returns which name was perhaps meant, or where none is like it all there are."""
    known = (*FIELDS, *STANDING_FOR)
    near = difflib.get_close_matches(name, known, n=1) or [each for each in known if name and name in each][:1]
    return f"Is {near[0]} meant?" if near else f"Settings are {', '.join(known)}."


def axis_from(text: str, short: Mapping[str, str] = MappingProxyType({})) -> Axis:
    """Reads an axis from a command line: `head=dressed,linear`, `qubits=2:6`, `qubits=2:8:2`, `carry=pre_net|circuit`.

    Args:
        text: What was typed.
        short: Settings by other names that they have there.

    Raises:
        UserError: It cannot be read, or is no axis.
    """
    setting, equals, values = text.partition("=")
    setting = setting.strip().replace("-", "_")
    setting = short.get(setting, setting)
    if not equals:
        raise UserError(f"{text!r} is no axis.", "", "Write SETTING=VALUE,VALUE,... or SETTING=FIRST:LAST.")
    if setting not in FIELDS and setting not in STANDING_FOR:
        return Axis(setting, ())
    spec = axis_spec(setting)
    words = values.split(BETWEEN if BETWEEN in values else ",")
    read: list[Value] = []
    for word in words:
        more = _range(setting, word) if spec.kind == "whole" and RANGE in word else [spec.parse(word.strip())]
        if len(read) + len(more) > MOST_VALUES:
            raise _too_many(setting)
        read += more
    return Axis(setting, tuple(read))


def _range(setting: str, text: str) -> Sequence[int]:
    """Returns the whole numbers of `first:last` or `first:last:step`, both ends among them; none is made yet."""
    try:
        first, last, *step = (int(word) for word in text.split(RANGE))
        found = range(first, last + 1, *step)
    except (ValueError, TypeError) as error:
        raise UserError(f"{text!r} is no range.", "", "Write FIRST:LAST or FIRST:LAST:STEP.") from error
    spec = axis_spec(setting)
    for end in (found[0], found[-1]) if found else ():  # all values are between them
        if not spec.accepts(end):
            raise SettingsError(setting, end, spec.allowed)
    return found


def _too_many(setting: str) -> UserError:
    return UserError(
        f"The axis {setting} has too many values.", f"An axis has at most {MOST_VALUES:,}.", "Take fewer values."
    )

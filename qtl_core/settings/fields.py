"""The specification of a single setting: its default, its limits and why they are there, its words.

A settings dataclass declares each field with one of `whole`, `real`, `choice`, `several`, `flag` or `text`. The
`FieldSpec` they attach is all that a widget, a command-line option or an error message needs.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from qtl_core.common.errors import UserError

Kind = Literal["whole", "real", "choice", "several", "flag", "text"]


class SettingsError(UserError):
    """A setting has a value that is not allowed; names the field, the value and what is."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
        super().__init__(f"{field} = {shown} is not allowed.", f"Allowed: {allowed}.")
        self.args = (field, value, allowed)  # what pickle calls __init__ with again
        self.field = field


@dataclass(frozen=True)
class Choice:
    """One value of a choice setting, and what to call it."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Others:
    """The values that a choice allows beside those it lists.

    Attributes:
        accept: Whether a value is one.
        label: What to call one.
        meant: Which of them may have been meant by a value that is not allowed.
        words: Which there are, for a sentence that lists what is allowed.
    """

    accept: Callable[[str], bool]
    label: Callable[[str], str]
    meant: Callable[[str], tuple[str, ...]]
    words: str


@dataclass(frozen=True)
class FieldSpec:
    """Everything about a setting but its value.

    Attributes:
        kind: Which sort of value it holds.
        default: The recipe's value.
        label: Its name on screen.
        help: One plain sentence saying what it does.
        low, high: Limits of a number, both allowed.
        reason: Why the limits are where they are.
        choices: The allowed values of a choice, or what several of are named, separated by commas, in this order.
        logarithmic: A slider should move in factors, not in steps.
        others: Which values a choice allows beside `choices`, for one that is too long to list.
    """

    kind: Kind
    default: Any
    label: str
    help: str
    low: float = -math.inf
    high: float = math.inf
    reason: str = ""
    choices: tuple[Choice, ...] = ()
    logarithmic: bool = False
    others: Others | None = None

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        if self.kind in ("whole", "real"):
            sort = "a whole number" if self.kind == "whole" else "a number"
            return f"{sort} from {_limit(self.low)} to {_limit(self.high)} ({self.reason})"
        if self.kind == "choice":
            named = ", ".join(choice.value for choice in self.choices)
            return f"{named}, {self.others.words}" if self.others else named
        if self.kind == "several":
            return f"none or some of {','.join(choice.value for choice in self.choices)}, separated by commas"
        return "true or false" if self.kind == "flag" else f"a text of at most {self.high:g} characters ({self.reason})"

    def allowed_near(self, value: object) -> str:
        """Returns the allowed values, in words; of too many, those that may have been meant by one that is not."""
        meant = self.others.meant(value) if self.others and isinstance(value, str) else ()
        return f"{', '.join(meant)}, among others" if meant else self.allowed

    @property
    def values(self) -> tuple[str, ...]:
        """The values of `choices`, in their order."""
        return tuple(choice.value for choice in self.choices)

    def label_of(self, value: str) -> str:
        """Returns what to call a value of a choice."""
        named = {choice.value: choice.label for choice in self.choices}
        return named.get(value) or (self.others.label(value) if self.others else value)

    def accepts(self, value: object) -> bool:
        """Returns whether `value` is of the right type and within the limits."""
        if self.kind == "flag":
            return isinstance(value, bool)
        if self.kind == "choice":
            return isinstance(value, str) and (value in self.values or bool(self.others and self.others.accept(value)))
        if self.kind == "several":
            return isinstance(value, str) and value == self.in_order(value)
        if self.kind == "text":
            return isinstance(value, str) and len(value) <= self.high and "\0" not in value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.kind == "real" or isinstance(value, int)) and self.low <= value <= self.high

    def in_order(self, names: str) -> str:
        """Returns those of `choices` that are named in a text, with commas between them, in the order of `choices`."""
        named = {name.strip() for name in names.split(",")}
        return ",".join(choice.value for choice in self.choices if choice.value in named)

    def parse(self, text: str) -> Any:
        """Reads a value from a link or a command line; what cannot be read is returned as it is, to be refused."""
        readers: dict[str, Callable[[str], Any]] = {
            "whole": int,
            "real": float,
            "flag": _read_flag,
            "several": self._read_several,
        }
        try:
            return readers[self.kind](text) if self.kind in readers else text
        except ValueError:
            return text

    def _read_several(self, text: str) -> str:
        named = {name.strip() for name in text.split(",")} - {"", "none"}
        if named - {choice.value for choice in self.choices}:
            raise ValueError(text)
        return self.in_order(text)


def _limit(number: float) -> str:
    """Returns a limit with all its digits, where it is a whole number that `g` would round."""
    return f"{number:,.0f}" if abs(number) >= 1e6 and float(number).is_integer() else f"{number:g}"


def _read_flag(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def whole(default: int, low: int, high: int, label: str, help: str, reason: str) -> Any:
    """Declares a whole-number setting."""
    return _field(FieldSpec("whole", default, label, help, low, high, reason))


def real(
    default: float, low: float, high: float, label: str, help: str, reason: str, *, logarithmic: bool = False
) -> Any:
    """Declares a real-number setting."""
    return _field(FieldSpec("real", default, label, help, low, high, reason, logarithmic=logarithmic))


def choice(default: str, choices: tuple[Choice, ...], label: str, help: str, *, others: Others | None = None) -> Any:
    """Declares a setting with named values."""
    return _field(FieldSpec("choice", default, label, help, choices=choices, others=others))


def several(default: str, choices: tuple[Choice, ...], label: str, help: str) -> Any:
    """Declares a setting that names none or some of its choices, separated by commas."""
    return _field(FieldSpec("several", default, label, help, choices=choices))


def flag(default: bool, label: str, help: str) -> Any:
    """Declares a yes-or-no setting."""
    return _field(FieldSpec("flag", default, label, help))


def text(default: str, longest: int, label: str, help: str, reason: str) -> Any:
    """Declares a free-text setting such as a path."""
    return _field(FieldSpec("text", default, label, help, high=longest, reason=reason))


def _field(spec: FieldSpec) -> Any:
    return dataclasses.field(default=spec.default, metadata={"spec": spec})


def specs(settings: Any) -> dict[str, FieldSpec]:
    """Returns the spec of every field of a settings class or instance, in order."""
    return {field.name: field.metadata["spec"] for field in dataclasses.fields(settings)}


def spec_of(settings: Any, name: str) -> FieldSpec:
    """Returns the spec of one field."""
    return specs(settings)[name]


class Validated:
    """Mixin: refuses values its fields do not allow, at construction."""

    def __post_init__(self) -> None:
        for name, spec in specs(self).items():
            value = getattr(self, name)
            if not spec.accepts(value):
                raise SettingsError(name, value, spec.allowed_near(value))

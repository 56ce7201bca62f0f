"""Settings, their values, amounts and times as people call them, within a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from qtl_core.common.errors import UserError
from qtl_core.runs.store import find_run
from qtl_core.studies.axes import Value, axis_spec

NAMES = ("Adam", "Otsu")  # that keep their capital within a sentence
PHRASES = {"freeze": "{} frozen", "carry": "{} carried over"}  # of the parts that are named, or "nothing"
# Settings whose values say of themselves what they are of; of others a value says little: "balanced", "ring".
SPEAKING = ("head", "variant", "backbone", "optimiser", "start_from", "rotation")
COUNTED = {"qubits": "qubits", "epochs": "epochs", "per_class": "of each class", "shots": "shots"}
OF_THE_PAPER = " (the paper's)"


def counted(number: int, noun: str) -> str:
    """Returns for example "1 run" or "2,000 runs"."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def time_words(seconds: float) -> str:
    """Returns a duration as people say it: "8 seconds", "2.5 minutes", "12 hours"; of less than ten by halves."""
    size, unit = _unit_of(seconds)
    return counted(max(1, round(seconds)), unit) if size == 1 else f"{_in_halves(seconds / size):,g} {unit}s"


def time_range_words(low: float, high: float) -> str:
    """Returns from when to when something may take, in one unit unless the first is next to nothing in it."""
    size, last = _unit_of(high)[0], time_words(high)
    first = time_words(low)
    if _unit_of(low)[0] < size and low >= size / 4:
        first = f"{_in_halves(low / size):g} {last.split()[1]}"
    if first == last:
        return f"about {last}"
    same_unit = first.split()[1].rstrip("s") == last.split()[1].rstrip("s")
    return f"{first.split()[0] if same_unit else first} to {last}"


def _unit_of(seconds: float) -> tuple[int, str]:
    return next((each for each in ((3600, "hour"), (60, "minute")) if seconds >= 1.5 * each[0]), (1, "second"))


def _in_halves(amount: float) -> float:
    return round(amount) if amount >= 9.75 else round(2 * amount) / 2


def figure_words(value: float, measure: str) -> str:
    """Returns a value of a measure: an accuracy in percent, a loss as it is."""
    return f"{100 * value:.1f}%" if measure.endswith("accuracy") else f"{value:.4f}"


def difference_words(value: float, measure: str, unit: str = " points", sign: str = "") -> str:
    """Returns a difference of a measure: of accuracies in percentage points; nothing has no sign.

    Args:
        value: The difference.
        measure: Of `MEASURES`.
        unit: What is put behind points.
        sign: "+" to say it of what is above zero, too.
    """
    scale, digits, unit = (100, 1, unit) if measure.endswith("accuracy") else (1, 4, "")
    rounded = round(scale * value, digits)
    return f"{rounded:{sign}.{digits}f}{unit}" if rounded else f"{0:.{digits}f}{unit}"


def setting_words(setting: str) -> str:
    """Returns what a setting is called within a sentence."""
    return small(axis_spec(setting).label)


def value_words(setting: str, value: Value) -> str:
    """Returns a value as people call it: a choice by its label, a flag as yes or no, a number with its digits.

    Args:
        setting: Which.
        value: Its value; or of several settings a value each, as a `Comparison` has them.
    """
    if isinstance(value, Mapping):
        return place_words(value)
    spec = axis_spec(setting)
    if spec.kind == "choice":
        return small(spec.label_of(str(value)).removesuffix(OF_THE_PAPER))
    if spec.kind == "several":
        named = [small(choice.label) for choice in spec.choices if choice.value in str(value).split(",")]
        return " and ".join(named) or "none"
    if spec.kind == "flag":
        return "yes" if value else "no"
    if setting == "start_from":
        return _start_words(str(value))
    if setting in ("per_class", "shots") and not value:
        return "all" if setting == "per_class" else "none, exact"
    return number_words(value) if isinstance(value, float) else str(value) or "none"


def number_words(value: float) -> str:
    """Returns a number with its digits, and no power of ten: "0.00005"."""
    plain = f"{value:g}"
    return f"{value:.12f}".rstrip("0") if "e-" in plain else plain


def place_words(at: Mapping[str, Value], *, bare: bool = True) -> str:
    """Returns values of several settings: "4 qubits, depth 6", "dressed circuit, 5 of each class".

    Args:
        at: The values, by setting.
        bare: Whether choices stand alone, as sides of a comparison, if they say what they are of; else with
            its name: "entangler ring", "no entangler".
    """
    return ", ".join(_named(name, value, bare=bare) for name, value in at.items())


def _named(name: str, value: Value, *, bare: bool) -> str:
    if name in COUNTED and value:
        noun = COUNTED[name]
        return f"{value:,} {noun}" if value != 1 or name == "per_class" else f"1 {noun.removesuffix('s')}"
    said, is_text = value_words(name, value), axis_spec(name).kind == "text"
    if name == "per_class":
        return f"{said} of each class"
    if bare and (name in SPEAKING or (is_text and value)):
        return said
    if bare and name in PHRASES:
        return PHRASES[name].format("nothing" if said == "none" else said)
    return f"no {setting_words(name)}" if bare and said == "none" else f"{setting_words(name)} {said}"


def _start_words(run_id: str) -> str:
    """Returns a run to start from by its name, where it has one and is still kept."""
    if not run_id:
        return "a fresh start"
    try:
        name = find_run(run_id).name
    except UserError:
        name = ""
    return f"the run “{name}”" if name else f"the run {run_id}"


def small(label: str) -> str:
    """Returns a label as it stands within a sentence: its first letter small, but of a name or an abbreviation."""
    first = label.split(" ")[0]
    return label if first in NAMES or not first[1:].islower() else f"{label[0].lower()}{label[1:]}"


def capital(text: str) -> str:
    """Returns a text with a capital at its beginning."""
    return f"{text[0].upper()}{text[1:]}"

"""Words on a paired difference: its size, its interval, how the pairs went, and what luck would give."""

from __future__ import annotations

from collections.abc import Sequence

from qtl_core.evaluation.paired_tests import ALPHA, PairedDifference

COUNTED = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


def difference_words(found: PairedDifference, total: int, noun: str = "seeds") -> str:
    """Says a difference in pictures right with its interval, how the pairs went, and what luck would give.

    Args:
        found: The difference in pictures, first minus second.
        total: Of how many pictures.
        noun: What is paired.
    """
    mean, low, high = signed((found.mean, found.low, found.high))
    equal = found.pairs - found.wins - found.losses
    return (
        f"{mean} of {total:,} right on average (interval at {level(found)} {low} to {high}); more right with "
        f"{found.wins} of {found.pairs} {noun}, fewer with {found.losses}, equal with {equal}. {luck_words(found)}"
    )


def luck_words(found: PairedDifference) -> str:
    """Says how often luck alone gives as much, which is the p-value of this comparison, and whether it counts."""
    p = found.raw_p
    if p >= 0.995:
        return "Luck alone nearly always gives as much."
    said = f"Luck alone gives as much in {often(p)} such comparisons"
    if p > ALPHA:
        return f"{said}, so this does not count."
    if found.comparisons == 1:
        return f"{said}."
    counts = "does not count" if found.is_luck else "still counts"
    many = COUNTED.get(found.comparisons, str(found.comparisons))
    return f"{said}; after allowing for {many} comparisons this {counts}."


def often(p: float) -> str:
    """Returns a p-value as a frequency: "23 of 100", "4 of 1,000", "fewer than 1 of 1,000"."""
    if p >= 0.1:
        return f"{100 * p:.0f} of 100"
    return f"{1000 * p:.0f} of 1,000" if p >= 0.001 else "fewer than 1 of 1,000"


def level(found: PairedDifference) -> str:
    """Returns the level of its interval, to a tenth of a percent: "98.3%"."""
    return f"{100 * (1 - found.alpha):.1f}".removesuffix(".0") + "%"


def signed(values: Sequence[float]) -> list[str]:
    """Returns numbers with their signs, to a tenth, or to a hundredth where all are small; nought has no sign."""
    digits = 1 if max(abs(value) for value in values) >= 0.5 else 2
    return [_with_sign(value, digits) for value in values]


def size_of(found: PairedDifference) -> str:
    """Returns how large a difference is, without its sign, as exactly as `signed` gives it beside its interval."""
    return signed((abs(found.mean), found.low, found.high))[0].removeprefix("+")


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Returns "a, b and c"."""
    return f" {last} ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _with_sign(value: float, digits: int) -> str:
    rounded = round(float(value), digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"

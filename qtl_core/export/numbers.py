"""Numbers as every language reads them."""

from __future__ import annotations

from collections.abc import Iterable


def decimal(number: float, digits: int = 17) -> str:
    """Returns a number without an exponent, which OpenQASM 2 and Quirk do not all take: "0.25", "-3.0"."""
    text = f"{number:.{digits}f}".rstrip("0")
    text = f"{text}0" if text.endswith(".") else text
    return "0.0" if text == "-0.0" else text


def decimals(numbers: Iterable[float]) -> str:
    """Returns numbers with commas between them."""
    return ", ".join(map(decimal, numbers))

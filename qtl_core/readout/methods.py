"""The ways of mitigating errors by name and in words; links are read with them, before NumPy is needed.

What each one does is in `mitigation`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A way of mitigating errors.

    Attributes:
        title: Its name on screen.
        about: What it does and what that takes, in a sentence.
    """

    title: str
    about: str


METHODS = {
    "readout": Method(
        "Readout correction",
        "Two more circuits show how often each qubit is read wrongly, and the inverse of that is applied.",
    ),
    "zne_linear": Method(
        "Zero-noise extrapolation, a line",
        "Each circuit also with three and five times its gates, so with more noise; a line leads back to none.",
    ),
    "zne_richardson": Method(
        "Zero-noise extrapolation, a parabola",
        "The same, with the parabola through all three: nearer to exact without shots, and more shaken by them.",
    ),
}

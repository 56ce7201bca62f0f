"""The one kind of error that is written for people.

Anything a user can cause (a wrong file, a full disk, no network) is raised as a `UserError`. Pages and the
command line show its sentence; every other exception is a bug of ours and is worded as such.
"""

from __future__ import annotations

from dataclasses import dataclass


class UserError(Exception):
    """Something went wrong that a person can understand and mend.

    Args:
        what: One sentence saying what happened, naming the file or value.
        why: One sentence saying why, or "" where `what` already says it.
        do: One sentence saying what to do next, or "".
    """

    def __init__(self, what: str, why: str = "", do: str = "") -> None:
        super().__init__(what, why, do)  # all three in args, so that the error pickles whole
        self.what, self.why, self.do = what, why, do

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.do) if part)


class StoppedByUser(Exception):
    """Raised inside long work (features, downloads) when its `should_stop` says so."""


class InputError(UserError, ValueError):
    """A value handed to a function of the core is not what it takes; also a `ValueError`, as Python programs expect.

    Args:
        argument: The argument's name, such as "train_labels".
        got: What it was, to follow its name: "holds 2 at [5]", "has shape (3, 4)".
        expected: What it should be, such as "class indices from 0 to 1".
    """

    def __init__(self, argument: str, got: str, expected: str) -> None:
        super().__init__(f"{argument} {got}.", "", f"It should be {expected}.")
        self.args = (argument, got, expected)  # what pickle calls __init__ with again
        self.argument = argument


class DivergedError(UserError, ArithmeticError):
    """Training whose numbers stopped being finite: it ends there, and the epochs before are kept.

    Args:
        epoch: The epoch, from 1, in which that was seen.
        quantity: What stopped being finite, such as "training loss".
    """

    def __init__(self, epoch: int, quantity: str) -> None:
        super().__init__(
            f"Training broke down in epoch {epoch}: the {quantity} stopped being finite.",
            "The steps were too wide, or the features too large, for what numbers can hold.",
            "Lower the learning rate to a tenth; if that does not help, use another image network or weights file.",
        )
        self.args = (epoch, quantity)
        self.epoch, self.quantity = epoch, quantity


@dataclass(frozen=True)
class Unavailable:
    """The reason why something that was asked for is not there, in its place: a picture, a small copy, a reference.

    Attributes:
        why: A sentence or a word for people; "" where nobody asked.
    """

    why: str

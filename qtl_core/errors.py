"""The one kind of error that is written for people.

Anything a user can cause (a wrong file, a full disk, no network) is raised as a `UserError`. Pages and the
command line show its sentence; every other exception is a bug of ours and is worded as such.
"""

from __future__ import annotations


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

"""Why a file is no state dict, as an exception that whoever asked for it puts into their own sentence."""

from __future__ import annotations

SAVE_STATE_DICT = (
    "Save the state dict alone, in the program that made it: torch.save(model.state_dict(), path), tensors only."
)
SHOWN = 4  # names in a message: enough to recognise another network by, few enough to read
LONGEST_SHOWN = 60  # characters of one


class Refused(Exception):
    """A file cannot be used.

    Args:
        why: One sentence or more saying why.
        do: What to do about it.
    """

    def __init__(self, why: str, do: str = SAVE_STATE_DICT) -> None:
        super().__init__(why, do)
        self.why, self.do = why, do


class NotFinite(Refused):
    """Some numbers are NaN or infinite."""


def shown(name: str) -> str:
    """Returns a stranger's name, cut, with every sign that no terminal or page acts on."""
    return ascii(name[:LONGEST_SHOWN])[1:-1] + ("…" if len(name) > LONGEST_SHOWN else "")


def listed(names: list[str]) -> str:
    """Returns the first few of a list of names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(shown(name) for name in names[:SHOWN]) + more

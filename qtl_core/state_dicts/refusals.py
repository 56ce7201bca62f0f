"""Limits on what is read of a stranger's file, and the refusal, an exception that a reader completes."""

from __future__ import annotations

LARGEST_FILE = 512 << 20  # bytes; the largest backbone here takes 338 MB
MOST_TENSORS = 5_000  # a ResNet-50 has 320, and with Adam's memory and a moving average some 1,500
MOST_NUMBERS = 128 << 20  # in all that is used: as many as fit in the largest file; ConvNeXt Base has 89 million
LARGEST_HEADER = 4 << 20  # bytes of a safetensors file's list: 100 bytes a tensor are usual
MOST_STEPS = 2_000_000  # of a pickle's program: a tensor takes 40
LONGEST_NAME = 20_000  # characters; the longest here has 60, and each wrapper adds a few
MOST_LEVELS = 32  # of dicts and lists in each other


SAVE_STATE_DICT = (
    "Save the state dict alone, in the program that made it: torch.save(model.state_dict(), path), tensors only."
)
MAX_NAMES_SHOWN = 4  # names in a message: enough to recognise another network by, few enough to read
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
    more = f" and {len(names) - MAX_NAMES_SHOWN} more" if len(names) > MAX_NAMES_SHOWN else ""
    return ", ".join(shown(name) for name in names[:MAX_NAMES_SHOWN]) + more

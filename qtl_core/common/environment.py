"""Settings that whoever runs the app gives by environment variables: numbers, and yes or no.

A value that is neither is said once in the log, with what holds in its place.
"""

from __future__ import annotations

import logging
import os
import threading

LOGGER = logging.getLogger(__name__)
MOST = 10**9  # of megabytes a million of gigabytes: no machine has more of anything that is counted here
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
_told: set[tuple[str, str]] = set()
_turn = threading.Lock()


def number_in(name: str, usual: int, *, least: int = 1, instead: str = "") -> int:
    """Returns the whole number that a variable says, or what is usual.

    Args:
        name: The variable.
        usual: What holds where nothing, or no such number, is said.
        least: The smallest that is allowed; `MOST` is the largest.
        instead: What is usual, in words; "" for the number itself.
    """
    said = os.environ.get(name, "").strip()
    if said.isascii() and said.isdecimal() and least <= int(said[: len(str(MOST)) + 1]) <= MOST:
        return int(said)
    if said:
        _tell(name, said, f"a whole number from {least} to {MOST:,}", instead or f"{usual:,}")
    return usual


def is_yes(name: str, *, unclear: bool = False) -> bool:
    """Returns whether a variable says yes; nothing said is no.

    Args:
        name: The variable.
        unclear: What a word that is neither yes nor no counts as: the safer of both.
    """
    said = os.environ.get(name, "").strip()
    if said.lower() in YES:
        return True
    if not said or said.lower() in NO:
        return False
    _tell(name, said, "yes or no (1, true, yes, on; 0, false, no, off)", "yes" if unclear else "no")
    return unclear


def _tell(name: str, said: str, wanted: str, instead: str) -> None:
    """Says once that a value is not what it has to be."""
    with _turn:
        is_new = (name, said) not in _told
        _told.add((name, said))
    if is_new:
        LOGGER.warning(
            "The environment variable %s is %r, which is not %s: %s is used instead.", name, said, wanted, instead
        )

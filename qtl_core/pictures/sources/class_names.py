"""Names of folders as a person reads them: which name a part of a set, and which name the same class.

One and the same letter can be written in two ways (é is one sign or two, NFC or NFD; macOS writes the second), and
spaces at the end of a name are not seen. Such names are the same; names that differ in case are the same only where
nothing beside them says otherwise, as a set of letters has an A and an a.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

FolderPart = Literal["train", "val", "test"]
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# "training_set", "val imgs", "01_train" and "images-test" as well: named after what is in them.
_WHAT = "(?:data)?sets?|split|data|images?|imgs?|photos?|pictures?|pics?|seg"
_PART = re.compile(
    rf"(?:(?:{_WHAT}|[0-9]{{1,2}})[ _.-]{{1,3}})?"
    r"(?:(trn|train|training)|(vali?|valid|validate|validation|dev|eval|evaluation|holdout)|(test|testing))"
    rf"(?:[ _-]?(?:{_WHAT}))?"
)


def alike(name: str) -> str:
    """Returns what all names that look like this one have in common."""
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", name)).split())


def part_of(name: str) -> FolderPart | None:
    """Returns the part of a set that a folder of this name holds by custom, or None: "Training" and "valid" are some.

    Case does not count, nor do words for what is in it, such as "set", "data" or "images", before or behind it.
    """
    found = _PART.fullmatch(alike(name).casefold())
    return None if found is None else "train" if found[1] else "val" if found[2] else "test"


def paired(train: Iterable[str], val: Iterable[str]) -> dict[str, str]:
    """Returns which class of `val` is which of `train`, for those that are in both; all are results of `alike`."""
    train, val = set(train), set(val)
    found = {name: name for name in train & val}
    here, there = _by_folded(train - val), _by_folded(val - train)
    return found | {name: there[folded] for folded, name in here.items() if folded in there}


def places_among(classes: Sequence[str], others: Sequence[str]) -> list[int] | None:
    """Returns where each of the classes is among the others, or None where they are not the same classes."""
    here, there = list(map(alike, classes)), list(map(alike, others))
    pairs = paired(here, there)
    if not len(here) == len(there) == len(pairs):
        return None
    return [there.index(pairs[name]) for name in here]


def differing_in_case(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Returns those of the names that differ in nothing but case, side by side."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(name.casefold(), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _by_folded(names: set[str]) -> Mapping[str, str]:
    """Returns the names by what case leaves of them, without those of which two are left the same."""
    doubtful = {name for group in differing_in_case(names) for name in group}
    return {name.casefold(): name for name in names - doubtful}

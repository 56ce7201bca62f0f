"""Findings on pictures that are there again: copies, near duplicates and bursts, the gravest kind of each group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.pictures.datasets.records import PARTS
from qtl_core.pictures.findings.bursts import find_bursts
from qtl_core.pictures.findings.finding import (
    PART_WORDS,
    Action,
    CheckedPicture,
    CheckedSet,
    Finding,
    key_of,
    plural,
)
from qtl_core.pictures.findings.near_duplicates import near_duplicates
from qtl_core.pictures.sources.duplicates import groups_of
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash

Looks = Sequence[PerceptualHash | None]


def copies_and_bursts(checked: CheckedSet, looks: Looks, should_stop: ShouldStop = never_stop) -> list[Finding]:
    """Returns a finding for each group of copies and for each burst.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    pictures = checked.pictures
    bursts = find_bursts([each.path.name for each in pictures], [each.label for each in pictures], looks)
    taken_at_once = {at: number for number, burst in enumerate(bursts) for at in burst}
    copies = [
        group
        for group in copy_groups(looks, should_stop)
        if len({taken_at_once.get(at, -1 - at) for at in group}) > 1 or _is_same_file_twice(looks, group)
    ]  # frames of one burst look alike, and are no copies of each other
    found = [_copies(checked, looks, group) for group in copies if not _is_settled(checked, group)]
    return [*found, *(_burst(checked, looks, burst) for burst in bursts if _is_loose(checked, burst))]


def _is_settled(checked: CheckedSet, group: Sequence[int]) -> bool:
    """Returns whether somebody keeps copies together: of one class, they are known, and never divided."""
    pictures = [checked.pictures[at] for at in group]
    one = pictures[0]
    return bool(one.group) and all((each.group, each.label) == (one.group, one.label) for each in pictures)


def _is_same_file_twice(looks: Looks, group: Sequence[int]) -> bool:
    digests = [look.sha256 for at in group if (look := looks[at])]
    return len(set(digests)) < len(digests)


def copy_groups(looks: Looks, should_stop: ShouldStop = never_stop) -> list[list[int]]:
    """Returns the places of pictures that are copies or near duplicates of each other, also through others."""
    home = groups_of(looks, should_stop=should_stop)

    def root(each: int) -> int:
        while home[each] != each:
            home[each] = home[home[each]]
            each = home[each]
        return each

    for alike in near_duplicates(looks, should_stop=should_stop):
        home[root(alike.other)] = root(alike.one)
    found: dict[int, list[int]] = {}
    for at in range(len(looks)):
        found.setdefault(root(at), []).append(at)
    return [group for group in found.values() if len(group) > 1]


def kept_together(checked: CheckedSet, looks: Looks, should_stop: ShouldStop = never_stop) -> list[str]:
    """Returns a name for each picture, equal for those that must not be divided: of a group, a burst, or copies."""
    pictures = checked.pictures
    home = {each.group: at for at, each in reversed(list(enumerate(pictures))) if each.group}
    parent = [home[each.group] if each.group else at for at, each in enumerate(pictures)]

    def root(each: int) -> int:
        while parent[each] != each:
            each = parent[each]
        return each

    bursts = find_bursts([each.path.name for each in pictures], [each.label for each in pictures], looks)
    for group in (*bursts, *copy_groups(looks, should_stop)):
        for one, other in pairwise(group):
            parent[root(other)] = root(one)
    return [(look.sha256 if (look := looks[root(at)]) else pictures[root(at)].name) for at in range(len(pictures))]


def _copies(checked: CheckedSet, looks: Looks, group: Sequence[int]) -> Finding:
    ordered = sorted(group, key=lambda at: (PARTS.index(checked.pictures[at].part), at))
    pictures = tuple(checked.pictures[at] for at in ordered)
    digests = [look.sha256 for at in ordered if (look := looks[at])]
    equal = len(set(digests)) == 1
    how = "byte for byte the same" if equal else "the same picture, perhaps scaled, cropped a little or brightened"
    parts, labels = list(dict.fromkeys(each.part for each in pictures)), {each.label for each in pictures}
    count = f"{len(pictures)} files are {how}"
    if len(labels) > 1:
        names = " and ".join(checked.classes[label] for label in sorted(labels))
        said = f"{count}, and lie in different classes ({names}), which cannot all be right."
        if len(parts) > 1:
            said += f" They lie in {_parts(parts)}, too."
        return Finding("copies in two classes", said, pictures, "remove", pictures[1:], key=key_of("copies", digests))
    if len(parts) > 1:
        said = f"{count}, and lie in {_parts(parts)}: what was learnt by heart counts as right there."
        action: Action = "keep together" if checked.is_divided_here else "remove"
        return Finding("copies across parts", said, pictures, action, _surplus(pictures), key=key_of("copies", digests))
    said = f"{count}, in one class and one part: it weighs {len(pictures)} times what others do."
    return Finding("copies", said, pictures, "remove", pictures[1:], key=key_of("copies", digests))


def _surplus(pictures: Sequence[CheckedPicture]) -> tuple[CheckedPicture, ...]:
    """Of copies across parts, all but the first: the one that is trained on stays, if there is one."""
    return tuple(pictures[1:])


def _burst(checked: CheckedSet, looks: Looks, burst: Sequence[int]) -> Finding:
    pictures = tuple(checked.pictures[at] for at in burst)
    digests = [look.sha256 for at in burst if (look := looks[at])]
    parts = sorted({each.part for each in pictures}, key=PARTS.index)
    count = f"{plural(len(pictures), 'picture')} of {checked.classes[pictures[0].label]} look like one burst"
    action: Action | Literal[""] = "keep together" if checked.is_divided_here else ""
    if len(parts) > 1:
        said = f"{count}, and lie in {_parts(parts)}: the network is checked with what it has as good as seen."
        return Finding("burst across parts", said, pictures, action, key=key_of("burst", digests))
    said = f"{count}. They are all in one part now; keep them together, so that no other split divides them."
    return Finding("burst", said, pictures, action, key=key_of("burst", digests))


def _is_loose(checked: CheckedSet, burst: Sequence[int]) -> bool:
    """Returns whether there is something to mend: the burst is divided, or may be by another split."""
    pictures = [checked.pictures[at] for at in burst]
    if len({each.part for each in pictures}) > 1:
        return True
    groups = {each.group for each in pictures}
    return checked.is_divided_here and (len(groups) > 1 or "" in groups)


def _parts(parts: Sequence[str]) -> str:
    words = [PART_WORDS[part] for part in PARTS if part in parts]
    return f"{', '.join(words[:-1])} and {words[-1]}"

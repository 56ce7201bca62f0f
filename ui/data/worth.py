"""The worth of a result on few pictures, in words: better than not looking, or what luck would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.evaluation.metrics import Evaluation
from ui.base.errors import as_name

FEWEST = 10  # moments: of fewer, no verdict, however many are right
MANY = 100  # moments: from there on they are not few
# Stricter than once in twenty: training by itself tries again after every change, and the epoch was chosen by these.
BY_LUCK = 0.01
CHOSEN = (
    "These pictures also chose the moment of training that is kept, which flatters it, the more the fewer they are."
)
NEXT = "**Next:** more pictures in every class."


@dataclass(frozen=True)
class Moments:
    """Validation pictures counted as moments: the frames of a burst, which are no independent pictures, count once.

    Attributes:
        right: Moments most of whose pictures are right.
        total: All of them.
        commonest: Moments of the class that has most.
        name: That class.
        pictures: The pictures they come to.
    """

    right: int
    total: int
    commonest: int
    name: str
    pictures: int

    @property
    def noun(self) -> str:
        """The word for them, in the plural."""
        return "pictures" if self.total == self.pictures else "bursts and moments"


def moments_of(found: Evaluation, groups: Sequence[str]) -> Moments:
    """Returns the moments of a result; `groups` has a name for each picture, equal for those of one burst."""
    keys = list(zip(found.labels.tolist(), groups, strict=True))
    hits = found.predicted == found.labels
    right: dict[tuple[int, str], list[bool]] = {key: [] for key in keys}
    for key, hit in zip(keys, hits.tolist(), strict=True):
        right[key].append(hit)
    there = np.bincount([label for label, _ in right], minlength=len(found.classes))
    top = int(there.argmax())
    return Moments(
        right=sum(2 * sum(each) > len(each) for each in right.values()),
        total=len(right),
        commonest=int(there[top]),
        name=found.classes[top],
        pictures=found.total,
    )


def worth_words(found: Evaluation, groups: Sequence[str]) -> str:
    """Says what a result is worth: by the exact binomial test against always naming the commonest class.

    Args:
        found: The result.
        groups: A name for each of its pictures, equal for those of one burst.
    """
    from scipy.special import bdtr

    moments = moments_of(found, groups)
    if moments.total < FEWEST:
        return f"{_luck_words(moments, len(found.classes))} {NEXT}"
    share = moments.commonest / moments.total
    naming = f"always naming {as_name(moments.name)} would get {moments.commonest} of {moments.total}"
    if moments.total < moments.pictures:
        naming = f"most of the pictures are right in {moments.right} of {moments.total} {moments.noun}, and {naming}"
    if 1 - bdtr(moments.right - 1, moments.total, share) < BY_LUCK:
        return f"Better than not looking: {naming}. {CHOSEN}"
    if bdtr(moments.right, moments.total, share) < BY_LUCK:
        return f"Worse than not looking: {naming}."
    if moments.total >= MANY:
        return f"No better than not looking: {naming}."
    return f"So few {moments.noun} cannot tell it from luck yet: {naming}. {NEXT}"


def _luck_words(moments: Moments, classes: int) -> str:
    """Says how often as many would be right by tossing, of so few that no verdict is given."""
    from scipy.special import bdtr

    right, total = moments.right, moments.total
    chance = 1 - float(bdtr(right - 1, total, 1 / classes)) if right else 1.0
    luck = "tossing a coin" if classes == 2 else "naming a class at random"
    noun = f"{moments.noun} are" if total > 1 else f"{moments.noun.removesuffix('s')} is"
    head = f"All {total} right" if right == total > 1 else f"{right} of {total} right"
    if total < moments.pictures:
        noun = "bursts and moments are" if total > 1 else "moment is"
        head = f"Most of the pictures are right in {right} of {total} {noun.rpartition(' ')[0]}"
    return f"{head}: {luck} does {_odds(right, total, chance)}. {total} {noun} too few for a verdict."


def _odds(right: int, total: int, chance: float) -> str:
    """Says how often luck does a thing: "it 1 time in 16", "as well about 7 times in 10"."""
    did = "it" if right == total else "as well"
    if chance > 0.995:
        return f"{did} every time"
    if chance > 0.4 and abs(chance - 0.5) > 1e-9:
        return f"{did} about {round(10 * chance)} times in 10"
    times = round(1 / chance)
    about = "" if abs(1 / chance - times) < 1e-6 else "about "
    return f"{did} {about}1 time in {times:,}"


def cut_words(classes: Sequence[str]) -> str:
    """Says that a result says nothing yet, as the only burst of these classes lies on both sides of the split."""
    named = [as_name(name) for name in classes[:3]]
    each = named[0] if len(classes) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    if len(classes) > 3:
        each = f"{', '.join(named)} and {len(classes) - 3} more"
    bursts = "one burst" if len(classes) == 1 else "one burst each"
    return (
        f"This says nothing yet: all pictures of {each} are {bursts}, so it is checked with frames it has as good as "
        "seen. Take another burst, from elsewhere."
    )

"""Classes that are too small, or so much larger than others that always naming them looks good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from qtl_core.pictures.findings.finding import CheckedSet, Finding, key_of, plural

FEWEST = 10  # pictures of a class: of fewer, three or less are left to validate with
UNBALANCED = 3  # times as many pictures: from there on a rare class is missed (`evaluation.metrics.IMBALANCE_RATIO`)
FAR = 10  # times as many: said as such


def uneven_classes(checked: CheckedSet) -> Iterator[Finding]:
    """Yields a finding for classes with few pictures, and one where classes are unbalanced."""
    yield from uneven_counts(checked.classes, Counter(picture.label for picture in checked.pictures))


def uneven_counts(classes: Sequence[str], count: Counter[int]) -> Iterator[Finding]:
    """Yields the same of classes and how many pictures each has, by its index."""
    few = sorted((label for label in range(len(classes)) if count[label] < FEWEST), key=lambda label: count[label])
    if few:
        yield Finding(
            "class too small",
            f"{_counted(classes, count, few)}: with fewer than {FEWEST}, what is learnt and what is measured of a "
            "class are mostly luck.",
            action="add pictures",
            labels=tuple(few),
            key=key_of("class too small", [classes[label] for label in few]),
        )
    there = [label for label in range(len(classes)) if count[label]]
    if len(there) < 2:
        return
    top = max(there, key=lambda label: count[label])
    rare = [label for label in there if UNBALANCED * count[label] <= count[top]]
    if rare:
        least = min(there, key=lambda label: count[label])
        times, share = count[top] / count[least], count[top] / sum(count.values())
        so_many = f"{times:.0f} times" if times >= FAR else f"{times:.1f} times"
        yield Finding(
            "unbalanced classes",
            f"{classes[top]} has {plural(count[top], 'picture')}, {so_many} as many as the smallest, "
            f"{classes[least]} ({count[least]}). Always naming {classes[top]} would get {share:.0%} right. Balanced "
            "class weights let a rare class count as much in every step; more pictures of it help more.",
            action="balance",
            labels=(top, *rare),
            key=key_of("unbalanced classes", [classes[label] for label in (top, *rare)]),
        )


def _counted(classes: Sequence[str], count: Counter[int], labels: list[int]) -> str:
    said = [f"{classes[label]} has {plural(count[label], 'picture')}" for label in labels[:3]]
    left = len(labels) - 3
    if left > 0:
        have = "has" if left == 1 else "have"
        said.append(f"and {plural(left, 'more class', 'more classes')} {have} fewer than {FEWEST}")
    return ", ".join(said)

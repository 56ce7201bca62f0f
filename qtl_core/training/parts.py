"""The parts of what is learnt: a test part set aside before training, a fold to judge by, so many of a class to learn.

Which pictures are tested follows from their names alone, never from the training's seed: runs over many seeds share one
test part. Which pictures of a class are learnt from is drawn by the seed, and nested: the first 5 are among the 10.
Nothing here knows of files: labels and names are enough, so that rows of a table are divided in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.parts import ToDivide, divided
from qtl_core.pictures.datasets.records import SplitSettings
from qtl_core.pictures.sources.dataset import Dataset, Picture, labels_of
from qtl_core.pictures.sources.part_counts import PartCounts, part_counts
from qtl_core.settings import DataSettings
from qtl_core.training.folds import FEWEST, MOST, folds_of, too_few_to_divide

NOUNS = {"points": "points", "table": "rows"}  # what is no picture
DRAWN = 3  # which stream of random numbers of a seed; see `task.ORDER` and those beside it


@dataclass(frozen=True)
class SetAside:
    """A part of the examples, set aside for testing.

    Attributes:
        is_test: Which of them are, shape (examples,), bool.
        cut: Classes (by label) of which all examples belong together, so that neighbours are on both sides.
    """

    is_test: np.ndarray
    cut: tuple[int, ...] = ()


def set_aside(
    labels: Sequence[int],
    names: Sequence[str],
    share: float,
    classes: Sequence[str],
    groups: Sequence[str] = (),
    *,
    noun: str = "pictures",
    part: str = "validation",
) -> SetAside:
    """Returns which examples are set aside for testing: of every class its share, at least one, and never all.

    Args:
        labels: The class of each.
        names: What each is called, different for all: where it falls follows from that.
        share: Of each class, above 0.
        classes: Names of the classes, for the message.
        groups: What belongs together, such as copies or a burst, has the same text here; "" where one is alone.
        noun, part: What they are and which part they are of, for the message.

    Raises:
        UserError: A class would be empty on one side.
    """
    groups = groups or [""] * len(names)
    examples = [
        ToDivide(number, label, name, group, None)
        for number, (label, name, group) in enumerate(zip(labels, names, groups, strict=True))
    ]
    division = divided(examples, SplitSettings(val_share=share, rule=1))  # the same test again for every run of before
    is_test = np.array([division.parts[number] == "val" for number in range(len(examples))], dtype=bool)
    known = np.asarray(labels)
    for label, name in enumerate(classes):
        here = is_test[known == label]
        if not here.any() or here.all():
            raise too_few_to_test(name, len(here), part, noun)
    return SetAside(is_test, tuple(sorted(division.cut)))


def too_few_to_test(name: str, count: int, part: str, noun: str = "pictures") -> UserError:
    """Returns the words for a class of which a part cannot be set aside for testing."""
    has = f"has one {part} {noun.removesuffix('s')}" if count == 1 else f"has {count:,} {part} {noun}"
    other = "validation" if part == "training" else "training"
    return UserError(
        f"No test part can be set aside: the class {name} would be empty.",
        f"It {has}{'' if count < 2 else ' that belong together, such as copies or a burst of the camera'}.",
        f"Take the test part from the {other} {noun}, set its share to 0, or add {noun} of that class.",
    )


def drawn(labels: Sequence[int] | np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Returns the places of `per_class` examples of each class, in their order; of all where it is 0.

    The draw of a seed is nested: fewer are among more. Classes do not disturb each other.
    """
    known = np.asarray(labels)
    if not per_class:
        return np.arange(len(known))
    found = []
    for label in np.unique(known):
        places = np.flatnonzero(known == label)
        order = np.random.default_rng((seed, int(label), DRAWN)).permutation(len(places))
        found.append(places[order[:per_class]])
    return np.sort(np.concatenate(found)) if found else np.arange(0)


def check_enough(
    labels: Sequence[int] | np.ndarray, classes: Sequence[str], per_class: int, noun: str = "pictures"
) -> None:
    """Refuses to draw more examples of a class than there are.

    Raises:
        UserError: Of a class there are fewer.
    """
    counts = np.bincount(np.asarray(labels, dtype=np.int64), minlength=len(classes))
    if per_class and (label := int(counts.argmin())) >= 0 and counts[label] < per_class:
        raise too_few_to_draw(classes[label], int(counts[label]), per_class, noun)


def too_few_to_draw(name: str, count: int, per_class: int, noun: str = "pictures") -> UserError:
    """Returns the words for a class with fewer training pictures than are asked for."""
    has = f"1 training {noun.removesuffix('s')}" if count == 1 else f"{count:,} training {noun}"
    return UserError(
        f"There are fewer than {per_class:,} {noun} of the class {name}.",
        f"It has {has}.",
        f"Choose at most {count:,} {noun} a class, or 0 for all.",
    )


def why_no_parts(data: DataSettings) -> UserError | None:
    """Returns why a test part, or so many pictures a class, cannot be had of a source; None where nothing says so yet.

    No picture is read for it: what only reading shows is refused when training gets ready.
    """
    if not (data.test_share or data.per_class or data.divided_into):
        return None
    try:
        if data.divided_into:
            _check_fold(data)
    except UserError as error:
        return error
    try:
        if data.is_numbers:
            return _why_no_rows(data)
        found = part_counts(data)
    except UserError:
        return None  # said elsewhere, in its own words
    part = found.val if data.test_from == "validation" else found.train
    for name, count in sorted(part.items()):
        if data.test_share and not found.has_test and count < 2:
            return too_few_to_test(name, count, data.test_from)
    if data.divided_into:
        return _why_no_folds(data, found)
    taken = bool(data.test_share and not found.has_test and data.test_from == "training")
    for name, count in sorted(found.train.items(), key=lambda each: each[1]):
        if count - taken < data.per_class:
            return too_few_to_draw(name, count - taken, data.per_class)
    return None


def _why_no_folds(data: DataSettings, found: PartCounts) -> UserError | None:
    """Returns why so many folds, or so many of a class beside one, cannot be had; None where counts allow it."""
    for name, count in found.train.items():
        both = count + found.val.get(name, 0)
        if both < data.divided_into:
            return too_few_to_divide(name, both, both, data.divided_into)
        if both - both // data.divided_into < data.per_class:
            return too_few_to_draw(name, both - both // data.divided_into, data.per_class)
    return None


def _why_no_rows(data: DataSettings) -> UserError | None:
    from qtl_core.tables.catalogue import load_numbers

    dataset = load_numbers(data).dataset
    try:
        with_parts(dataset, data, 0)
    except UserError as error:
        return error
    return None


def with_parts(dataset: Dataset, data: DataSettings, seed: int) -> Dataset:
    """Returns a set of pictures as it is learnt from: its test part, the fold that judges, so many of each class.

    Args:
        dataset: The set.
        data: What is asked for.
        seed: The training's, which draws the training pictures; the test part is the same for all seeds.

    Raises:
        UserError: A class has too few pictures for that.
    """
    return with_drawn(with_fold(with_test_part(dataset, data), data), data, seed)


def with_test_part(dataset: Dataset, data: DataSettings) -> Dataset:
    """Returns a set of pictures with its test part: its own if it has one, else the share that the settings ask for.

    Raises:
        UserError: A class would be empty on one side.
    """
    if not data.test_share:
        return dataset
    noun = NOUNS.get(dataset.kind, "pictures")
    if dataset.test:
        note = f"The {len(dataset.test):,} test {noun} are the set's own, so no share of the others is set aside."
        return replace(dataset, notes=(*dataset.notes, note))
    part: tuple[Picture, ...] = dataset.val if data.test_from == "validation" else dataset.train
    found = set_aside(
        labels_of(part),
        [f"{dataset.classes[each.label]}/{each.path.name}" for each in part],
        data.test_share,
        dataset.classes,
        [each.group for each in part],
        part=data.test_from,
        noun=noun,
    )
    rest = tuple(each for each, is_test in zip(part, found.is_test, strict=True) if not is_test)
    test = tuple(replace(each, split="test") for each, is_test in zip(part, found.is_test, strict=True) if is_test)
    notes = (*dataset.notes, *aside_notes(len(test), len(part), data.test_from, found.cut, dataset.classes, noun))
    train, val = (dataset.train, rest) if data.test_from == "validation" else (rest, dataset.val)
    return replace(dataset, train=train, val=val, test=test, notes=notes)


def aside_notes(
    count: int, of: int, part: str, cut: Sequence[int], classes: Sequence[str], noun: str = "pictures"
) -> tuple[str, ...]:
    """Returns the sentences on a test part that was taken from another."""
    said = (
        f"{count:,} of {of:,} {part} {noun} are set aside for the test, the same for every seed: they are looked at "
        "once, when training is over."
    )
    if not cut:
        return (said,)
    names = ", ".join(classes[label] for label in cut)
    together = f"All {part} {noun} of {names} belong together, so some of them are tested beside their neighbours"
    return said, f"{together}: the test flatters there."


def with_fold(dataset: Dataset, data: DataSettings) -> Dataset:
    """Returns a set of pictures of which one fold judges and all others are learnt from, where the settings ask for it.

    Raises:
        UserError: There is no such fold, or a class has too few pictures for so many.
    """
    if not data.divided_into:
        return dataset
    _check_fold(data)
    both = (*dataset.train, *dataset.val)
    labels = np.array(labels_of(both))
    places = folds_of(labels, data.divided_into, dataset.classes, [each.group for each in both])[data.held_out - 1]
    learnt = np.delete(np.arange(len(both)), places)
    noun = NOUNS.get(dataset.kind, "pictures")
    note = (
        f"Training and validation {noun} are divided into {data.divided_into} folds: number {data.held_out} judges, "
        "all others are learnt from."
    )
    train = tuple(replace(both[place], split="train") for place in learnt)
    val = tuple(replace(both[place], split="val") for place in places)
    return replace(dataset, train=train, val=val, notes=(*dataset.notes, note))


def _check_fold(data: DataSettings) -> None:
    if data.divided_into < FEWEST:
        raise UserError("One fold leaves nothing to learn from.", "", f"Choose from {FEWEST} to {MOST} folds, or 0.")
    if data.held_out > data.divided_into:
        do = f"Choose a fold from 1 to {data.divided_into}."
        raise UserError(f"There is no fold {data.held_out} of {data.divided_into}.", "", do)


def with_drawn(dataset: Dataset, data: DataSettings, seed: int) -> Dataset:
    """Returns a set of pictures with so many training pictures of each class as the settings ask for.

    Raises:
        UserError: Of a class there are fewer.
    """
    if not data.per_class:
        return dataset
    labels = labels_of(dataset.train)
    noun = NOUNS.get(dataset.kind, "pictures")
    check_enough(labels, dataset.classes, data.per_class, noun)
    train = tuple(dataset.train[place] for place in drawn(labels, data.per_class, seed))
    note = f"{len(train):,} of {len(labels):,} training {noun} are learnt from, {data.per_class:,} of each class."
    return replace(dataset, train=train, notes=(*dataset.notes, note))

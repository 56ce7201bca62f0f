"""The page on what transfer brings: tables, and sentences that are chosen from the numbers, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.machine import facts
from benchmarks.report import Table, table
from qtl_core.evaluation.paired_tests import PairedDifference, paired_differences
from qtl_core.evaluation.paired_words import joined, often, signed
from qtl_core.training.transfer.arms import ENOUGH, LAST, Amount, Arm

HEAD = (
    "recipe",
    "a class",
    "from scratch",
    "carried",
    "difference (interval)",
    "luck gives as much in",
    "so it",
    "at the best epoch: scratch, carried",
    f"epochs until {ENOUGH:.0%}: scratch, carried",
)
CONTROL = "Control to "  # before the name of the recipe whose parts stand still in it, at random numbers
LITTLE = 0.05  # radians: angles that moved less hardly left their start, which is spread by 0.01


@dataclass(frozen=True)
class Row:
    """One recipe with one amount of data.

    Attributes:
        recipe: What it is called.
        amount: What came of both starts.
        trained: How many numbers learn, carried and from scratch.
        is_control: Whether nothing was carried, and only stands still what the recipe leaves still.
    """

    recipe: str
    amount: Amount
    trained: tuple[int, int]
    is_control: bool = False


@dataclass(frozen=True)
class Story:
    """One pair of tasks.

    Attributes:
        there, here: What the first and the second task are.
        judges: Validation pictures of the second.
        noun: What they are called.
        rows: Every recipe and control with every amount.
        accuracy: The median best accuracy of the first task.
        moved: How far the circuit's angles moved there, in radians.
    """

    there: str
    here: str
    judges: int
    noun: str
    rows: tuple[Row, ...]
    accuracy: float
    moved: float


@dataclass(frozen=True)
class Judged:
    """A row with what its difference is worth."""

    row: Row
    found: PairedDifference

    @property
    def verdict(self) -> str:
        """The verdict on the carried start."""
        return "shows nothing" if self.found.is_luck else "helps" if self.found.mean > 0 else "does harm"


def transfer_markdown(stories: Sequence[Story], seeds: int, took: str) -> str:
    """Returns the whole page."""
    command = "make transfer-table" + (f' ARGS="--seeds {seeds}"' if seeds != 20 else "")
    head = facts(command) | {"took": took}
    parts = ["# Did it help? Every recipe of transfer against a start from scratch", _how(seeds)]
    parts += ["## In short", "\n".join(f"- {in_short(story)}" for story in stories)]
    for story in stories:
        parts += [f"## From {story.there} to {story.here}", *story_parts(story)]
    parts += ["## Measured with", table(Table(("", ""), list(head.items())))]
    return "\n\n".join(parts) + "\n"


def judged(story: Story) -> list[Judged]:
    """Returns every row's difference in pictures right after the last epoch; recipes are corrected together (Holm).

    The controls are corrected together with them: they are further questions about the same pictures.
    """
    gaps = [(row.amount.gaps(LAST) * story.judges).tolist() for row in story.rows]
    return [Judged(row, found) for row, found in zip(story.rows, paired_differences(gaps), strict=True)]


def in_short(story: Story) -> str:
    """Returns what one pair of tasks shows, in a sentence or two, with the largest help and harm."""
    found = [each for each in judged(story) if not each.row.is_control]
    helps, harms = ([each for each in found if each.verdict == verdict] for verdict in ("helps", "does harm"))
    nothing = len(found) - len(helps) - len(harms)
    counts = (
        f"of {len(found)} comparisons the carried start helps in {len(helps)}, does harm in {len(harms)} and shows "
        f"nothing beyond luck in {nothing}"
    )
    return f"**{_capital(story.there)} → {story.here}**: {counts}.{_largest(helps, story)}{_largest(harms, story)}"


def story_parts(story: Story) -> list[str]:
    """Returns the paragraphs and the table of one pair of tasks."""
    found = judged(story)
    rows = [_row(each, story) for each in found]
    said = [f"- {sentence}" for sentence in (*_by_recipe(found), *_of_controls(found, story.judges), _of_angles(story))]
    return [
        f"First task: {story.accuracy:.1%} right at the best epoch (median of the seeds). All figures below are of "
        f"{story.judges:,} validation {story.noun} of the second task after the last epoch, unless they say otherwise: "
        "median over the seeds, and in brackets where 90% of them lie.",
        "\n".join(said),
        table(Table(HEAD, rows)),
    ]


def _how(seeds: int) -> str:
    return (
        f"{seeds} seeds. For each, the first task is trained on all it has; what this seed learnt is carried to the "
        "second task, which is trained on few examples of each class, drawn by the seed, from the carried start and "
        "from scratch, with the same examples in the same order. From scratch is the same head with fresh numbers, all "
        "of which learn. Differences are paired by seed (Student's t) and corrected for all comparisons of a table "
        "(Holm); each interval is at the level at which its difference was judged. A control carries nothing: the same "
        "parts stand still at random numbers, which tells what was learnt from standing still alone. The accuracy "
        "after the last epoch judges, as no picture chose it; that of the best epoch, beside it, flatters. The same "
        "validation examples judge all seeds: intervals say nothing of others."
    )


def _row(each: Judged, story: Story) -> tuple[str, ...]:
    amount, found = each.row.amount, each.found
    mean, low, high = signed((found.mean, found.low, found.high))
    return (
        each.row.recipe,
        f"{amount.per_class:,}" if amount.per_class else "all",
        _spread(amount.scratch.last),
        _spread(amount.carried.last),
        f"{mean} of {story.judges:,} ({low} to {high})",
        often(found.raw_p),
        f"**{each.verdict}**" if not found.is_luck else each.verdict,
        f"{np.median(amount.scratch.best):.3f}, {np.median(amount.carried.best):.3f}",
        f"{_until(amount.scratch)}, {_until(amount.carried)}",
    )


def _spread(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return f"{middle:.3f} ({low:.3f}–{high:.3f})"


def _until(arm: Arm) -> str:
    """The median epoch; a dash where half of the seeds or more never come so far."""
    epochs = np.sort(arm.epochs_until())
    middle = epochs[len(epochs) // 2]
    return "–" if np.isinf(middle) else f"{middle:.0f}"


def _by_recipe(found: Sequence[Judged]) -> list[str]:
    """Returns a sentence for each recipe: with which amounts it helps, does harm or shows nothing."""
    names = list(dict.fromkeys(each.row.recipe for each in found if not each.row.is_control))
    return [_recipe_words(name, _of(name, found)) for name in names]


def _recipe_words(name: str, rows: Sequence[Judged]) -> str:
    learn, fresh = rows[0].row.trained
    count = f"{learn:,} numbers learn" if learn == fresh else f"{learn:,} numbers learn, from scratch {fresh:,}"
    return f"**{name}** ({count}) {_amounts_words(rows)}."


def _of(name: str, found: Sequence[Judged]) -> list[Judged]:
    return [each for each in found if each.row.recipe == name]


def _amounts_words(rows: Sequence[Judged]) -> str:
    told = []
    for verdict in ("helps", "does harm", "shows nothing"):
        amounts = [f"{each.row.amount.per_class:,}" for each in rows if each.verdict == verdict]
        if amounts:
            more = " beyond luck" if verdict == "shows nothing" else ""
            told.append(f"{verdict}{more} with {joined(amounts)} a class")
    return "; ".join(told)


def _of_controls(found: Sequence[Judged], judges: int) -> list[str]:
    """Returns, for each recipe with a control, how far what was learnt is above standing still at random numbers."""
    names = [name.removeprefix(CONTROL) for name in dict.fromkeys(each.row.recipe for each in found) if CONTROL in name]
    pairs = [pair for name in names for pair in zip(_of(name, found), _of(CONTROL + name, found), strict=True)]
    tested = paired_differences([_above(*pair, judges) for pair in pairs])
    told: dict[str, list[str]] = {name: [] for name in names}
    for (recipe, _), found_here in zip(pairs, tested, strict=True):
        mean = signed((found_here.mean, found_here.low, found_here.high))[0]
        luck = " (luck may give as much)" if found_here.is_luck else ""
        told[recipe.row.recipe].append(f"{mean}{luck} with {recipe.row.amount.per_class:,}")
    return [
        f"“{name}” against its control, the same parts standing still at random numbers: {joined(words)} a class, of "
        f"{judges:,} right."
        for name, words in told.items()
    ]


def _above(recipe: Judged, control: Judged, judges: int) -> list[float]:
    """Returns how many more pictures the recipe gets right than its control, by seed."""
    ours, theirs = recipe.row.amount.carried, control.row.amount.carried
    both = [seed for seed in ours.seeds if seed in theirs.seeds]
    return [judges * float(ours.last[ours.seeds.index(seed)] - theirs.last[theirs.seeds.index(seed)]) for seed in both]


def _of_angles(story: Story) -> str:
    said = (
        f"In the first task the circuit's angles moved by {story.moved:.3f} rad (root mean square, median of the seeds)"
    )
    if story.moved < LITTLE:
        return f"{said}: they hardly left their random start, so there is little in them to hand down."
    return f"{said}: they were learnt."


def _largest(each: Sequence[Judged], story: Story) -> str:
    if not each:
        return ""
    most = max(each, key=lambda one: abs(one.found.mean))
    mean, low, high = signed((most.found.mean, most.found.low, most.found.high))
    return (
        f" Most {'help' if most.verdict == 'helps' else 'harm'}: “{most.row.recipe}” with "
        f"{most.row.amount.per_class:,} a class, {mean} of {story.judges:,} right ({low} to {high})."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""The page on what transfer brings: tables, and sentences that are chosen from the numbers, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.machine import facts
from benchmarks.report import Table, table
from benchmarks.transfer_causes import causes_words, control_words
from benchmarks.transfer_rows import Judged, Story, judged, rows_of
from qtl_core.evaluation.paired_words import joined, often, signed
from qtl_core.training.transfer.arms import ENOUGH, Arm

HEAD = (
    "recipe",
    "a class",
    "from scratch",
    "carried",
    "difference (interval)",
    "luck gives as much in (this comparison alone, uncorrected)",
    "so it (corrected)",
    "at the best epoch: scratch, carried",
    f"epochs until {ENOUGH:.0%}: scratch, carried",
)
LITTLE = 0.05  # radians: angles that moved less hardly left their start, which is spread by 0.01


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


def in_short(story: Story) -> str:
    """Returns what one pair of tasks shows, in a sentence or two, with the largest help and harm."""
    found = [each for each in judged(story) if not each.row.is_control]
    helps, harms = ([each for each in found if each.verdict == verdict] for verdict in ("helps", "does harm"))
    nothing = len(found) - len(helps) - len(harms)
    counts = (
        f"of {len(found)} comparisons the carried start helps in {len(helps)}, does harm in {len(harms)} and shows "
        f"nothing beyond luck in {nothing}"
    )
    return (
        f"**{_capital(story.there)} → {story.here}**: {counts}.{_largest(helps, story)}{_largest(harms, story)}"
        f"{causes_words(judged(story), story.judges)}"
    )


def story_parts(story: Story) -> list[str]:
    """Returns the paragraphs and the table of one pair of tasks."""
    found = judged(story)
    rows = [_row(each, story) for each in found]
    said = [
        f"- {sentence}" for sentence in (*_by_recipe(found), *control_words(found, story.judges), _of_angles(story))
    ]
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
        "numbers stand still, but at random. So what a control does comes of standing still alone, and what a recipe "
        "does beyond its control comes of what was carried. The accuracy after the last epoch judges, as no picture "
        "chose it; that of the best epoch, beside it, flatters. The same validation examples judge all seeds: "
        "intervals say nothing of others."
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
    return [_recipe_words(name, rows_of(name, found)) for name in names]


def _recipe_words(name: str, rows: Sequence[Judged]) -> str:
    learn, fresh = rows[0].row.trained
    count = f"{learn:,} numbers learn" if learn == fresh else f"{learn:,} numbers learn, from scratch {fresh:,}"
    return f"**{name}** ({count}) {_amounts_words(rows)}."


def _amounts_words(rows: Sequence[Judged]) -> str:
    told = []
    for verdict in ("helps", "does harm", "shows nothing"):
        amounts = [f"{each.row.amount.per_class:,}" for each in rows if each.verdict == verdict]
        if amounts:
            more = " beyond luck" if verdict == "shows nothing" else ""
            told.append(f"{verdict}{more} with {joined(amounts)} a class")
    return "; ".join(told)


def _of_angles(story: Story) -> str:
    said = (
        f"In the first task the circuit's angles moved by {story.moved:.3f} rad (root mean square, median of the seeds)"
    )
    if story.moved < LITTLE:
        return f"{said}: they hardly left their random start, so there is little in them to hand down, for good or bad."
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

"""Words on where a carried start's difference comes from: that parts stand still, or what was carried.

The control has the same numbers standing still, at their random start. So what it does comes of standing still alone,
and what the carried start does beyond it comes of what was carried. Where all numbers learn, all comes of the latter.
"""

from __future__ import annotations

import numpy as np

from qtl_core.evaluation.paired_tests import FEWEST_PAIRS, PairedDifference, paired_differences
from qtl_core.evaluation.paired_words import joined, signed
from qtl_core.training.transfer.arms import ALL, Amount, Arm, TransferComparison

Parted = tuple[Amount, PairedDifference, PairedDifference]


def parted_differences(found: TransferComparison) -> list[Parted]:
    """Returns, for every amount with a control, what standing still does alone and what was carried beyond that.

    All of these differences, in pictures right, are corrected together. Amounts with too few pairs of seeds are left
    out.
    """
    both = [
        (amount, _gaps(amount.control, amount.scratch, found), _gaps(amount.carried, amount.control, found))
        for amount in found.amounts
        if amount.control is not None
    ]
    both = [each for each in both if min(len(each[1]), len(each[2])) >= FEWEST_PAIRS]
    tested = paired_differences([gaps.tolist() for _, *pair in both for gaps in pair])
    return [(each[0], *pair) for each, pair in zip(both, zip(tested[::2], tested[1::2], strict=True), strict=True)]


def cause_words(found: TransferComparison) -> str:
    """Says what comes of standing still and what of what was carried; "" where all numbers learn from both starts."""
    learn, fresh = found.trained
    if learn >= fresh:
        return ""
    most = "most numbers stand" if learn < fresh / 2 else "some numbers stand"
    count = f"From the carried start {most} still: {learn:,} learn, from scratch {fresh:,}."
    parted = parted_differences(found)
    if not parted:
        return f"{count} A difference may come of that alone, as much as of what was carried."
    alone = joined([_with_amount(amount, still) for amount, still, _ in parted])
    beyond = joined([_with_amount(amount, carried) for amount, _, carried in parted])
    return (
        f"{count} That alone, with the same numbers still at random and nothing carried (the control), makes against "
        f"scratch, of {found.judges:,} right: {alone}. What was carried makes, beyond that: {beyond}."
    )


def shared_start_words(found: TransferComparison) -> str:
    """Says that all seeds begin with the same carried numbers."""
    return (
        f"All {found.seeds} seeds share one carried start, that of this run: what is found is of this start, and "
        "another training of the run before it may hand down something else."
    )


def _gaps(one: Arm | None, other: Arm | None, found: TransferComparison) -> np.ndarray:
    """Returns how many more pictures one arm gets right than the other, for each seed that both finished."""
    assert one is not None and other is not None, "only amounts with a control are asked for"
    ours, theirs = (dict(zip(arm.seeds, arm.judged(found.judged_by), strict=True)) for arm in (one, other))
    return found.judges * np.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs], float)


def _with_amount(amount: Amount, found: PairedDifference) -> str:
    mean = signed((found.mean, found.low, found.high))[0]
    luck = " (luck may give as much)" if found.is_luck else ""
    return f"{mean}{luck} with {'all' if amount.per_class == ALL else f'{amount.per_class} a class'}"

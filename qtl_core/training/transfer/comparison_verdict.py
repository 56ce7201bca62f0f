"""Words on whether a carried start helped, chosen from the numbers: harm is said as plainly as help, a tie as a tie.

Seeds are paired: with one seed both starts saw the same pictures in the same order. The differences of all amounts are
corrected together (`evaluation.paired_tests`). They say nothing of another run to start from, or of other pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qtl_core.evaluation.mcnemar import exact_p
from qtl_core.evaluation.paired_tests import ALPHA, FEWEST_PAIRS, PairedDifference, paired_differences
from qtl_core.evaluation.paired_words import difference_words, joined, often, size_of
from qtl_core.training.transfer.arms import ALL, ENOUGH, TEST, Amount, TransferComparison

Sign = Literal["more", "fewer", "luck", "unknown"]


@dataclass(frozen=True)
class AmountDifference:
    """The difference that the carried start made with one amount of data.

    Attributes:
        amount: Both starts.
        found: The difference in pictures right, carried minus from scratch; None with too few pairs of seeds.
    """

    amount: Amount
    found: PairedDifference | None

    @property
    def sign(self) -> Sign:
        """The direction: the carried start gets more right, or fewer, or luck may be all there is."""
        if self.found is None:
            return "unknown"
        return "luck" if self.found.is_luck else "more" if self.found.mean > 0 else "fewer"


def differences(found: TransferComparison) -> list[AmountDifference]:
    """Returns the difference with every amount; p-values are corrected for their number."""
    gaps = [found.judges * amount.gaps(found.judged_by) for amount in found.amounts]
    enough = [index for index, each in enumerate(gaps) if len(each) >= FEWEST_PAIRS]
    tested = dict(zip(enough, paired_differences([gaps[index].tolist() for index in enough]), strict=True))
    return [AmountDifference(amount, tested.get(index)) for index, amount in enumerate(found.amounts)]


def conclusion(found: TransferComparison) -> str:
    """Returns the one sentence that follows from all amounts together."""
    each = differences(found)
    helped, harmed, tied, unknown = (
        [one for one in each if one.sign == sign] for sign in ("more", "fewer", "luck", "unknown")
    )
    if not helped and not harmed:
        if not tied:
            return "Too few seeds trained both starts to the end to say whether it helped: lower the learning rate."
        which = "the one amount" if len(tied) == 1 else f"any of the {len(tied)} amounts"
        said = f"The carried start made no difference beyond luck with {which} of {_noun(found)} tried"
        return f"{said}{_unknown(unknown)}."
    verb = {(True, False): "helped", (False, True): "did harm", (True, True): "helped and did harm"}
    told = [
        f"{size_of(one.found)} {one.sign} of {found.judges:,} right with {_names([one])}"
        for one in each
        if one.found and one.sign in ("more", "fewer")
    ]
    said = f"The carried start {verb[bool(helped), bool(harmed)]}: {joined(told)}"
    if tied:
        said += f"; no difference beyond luck with {_names(tied)}"
    return f"{said}{_unknown(unknown)}."


def amount_words(each: AmountDifference, total: int) -> str:
    """Says the difference with one amount: its interval, how seeds went, and what luck would give."""
    start = _with_amount(each.amount, f" ({each.amount.pictures:,} to learn from)").removesuffix(":")
    if each.found is None:
        return f"{start}: too few seeds trained both starts to the end. Lower the learning rate."
    return f"{start}: {difference_words(each.found, total)}"


def judged_words(found: TransferComparison) -> str:
    """Says which figure judges, and how much the best epoch's flatters."""
    amount, noun = found.amounts[-1], _noun(found)
    flatters = [100 * float(np.mean(arm.best - arm.last)) for arm in (amount.carried, amount.scratch)]
    by = (
        f"The {found.prepared.test_size:,} test {noun} judge, looked at once with the weights of the best epoch"
        if found.judged_by == TEST
        else f"The accuracy after the last epoch judges, on {found.prepared.val_size:,} validation {noun}"
    )
    return (
        f"{by}: no picture chose it. At its best epoch, which the validation {noun} choose and which therefore "
        f"flatters, the carried start is {flatters[0]:.1f} points higher than at its last, and the one from scratch "
        f"{flatters[1]:.1f} (all {noun}, mean of the seeds)."
    )


def speed_words(amount: Amount, share: float = ENOUGH) -> str:
    """Says after how many epochs each start first gets `share` of the validation pictures right, at the median."""
    ours, theirs = amount.epochs_until(share)
    if not len(ours):
        return ""
    if not np.isfinite(ours).any() and not np.isfinite(theirs).any():
        return (
            f"{_with_amount(amount)} neither start gets {share:.0%} of the validation set right after any epoch, with "
            f"any of the {len(ours)} seeds."
        )
    sooner, later = int((ours < theirs).sum()), int((ours > theirs).sum())
    p = exact_p(sooner, later)
    said = f"{_with_amount(amount)} {share:.0%} right: carried {_until(ours)}, from scratch {_until(theirs)}."
    split = f"Sooner with {sooner} of {len(ours)} seeds, later with {later}"
    if sooner == later:
        return f"{said} {split}: a tie."
    if p > ALPHA:
        return f"{said} {split}: luck alone gives as uneven a split in {often(p)} cases, so this does not count."
    return f"{said} {split}; luck alone gives as uneven a split in {often(p)} cases."


def luck_words(found: TransferComparison) -> str:
    """Says what luck alone does here: how far two trainings from scratch are apart that differ in their seed only."""
    right = [amount.scratch.judged(found.judged_by) * found.judges for amount in found.amounts]
    apart = [_apart(values) for values in right if len(values) > 1]
    if not apart:
        return ""
    low, high = (f"{value:.1f}" for value in (min(apart), max(apart)))
    reach = low if low == high else f"{low} to {high}, by amount,"
    return (
        f"What luck does: two trainings from scratch that differ in nothing but their seed are {reach} of "
        f"{found.judges:,} apart on average."
    )


def limits_words(found: TransferComparison) -> str:
    """Says what more seeds cannot tell."""
    learn, fresh = found.trained
    still = f" From the carried start {learn:,} numbers learn, from scratch {fresh:,}." if learn != fresh else ""
    return (
        f"Every seed starts from the same run and is judged by the same {found.judges:,} {_noun(found)}: "
        f"more seeds say nothing of another run to start from, or of other {_noun(found)}.{still}"
    )


def diverged_words(found: TransferComparison) -> str:
    """Says which trainings broke down; "" where none did."""
    counts = {
        "carried": sum(len(amount.carried.diverged) for amount in found.amounts),
        "from scratch": sum(len(amount.scratch.diverged) for amount in found.amounts),
    }
    told = [f"{count} {name}" for name, count in counts.items() if count]
    if not told:
        return ""
    return (
        f"Of all trainings {joined(told)} broke down, as their numbers stopped being finite; they are in no figure. "
        "Lower the learning rate."
    )


def _with_amount(amount: Amount, more: str = "") -> str:
    """Returns for example "With 5 a class:"."""
    return f"With {f'{amount.per_class} a class' if amount.per_class != ALL else 'all'}{more}:"


def _until(epochs: np.ndarray) -> str:
    """Says the median of epochs that may be infinite, and how many are."""
    never, middle = int(np.isinf(epochs).sum()), _median(epochs)
    if math.isinf(middle):
        return f"not reached by {never} of {len(epochs)} seeds"
    said = "before any training" if middle == 0 else f"after {middle:g} epoch{'s' * (middle != 1)}"
    return f"{said} at the median{f' ({never} of {len(epochs)} seeds never)' if never else ''}"


def _median(epochs: np.ndarray) -> float:
    """The median where some are infinite: infinite where either middle one is."""
    ordered = np.sort(epochs)
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return float(middle.max()) if np.isinf(middle).any() else float(middle.mean())


def _apart(values: np.ndarray) -> float:
    """The mean distance of two of the values."""
    count = len(values)
    return float(np.abs(values[:, None] - values[None]).sum() / (count * (count - 1)))


def _names(each: Sequence[AmountDifference]) -> str:
    """Returns for example "5 and 10 a class and all"."""
    few = [str(one.amount.per_class) for one in each if one.amount.per_class != ALL]
    every = ["all"] if len(few) < len(each) else []
    return joined([*([f"{joined(few)} a class"] if few else []), *every])


def _noun(found: TransferComparison) -> str:
    return found.prepared.settings.data.noun


def _unknown(unknown: Sequence[AmountDifference]) -> str:
    return f"; with {_names(unknown)} too few seeds trained to the end to say" if unknown else ""

"""Words on what follows from an ablation, chosen from its numbers: one conclusion, and what lies behind it.

Seeds are paired: with one seed all heads saw the pictures in the same order. Differences over seeds are tested and
corrected in `evaluation.paired_tests`; they say nothing of other pictures, for which pictures are what varies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qtl_core.evaluation.paired_tests import FEWEST_PAIRS, PairedDifference, mean_interval, paired_differences
from qtl_core.evaluation.paired_words import difference_words, joined, signed, size_of
from qtl_core.training.ablation import BARE, BOTTLENECK, LINEAR, RANDOM, TITLES, WHOLE, HeadScores

Sign = Literal["more", "fewer", "luck", "unknown"]

NAMES = {
    RANDOM: "the circuit with untrained angles",
    BARE: "the circuit without CNOTs and trained gates",
    LINEAR: "the plain linear layer",
    BOTTLENECK: "the hidden layer of equal size",
}
OWN = "pictures of your own"
PICTURES = {"drawn": "drawn pictures", "photos": "photos", "folder": OWN, "dataset": OWN}
PICTURES |= {"points": "points", "table": "rows"}
LESSONS = {
    (RANDOM, "luck"): "training its angles made no difference that shows",
    (RANDOM, "more"): "training its angles helped",
    (RANDOM, "fewer"): "training its angles did harm",
    (LINEAR, "luck"): "nothing shows that this task needs a qubit",
    (LINEAR, "fewer"): "this task goes better without any qubit",
    (BOTTLENECK, "more"): "an ordinary hidden layer with as many numbers to learn does not replace the circuit",
    (BOTTLENECK, "fewer"): "an ordinary hidden layer with as many numbers to learn does better",
}
PLAIN_ANGLES: dict[Sign, str] = {
    "luck": "Training the circuit's angles made no difference beyond luck here",
    "more": "Training the circuit's angles helped here",
    "fewer": "Training the circuit's angles did harm here",
    "unknown": "What training the circuit's angles does here is not known",
}
PLAIN_QUBITS: dict[Sign, str] = {
    "luck": "; a plain layer without any qubit does as well, but for luck",
    "more": "; the whole circuit gets {size} of {total} more right than a plain layer without any qubit",
    "fewer": "; a plain layer without any qubit does better",
    "unknown": "",
}
# Said where the circuit beats a plain layer: whether it takes qubits for that.
PLAIN_SIZE: dict[Sign, str] = {
    "luck": ", but an ordinary hidden layer with as many numbers to learn does as well, but for luck",
    "more": ", and more than an ordinary hidden layer with as many numbers to learn",
    "fewer": ", but an ordinary hidden layer with as many numbers to learn does better still",
    "unknown": "",
}
# Said there as well: whether what is quantum about the circuit, its entangling and trained gates, is what it takes.
PLAIN_GATES: dict[Sign, str] = {
    "luck": "; without its CNOTs and trained gates it does as well, but for luck",
    "more": "; without its CNOTs and trained gates it does worse",
    "fewer": "; without its CNOTs and trained gates it does better still",
    "unknown": "",
}


@dataclass(frozen=True)
class Comparison:
    """The whole circuit against one head with less.

    Attributes:
        kind: The other head: a key of `NAMES`.
        found: The difference in pictures right, whole circuit minus the other; None with too few pairs of seeds.
        elsewhere: Interval of the mean difference for as many other pictures; None where it is not known.
    """

    kind: str
    found: PairedDifference | None
    elsewhere: tuple[float, float] | None = None

    @property
    def sign(self) -> Sign:
        """The direction of the difference: the whole circuit gets more right, or fewer, or luck may be all there is."""
        if self.found is None:
            return "unknown"
        return "luck" if self.found.is_luck else "more" if self.found.mean > 0 else "fewer"


def comparisons(heads: Sequence[HeadScores]) -> list[Comparison]:
    """Returns the comparison of the whole circuit with every other head; p-values are corrected for their number."""
    whole, *others = sorted(heads, key=lambda head: head.kind != WHOLE)
    gaps = {head.kind: _gaps(whole, head) for head in others}
    enough = {kind: found for kind, found in gaps.items() if len(found) >= FEWEST_PAIRS}
    tested = dict(zip(enough, paired_differences(list(enough.values())), strict=True))
    return [Comparison(head.kind, tested.get(head.kind), _elsewhere(whole, head)) for head in others]


def conclusion(heads: Sequence[HeadScores]) -> str:
    """Returns the one sentence that follows from all comparisons together."""
    found = comparisons(heads)
    told = [*_differences(found), *_without_difference(found)]
    lessons = _lessons({each.kind: each.sign for each in found})
    where = f"On {_these(heads[0].total, PICTURES[heads[0].source])}"
    return f"{where} the circuit {joined(told)}{': ' * bool(lessons)}{lessons}."


def plain_words(heads: Sequence[HeadScores]) -> str:
    """Returns in one sentence what training the circuit's angles did here, and whether it took qubits and gates."""
    found = {each.kind: each for each in comparisons(heads)}
    signs: dict[str, Sign] = {kind: each.sign for kind, each in found.items()}
    angles, linear = PLAIN_ANGLES[signs.get(RANDOM, "unknown")], signs.get(LINEAR, "unknown")
    if linear != "more":
        return f"{angles}{PLAIN_QUBITS[linear]}."
    gap = found[LINEAR].found
    assert gap is not None  # whose sign is known
    qubits = PLAIN_QUBITS[linear].format(size=size_of(gap), total=heads[0].total)
    return f"{angles}{qubits}{PLAIN_SIZE[signs.get(BOTTLENECK, 'unknown')]}{PLAIN_GATES[signs.get(BARE, 'unknown')]}."


def learning_words(heads: Sequence[HeadScores]) -> str:
    """Says how many numbers of each head learn; "" where that is not known."""
    known = [f"{_mid_sentence(TITLES[each.kind])} {each.learning:,}" for each in heads if each.learning]
    return f"Numbers that learn: {', '.join(known)}." if known else ""


def _mid_sentence(title: str) -> str:
    return title[:1].lower() + title[1:]  # CNOTs stay as they are written


def comparison_words(each: Comparison, total: int) -> str:
    """Says one difference with its interval, how seeds went, and what luck would give."""
    name = NAMES[each.kind]
    if each.found is None:
        return f"Against {name}: too few seeds trained both heads to the end. Lower the learning rate."
    return f"Against {name}: {difference_words(each.found, total)}"


def others_words(found: Sequence[Comparison], total: int, noun: str = "pictures") -> str:
    """Says how little all these seeds tell of other pictures, points or rows; "" where that is not known."""
    known = {NAMES[each.kind]: each.elsewhere for each in found if each.elsewhere}
    if not known:
        return ""
    spread = {name: interval for name, interval in known.items() if _has_spread(interval)}
    ranges = [f"{' to '.join(signed(interval))} against {name}" for name, interval in spread.items()]
    still = [name for name in known if name not in spread]
    said = [
        f"All seeds are judged by the same {total} {noun}, which also choose each seed's best epoch: more seeds say "
        f"nothing about other {noun}."
    ]
    if ranges:
        level = "95% interval" + "s" * (len(ranges) > 1)
        said.append(
            f"On average over all such {noun}, the difference may be {'; '.join(ranges)}, of every {total} ({level})."
        )
    if still:
        against = f"Against {joined(still)} these" if ranges else "These"
        said.append(f"{against} {noun} show no spread, so nothing can be said of others.")
    return " ".join(said)


def _gaps(whole: HeadScores, other: HeadScores) -> list[int]:
    ours, theirs = whole.by_seed, other.by_seed
    return [ours[seed] - theirs[seed] for seed in ours if seed in theirs]


def _elsewhere(whole: HeadScores, other: HeadScores) -> tuple[float, float] | None:
    """The interval of the difference of all pictures, from how much it differs from picture to picture."""
    gaps = np.array(whole.picture_shares) - np.array(other.picture_shares)
    if len(gaps) < 2:
        return None
    low, high = mean_interval(gaps)
    return low * len(gaps), high * len(gaps)


def _differences(found: Sequence[Comparison]) -> list[str]:
    """The differences that are more than luck, as what the circuit does."""
    return [
        f"gets {size_of(each.found)} {each.sign} right than {NAMES[each.kind]}"
        for each in found
        if each.found and each.sign in ("more", "fewer")
    ]


def _without_difference(found: Sequence[Comparison]) -> list[str]:
    """The other comparisons, as what the circuit does."""
    luck, unknown = ([NAMES[each.kind] for each in found if each.sign == sign] for sign in ("luck", "unknown"))
    told = [f"does no better or worse than {joined(luck, 'or')} beyond luck"] if luck else []
    if unknown:
        told.append(f"cannot be compared with {joined(unknown, 'or')}, as too few seeds trained to the end")
    return told


def _lessons(signs: dict[str, Sign]) -> str:
    """Returns what the comparisons mean for the quantum part; "" where the numbers say nothing."""
    found = [LESSONS[kind, sign] for kind, sign in signs.items() if (kind, sign) in LESSONS]
    if signs.get(LINEAR) == "more" and signs.get(BARE) == "luck":
        found.append("what it has over the linear layer shows without CNOTs and trained gates as well")
    if signs.get(LINEAR) == "more" and signs.get(BOTTLENECK) == "luck":
        found.append("what it has over the linear layer an ordinary hidden layer with as many numbers has as well")
    return joined(found)


def _these(total: int, pictures: str) -> str:
    one = pictures.replace("pictures", "picture") if "pictures" in pictures else pictures.removesuffix("s")
    return f"this one {one}" if total == 1 else f"these {total} {pictures}"


def _has_spread(interval: tuple[float, float]) -> bool:
    """Returns whether a difference varies from picture to picture, so that others may be judged by it."""
    return interval[1] - interval[0] > 1e-9  # rounding alone gives less

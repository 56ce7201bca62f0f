"""Sentences on a readout, each chosen from the numbers that it says."""

from __future__ import annotations

from qtl_core.evaluation.metrics import apart_in_words, percent
from qtl_core.readout.dial import DialReading, DialRequest, runs_in
from qtl_core.readout.methods import METHODS
from qtl_core.readout.reading import trajectories_behind
from qtl_core.readout.shots_needed import ShotsNeeded
from qtl_core.readout.sweeps import Sweep
from qtl_core.settings.readout import MOST_SHOTS
from qtl_core.settings.readout_words import noise_in_words, readout_in_words

NOT_COUNTED = (
    "How many shots the answers need is not counted under this noise: what shots would have to settle on is itself an "
    "estimate here."
)
MOVED = 0.02  # of confidence: less is hardly seen
MATTERS = 0.02  # of the pictures: from here on accuracy falls
SMALL_MARGIN = 0.2  # of probability: the answer leads the next one by less


def wait_words(request: DialRequest) -> str:
    """Says what is waited for, and of what takes long why."""
    drawn = trajectories_behind(request.inputs.circuit, request.readout)
    if not drawn:
        return "Reading out …"
    return (
        f"Reading out: noise on so many qubits is drawn at random, {sum(runs_in(request)):,} times for each picture, "
        "which takes long …"
    )


def kind_words(found: DialReading) -> str:
    """Says what the numbers are: exact, an average, an estimate, or one draw."""
    noise = noise_in_words(found.run.readout)
    said = {
        "exact": "Exact: the averages of the state itself, as if every circuit were measured without end.",
        "average": f"An average over the noise ({noise}), as if every circuit were measured without end.",
        "estimate": f"An estimate of the average over the noise ({noise}), from drawn trajectories.",
    }
    kind = found.run.kind
    if kind != "draw" or found.spread is None:
        return said[kind]
    how = f"One draw ({readout_in_words(found.run.readout)}), and how {found.spread.draws} further draws scatter"
    return f"{how}. {estimated_words(found.trajectories)}" if found.trajectories else f"{how}."


def estimated_words(trajectories: int) -> str:
    """Says that the law of wide circuits' noise is itself an estimate, and how far it may be off."""
    return (
        f"The circuit is too wide to compute its noise exactly. It is estimated from {trajectories} random courses of "
        f"the noise for each picture: every average ⟨Z⟩ behind this has a standard error of its own, of at most "
        f"{1 / trajectories**0.5:.2f} before any mitigation."
    )


def verdict_words(found: DialReading, noun: str) -> str:
    """Says what the readout does to accuracy and to confidence, which need not fall together."""
    run = found.run
    if run.readout.is_exact:
        return "No machine reads like this: turn the dial to see what shots and noise do to these answers."
    accuracy = found.spread.band("accuracy")[1] if found.spread else run.accuracy
    confidence = found.spread.band("confidence")[1] if found.spread else run.mean_confidence
    right = round(accuracy * run.size)
    whose = f"In the median of {found.spread.draws:,} draws, accuracy" if found.spread else "Accuracy"
    if run.exact_accuracy - accuracy >= MATTERS:
        said = f"{whose} falls from {percent(run.exact_accuracy)} to {percent(accuracy)}"
    elif accuracy - run.exact_accuracy >= MATTERS:
        said = f"{whose} rises from {percent(run.exact_accuracy)} to {percent(accuracy)}"
    else:
        said = f"{whose} {_moves(right - run.exact_evaluation.correct, noun)}"
    return f"{said}; {_confidence_words(run.exact_mean_confidence, confidence, shots=run.readout.shots)}"


def _moves(more: int, noun: str) -> str:
    """Says of a small difference how many pictures it is, and which way."""
    if not more:
        return "does not move: as many are right as exactly"
    count = apart_in_words(more, 0, noun).removesuffix(" apart")
    return f"hardly moves ({count} {'more' if more > 0 else 'fewer'} right than exactly)"


def _confidence_words(exact: float, now: float, *, shots: int) -> str:
    """Says whether answers look surer or less sure than exactly, and why."""
    figures = f"from {percent(exact)} to {percent(now)}"
    if now - exact >= MOVED:
        why = (
            f"with {shots:,} shot{'s' if shots > 1 else ''} a picture, measured ⟨Z⟩ often land farther out than their "
            "averages, so answers look surer than they are"
            if shots
            else "the noise pushes answers away from the border, rightly or wrongly"
        )
        return f"mean confidence rises {figures}: {why}."
    if exact - now >= MOVED:
        return f"mean confidence falls {figures}: answers come nearer to the border."
    return f"mean confidence stays ({percent(exact)} exact, {percent(now)} so)."


def beside_words(found: DialReading, noun: str, other: DialReading, other_noun: str, title: str) -> str:
    """Says how the same dial changes two runs, and whether small margins are why they differ."""

    def told(each: DialReading, what: str) -> str:
        right = each.spread.band("accuracy")[1] if each.spread else each.run.accuracy
        sure = each.spread.band("confidence")[1] if each.spread else each.run.mean_confidence
        return (
            f"- **{what}**: right {percent(each.run.exact_accuracy)} exactly, {percent(right)} so; mean confidence "
            f"{percent(each.run.exact_mean_confidence)}, then {percent(sure)}; {percent(_changed_share(each))} of the "
            "answers change"
        )

    here, there = _small_share(found), _small_share(other)
    counts = (
        f"exactly, {percent(here)} of the {noun} here lead by less than {SMALL_MARGIN * 100:.0f} points, "
        f"{percent(there)} of the {other_noun} there"
    )
    more = _changed_share(found) - _changed_share(other)
    if abs(more) < MATTERS:
        why = f"About as many answers change in both. Their margins: {counts}."
    elif (more > 0) == (here > there):
        why = f"Answers of small margin go first, and that is where they differ: {counts}."
    else:
        why = (
            f"Small margins are not why they differ ({counts}): the noise itself weighs more in one than in the other."
        )
    rows = f"{told(found, f'This run ({noun})')}\n{told(other, f'{title[0].upper()}{title[1:]}')}"
    return f"**The same dial on both**\n\n{rows}\n\n{why}"


def _changed_share(found: DialReading) -> float:
    return found.spread.band("changed")[1] if found.spread else len(found.run.changed) / found.run.size


def _small_share(found: DialReading) -> float:
    return float((found.run.exact_margins < SMALL_MARGIN).mean())


def mitigation_words(found: DialReading) -> list[str]:
    """Says what mitigation brings and what it costs."""
    before, run = found.unmitigated, found.run
    if before is None:
        return []
    names = " and ".join(METHODS[name].title.lower() for name in run.mitigate)
    nearer = "nearer to" if run.mean_error < before.mean_error else "no nearer to"
    shots = f" and {run.cost.shots:,} shots in place of {before.cost.shots:,}" if run.cost.shots else ""
    gates = f", with {run.cost.gates:.0f} times the gates in all" if run.cost.gates > 1 else ""
    return [
        f"With {names}, the measured values are {nearer} the exact ones: off by {run.mean_error:.3f} on average, "
        f"{before.mean_error:.3f} without. Mean confidence {percent(run.mean_confidence)} "
        f"({percent(before.mean_confidence)} without), right {run.evaluation.correct} "
        f"({before.evaluation.correct} without).",
        f"It costs {run.cost.circuits:,} circuits in place of {before.cost.circuits:,}{shots}{gates}; each value's "
        f"statistical error grows {run.cost.error_factor:.1f} times at the same shots a circuit.",
    ]


def first_words(found: DialReading, noun: str) -> str:
    """Says how many answers change, and whether those of small margin go first."""
    run = found.run
    if run.readout.is_exact:
        return ""
    if not found.going:
        return f"None of the {run.size} {noun} changes its answer."
    among, count = found.first_by_margin()
    where = f"in some of {found.spread.draws} draws" if found.spread else "under this noise"
    luck = count * count / run.size
    return (
        f"**Which go first**: {found.going} of {run.size} {noun} change their answer {where}. Of the first {count} to "
        f"go, {among} {'is' if among == 1 else 'are'} among the {count} of smallest exact margin (luck would give "
        f"{luck:.1f})."
    )


def needed_words(found: ShotsNeeded, noun: str) -> str:
    """Says how many shots keep most answers, with what the draws leave open."""
    what = f"{found.share:.0%} of the {noun} keep their answer"
    if found.shots is None:
        return f"Not even {MOST_SHOTS:,} shots are enough that {what}."
    high = f"{found.high:,}" if found.high is not None else f"more than {MOST_SHOTS:,}"
    return (
        f"**About {found.shots:,} shots** are needed until {what} (likely {found.low or 1:,} to {high}): the answer "
        f"that infinitely many shots give with the same noise, on average over {found.draws} draws."
    )


def sweep_words(found: Sweep, noun: str) -> str:
    """Says what the chart shows."""
    single = "One draw at every place. " if found.is_drawn else "Averages over the noise, without shots. "
    band = f"Lines: the median of {found.draws} draws, and where 90% of them lie. " if found.draws > 1 else single
    wide = f" {estimated_words(found.trajectories)}" if found.trajectories else ""
    return f"{band}Dotted: exact. All {found.size} {noun}; all else as the dial says.{wide}"

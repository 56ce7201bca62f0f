"""Sentences on a readout, each chosen from the numbers that it says."""

from __future__ import annotations

from qtl_core.evaluation.metrics import apart_in_words, percent
from qtl_core.readout.dial import DialReading
from qtl_core.readout.mitigation import METHODS
from qtl_core.readout.shots_needed import ShotsNeeded
from qtl_core.readout.sweeps import Sweep
from qtl_core.settings.readout import MOST_SHOTS

MOVED = 0.03  # of the pictures, or of confidence: less is hardly seen
MATTERS = 0.02  # of the pictures: from here on accuracy falls


def kind_words(found: DialReading, readout: str) -> str:
    """Says what the numbers are: exact, an average, an estimate, or one draw."""
    said = {
        "exact": "Exact: the averages of the state itself, as if each picture were measured without end.",
        "average": f"An average over the noise ({readout}), as if each picture were measured without end.",
        "estimate": f"An estimate of the average over the noise ({readout}), from drawn trajectories.",
    }
    kind = found.run.kind
    if kind != "draw" or found.spread is None:
        return said[kind]
    how = f"One draw ({readout}), and how {found.spread.draws} further draws scatter"
    return f"{how}. {estimated_words(found.trajectories)}" if found.trajectories else f"{how}."


def estimated_words(trajectories: int) -> str:
    """Says that the law of wide circuits' noise is itself an estimate, and how far it may be off."""
    return (
        f"The circuit is too wide to compute its noise exactly. It is estimated from {trajectories} random courses of "
        f"the noise for each picture: every average ⟨Z⟩ behind this has a standard error of its own, of at most "
        f"{1 / trajectories**0.5:.2f} before any mitigation."
    )


def verdict_words(found: DialReading, noun: str) -> str:
    """Says what the readout does to accuracy and confidence, and where to try it if it does little."""
    run = found.run
    if run.readout.is_exact:
        return "No machine reads like this: turn the dial to see what shots and noise do to these answers."
    accuracy = found.spread.band("accuracy")[1] if found.spread else run.accuracy
    confidence = found.spread.band("confidence")[1] if found.spread else run.mean_confidence
    lost, unsure = run.exact_accuracy - accuracy, run.exact_mean_confidence - confidence
    if lost >= MATTERS:
        return f"Accuracy falls from {percent(run.exact_accuracy)} to {percent(accuracy)}: here the readout matters."
    right = round(accuracy * run.size)
    steady = f"Accuracy hardly moves ({apart_in_words(right, run.exact_evaluation.correct, noun)} from exact)"
    if unsure < MOVED:
        return f"{steady}, nor does confidence ({percent(run.exact_mean_confidence)} exact, {percent(confidence)} so)."
    return (
        f"{steady}, but confidence falls from {percent(run.exact_mean_confidence)} to {percent(confidence)}: the "
        "answers stay on their side, nearer to the border. On points such as the spirals, where the circuit does the "
        "work, accuracy itself can fall: train on them to see it."
    )


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
        f"go, {among} are among the {count} of smallest exact margin (luck would give {luck:.1f})."
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

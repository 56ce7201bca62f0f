"""All checks in one list, the gravest first, and which finding makes which advice useless."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qtl_core.evaluation.diagnosis.finding import Finding, Kind, finite_part
from qtl_core.evaluation.diagnosis.learning_curves import jumping, overfitting, vanishing
from qtl_core.evaluation.diagnosis.nothing_to_learn import nothing_to_learn
from qtl_core.evaluation.diagnosis.of_numbers import finding_for, in_words_for
from qtl_core.evaluation.diagnosis.predictions import collapsed, imbalance, nothing_learnt, swapped_names
from qtl_core.evaluation.diagnosis.remedies import with_remedy
from qtl_core.evaluation.diagnosis.underfitting import (
    kept_early,
    never_answered,
    slow_for_numbers,
    still_falling,
    underfitted,
    why_not_compared,
)
from qtl_core.evaluation.metrics import SMALL_NUMBERS
from qtl_core.runs.view import RunView, TrainedRun

Check = Callable[[TrainedRun], Finding | None]
# Each with what it looks for, in words that follow "The app looks for".
SOUGHT_ALWAYS: Mapping[Check, str] = {
    collapsed: "one class said of all pictures",
    jumping: "a loss that jumps",
    vanishing: "gradients that vanish at the start",
    nothing_learnt: "next to nothing learnt",
    swapped_names: "classes under each other's names",
    imbalance: "a class missed because it is rare in training",
    overfitting: "pictures learnt by heart",
}
SOUGHT_AT_THE_END: Mapping[Check, str] = {
    nothing_to_learn: "labels that have nothing to do with the pictures",
    underfitted: "training pictures that are not learnt",
    slow_for_numbers: "a learning rate too low for rows of few numbers",
    never_answered: "a class that is never answered",
    kept_early: "weights kept too early",
    still_falling: "a loss that still falls",
}
CHECKS: tuple[Check, ...] = (*SOUGHT_ALWAYS, *SOUGHT_AT_THE_END)
_NOT_FAR_ENOUGH: frozenset[Kind] = frozenset({"underfitting", "class left out", "kept early", "still falling"})
# A training that has broken down has no use for advice on how it might do better. A collapse names the imbalance
# where that is its cause, and so does "nothing learnt"; a validation loss that rises because a rare class is missed
# with ever more certainty, or because the names of classes are swapped, is not learning by heart. Where gradients
# vanish, more steps find no slope either.
HIDDEN_FINDINGS: Mapping[Kind, frozenset[Kind]] = {
    "collapsed": _NOT_FAR_ENOUGH.union(("nothing learnt", "nothing to learn", "imbalance", "overfitting")),
    "jumping": _NOT_FAR_ENOUGH.union(("nothing learnt", "nothing to learn", "imbalance", "overfitting")),
    "vanishing": _NOT_FAR_ENOUGH,
    "nothing learnt": _NOT_FAR_ENOUGH.union(("imbalance", "overfitting")),
    "nothing to learn": _NOT_FAR_ENOUGH.union(("nothing learnt", "overfitting")),
    "swapped": _NOT_FAR_ENOUGH.union(("nothing to learn", "imbalance", "overfitting")),
    "imbalance": _NOT_FAR_ENOUGH.union(("nothing to learn", "overfitting")),
    "overfitting": frozenset({"still falling"}),
    "underfitting": frozenset({"still falling"}),
}


def sought_in_words(view: TrainedRun) -> str:
    """Returns what the checks look for, what of it only at a training's end, and what not at all in this one."""
    has_gradients = any(epoch.layer_gradients for epoch in view.epochs)  # none without a circuit whose angles learn
    always = [words for check, words in SOUGHT_ALWAYS.items() if check is not vanishing or has_gradients]
    unsought: dict[Check, bool] = {
        underfitted: bool(why_not_compared(view.prepared)),
        slow_for_numbers: not view.prepared.settings.data.is_numbers,
    }
    ends = [words for check, words in SOUGHT_AT_THE_END.items() if not unsought.get(check)]
    *first, last = (*always, *ends)
    late = SMALL_NUMBERS[len(ends)]
    said = [
        f"The app looks for {', '.join(first)}, and {last}.",
        "" if view.is_over else f"The last {late} are looked for at the end.",
        why_not_compared(view.prepared),
        "Weights that are kept by the lowest loss are not called too early."
        if view.prepared.settings.training.best_by == "loss"
        else "",
    ]
    return in_words_for(view.prepared.settings.data, " ".join(part for part in said if part))


def diagnose(view: RunView) -> tuple[Finding, ...]:
    """Returns what there is to say about a run so far, the gravest first; nothing where it goes well."""
    view = finite_part(view)
    if view.prepared is None or not view.epochs or not view.prepared.is_measured:
        return ()
    run = TrainedRun.of(view)
    found = tuple(finding for check in CHECKS if (finding := check(run)))
    hidden: frozenset[Kind] = frozenset().union(*(HIDDEN_FINDINGS.get(finding.kind, frozenset()) for finding in found))
    shown = with_remedy(run, [finding for finding in found if finding.kind not in hidden])
    return tuple(finding_for(run.prepared.settings.data, finding) for finding in shown)

"""All checks in one list, the gravest first, and which finding makes which advice useless."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qtl_core.evaluation.diagnosis.finding import Finding, Kind, finite_part
from qtl_core.evaluation.diagnosis.learning_curves import jumping, overfitting, vanishing
from qtl_core.evaluation.diagnosis.predictions import collapsed, imbalance, nothing_learnt, swapped_names
from qtl_core.evaluation.diagnosis.underfitting import kept_early, never_answered, still_falling, underfitted
from qtl_core.runs.view import RunView, TrainedRun

CHECKS: tuple[Callable[[TrainedRun], Finding | None], ...] = (
    collapsed,
    jumping,
    vanishing,
    nothing_learnt,
    swapped_names,
    imbalance,
    overfitting,
    underfitted,
    never_answered,
    kept_early,
    still_falling,
)
_NOT_FAR_ENOUGH: frozenset[Kind] = frozenset({"underfitting", "class left out", "kept early", "still falling"})
# A training that has broken down has no use for advice on how it might do better. A collapse names the imbalance
# where that is its cause, and so does "nothing learnt"; a validation loss that rises because a rare class is missed
# with ever more certainty, or because the names of classes are swapped, is not learning by heart. Where gradients
# vanish, more steps find no slope either.
HIDDEN_FINDINGS: Mapping[Kind, frozenset[Kind]] = {
    "collapsed": _NOT_FAR_ENOUGH.union(("nothing learnt", "imbalance", "overfitting")),
    "jumping": _NOT_FAR_ENOUGH.union(("nothing learnt", "imbalance", "overfitting")),
    "vanishing": _NOT_FAR_ENOUGH,
    "nothing learnt": _NOT_FAR_ENOUGH.union(("imbalance", "overfitting")),
    "swapped": _NOT_FAR_ENOUGH.union(("imbalance", "overfitting")),
    "imbalance": _NOT_FAR_ENOUGH.union(("overfitting",)),
    "overfitting": frozenset({"still falling"}),
    "underfitting": frozenset({"still falling"}),
}


def diagnose(view: RunView) -> tuple[Finding, ...]:
    """Returns what there is to say about a run so far, the gravest first; nothing where it goes well."""
    view = finite_part(view)
    if view.prepared is None or not view.epochs or not view.prepared.is_measured:
        return ()
    run = TrainedRun.of(view)
    found = tuple(finding for check in CHECKS if (finding := check(run)))
    hidden: frozenset[Kind] = frozenset().union(*(HIDDEN_FINDINGS.get(finding.kind, frozenset()) for finding in found))
    return tuple(finding for finding in found if finding.kind not in hidden)

"""Findings on a training that still goes on, said only once they have held for some epochs: a ripple is no trouble.

False alarms, measured by `python -m tools.diagnosis_false_alarms` (ants and bees, photos, MobileNetV2): of 40 trainings
by the recipe, all of which end well, 2 would be warned of on their way if a finding were said at once, and none if it
must have held for two epochs. With labels at random all are. By one cycle 7 of 40 would be warned of, all of them in
the first four epochs, while the rate still climbed: that nothing is learnt yet is not said then.
"""

from __future__ import annotations

from dataclasses import replace

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.finding import Finding, Kind
from qtl_core.runs.view import RunView

HELD_EPOCHS = 2  # in a row
NOT_YET: frozenset[Kind] = frozenset(("collapsed", "nothing learnt"))  # as every training begins


def warnings_so_far(view: RunView) -> tuple[Finding, ...]:
    """Returns what there is to say of a training under way: what was found after each of its last epochs, as it is now.

    Nothing is said of a run that is over, of which `diagnose` says all, nor before `HELD_EPOCHS` epochs.
    """
    if view.is_over or len(view.epochs) < HELD_EPOCHS:
        return ()
    found = diagnose(view)
    for left_out in range(1, HELD_EPOCHS):
        if not found:
            break
        before = {finding.kind for finding in diagnose(replace(view, epochs=view.epochs[:-left_out]))}
        found = tuple(finding for finding in found if finding.kind in before)
    return tuple(finding for finding in found if not (finding.kind in NOT_YET and _rate_climbs(view)))


def _rate_climbs(view: RunView) -> bool:
    """Returns whether the learning rate still rises, as in a warm-up or the first part of one cycle."""
    before, now = (epoch.learning_rate for epoch in view.epochs[-2:])
    return now > before

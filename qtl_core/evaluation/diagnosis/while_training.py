"""Findings on a training that still goes on, said only once they have held for some epochs: a ripple is no trouble.

False alarms, measured by `python -m tools.diagnosis_false_alarms` (ants and bees, photos, MobileNetV2): of 40 trainings
by the recipe, all of which end well, 2 would be warned of on their way if a finding were said at once, and none if it
must have held for two epochs. With labels at random all are.
"""

from __future__ import annotations

from dataclasses import replace

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.finding import Finding
from qtl_core.runs.view import RunView

HELD_EPOCHS = 2  # in a row


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
    return found

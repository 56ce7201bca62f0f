"""Doubts about a run's answers, in sentences: all alike, no better than guessing, a training that broke off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qtl_core.evaluation.class_figures import VALIDATION, part_figures
from qtl_core.evaluation.diagnosis.chance import tells_apart
from qtl_core.inference.model_card import NOUNS, constant_answer
from qtl_core.runs.view import TrainedRun


def doubts(run: TrainedRun) -> tuple[str, ...]:
    """Returns what whoever gets a run has to know before its answers are used, as sentences of plain text."""
    alike = constant_words(run)
    return tuple(filter(None, (alike, *_guessing(run), _broken_off(run))))


def constant_words(run: TrainedRun) -> str:
    """Returns the sentences on a run that gives all pictures the same answer; "" of any other."""
    if not (constant := constant_answer(run)):
        return ""
    noun = NOUNS[run.prepared.settings.data.source]
    return (
        f"It answers everything alike: {constant} for every one of its {run.prepared.val_size:,} validation {noun}, "
        "though they are of several classes. Nothing can be read from its answers."
    )


def _guessing(run: TrainedRun) -> Iterator[str]:
    """Yields what guessing would get right of what it was checked with, and whether the run gets more."""
    if (figures := part_figures(run).get(VALIDATION)) is None:
        return
    found = figures.evaluation
    counts = np.bincount(found.labels, minlength=len(found.classes))
    if np.count_nonzero(counts) < 2 or not np.isfinite(found.probabilities).all():
        return
    level = f"Always naming {found.classes[int(counts.argmax())]} would get {counts.max():,} of {found.total:,} right"
    if found.correct <= counts.max():
        yield f"{level}: it is no better than guessing."
    elif not tells_apart(found):
        yield f"{level}, and luck might get the {found.correct:,} that it gets."
    else:
        yield f"{level}."


def _broken_off(run: TrainedRun) -> str:
    """Returns the sentence on a training that did not come to its end."""
    done, planned = run.epochs[-1].epoch, run.prepared.settings.training.epochs
    if run.failed is not None:
        return f"Its training broke off after epoch {done} of {planned}. {run.failed.what} {run.failed.why}".strip()
    if run.prepared.from_elsewhere or (run.ended is not None and run.ended.how == "finished"):
        return ""
    return f"Its training was stopped after epoch {done} of {planned}."

"""The published trainings of light as a shell says them: one object each, beside what was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from qtl_core.common.progress import Progress, ReportProgress, never_stop
from qtl_core.learn.optics import quantum_to_classical as q2c
from qtl_core.learn.optics import quantum_to_quantum as q2q
from qtl_core.learn.optics.figures import as_object, figure_of
from qtl_core.learn.optics.jobs import STAGE, one_thread
from qtl_core.learn.optics.words import q2c_sentences, q2q_sentences

Part = TypeVar("Part")


def q2q_answer(report: ReportProgress) -> dict[str, Any]:
    """Trains quantum to quantum with the published settings and returns what came out."""
    settings = q2q.Settings()
    with one_thread():
        *_, found = _reported(q2q.learn(settings, np.arange(q2q.SEEDS), never_stop), q2q.POINTS + 2, report)
    assert isinstance(found, q2q.Finding), "the outcome comes last"
    return {
        **_beside(q2q.PUBLISHED, found.transferred),
        "from_scratch": as_object(figure_of(found.scratch)),
        "difference": as_object(figure_of(found.transferred - found.scratch)),
        "with_larger_cutoff": [
            {"cutoff": cutoff, "test_accuracy": round(transferred, 4), "from_scratch": round(scratch, 4)}
            for cutoff, scratch, transferred in found.larger
        ],
        "settings": asdict(settings),
        "sentence": _plain(q2q_sentences(found)),
    }


def q2c_answer(report: ReportProgress) -> dict[str, Any]:
    """Trains quantum to classical with the published settings and returns what came out."""
    settings = q2c.Settings()
    with one_thread():
        *_, found = _reported(q2c.learn(settings, np.arange(q2c.SEEDS), never_stop), q2c.POINTS + 2, report)
    assert isinstance(found, q2c.Finding), "the outcome comes last"
    return {
        **_beside(q2c.PUBLISHED, found.right),
        "without_network": as_object(figure_of(found.uncounted)),
        "settings": asdict(settings),
        "sentence": _plain(q2c_sentences(found)),
    }


def _beside(published: float, values: np.ndarray) -> dict[str, Any]:
    ours = as_object(figure_of(values))
    return {"test_accuracy": ours.pop("mean"), **ours, "seeds": len(values), "published": published}


def _reported(parts: Iterable[Part], total: int, report: ReportProgress) -> Iterator[Part]:
    for done, part in enumerate(parts, 1):
        report(Progress(STAGE, done, total))
        yield part


def _plain(sentences: list[str]) -> str:
    return " ".join(sentences).replace("**", "")

"""Runs as models that answer: kept ones, the one that comes along, and those that a worker has loaded."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from qtl_core.answering.records import TrainedModel
from qtl_core.bundled import RUN_ID, bundled_run
from qtl_core.store import cached_run, load_run
from qtl_core.training.view import TrainedRun

if TYPE_CHECKING:
    from qtl_core.prediction import Predictor

KEPT_MODELS = 3  # runs that a worker keeps loaded, some 50 MB each


def model_of(run: TrainedRun, key: str) -> TrainedModel:
    """Returns a run as a model: what answers, without most of its training's history, which would be sent along.

    Args:
        run: The run.
        key: See `TrainedModel`.
    """
    best, last = run.best, run.epochs[-1]
    return TrainedModel(key, replace(run, epochs=(last,) if best is None or best is last else (best, last)))


def kept_model(run_id: str, version: int) -> TrainedModel:
    """Returns a kept run as a model.

    Args:
        run_id: The run's identifier.
        version: Differs once the run has gone on (`RunRecord.version`).

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(TrainedRun.of(cached_run(run_id, version)), f"{run_id}-{version}")


def named_model(name: str) -> TrainedModel:
    """Returns a kept run as a model, or by the name "bundled" the one that comes with the app.

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(bundled_run() if name == RUN_ID else TrainedRun.of(load_run(name)), name)


@lru_cache(maxsize=KEPT_MODELS)
def loaded(model: TrainedModel) -> Predictor:
    """Returns the run ready for pictures, from this worker's memory where it was asked before.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.prediction import Predictor

    return Predictor(model.run)

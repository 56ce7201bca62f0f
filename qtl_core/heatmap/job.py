"""Finds out where a run looked, in a worker that keeps the run loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.answering import TrainedModel, loaded
from qtl_core.callbacks import ShouldStop
from qtl_core.heatmap.records import GRADIENT, OCCLUSION, HeatMaps, Method
from qtl_core.jobs import JobSpec, JobView
from qtl_core.progress import Progress

if TYPE_CHECKING:
    from torch import Tensor

    from qtl_core.prediction import Predictor


def heatmap_job(model: TrainedModel, seen: np.ndarray, method: Method, owner: str = "") -> JobSpec[JobView[HeatMaps]]:
    """Returns the job that makes the maps of a picture.

    Args:
        model: The run.
        seen: What the image network is given of the picture, uint8 (224, 224, 3).
        method: How to find out.
        owner: Whose job it is.
    """
    return JobSpec("qtl_core.heatmap.job:perform", (model, seen, method), owner)


def perform(
    payload: tuple[TrainedModel, np.ndarray, Method],
    emit: Callable[[HeatMaps | Progress], None],
    should_stop: ShouldStop,
) -> None:
    """Makes the maps in a worker process.

    Raises:
        UserError: The run's image network is not here.
        StoppedByUser: `should_stop` said so.
    """
    model, seen, method = payload
    emit(heat_maps(loaded(model), seen, method, emit, should_stop))


def heat_maps(
    predictor: Predictor,
    seen: np.ndarray,
    method: Method,
    report: Callable[[Progress], None],
    should_stop: ShouldStop,
) -> HeatMaps:
    """Makes the maps of a picture; see `heatmap_job`."""
    maps = _by_gradient(predictor, seen) if method == GRADIENT else None
    if maps is None:
        method = OCCLUSION
        maps = _by_occlusion(predictor, seen, report, should_stop)
    classes = len(predictor.classes)
    return HeatMaps(method, maps[:classes], maps[classes:])


def _by_gradient(predictor: Predictor, seen: np.ndarray) -> np.ndarray | None:
    import torch

    from qtl_core.heatmap.gradcam import gradcam

    def targets(features: Tensor) -> Tensor:
        values = _answered(predictor, features)[0]
        return values * torch.from_numpy(_ways(predictor, values.detach().numpy()))

    return gradcam(predictor.backbone.network, targets, _images(predictor, [seen]))


def _by_occlusion(
    predictor: Predictor, seen: np.ndarray, report: Callable[[Progress], None], should_stop: ShouldStop
) -> np.ndarray:
    import torch

    from qtl_core.heatmap.occlusion import occlusion

    @torch.no_grad()
    def respond(views: Sequence[np.ndarray]) -> np.ndarray:
        return _answered(predictor, predictor.backbone(_images(predictor, views))).numpy()

    ways = _ways(predictor, respond([seen])[0])
    fill = [round(255 * mean) for mean in predictor.spec.transform.mean]  # 0 once normalised
    return occlusion(
        lambda views: respond(views) * ways,
        seen,
        fill,
        lambda done, total: report(Progress("Covering part after part", done, total)),
        should_stop,
    )


def _images(predictor: Predictor, views: Sequence[np.ndarray]) -> Tensor:
    from qtl_core.features.transforms import normalised

    return normalised(views, predictor.spec.transform, next(predictor.backbone.parameters()).device)


def _answered(predictor: Predictor, features: Tensor) -> Tensor:
    """Returns every class score and then every qubit's value, shape (rows, classes + qubits)."""
    import torch

    expectations = predictor.head.expectations(features.cpu())
    return torch.cat([predictor.head.post_net(expectations), expectations], dim=1)


def _ways(predictor: Predictor, values: np.ndarray) -> np.ndarray:
    """Returns 1 for every class and every qubit that is measured up, -1 for every qubit that is measured down."""
    is_qubit = np.arange(len(values)) >= len(predictor.classes)
    return np.where(is_qubit & (values < 0), -1, 1).astype(np.float32)

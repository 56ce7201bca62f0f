"""Heat maps of where a run looked: which places speak for a class, or move one qubit's value; drawn over the picture.

Two ways: Grad-CAM follows the gradient back to the image network's last maps (`gradcam`); occlusion covers part after
part of the picture and watches what is lost (`occlusion`). Both give places that are 0 or more, the larger the more a
place speaks for the target. For a qubit the target is its value as it came out: up where it is positive, else down.

Nothing here imports torch at its top: pages ask, a worker looks. `blended` lays a map over the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.inference.requests import TrainedModel, loaded
from qtl_core.jobs import JobSpec, JobView

if TYPE_CHECKING:
    from torch import Tensor

    from qtl_core.inference.predictor import Predictor


Method = Literal["gradient", "occlusion"]
GRADIENT: Method = "gradient"
OCCLUSION: Method = "occlusion"
METHODS: tuple[Method, ...] = (GRADIENT, OCCLUSION)


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class HeatMaps:
    """One picture's maps, for every class and every qubit.

    Attributes:
        method: How they were made; occlusion where the image network has no maps to follow a gradient to.
        by_class: How much every place speaks for each class's score, 0 or more, shape (classes, rows, columns).
        by_qubit: How much every place moves each qubit's value the way it went, shape (qubits, rows, columns).
    """

    method: Method
    by_class: np.ndarray
    by_qubit: np.ndarray


# From almost black over violet and orange to pale yellow, evenly brighter: five places of matplotlib's "inferno".
RAMP = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def shows_nothing(places: np.ndarray) -> bool:
    """Returns whether a map says nothing: no place is more than 0, or some are no numbers."""
    return not (np.isfinite(places).all() and places.max() > 0)


def blended(seen: np.ndarray, places: np.ndarray, opacity: float) -> np.ndarray:
    """Returns the picture with its map over it, uint8 (side, side, 3).

    The map is shown relative to its own brightest place, so two pictures' maps cannot be compared.

    Args:
        seen: The picture, uint8 (side, side, 3).
        places: The map, 0 or more, shape (rows, columns).
        opacity: 0 shows the picture alone, 1 the map alone.

    Raises:
        ValueError: The map is blank.
    """
    heat = ramp_colours(enlarged(places, seen.shape[0]))
    return np.rint((1 - opacity) * seen + opacity * heat).astype(np.uint8)


def enlarged(places: np.ndarray, side: int) -> np.ndarray:
    """Returns a map as large as its picture, float (side, side), its brightest place 1.

    Raises:
        ValueError: The map is blank.
    """
    from PIL import Image

    if shows_nothing(places):
        raise ValueError("a blank map has no brightest place")
    image = Image.fromarray(places.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    return pixels / pixels.max()


def ramp_colours(shares: np.ndarray) -> np.ndarray:
    """Returns the colour of every share from 0 to 1, float (..., 3), channels 0 to 255."""
    at = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(shares, at, channel) for channel in RAMP.T], axis=-1)


def heatmap_job(model: TrainedModel, seen: np.ndarray, method: Method, owner: str = "") -> JobSpec[JobView[HeatMaps]]:
    """Returns the job that makes the maps of a picture.

    Args:
        model: The run.
        seen: What the image network is given of the picture, uint8 (224, 224, 3).
        method: How to find out.
        owner: Whose job it is.
    """
    return JobSpec("qtl_core.explain.heatmap:run_heatmap_job", (model, seen, method), owner)


def run_heatmap_job(
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

    from qtl_core.explain.gradcam import gradcam

    def targets(features: Tensor) -> Tensor:
        values = _answered(predictor, features)[0]
        return values * torch.from_numpy(_ways(predictor, values.detach().numpy()))

    return gradcam(predictor.backbone.network, targets, _images(predictor, [seen]))


def _by_occlusion(
    predictor: Predictor, seen: np.ndarray, report: Callable[[Progress], None], should_stop: ShouldStop
) -> np.ndarray:
    import torch

    from qtl_core.explain.occlusion import occlusion

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
    from qtl_core.pictures.features.transforms import normalised

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

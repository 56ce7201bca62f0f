"""Heat maps of where a run looked: places that speak for a class, or move one qubit's or hidden unit's value.

Two ways: Grad-CAM follows the gradient back to the image network's last maps (`gradcam`); occlusion covers part after
part of the picture and watches what is lost (`occlusion`). Both give places that are 0 or more, the larger the more a
place speaks for the target. For a qubit, or a hidden unit of a head without a circuit, the target is its value as it
came out: up where it is positive, else down. A linear head has nothing between features and classes to look at.

Nothing here imports torch at its top: pages ask, a worker looks. `blended` lays a map over the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel, loaded
from qtl_core.jobs import JobSpec, JobView

if TYPE_CHECKING:
    from torch import Tensor

    from qtl_core.inference.predictor import Predictor


Method = Literal["gradient", "occlusion"]
GRADIENT: Method = "gradient"
OCCLUSION: Method = "occlusion"
METHODS: tuple[Method, ...] = (GRADIENT, OCCLUSION)
MOST_UNITS = 16  # hidden units that have maps: those that say the most in this answer; a circuit has 12 qubits at most


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class HeatMaps:
    """One picture's maps, for every class and every qubit or hidden unit.

    Attributes:
        method: How they were made; occlusion where the image network has no maps to follow a gradient to.
        by_class: How much every place speaks for each class's score, 0 or more, shape (classes, rows, columns).
        by_unit: How much every place moves the value of each of `mapped_units` the way it went, shape (units, rows,
            columns).
    """

    method: Method
    by_class: np.ndarray
    by_unit: np.ndarray


# From almost black over violet and orange to pale yellow, evenly brighter: five places of matplotlib's "inferno".
RAMP = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def mapped_units(explanation: Explanation) -> tuple[int, ...]:
    """Returns the qubits or hidden units that there are maps of: all, or of many those that say the most; in order."""
    return explanation.telling(MOST_UNITS) if explanation.model.spec.is_hidden else ()


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


def heatmap_job(
    model: TrainedModel, explanation: Explanation, method: Method, owner: str = ""
) -> JobSpec[JobView[HeatMaps]]:
    """Returns the job that makes the maps of a picture.

    Args:
        model: The run.
        explanation: What it said of the picture.
        method: How to find out.
        owner: Whose job it is.
    """
    payload = model, explanation.seen, mapped_units(explanation), method
    return JobSpec("qtl_core.explain.heatmap:run_heatmap_job", payload, owner)


def run_heatmap_job(
    payload: tuple[TrainedModel, np.ndarray, tuple[int, ...], Method],
    emit: Callable[[HeatMaps | Progress], None],
    should_stop: ShouldStop,
) -> None:
    """Makes the maps in a worker process.

    Raises:
        UserError: The run's image network is not here.
        StoppedByUser: `should_stop` said so.
    """
    model, seen, units, method = payload
    emit(heat_maps(loaded(model), seen, units, method, emit, should_stop))


def heat_maps(
    predictor: Predictor,
    seen: np.ndarray,
    units: Sequence[int],
    method: Method,
    report: Callable[[Progress], None],
    should_stop: ShouldStop,
) -> HeatMaps:
    """Makes the maps of a picture; see `heatmap_job`."""
    asked = _Asked(predictor, list(units))
    maps = _by_gradient(asked, seen) if method == GRADIENT and predictor.spec.has_maps else None
    if maps is None:
        method = OCCLUSION
        maps = _by_occlusion(asked, seen, report, should_stop)
    classes = len(predictor.classes)
    return HeatMaps(method, maps[:classes], maps[classes:])


@dataclass(frozen=True)
class _Asked:
    """The question to a run: every class score, and the values of some of its qubits or hidden units."""

    predictor: Predictor
    units: list[int]

    def images(self, views: Sequence[np.ndarray]) -> Tensor:
        from qtl_core.pictures.features.transforms import normalised

        return normalised(views, self.predictor.spec.transform, next(self.predictor.backbone.parameters()).device)

    def values(self, features: Tensor) -> Tensor:
        """Returns every class score and then every unit's value, shape (rows, classes + units)."""
        import torch

        hidden = self.predictor.head.hidden(features.cpu())
        return torch.cat([self.predictor.head.post_net(hidden), hidden[:, self.units]], dim=1)

    def ways(self, values: np.ndarray) -> np.ndarray:
        """Returns 1 for every class and every unit whose value is positive, -1 for every unit whose is negative."""
        is_unit = np.arange(len(values)) >= len(self.predictor.classes)
        return np.where(is_unit & (values < 0), -1, 1).astype(np.float32)


def _by_gradient(asked: _Asked, seen: np.ndarray) -> np.ndarray | None:
    import torch

    from qtl_core.explain.gradcam import gradcam

    def targets(features: Tensor) -> Tensor:
        values = asked.values(features)[0]
        return values * torch.from_numpy(asked.ways(values.detach().numpy()))

    return gradcam(asked.predictor.backbone.network, targets, asked.images([seen]))


def _by_occlusion(
    asked: _Asked, seen: np.ndarray, report: Callable[[Progress], None], should_stop: ShouldStop
) -> np.ndarray:
    import torch

    from qtl_core.explain.occlusion import occlusion

    @torch.no_grad()
    def respond(views: Sequence[np.ndarray]) -> np.ndarray:
        return asked.values(asked.predictor.backbone(asked.images(views))).numpy()

    ways = asked.ways(respond([seen])[0])
    fill = [round(255 * mean) for mean in asked.predictor.spec.transform.mean]  # 0 once normalised
    return occlusion(
        lambda views: respond(views) * ways,
        seen,
        fill,
        lambda done, total: report(Progress("Covering part after part", done, total)),
        should_stop,
    )

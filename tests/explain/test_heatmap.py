"""Both ways find where a run looked, on pictures and networks whose informative place is known by construction."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress
from qtl_core.explain.gradcam import gradcam
from qtl_core.explain.heatmap import (
    GRADIENT,
    METHODS,
    OCCLUSION,
    HeatMaps,
    enlarged,
    heat_maps,
    heatmap_job,
    run_heatmap_job,
)
from qtl_core.explain.occlusion import occlusion
from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import model_of
from qtl_core.network.trained_head import TrainedHead
from qtl_core.pictures.backbones.loading import FrozenBackbone
from qtl_core.pictures.backbones.networks import ARCHITECTURES
from qtl_core.settings import CircuitSettings
from qtl_core.settings.backbones import BACKBONES
from tests.helpers.made_networks import KINDS

SIDE, HALF = 224, 112
CORNERS = {"red": (0, 0), "blue": (1, 1)}  # of the picture's four quarters
COLOURS = {"red": (230, 20, 20), "blue": (20, 20, 230)}


class Colours(nn.Module):
    """Two features: how much red there is in the picture and how much blue, however they are spread."""

    def __init__(self) -> None:
        super().__init__()
        self.detect = nn.Conv2d(3, 2, 1, bias=False)
        self.detect.weight.data = torch.tensor([[1, -0.5, -0.5], [-0.5, -0.5, 1]])[:, :, None, None]
        self.shrink, self.relu = nn.AvgPool2d(16), nn.ReLU(inplace=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return 10 * self.relu(self.shrink(self.detect(images))).mean(dim=(2, 3))


def colour_predictor(turns: tuple[float, float], backbone: nn.Module | None = None) -> Predictor:
    """A run without layers, that turns qubit 0 by the red and qubit 1 by the blue of a picture: <Z> = -sin(angle).

    The first class is the one of red, the second that of blue, whichever way the qubits turn.
    """
    zeros = np.zeros(2, np.float32)
    head = TrainedHead(
        {
            "pre_net.weight": np.diag(turns).astype(np.float32),
            "pre_net.bias": zeros,
            "q_params": zeros[:0],
            "post_net.weight": np.diag(-np.sign(turns)).astype(np.float32),
            "post_net.bias": zeros,
        },
        CircuitSettings(qubits=2, depth=0),
    )
    made = Predictor.__new__(Predictor)
    made.classes, made.head, made.backbone = ("red", "blue"), head, FrozenBackbone(backbone or Colours())
    made.spec = BACKBONES["efficientnet_lite0"]
    return made


def coloured_picture() -> np.ndarray:
    """Grey, with a red square in the upper left quarter and a blue one in the lower right."""
    seen = np.full((SIDE, SIDE, 3), 128, np.uint8)
    for name, (row, column) in CORNERS.items():
        seen[HALF * row + 32 : HALF * row + 80, HALF * column + 32 : HALF * column + 80] = COLOURS[name]
    return seen


def share_in(places: np.ndarray, corner: tuple[int, int]) -> float:
    """The share of a map's mass that lies in a quarter of the picture."""
    pixels = enlarged(places, SIDE)
    row, column = (HALF * each for each in corner)
    return float(pixels[row : row + HALF, column : column + HALF].sum() / pixels.sum())


def looked(predictor: Predictor, seen: np.ndarray, method: str) -> HeatMaps:
    return heat_maps(predictor, seen, range(predictor.head.post_net.in_features), method, lambda _: None, lambda: False)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("turns", [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)], ids=str)
def test_class_and_qubit_looked_at_the_only_quarter_that_tells_them_anything(method, turns):
    made = looked(colour_predictor(turns), coloured_picture(), method)
    assert made.method == method
    for index, name in enumerate(COLOURS):
        for places in (made.by_class[index], made.by_unit[index]):
            assert places.min() >= 0
            assert share_in(places, CORNERS[name]) > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_in_the_picture_was_looked_at_nowhere(method):
    seen = coloured_picture()
    seen[HALF:] = 128  # no blue any more
    made = looked(colour_predictor((1.0, 1.0)), seen, method)
    assert share_in(made.by_class[0], CORNERS["red"]) > 0.9
    assert made.by_class[1].max() == pytest.approx(0, abs=1e-6)
    assert made.by_unit[1].max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_class_of_a_negative_score_is_shown_what_speaks_for_it_all_the_same(method):
    predictor = colour_predictor((1.0, 1.0))
    plain = looked(predictor, coloured_picture(), method)
    predictor.head.post_net.bias.data -= 5  # every score is below 0, and every place says what it said
    assert looked(predictor, coloured_picture(), method).by_class == pytest.approx(plain.by_class, abs=1e-5)
    assert share_in(plain.by_class[0], CORNERS["red"]) > 0.9


def test_a_network_without_maps_is_asked_by_covering_parts():
    class Flat(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.colours, self.unused = [Colours()], nn.Linear(1, 1)  # in a list: no module of this one

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.colours[0](images)

    made = looked(colour_predictor((1.0, 1.0), Flat()), coloured_picture(), GRADIENT)
    assert made.method == OCCLUSION
    assert share_in(made.by_unit[1], CORNERS["blue"]) > 0.9


def test_gradcam_is_equation_1_and_2_of_its_paper():
    torch.manual_seed(0)
    convolution, last = nn.Conv2d(3, 5, 3, stride=2), nn.Linear(5, 2)
    network = nn.Sequential(convolution, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    image = torch.randn(1, 3, 15, 15)
    made = gradcam(network, lambda features: torch.tanh(last(features))[0], image)
    maps = convolution(image).relu().detach().requires_grad_()
    for target in range(2):
        gradient = torch.autograd.grad(torch.tanh(last(maps.mean(dim=(2, 3))))[0, target], maps)[0]
        expected = (gradient.mean(dim=(2, 3))[..., None, None] * maps).sum(dim=1).relu()[0]
        assert made[target] == pytest.approx(expected.detach().numpy(), abs=1e-6)


@pytest.mark.parametrize("name", [name for name in KINDS if BACKBONES[name].has_maps])
def test_every_backbone_has_last_maps_whose_mean_are_its_features(name):
    torch.manual_seed(0)
    network = FrozenBackbone(ARCHITECTURES[name].build().requires_grad_(False)).network
    image = torch.randn(1, 3, 224, 224)
    # Of the sum of all features Grad-CAM is the sum of all maps over their number of places, where both are positive.
    made = gradcam(network, lambda features: features.sum(dim=1), image)
    side = 13 if name == "squeezenet1_0" else 7
    assert made.shape == (1, side, side)
    if name.startswith(("resnet", "squeezenet", "mobilenet_v2", "efficientnet_lite")):  # their maps are never negative
        with torch.no_grad():
            assert made.sum() == pytest.approx(float(network(image).sum()), rel=1e-3)
    assert not any(module._forward_hooks for module in network.modules())


@pytest.mark.parametrize("side", [224, 160, 518])
def test_occlusion_is_the_mean_fall_of_a_target_over_the_patches_on_a_place(side):
    seen = np.zeros((side, side, 3), np.uint8)
    seen[side * 40 // 224, side * 56 // 224] = 200  # one bright pixel, in place (2, 3) of 14 by 14

    def respond(views):
        return np.array([[view[..., 0].max() / 200] for view in views])

    steps: list[tuple[int, int]] = []
    made = occlusion(respond, seen, (0, 0, 0), lambda *step: steps.append(step))[0]
    assert made.shape == (14, 14)
    assert made[2, 3] == 1  # every patch on it covers the pixel
    assert made[2, 1] == pytest.approx(1 / 2)  # patches on it begin in column 0 or 1, and those of 0 end before it
    assert made[5, 3] == pytest.approx(0)  # patches on it begin in row 3
    assert steps[-1] == (144, 144)
    with pytest.raises(StoppedByUser):
        occlusion(respond, seen, (0, 0, 0), should_stop=lambda: True)


@pytest.fixture(scope="module")
def bundled() -> Predictor:
    return Predictor(bundled_run())


def a_bee_on_plain_ground(corner: tuple[int, int]) -> np.ndarray:
    """A drawn bee that fills a quarter of a grey picture."""
    bee = Image.open(io.BytesIO(drawn_example("val/bees/000.jpg"))).convert("RGB").resize((149, HALF))
    row, column = (HALF * each for each in corner)
    seen = np.full((SIDE, SIDE, 3), 128, np.uint8)
    seen[row : row + HALF, column : column + HALF] = np.asarray(bee.crop((18, 0, 18 + HALF, HALF)))
    return seen


def test_a_real_network_looked_at_the_bee_and_not_at_the_ground(bundled):
    """In the other corners this head's gradient maps lie partly on the ground; covering (below) finds the bee there."""
    corner = 1, 0
    seen = a_bee_on_plain_ground(corner)
    told = bundled.explain_views([seen], 0.0)[0]
    assert told.prediction.label == "bees"
    made = looked(bundled, seen, GRADIENT)
    assert share_in(made.by_class[1], corner) > 0.6  # measured: 1.00; a quarter by chance
    for qubit in range(4):  # measured: 0.90 and more
        assert share_in(made.by_unit[qubit], corner) > 0.6


def test_covering_the_bee_takes_the_answer_away_from_a_real_network(bundled):
    made = looked(bundled, a_bee_on_plain_ground((1, 1)), OCCLUSION)
    assert share_in(made.by_class[1], (1, 1)) > 0.8
    assert all(share_in(made.by_unit[qubit], (1, 1)) > 0.8 for qubit in (1, 2, 3))


def test_the_job_reports_how_far_it_is_and_ends_with_the_maps():
    model = model_of(bundled_run(), "bundled-test")
    told: list[HeatMaps | Progress] = []
    bee, plain = Predictor(model.run).explain_views([a_bee_on_plain_ground((0, 0)), coloured_picture()], 0.0)
    run_heatmap_job(heatmap_job(model, bee, GRADIENT).payload, told.append, lambda: False)
    (made,) = told
    assert made.by_class.shape == (2, 7, 7)
    assert made.by_unit.shape == (4, 7, 7)
    with pytest.raises(StoppedByUser):
        run_heatmap_job(heatmap_job(model, plain, OCCLUSION).payload, told.append, lambda: True)

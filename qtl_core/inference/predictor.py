"""A photo through a trained run: backbone, head, probabilities."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.inference.own_weights import resolve_own_weights
from qtl_core.network.trained_head import TrainedHead
from qtl_core.pictures.backbones.fit_weights import fit
from qtl_core.pictures.backbones.loading import FrozenBackbone, load_plain_backbone, pick_device, shared_backbone
from qtl_core.pictures.backbones.networks import architecture_of
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.transforms import centre_view, normalised
from qtl_core.runs.divergence import checked_head
from qtl_core.runs.view import TrainedRun


class Predictor:
    """A kept run, loaded once and ready for any number of pictures.

    Args:
        run: The run.
        weights: A weights file for its backbone, where the one it was trained with lies elsewhere now.

    Raises:
        UserError: The backbone's weights are not here, or are not those the run was trained with.
    """

    def __init__(self, run: TrainedRun, weights: str = "") -> None:
        checked_head(run, "This run cannot answer.")
        prepared, checkpoint = run.prepared, run.checkpoint
        self.classes = prepared.classes
        self.spec = spec_of(prepared.settings.data.backbone)
        self.backbone = frozen_backbone(run, weights)
        self.model = prepared.settings.model
        self.head = TrainedHead(checkpoint.best_weights, prepared.settings.circuit, self.model)

    def predict(self, source: Path | bytes | BinaryIO) -> Prediction:
        """Returns what the run says of a picture.

        Raises:
            UserError: It cannot be read as a picture.
        """
        return self.explain(source).prediction

    def explain(self, source: Path | bytes | BinaryIO) -> Explanation:
        """Returns what the run says of a picture, with all that it is made of.

        Raises:
            UserError: It cannot be read as a picture.
        """
        began = time.perf_counter()
        return self.explain_views([self.see(source)], began)[0]

    def see(self, source: Path | bytes | BinaryIO) -> np.ndarray:
        """Returns what the image network is given of a picture, uint8 (224, 224, 3); may be called from any thread.

        Raises:
            UserError: It cannot be read as a picture.
        """
        return centre_view(open_picture(source), self.spec.transform)

    @torch.no_grad()
    def explain_views(self, views: Sequence[np.ndarray], began: float) -> list[Explanation]:
        """Explains pictures that go through the image network together.

        Args:
            views: What `see` made of them.
            began: When that began (`time.perf_counter`), so that it counts in their time.
        """
        device = next(self.backbone.parameters()).device
        features = self.backbone(normalised(views, self.spec.transform, device)).cpu()
        angles = self.head.angles(features)
        hidden = self.head.hidden(features)
        probabilities = self.head.post_net(hidden).softmax(dim=1)
        if not probabilities.isfinite().all():
            raise UserError(
                "This run gives no answer.",
                "Its image network gives numbers that are not finite for a picture.",
                "Check its weights file, or train with another image network.",
            )
        stages = (features.numpy(), angles.numpy(), hidden.numpy().astype(np.float64), probabilities.numpy())
        each = (time.perf_counter() - began) / len(views)
        return [self._explained(each, *rows) for rows in zip(views, *stages, strict=True)]

    def _explained(
        self,
        seconds: float,
        seen: np.ndarray,
        features: np.ndarray,
        angles: np.ndarray,
        hidden: np.ndarray,
        probabilities: np.ndarray,
    ) -> Explanation:
        by_class = dict(zip(self.classes, probabilities.tolist(), strict=True))
        last = self.head.post_net
        return Explanation(
            prediction=Prediction(max(by_class, key=by_class.__getitem__), by_class, seconds),
            seen=seen,
            features=features,
            angles=angles,
            hidden=hidden,
            weights=last.weight.detach().numpy().T.astype(np.float64),
            bias=last.bias.detach().numpy().astype(np.float64),
            model=self.model,
        )


def frozen_backbone(run: TrainedRun, weights: str = "") -> FrozenBackbone:
    """Returns a run's image network for answering: shared with all runs whose training left it as it was.

    Args:
        run: The run.
        weights: See `Predictor`.

    Raises:
        UserError: See `Predictor`.
    """
    if run.checkpoint.best_backbone_state:
        return FrozenBackbone(own_backbone(run, weights)).to(pick_device())
    return shared_backbone(resolve_own_weights(run.prepared, weights), pick_device())


def own_backbone(run: TrainedRun, weights: str = "") -> nn.Module:
    """Returns a run's image network as its best epoch left it, unfolded: with batch norms that drifted, if they did.

    Args:
        run: The run.
        weights: See `Predictor`.

    Raises:
        UserError: See `Predictor`; a run that brought a whole network of its own needs no file.
    """
    own = {name: torch.tensor(value) for name, value in run.checkpoint.best_backbone_state.items()}
    architecture = architecture_of(run.prepared.settings.data.backbone)
    network = architecture.unfilled()
    if network.state_dict().keys() <= own.keys():
        fit(network, own, architecture.head, Path("of the run"))
        return network.requires_grad_(False).eval()
    network = load_plain_backbone(resolve_own_weights(run.prepared, weights))
    try:
        network.load_state_dict(
            own, strict=False
        )  # empty unless trained "as published", or brought in with its network
    except RuntimeError as error:  # shapes that are not this network's, in a file from a stranger
        raise UserError(
            "This run cannot predict.",
            f"The image network that came with it is no {spec_of(run.prepared.settings.data.backbone).title}.",
            "Ask for it again where it came from.",
        ) from error
    return network

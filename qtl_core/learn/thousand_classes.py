"""The image network's own answer among ImageNet's thousand classes, two of which are "ant" and "bee".

The app takes a network's last layer off and keeps what it reads, a picture's features. Where the weights file still has
that layer, its answer is one multiplication away. No torch at the top, because pages make jobs from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView

CLASSES = 1000
BEE, ANT = 309, 310  # as torchvision numbers them: WordNet's n02206856 "bee" and n02219486 "ant, emmet, pismire"
SHOWN = 5


@dataclass(frozen=True)
class ThousandRequest:
    """A request for answers: which network, as a run names it, and the features of pictures, shape (n, features)."""

    backbone: str
    weights: str
    features: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class ThousandAnswer:
    """The answer for one picture.

    Attributes:
        names, shares: The likeliest classes with their probabilities, the likeliest first.
        ant, bee: The probabilities of those two.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    ant: float
    bee: float

    @property
    def likelier(self) -> str:
        """The likelier of the two, as the classes here are called."""
        return "ants" if self.ant > self.bee else "bees"


def thousand_job(
    backbone: str, weights: str, features: Sequence[np.ndarray], owner: str
) -> JobSpec[JobView[tuple[ThousandAnswer, ...]]]:
    """Returns the job that answers for pictures whose features are known."""
    request = ThousandRequest(backbone, weights, np.stack(features))
    return JobSpec("qtl_core.learn.thousand_classes:run_thousand_job", request, owner)


def run_thousand_job(
    request: ThousandRequest,
    emit: Callable[[Progress | tuple[ThousandAnswer, ...]], None],
    should_stop: ShouldStop,
) -> None:
    """Does the job in a worker process."""
    emit(answers(request))


def answers(request: ThousandRequest) -> tuple[ThousandAnswer, ...]:
    """Returns the answer for every picture.

    Raises:
        UserError: The weights are not here, or their file has no last layer that reads these features.
    """
    from torchvision.models import ResNet18_Weights

    names = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    matrix, offset = last_layer(request.backbone, request.weights, request.features.shape[1])
    scores = request.features @ matrix.T + offset
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return tuple(_answer(each, names) for each in powers / powers.sum(axis=1, keepdims=True))


def last_layer(backbone: str, weights: str, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the layer that the app takes off: its weight (1000, features) and bias (1000,).

    Raises:
        UserError: There is none of that size in the file.
    """
    from qtl_core.pictures.backbones.fit_weights import read_state_dict
    from qtl_core.pictures.backbones.networks import architecture_of
    from qtl_core.pictures.backbones.resolve import resolve_backbone

    resolved = resolve_backbone(backbone, weights, allow_fallback=False)
    head = architecture_of(resolved.spec.name).head
    stored = read_state_dict(resolved.weights_path).items()
    found = {each.shape: each for name, each in stored if name.startswith(head)}
    if (CLASSES, features) not in found or (CLASSES,) not in found:
        raise UserError(
            f"{resolved.spec.title}'s own answer is not here.",
            "Its weights file came without the last layer, which this app does not need.",
            "",
        )
    matrix, offset = (found[shape].tensor().double().numpy() for shape in ((CLASSES, features), (CLASSES,)))
    return matrix, offset


def _answer(shares: np.ndarray, names: Sequence[str]) -> ThousandAnswer:
    best = np.argsort(-shares)[:SHOWN]
    likeliest = tuple(names[at] for at in best), tuple(float(shares[at]) for at in best)
    return ThousandAnswer(*likeliest, ant=float(shares[ANT]), bee=float(shares[BEE]))

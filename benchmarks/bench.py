"""The inputs of every section: the pictures, the network, their features, and how much to measure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

from benchmarks.effort import Effort
from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.backbones.weights_files import find_weights
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings, DataSettings, RunSettings, TrainingSettings
from qtl_core.training.preparation import prepare
from qtl_core.training.run import RunRequest, run
from qtl_core.training.task import KeptFeatures, TrainingTask

# The first of these whose weights are here is used: the paper's, and what stands in for it.
BACKBONES = ("resnet18", "mobilenet_v2", "efficientnet_lite0")


def say(words: str) -> None:
    """Says on stderr what is being done: the last line of stdout is for the figures."""
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Bench:
    """The materials, found by `open_bench`.

    Attributes:
        effort: How much to measure.
        settings: The recipe on these pictures and with this network.
        dataset: The pictures.
        resolved: The network.
    """

    effort: Effort
    settings: RunSettings
    dataset: Dataset
    resolved: ResolvedBackbone

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, those for training first."""
        return (*self.dataset.train, *self.dataset.val)

    @cached_property
    def source(self) -> KeptFeatures:
        """The features of all pictures."""
        say("Features of all pictures ...")
        source = prepare(self.settings, lambda _: None, never_stop, allow_fallback=False).source
        assert isinstance(source, KeptFeatures)
        return source

    def task(self, circuit: CircuitSettings | None = None, training: TrainingSettings | None = None) -> TrainingTask:
        """Returns the recipe on the kept features, with another circuit or training where given."""
        return TrainingTask(circuit or self.settings.circuit, training or self.settings.training, self.source)

    @property
    def materials(self) -> str:
        """One sentence on what is trained on."""
        train, val = len(self.dataset.train), len(self.dataset.val)
        return f"{self.dataset.name} ({train} + {val} pictures) through {self.resolved.spec.title}"


def open_bench(effort: Effort) -> Bench:
    """Finds pictures and network: the real ones where they are here, else those that need no download."""
    backbone = next(name for name in BACKBONES if find_weights(name))
    wanted = DataSettings(backbone=backbone)
    dataset, data, _ = find_dataset(wanted, lambda _: None, never_stop, allow_fallback=True)
    return Bench(effort, RunSettings(data=data), dataset, resolve_backbone(backbone))


def app_run(settings: RunSettings) -> RunView:
    """Does a run as the app's worker does it, from finding the pictures to keeping the result.

    Raises:
        UserError: It failed.
    """
    view = RunView()
    for event in run(RunRequest(settings, allow_fallback=False), lambda _: None, never_stop):
        view = view.apply(event)
    if view.failed:
        raise UserError(view.failed.what, view.failed.why, view.failed.do)
    return view

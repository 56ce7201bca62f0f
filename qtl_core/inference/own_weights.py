"""The weights of a run's image network: found before anything is asked, or what to do where they are not here.

No torch here: the Predict page asks before a person brings a picture.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.backbones.timm_installed import TIMM, has_timm
from qtl_core.pictures.backbones.weights_files import find_weights, how_to_get_just, spec_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun


def resolve_own_weights(prepared: Prepared, weights: str = "") -> ResolvedBackbone:
    """Finds the weights that a run was trained with; of a head that came alone, nobody knows which they were.

    Args:
        prepared: What the run was trained on.
        weights: A weights file, where the one it was trained with lies elsewhere now.

    Raises:
        UserError: They are not here, or others are.
    """
    data = prepared.settings.data
    moved = not weights and data.weights and not Path(data.weights).expanduser().is_file()
    named = "" if moved and find_weights(data.backbone) else weights or data.weights
    try:
        resolved = resolve_backbone(data.backbone, named, allow_fallback=False)
    except UserError as error:
        if named:
            raise
        raise UserError(error.what, do=how_to_get_just(spec_of(data.backbone), prepared.weights_sha256)) from error
    if prepared.weights_sha256 and resolved.weights_sha256 != prepared.weights_sha256:
        raise UserError(
            f"The weights {resolved.weights_path} are not those this run was trained with.",
            "Their contents differ, so its answers would mean nothing.",
            "Name the right file with --weights, or train again.",
        )
    return resolved


def weights_problem(run: TrainedRun) -> UserError | None:
    """Returns why a run cannot answer on this machine, for visitors: without a path of it; None where it can."""
    if brings_own_network(run) or run.prepared.settings.data.is_numbers:
        return None
    prepared = run.prepared
    spec = spec_of(prepared.settings.data.backbone)
    try:
        resolve_own_weights(prepared)
    except UserError:
        pass
    else:
        return None
    if spec.source and not has_timm():
        return UserError(
            "This run cannot answer here.",
            f"{spec.title} is a model of timm, which is not installed on this machine.",
            f"Choose another run. Whoever runs this server: {TIMM.install}",
        )
    if find_weights(spec.name) is not None or prepared.settings.data.weights:
        return UserError(
            "This run cannot answer here.",
            f"The weights of {spec.title} on this machine are not those this run was trained with, so its answers "
            "would mean nothing.",
            "Choose another run, or train this one again.",
        )
    published = not prepared.weights_sha256 or spec.is_published(prepared.weights_sha256)
    get = (
        f"Train once with {spec.title}, which downloads them ({spec.size_mb:.0f} MB), or choose another run."
        if spec.url and published
        else "Whoever runs this server finds in “python -m qtl_core info” where they belong. Or choose another run."
    )
    return UserError(
        "This run cannot answer yet.", f"It needs {spec.title}, whose weights are not on this machine.", get
    )


def brings_own_network(run: TrainedRun) -> bool:
    """Returns whether a run came with a whole image network: its convolutions, not just batch norms that drifted."""
    return any(np.ndim(value) == 4 for value in run.checkpoint.best_backbone_state.values())

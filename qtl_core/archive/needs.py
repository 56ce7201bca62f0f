"""What a reopened run lacks on this machine, and where to get it."""

from __future__ import annotations

from qtl_core.backbones import find_weights, resolve_backbone, spec_of
from qtl_core.backbones.files import how_to_get_just
from qtl_core.errors import UserError
from qtl_core.heads.records import DRIFTING
from qtl_core.paths import is_readable_file
from qtl_core.training.view import TrainedRun


def needs_of(view: TrainedRun) -> tuple[str, ...]:
    """Returns sentences on what has to be got before it can predict, and which pictures cannot be shown."""
    return tuple(filter(None, (_weights(view), _pictures(view))))


def _weights(view: TrainedRun) -> str:
    prepared, own = view.prepared, view.checkpoint.best_backbone_state
    spec, data = spec_of(prepared.settings.data.backbone), prepared.settings.data
    if any(not name.endswith(DRIFTING) for name in own):
        return ""  # it brought an image network of its own
    named = data.weights if data.weights and is_readable_file(data.weights) else ""
    if not named and find_weights(spec.name) is None:
        how = how_to_get_just(spec, prepared.weights_sha256)
        return f"Before it can predict, the weights of {spec.title} are needed. {how}"
    try:
        found = resolve_backbone(spec.name, named, allow_fallback=False)
    except UserError as error:
        return str(error)
    if prepared.weights_sha256 and found.weights_sha256 != prepared.weights_sha256:
        others = f"Before it can predict, other weights of {spec.title} are needed than those on this machine."
        return f"{others} {how_to_get_just(spec, prepared.weights_sha256)}"
    return ""


def _pictures(view: TrainedRun) -> str:
    files = view.prepared.val_files
    if not files or is_readable_file(files[0]):
        return ""
    return "Its validation pictures are not where they were, so they are shown by name alone."

"""Writes a run's head as a state dict that the PennyLane demo's own code loads."""

from __future__ import annotations

import io
import json

import numpy as np

from qtl_core.errors import UserError
from qtl_core.heads.records import NAMES
from qtl_core.settings import CircuitSettings
from qtl_core.training.view import RunView

SUFFIXES = (".pt", ".pth", ".safetensors")
WHOLE = ("resnet18", "resnet34", "resnet50")  # networks with an `fc` that the head can take the place of


def head_bytes(view: RunView, suffix: str, *, whole: bool = False, weights: str = "") -> bytes:
    """Returns the best epoch's head as the contents of a file.

    Args:
        view: A run with at least one epoch.
        suffix: One of `SUFFIXES`: the first two are written by torch, the third cannot run code in any reader.
        whole: Whether the image network comes along, the head under `fc.` in it.
        weights: For that, the file of its weights, where it moved.

    Raises:
        UserError: No such kind of file, or no such network.
    """
    if suffix not in SUFFIXES:
        raise UserError(f"A head cannot be written as {suffix or 'a file without an ending'}.", "",
                        f"Let the file's name end in one of {', '.join(SUFFIXES)}.")  # fmt: skip
    best = view.checkpoint.best_weights
    arrays = {name: np.ascontiguousarray(best[name]) for name in NAMES}
    if whole:
        arrays = _around(view, weights) | {f"fc.{name}": values for name, values in arrays.items()}
    return _safetensors(view, arrays) if suffix == ".safetensors" else _torch(arrays)


def remarks(view: RunView, *, whole: bool = False) -> tuple[str, ...]:
    """Returns what has to be said to whoever takes a head along."""
    circuit, drifted = view.prepared.settings.circuit, view.checkpoint.best_backbone_state
    demo = CircuitSettings(circuit.qubits, circuit.depth)
    found = []
    if circuit != demo:
        found.append(
            "The demo's code builds another circuit (RY rotations, CNOTs in two rows, the picture turned in once): it "
            "would load this head where the shapes agree, and answer wrongly. This app reads it back as it was."
        )
    if drifted and not whole:
        found.append(
            "This run's image network is not the published one: its batch norms drifted. With the published network "
            "this head answers differently; take the whole network along."
        )
    return tuple(found)


def _torch(arrays: dict[str, np.ndarray]) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save({name: torch.tensor(values) for name, values in arrays.items()}, file)
    return file.getvalue()


def _safetensors(view: RunView, arrays: dict[str, np.ndarray]) -> bytes:
    from safetensors.numpy import save

    prepared = view.prepared
    about = {"backbone": prepared.settings.data.backbone, "classes": json.dumps(prepared.classes)}
    circuit = {name: str(value) for name, value in vars(prepared.settings.circuit).items()}
    return save(arrays, metadata=about | circuit)


def _around(view: RunView, weights: str) -> dict[str, np.ndarray]:
    """Returns the tensors of the image network as the run uses it."""
    from qtl_core.prediction import own_backbone

    backbone = view.prepared.settings.data.backbone
    if backbone not in WHOLE:
        raise UserError(
            f"{view.prepared.backbone_title} has no place for a head under “fc.”.",
            "That is how a ResNet is built.",
            "Take the head alone along.",
        )
    state = own_backbone(view, weights).state_dict()
    return {name: values.numpy() for name, values in state.items()}

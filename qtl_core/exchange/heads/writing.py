"""Writes a run's head as a state dict that the PennyLane demo's code loads, or the paper's own."""

from __future__ import annotations

import io
import json

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import NAMES
from qtl_core.network.parameter_rows import DEMO, LAYOUTS, PAPER, laid_out
from qtl_core.runs.divergence import checked_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import CircuitSettings, SettingsError

SUFFIXES = (".pt", ".pth", ".safetensors")
WITH_FC_LAYER = ("resnet18", "resnet34", "resnet50")  # networks with an `fc` that the head can take the place of


def head_bytes(view: TrainedRun, suffix: str, *, whole: bool = False, weights: str = "", layout: str = DEMO) -> bytes:
    """Returns the best epoch's head as the contents of a file.

    Args:
        view: A run with at least one epoch.
        suffix: One of `SUFFIXES`: the first two are written by torch, the third cannot run code in any reader.
        whole: Whether the image network comes along, the head under `fc.` in it.
        weights: For that, the file of its weights, where it moved.
        layout: Whose code is to load it, "demo" or "paper"; rows that no layer uses hold zeros.

    Raises:
        UserError: No such kind of file, no such network, or no such layout.
    """
    if suffix not in SUFFIXES:
        raise UserError(
            f"A head cannot be written as {suffix or 'a file without an ending'}.",
            "",
            f"Let the file's name end in one of {', '.join(SUFFIXES)}.",
        )
    if layout not in LAYOUTS:
        raise SettingsError("layout", layout, ", ".join(LAYOUTS))
    best = checked_head(view, "This head cannot be written.").checkpoint.best_weights
    arrays = {name: np.ascontiguousarray(best[name]) for name in NAMES}
    arrays["q_params"] = laid_out(arrays["q_params"], view.prepared.settings.circuit, layout)
    if whole:
        arrays = _around(view, weights) | {f"fc.{name}": values for name, values in arrays.items()}
    return _safetensors(view, arrays, layout) if suffix == ".safetensors" else _torch(arrays)


def remarks(view: TrainedRun, *, whole: bool = False, layout: str = DEMO) -> tuple[str, ...]:
    """Returns what has to be said to whoever takes a head along."""
    circuit, drifted = view.prepared.settings.circuit, view.checkpoint.best_backbone_state
    published = CircuitSettings(circuit.qubits, circuit.depth)
    code = LAYOUTS[layout].code
    found = []
    if circuit != published:
        found.append(
            f"{code[0].upper()}{code[1:]} builds another circuit (RY rotations, CNOTs in two rows, the "
            "picture turned in once): it would load this head where the shapes agree, and answer wrongly. This app "
            "reads it back as it was."
        )
    elif constants := _constants(circuit, layout):
        found.append(f"Before it loads this head, {code} needs other constants at its top: {', '.join(constants)}.")
    if drifted and not whole:
        found.append(
            "This run's image network is not the published one: its batch norms drifted. With the published network "
            "this head answers differently; take the whole network along."
        )
    return tuple(found)


def _constants(circuit: CircuitSettings, layout: str) -> list[str]:
    """Returns those of the published code's constants that a head needs otherwise than published."""
    usual, held = CircuitSettings(), LAYOUTS[layout].held(circuit.depth)
    wanted = {"n_qubits": (circuit.qubits, usual.qubits), "q_depth": (circuit.depth, usual.depth)}
    if layout == PAPER:
        wanted["max_layers"] = held, LAYOUTS[layout].fewest_held
    return [f"{name} = {needed}" for name, (needed, published) in wanted.items() if needed != published]


def _torch(arrays: dict[str, np.ndarray]) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save({name: torch.tensor(values) for name, values in arrays.items()}, file)
    return file.getvalue()


def _safetensors(view: TrainedRun, arrays: dict[str, np.ndarray], layout: str) -> bytes:
    from safetensors.numpy import save

    prepared = view.prepared
    about = {"backbone": prepared.settings.data.backbone, "classes": json.dumps(prepared.classes), "layout": layout}
    circuit = {name: str(value) for name, value in vars(prepared.settings.circuit).items()}
    return save(arrays, metadata=about | circuit)


def _around(view: TrainedRun, weights: str) -> dict[str, np.ndarray]:
    """Returns the tensors of the image network as the run uses it."""
    from qtl_core.inference.predictor import own_backbone

    backbone = view.prepared.settings.data.backbone
    if backbone not in WITH_FC_LAYER:
        raise UserError(
            f"{view.prepared.backbone_title} has no place for a head under “fc.”.",
            "That is how a ResNet is built.",
            "Take the head alone along.",
        )
    state = own_backbone(view, weights).state_dict()
    return {name: values.numpy() for name, values in state.items()}

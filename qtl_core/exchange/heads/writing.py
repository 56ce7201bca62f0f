"""Writes a run's head as a state dict that the PennyLane demo's code loads, or the paper's own; or torch's layers.

A head without a circuit gets the names of an `nn.Linear`, or of an `nn.Sequential` of two. What standardises features
is folded into the first layer, so that whoever loads the head gives it features as they are.
"""

from __future__ import annotations

import io
import json

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import NAMES
from qtl_core.exchange.heads.plain_layers import folded, torch_words, with_torchs_names
from qtl_core.network.head_scores import MEAN
from qtl_core.network.parameter_rows import DEMO, LAYOUTS, PAPER, laid_out
from qtl_core.runs.divergence import checked_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import CircuitSettings, SettingsError
from qtl_core.settings.parameters import hidden_width
from qtl_core.settings.readout_words import exact_words

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
    best = folded(checked_head(view, "This head cannot be written.").checkpoint.best_weights)
    arrays = {name: np.ascontiguousarray(best[name]) for name in NAMES if name in best}
    if view.prepared.settings.model.spec.has_circuit:
        arrays["q_params"] = laid_out(arrays["q_params"], view.prepared.settings.circuit, layout)
    else:
        arrays = with_torchs_names(arrays)
    if whole:
        arrays = _around(view, weights) | {f"fc.{name}": values for name, values in arrays.items()}
    return _safetensors(view, arrays, layout) if suffix == ".safetensors" else _torch(arrays)


def remarks(view: TrainedRun, *, whole: bool = False, layout: str = DEMO) -> tuple[str, ...]:
    """Returns what has to be said to whoever takes a head along."""
    prepared, drifted = view.prepared, view.checkpoint.best_backbone_state
    found = _on_circuit(prepared.settings.circuit, layout)
    if not prepared.settings.model.spec.has_circuit:
        model, sizes = prepared.settings.model, (prepared.feature_size, len(prepared.classes))
        width = hidden_width(*sizes, prepared.settings.circuit, model)
        found = [f"There is no circuit in this head: {torch_words(*sizes, model, width)} loads it."]
    if MEAN in view.checkpoint.best_weights:
        found.append("It was trained on standardised features; moving and scaling them is part of its first layer now.")
    if drifted and not whole:
        found.append(
            "This run's image network is not the published one: its batch norms drifted. With the published network "
            "this head answers differently; take the whole network along."
        )
    return (*found, *filter(None, [exact_words(prepared.settings)]))


def _on_circuit(circuit: CircuitSettings, layout: str) -> list[str]:
    """Returns what has to be said of a head's circuit to whoever loads it with published code."""
    published = CircuitSettings(circuit.qubits, circuit.depth)
    code = LAYOUTS[layout].code
    if circuit != published:
        return [
            f"{code[0].upper()}{code[1:]} builds another circuit (RY rotations, CNOTs in two rows, the "
            "picture turned in once): it would load this head where the shapes agree, and answer wrongly. This app "
            "reads it back as it was."
        ]
    constants = _constants(circuit, layout)
    needs = f"Before it loads this head, {code} needs other constants at its top: {', '.join(constants)}."
    return [needs] if constants else []


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
    made = vars(prepared.settings.circuit) | {"head": prepared.settings.model.head}
    return save(arrays, metadata=about | {name: str(value) for name, value in made.items()})


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

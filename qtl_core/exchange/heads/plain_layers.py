"""Heads without a circuit in state dicts: a linear layer, or two with a bend between that no file tells.

Such a head is saved by `nn.Linear` ("weight", "bias"), by an `nn.Sequential` of two linear layers ("0.weight", ...,
"2.bias"), or lies in the place of a network's last layer ("fc.weight", "classifier.1.weight", "fc.0.weight", ...).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import HeadFile, Tensors
from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.settings import CircuitSettings, ModelSettings, SettingsError, spec_of
from qtl_core.settings.heads import HEADS

LINEAR, BOTTLENECK, MLP = "linear", "bottleneck", "mlp"
BENDS = {BOTTLENECK: "tanh", MLP: "ReLU"}
NOT_TOLD = (
    "The file holds two linear layers and no q_params, a circuit's angles; what bends the {units} hidden units between "
    "them is in no file."
)


@dataclass(frozen=True)
class _Layer:
    front: str
    outputs: int
    inputs: int


def plain_head(state: Tensors) -> HeadFile | None:
    """Returns the head without a circuit in a state dict, by the app's names; None where there is none, or more."""
    layers = [
        _Layer(name.removesuffix("weight"), *values.shape)
        for name, values in state.items()
        if values.ndim == 2 and values.size and name.rpartition(".")[2] == "weight"
    ]
    if len(layers) == 2:
        first, last = layers
        if first.outputs != last.inputs and last.outputs == first.inputs:
            first, last = last, first
        named = {"pre_net": first, "post_net": last} if first.outputs == last.inputs else {}
    else:
        named = {"post_net": layers[0]} if len(layers) == 1 else {}
    if not named:
        return None
    taken, head = set(), {}
    for ours, layer in named.items():
        head[f"{ours}.weight"] = state[f"{layer.front}weight"]
        bias = state.get(f"{layer.front}bias")
        head[f"{ours}.bias"] = np.zeros(layer.outputs, np.float32) if bias is None else bias
        taken |= {f"{layer.front}weight", f"{layer.front}bias"}
    return HeadFile(head, {name: values for name, values in state.items() if name not in taken})


def plain_model(head: Tensors, asked: str) -> tuple[ModelSettings, CircuitSettings]:
    """Returns the kind of head that such weights are, and the circuit settings that go with its width.

    Args:
        head: By the app's names.
        asked: Which kind of head it is said to be; "" for what its layers say.

    Raises:
        SettingsError: There is no such kind of head.
        UserError: It is not said what bends the hidden units, or it is not that kind of head.
    """
    if asked and asked not in HEADS:
        raise SettingsError("head", asked, ", ".join(HEADS))
    if "pre_net.weight" not in head:
        if asked not in ("", LINEAR):
            raise _another(f"one linear layer, which is no {HEADS[asked].title.lower()}")
        return ModelSettings(LINEAR), CircuitSettings()
    units = len(head["pre_net.weight"])
    if not asked:
        raise UserError(
            "The head cannot be read as it is.",
            NOT_TOLD.format(units=units),
            "Say which: the head “mlp” for ReLU, or “bottleneck” for tanh.",
        )
    if asked not in BENDS:
        raise _another(f"two linear layers, which is no {HEADS[asked].title.lower()}")
    return (ModelSettings(MLP, units), CircuitSettings()) if asked == MLP else (ModelSettings(asked), _as_wide(units))


def _as_wide(units: int) -> CircuitSettings:
    """Returns the circuit beside which a bottleneck has so many units: one of as many qubits and no trained gates."""
    most = int(spec_of(CircuitSettings, "qubits").high)
    if units > most:
        raise _another(
            f"a layer of {units} units behind tanh: a bottleneck stands beside a circuit of {most} qubits or fewer"
        )
    return CircuitSettings(units, 0)


def _another(what: str) -> UserError:
    return UserError("The head cannot be read as that.", f"It is {what}.", "Choose the head that it is.")


def folded(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns a head's weights for plain features: what standardises them becomes part of its first layer."""
    if MEAN not in weights:
        return dict(weights)
    first = "pre_net" if "pre_net.weight" in weights else "post_net"
    weight, bias, mean, scale = (
        np.asarray(weights[name], dtype=np.float64) for name in (f"{first}.weight", f"{first}.bias", MEAN, SCALE)
    )
    plain = {name: values for name, values in weights.items() if name not in (MEAN, SCALE)}
    moved = {f"{first}.weight": weight * scale, f"{first}.bias": bias - weight @ (mean * scale)}
    return plain | {name: values.astype(weights[name].dtype) for name, values in moved.items()}


def with_torchs_names(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the layers as `nn.Linear`, or an `nn.Sequential` of two with a bend between, calls them."""
    if "pre_net.weight" not in weights:
        return {name.removeprefix("post_net."): values for name, values in weights.items()}
    places = {"pre_net": "0", "post_net": "2"}
    return {f"{places[name.partition('.')[0]]}.{name.partition('.')[2]}": values for name, values in weights.items()}


def torch_words(feature_size: int, classes: int, model: ModelSettings, width: int) -> str:
    """Returns the module of torch that loads a head without a circuit."""
    if model.head == LINEAR:
        return f"torch.nn.Linear({feature_size}, {classes})"
    bend = {BOTTLENECK: "Tanh", MLP: "ReLU"}[model.head]
    return (
        f"torch.nn.Sequential(torch.nn.Linear({feature_size}, {width}), torch.nn.{bend}(), "
        f"torch.nn.Linear({width}, {classes}))"
    )

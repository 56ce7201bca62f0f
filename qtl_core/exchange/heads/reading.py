"""Reads a head from a file whose author is not known, whatever it is called and its tensors are wrapped in.

Such a head is a linear layer, a `qml.qnn.TorchLayer`, and another linear layer, in an `nn.Sequential` ("0.weight",
"1.weights", "2.bias") or under names of its author's ("pre", "qlayer", "post"). For n qubits and d layers:

    first linear   weight (n, features)   bias (n,)        quantum layer   weights (d, n), (d, n, 3), or all in one row
    last linear    weight (classes, n)    bias (classes,)

A linear layer without a bias has one of zeros. What lies between the layers in code (tanh, the circuit's gates) is not
in the file: the demo's are taken, as for every head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import NAMES
from qtl_core.state_dicts.matching import ANGLES_KEY, is_copy
from qtl_core.state_dicts.reading import Named, named_tensors, tensors_of
from qtl_core.state_dicts.refusals import Refused, shown
from qtl_core.state_dicts.tensors import StoredTensor, made

# What torch's own layers call their tensors.
USUAL = frozenset(("weight", "bias", "running_mean", "running_var", "num_batches_tracked", "layer_scale"))
EXPECTED = (
    "A head is a linear layer with weights (qubits, features), a quantum layer with weights (layers, qubits), and a "
    "linear layer with weights (classes, qubits)."
)


@dataclass(frozen=True)
class _Linear:
    name: str
    outputs: int
    inputs: int


@dataclass(frozen=True)
class _Found:
    first: _Linear
    angles: str
    last: _Linear

    @property
    def front(self) -> str:
        """The common beginning of all three names, up to a dot."""
        names = [each.split(".") for each in (f"{self.first.name}.", self.angles, f"{self.last.name}.")]
        same = []
        for parts in zip(*names, strict=False):
            if len(set(parts)) > 1:
                break
            same.append(parts[0])
        return "".join(f"{part}." for part in same)


def with_the_demos_names(stored: Named) -> Named:
    """Returns the tensors with a `TorchLayer`'s head under the demo's names; as they are where there is a demo's head.

    Raises:
        Refused: There is a quantum layer whose shape does not go with the linear layers, or more than one.
    """
    if any(name.rpartition(".")[2] == ANGLES_KEY for name in stored) and _has_the_demos_layers(stored):
        return stored
    linear = list(_linear_layers(stored))
    candidates = list(_quantum_weights(stored))
    found = [each for angles in candidates for each in _around(angles, stored[angles], linear)]
    found = _nearest(found)
    if len(found) == 1:
        return _renamed(stored, found[0])
    named = [name for name in candidates if name.rpartition(".")[2] not in (*USUAL, ANGLES_KEY)]
    if len(found) > 1:
        raise Refused(f"There are {len(found)} heads in it, or one that can be read in {len(found)} ways. {EXPECTED}")
    if named and linear and ANGLES_KEY not in {name.rpartition(".")[2] for name in stored}:
        raise Refused(_why_not(named[0], stored[named[0]], linear))
    return stored


def _has_the_demos_layers(stored: Named) -> bool:
    return any(name.endswith(NAMES[0]) for name in stored)


def _linear_layers(stored: Named) -> Iterator[_Linear]:
    for name, value in stored.items():
        front, _, leaf = name.rpartition(".")
        bias = stored.get(f"{front}.bias")
        fits = bias is None or bias.shape == value.shape[:1]
        if leaf == "weight" and front and len(value.shape) == 2 and fits and value.numel():
            yield _Linear(front, *value.shape)


def _quantum_weights(stored: Named) -> Iterator[str]:
    """Yields names of what can be a circuit's weights: nothing of torch's own layers, but for a lone "weight"."""
    for name, value in stored.items():
        front, _, leaf = name.rpartition(".")
        lone = leaf == "weight" and len(value.shape) in (2, 3) and f"{front}.bias" not in stored
        if 1 <= len(value.shape) <= 3 and (leaf not in USUAL or lone) and value.numel():
            yield name


def _around(angles: str, value: StoredTensor, linear: list[_Linear]) -> Iterator[_Found]:
    """Yields the pairs of linear layers that a circuit with these weights can stand between."""
    for first in linear:
        qubits = first.outputs
        rows = value.shape[1:]
        fits = value.numel() % qubits == 0 and (not rows or rows in ((qubits,), (qubits, 3), (3 * qubits,)))
        for last in linear:
            apart = len({first.name, last.name, angles.rpartition(".")[0] if angles.endswith(".weight") else ""}) == 3
            if fits and apart and last.inputs == qubits and first.inputs > qubits:
                yield _Found(first, angles, last)


def _nearest(found: list[_Found]) -> list[_Found]:
    """Returns those whose three layers lie nearest to each other, quantum layers called "weight" last."""
    if not found:
        return []
    rank = {each: (each.angles.endswith(".weight"), -each.front.count(".")) for each in found}
    least = min(rank.values())
    return [each for each in found if rank[each] == least]


def _renamed(stored: Named, found: _Found) -> Named:
    import torch

    names = {found.angles: f"{found.front}{ANGLES_KEY}"}
    for ours, layer in (("pre_net", found.first), ("post_net", found.last)):
        names |= {f"{layer.name}.{leaf}": f"{found.front}{ours}.{leaf}" for leaf in ("weight", "bias")}
    biases = {
        f"{found.front}{ours}.bias": made(torch.zeros(layer.outputs))
        for ours, layer in (("pre_net", found.first), ("post_net", found.last))
        if f"{layer.name}.bias" not in stored
    }
    return {names.get(name, name): value for name, value in stored.items()} | biases


def _why_not(name: str, value: StoredTensor, linear: list[_Linear]) -> str:
    layers = "; ".join(f"{shown(each.name)} turns {each.inputs} numbers into {each.outputs}" for each in linear[:4])
    qubits = linear[0].outputs
    return (
        f"The shape {value.shape} of its quantum layer {shown(name)} does not go with its linear layers ({layers}): "
        f"(layers, {qubits}) is expected after the first, and the last must take {qubits} numbers. {EXPECTED}"
    )


MAX_NAME_SHOWN = 80  # characters of a file's name


def read_state(content: bytes, name: str) -> dict[str, np.ndarray]:
    """Returns the tensors of a file by their whole dotted names: decimal ones as float32, whole ones as they are.

    A head made with PennyLane's `TorchLayer` gets the demo's names. Copies of what is trained (moving averages) are
    left out.

    Args:
        content: The file.
        name: What it is called, for the message.

    Raises:
        UserError: It is no such file, holds more than tensors, is too large, or lies about its own size.
    """
    from qtl_core.state_dicts.tensors import single

    try:
        tensors = tensors_of(with_the_demos_names(_without_copies(named_tensors(content))))
        return {each: single(value).contiguous().numpy().copy() for each, value in tensors.items()}
    except Refused as error:
        raise UserError(f"The file {name[:MAX_NAME_SHOWN]} cannot be read as a head.", error.why, error.do) from error


def _without_copies(stored: Named) -> Named:
    """Leaves out the copies that training programs keep of what is there under another name as well."""
    originals = {_tail(name) for name in stored if not is_copy(name)}
    return {name: value for name, value in stored.items() if not (is_copy(name) and _tail(name) in originals)}


def _tail(name: str) -> str:
    """Returns the last two parts of a name: the layer and its parameter."""
    return ".".join(name.rsplit(".", 2)[-2:])

"""Reads a weights file and fits it to a network, or says in plain words why it does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.state_dicts.matching import ANGLES_KEY, own_tensors
from qtl_core.state_dicts.reading import named_tensors, tensors_of, too_large
from qtl_core.state_dicts.refusals import LARGEST_FILE, MAX_NAMES_SHOWN, Refused, shown
from qtl_core.state_dicts.tensors import StoredTensor, check_finite, made, single

BATCH_COUNTER = "num_batches_tracked"  # changes no answer, and files older than torch 0.4.1 do not have it


class UnusableWeights(UserError):
    """The names and shapes are those of the network, and the numbers are of no use."""


def read_state_dict(path: Path, sha256: str = "") -> dict[str, StoredTensor]:
    """Returns the tensors of a weights file by their whole dotted names, whatever it is called and they are wrapped in.

    Args:
        path: The file.
        sha256: What its contents must hash to, where features are kept under that hash; "" for whatever they are.

    Raises:
        UserError: No weights file, one that holds more than tensors (which could run code), or another one than before.
    """
    content = _read(path, sha256)
    try:
        return named_tensors(content)
    except Refused as error:
        raise UserError(f"The file {path} cannot be read as weights.", error.why, error.do) from error


def _read(path: Path, sha256: str) -> bytes:
    """Reads the file once, so that what is hashed is what is loaded, whatever becomes of the file meanwhile."""
    try:
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise UserError(f"The file {path} cannot be read as weights.", too_large(size))
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"The file {path} cannot be read.", reason_of(error)) from error
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise UserError(
            f"The weights file {path} has changed since this run began.",
            "Features of two different networks would be mixed.",
            "Start again: the file is then used as it is now.",
        )
    return content


def fit(network: nn.Module, state: Mapping[str, Tensor | StoredTensor], head: tuple[str, ...], path: Path) -> None:
    """Puts the tensors of `state` into `network`, whose own may be on the meta device.

    Args:
        network: A network without its classifier.
        state: Tensors by name, under whatever prefix and of whatever precision; a head or an optimiser may lie beside.
        head: Prefixes of the classifier's names, which may be present, of another size, or absent.
        path: The file they are from, for the message.

    Raises:
        UserError: Names or shapes differ, numbers are not finite, or nothing says which of two networks is meant.
    """
    wanted = network.state_dict()
    stored = {name: value if isinstance(value, StoredTensor) else made(value) for name, value in state.items()}
    given, prefixes = _own(network, stored, wanted)
    for name in wanted.keys() - given.keys():
        if name.endswith(BATCH_COUNTER):
            given[name] = made(torch.zeros((), dtype=torch.long))
    if problems := _problems(network, wanted, given, head):
        what = f"The weights file {path} does not fit this network."
        raise UserError(what, " ".join(problems), _what_to_choose(stored))
    try:
        _check_one_is_meant(stored, prefixes, wanted)
        tensors = tensors_of({name: given[name] for name in wanted})
        check_finite({name: value for name, value in tensors.items() if not name.endswith(BATCH_COUNTER)})
    except Refused as error:
        raise UnusableWeights(f"The weights file {path} cannot be used.", error.why, error.do) from error
    whole = {name: _as_wanted(value, wanted[name]) for name, value in tensors.items()}
    network.load_state_dict(whole, assign=True)


def _own(
    network: nn.Module, stored: Mapping[str, StoredTensor], wanted: Mapping[str, Tensor]
) -> tuple[dict[str, StoredTensor], list[str]]:
    """Returns a network's own tensors by its names, and the prefixes they may have; see `own_tensors`.

    `nn.Sequential(*network.children())`, a usual way to cut a classifier off, has numbers in place of the first names.
    """
    given, prefixes = own_tensors(stored, wanted)
    if len(given.keys() & wanted.keys()) > len(wanted) / 2:
        return given, prefixes
    children = {str(number): name for number, (name, _) in enumerate(network.named_children())}
    numbers = {name: number for number, name in children.items()}
    others, fronts = own_tensors(stored, [_first_as(numbers, name) for name in wanted])
    renamed = {_first_as(children, name): value for name, value in others.items()}
    is_numbered = len(fronts) == 1 and len(renamed.keys() & wanted.keys()) > len(wanted) / 2
    return (renamed, fronts) if is_numbered else (given, prefixes)


def _first_as(names: Mapping[str, str], name: str) -> str:
    first, dot, rest = name.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def _as_wanted(value: Tensor, wanted: Tensor) -> Tensor:
    """Returns a tensor of its own, laid out plainly: what was a view of another must not change with it."""
    plain = single(value).to(wanted.dtype).reshape(wanted.shape)
    return plain.clone(memory_format=torch.contiguous_format)


def _check_one_is_meant(stored: Mapping[str, StoredTensor], prefixes: list[str], wanted: Mapping[str, Tensor]) -> None:
    """Refuses a file with two networks of the kind that is wanted, unless they are equal."""
    if len(prefixes) < 2:
        return
    sets = [
        tensors_of({name: stored[prefix + name] for name in wanted if prefix + name in stored}) for prefix in prefixes
    ]
    first, *others = sets
    if all(each.keys() == first.keys() and all(map(torch.equal, each.values(), first.values())) for each in others):
        return
    names = ", ".join(f"“{shown(prefix.rstrip('.')) or 'no name'}”" for prefix in prefixes[:MAX_NAMES_SHOWN])
    raise Refused(
        f"It holds {len(prefixes)} different sets of weights for this network, under {names}; nothing says "
        "which is meant.",
        "Save the one you want alone: torch.save(model.state_dict(), path).",
    )


def _problems(
    network: nn.Module, wanted: Mapping[str, Tensor], given: Mapping[str, StoredTensor], head: tuple[str, ...]
) -> list[str]:
    missing = [name for name in wanted if name not in given]
    reshaped = [
        f"{name} {given[name].shape} where {tuple(value.shape)} is needed"
        for name, value in wanted.items()
        if name in given and given[name].shape != value.shape and not (value.numel() == given[name].numel() == 1)
    ]
    unknown = [name for name in given if name not in wanted and not name.startswith(head)]
    if not (missing or reshaped):  # then what lies beside the network is no part of it, but what lies within is
        parts = {name for name, _ in network.named_children()}
        unknown = [name for name in unknown if name.partition(".")[0] in parts]
    described = (("missing", missing), ("unknown", unknown), ("of another shape", reshaped))
    return [_listed(kind, names) for kind, names in described if names]


def _listed(kind: str, names: list[str]) -> str:
    more = ", …" if len(names) > MAX_NAMES_SHOWN else ""
    number = f"{len(names)} {'entry is' if len(names) == 1 else 'entries are'}"
    return f"{number} {kind}: {', '.join(map(shown, names[:MAX_NAMES_SHOWN]))}{more}."


def _what_to_choose(stored: Mapping[str, StoredTensor]) -> str:
    """Returns what to do about a file that is no weights file of the network that was asked for."""
    if fitting := _fitting(stored):
        return f"Choose the backbone that the file was made for: it fits {' and '.join(fitting)}."
    if any(name.rpartition(".")[2] == ANGLES_KEY for name in stored):
        return "It is a head, with the angles of a circuit: bring it in with “import-head” or on the Runs page."
    return "Choose the backbone that the file was made for."


def _fitting(stored: Mapping[str, StoredTensor]) -> list[str]:
    """Returns the titles of the networks here whose every tensor is in the file."""
    from qtl_core.pictures.backbones.networks import ARCHITECTURES
    from qtl_core.settings.backbones import BACKBONES

    found = []
    for name, architecture in ARCHITECTURES.items():
        network = architecture.unfilled()
        wanted = network.state_dict()
        given = own_tensors(stored, wanted)[0]
        needed = {name: value for name, value in wanted.items() if not name.endswith(BATCH_COUNTER)}
        if not _problems(
            network, needed, {n: v for n, v in given.items() if not n.endswith(BATCH_COUNTER)}, architecture.head
        ):
            found.append(BACKBONES[name].title)
    return found

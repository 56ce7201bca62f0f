"""Reads a weights file and fits it to a network, or says in plain words why it does not fit."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from qtl_core.errors import UserError

SHOWN = 4  # names of keys in a refusal: enough to recognise another network by, few enough to read


def read_state_dict(path: Path, sha256: str = "") -> dict[str, Tensor]:
    """Returns the tensors of a weights file by name, whatever device they were saved on.

    Args:
        path: The file.
        sha256: What its contents must hash to, where features are kept under that hash; "" for whatever they are.

    A dict wrapped as {"state_dict": ...} is unwrapped and the `module.` that DataParallel puts before names is removed.

    Raises:
        UserError: No torch file, one that holds more than tensors (which could run code), or another one than before.
    """
    try:
        content = torch.load(io.BytesIO(_read(path, sha256)), map_location="cpu", weights_only=True)
    except UserError:
        raise
    except Exception as error:  # a file of arbitrary bytes can make the unpickler fail in any way
        raise _unreadable(path, str(error).partition("\n")[0]) from error
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not all(isinstance(value, Tensor) for value in content.values()):
        raise _unreadable(path, "It holds something other than named tensors.")
    return {str(name).removeprefix("module."): value for name, value in content.items()}


def _read(path: Path, sha256: str) -> bytes:
    """Reads the file once, so that what is hashed is what is loaded, whatever becomes of the file meanwhile."""
    content = path.read_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise UserError(
            f"The weights file {path} has changed since this run began.",
            "Features of two different networks would be mixed.",
            "Start again: the file is then used as it is now.",
        )
    return content


def fit(network: nn.Module, state: Mapping[str, Tensor], head: str, path: Path) -> None:
    """Puts the tensors of `state` into `network`, whose own may be on the meta device.

    Args:
        network: A network without its classifier.
        state: Tensors by name, as a published state dict has them.
        head: Prefix of the classifier's names, which may be present, of another size, or absent.
        path: The file they are from, for the message.

    Raises:
        UserError: Names or shapes differ.
    """
    wanted = network.state_dict()
    given = {name: value for name, value in state.items() if name in wanted or not name.startswith(head)}
    for name in wanted.keys() - given.keys():
        if name.endswith("num_batches_tracked"):  # a count that files older than torch 0.4.1 do not have
            given[name] = torch.zeros((), dtype=torch.long)
    if problems := _problems(wanted, given):
        raise UserError(
            f"The weights file {path} does not fit this network.",
            " ".join(problems),
            "Choose the backbone that the file was made for.",
        )
    whole = {name: value.to(wanted[name].dtype) for name, value in given.items()}
    network.load_state_dict(whole, assign=True)


def _problems(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> list[str]:
    missing = [name for name in wanted if name not in given]
    unknown = [name for name in given if name not in wanted]
    reshaped = [
        f"{name} {tuple(given[name].shape)} where {tuple(value.shape)} is needed"
        for name, value in wanted.items()
        if name in given and given[name].shape != value.shape
    ]
    described = (("missing", missing), ("unknown", unknown), ("of another shape", reshaped))
    return [_listed(kind, names) for kind, names in described if names]


def _listed(kind: str, names: list[str]) -> str:
    more = ", …" if len(names) > SHOWN else ""
    return f"{len(names)} {'entry is' if len(names) == 1 else 'entries are'} {kind}: {', '.join(names[:SHOWN])}{more}."


def _unreadable(path: Path, reason: str) -> UserError:
    return UserError(
        f"The file {path} cannot be read as weights.",
        reason,
        "Save a state dict with torch.save(model.state_dict(), path): tensors only, nothing that could run code.",
    )

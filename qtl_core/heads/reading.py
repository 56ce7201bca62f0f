"""Reads a state dict from a `.pt`, `.pth` or `.safetensors` file whose author is not known.

Before anything is unpickled or allocated, the file is measured: its length, the entries of its archive, the header of a
safetensors file. `torch.load` then gets `weights_only=True`, so that no pickle can call anything, and what comes back
is measured again: a tensor of a few bytes can claim any shape by a stride of zero.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from qtl_core.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

LARGEST_FILE = 512 << 20  # the largest backbone here takes 110 MB
MOST_TENSORS = 5_000  # a ResNet-50 has 320
MOST_NUMBERS = 64 << 20  # in all; the largest backbone here has 28 million
LARGEST_HEADER = 4 << 20  # of a safetensors file: 100 bytes a tensor are usual
WRAPPERS = ("state_dict", "model_state_dict")  # names under which training scripts put the state dict
SHOWN = 80  # characters of a library's own words


class _Refused(Exception):
    """The message is the sentence that says why."""


def read_state(content: bytes, name: str) -> dict[str, np.ndarray]:
    """Returns the tensors of a state dict by name: decimal ones as float32, whole ones as they are.

    Args:
        content: The file.
        name: What it is called, for the message; `.safetensors` decides how it is read.

    Raises:
        UserError: It is no such file, holds more than tensors, is too large, or lies about its own size.
    """
    try:
        if len(content) > LARGEST_FILE:
            raise _Refused(_too_large(len(content)))
        load = _safetensors if name.lower().endswith(".safetensors") else _pickled
        return _measured(load(content))
    except _Refused as error:
        raise _refusal(name, str(error)) from error
    except MemoryError as error:
        raise _refusal(name, "It asks for more memory than there is.") from error


def _safetensors(content: bytes) -> Mapping[str, Tensor]:
    from safetensors.torch import load

    try:
        check_header(content)
        return load(content)
    except Exception as error:  # arbitrary bytes can make either reader fail in any way
        raise _Refused(f"It is no safetensors file, or a damaged one ({_short(error)}).") from error


def check_header(content: bytes) -> None:
    """Looks at the header of a safetensors file before its reader believes it.

    Raises:
        ValueError: It is longer than the file, or than any list of tensors here.
    """
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8:
        raise ValueError("its header is said to be longer than the file")
    if length > LARGEST_HEADER:
        raise ValueError(f"its header takes {length:,} bytes, more than any list of tensors here")
    described = json.loads(content[8 : 8 + length])
    if len(described) > MOST_TENSORS:
        raise ValueError(f"it lists {len(described):,} tensors, more than any network here has")


def _pickled(content: bytes) -> Mapping[str, Any]:
    import torch

    if content.startswith(b"PK"):
        _check_archive(content)
    try:
        with warnings.catch_warnings(action="ignore"):  # torch's words to programmers on old and odd files
            loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:  # likewise
        raise _Refused(
            "It is no state dict saved by torch, or holds more than named tensors, which could run code and is "
            f"not opened ({_short(error)})."
        ) from error
    return _unwrapped(loaded)


def _check_archive(content: bytes) -> None:
    """Looks through the archive that torch.save makes: it packs nothing, so what is packed would only swell."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except Exception as error:
        raise _Refused(f"It is a damaged archive ({_short(error)}).") from error
    if any(entry.filename == "manifest.json" for entry in entries):
        raise _Refused("It is a whole run as this app takes it along, no head alone; bring it in as a run.")
    if len(entries) > MOST_TENSORS:
        raise _Refused(f"It holds {len(entries):,} entries, more than any network here has tensors.")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size for entry in entries):
        raise _Refused("Its entries are packed, as torch.save never does: they could swell without bound.")


def _unwrapped(loaded: object) -> Mapping[str, Any]:
    for wrapper in WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping):
        raise _Refused("It holds something other than named tensors.")
    return loaded


def _measured(loaded: Mapping[str, Any]) -> dict[str, np.ndarray]:
    import torch

    if not loaded or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        raise _Refused("It holds something other than named tensors.")
    if len(loaded) > MOST_TENSORS:
        raise _Refused(f"It holds {len(loaded):,} tensors, more than any network here has.")
    if any(value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized or value.is_complex()
           for value in loaded.values()):  # fmt: skip
        raise _Refused("It holds tensors of a kind that no weights are kept in (sparse, quantized, complex or empty).")
    numbers = sum(value.numel() for value in loaded.values())
    if numbers > MOST_NUMBERS:
        raise _Refused(f"It claims {numbers:,} numbers, more than any network here has.")
    return {str(name).removeprefix("module."): _array(value) for name, value in loaded.items()}


def _array(value: Tensor) -> np.ndarray:
    value = value.detach()
    return (value.float() if value.is_floating_point() else value).contiguous().numpy().copy()


def _too_large(size: int) -> str:
    return f"It takes {size:,} bytes; the largest network here needs a quarter of the {LARGEST_FILE:,} that are read."


def _refusal(name: str, why: str) -> UserError:
    do = "Save the state dict alone: torch.save(model.state_dict(), path)."
    return UserError(f"The file {name[:SHOWN]} cannot be read as a head.", why, do)


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0].partition(". ")[0][:SHOWN] or type(error).__name__

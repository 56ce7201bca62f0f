"""Reads what `torch.save` writes: the zip archive of today, and the row of pickles of before torch 1.6."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtl_core.state_dicts.pickles import Maker, interpreted, plain_dict
from qtl_core.state_dicts.refusals import MOST_TENSORS, Refused
from qtl_core.state_dicts.tensors import Storage, StoredTensor, unusable, view_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MAGIC = 0x1950A86A20F9469CFC6C  # the first pickle of an old file
CUT_SHORT = "It is damaged or cut short: some of its numbers are missing."
DAMAGED = "It is a damaged archive."
# What torch rebuilds from something else than a row of numbers.
NEITHER = (
    "_rebuild_sparse_tensor",
    "_rebuild_qtensor",
    "_rebuild_nested_tensor",
    "_rebuild_meta_tensor_no_storage",
    "_rebuild_wrapper_subclass",
    "_rebuild_device_tensor_from_numpy",
)


def read_archive(content: bytes) -> Any:
    """Returns what a zip archive of `torch.save` holds, its tensors as `StoredTensor`.

    Raises:
        Refused: It is another archive, packed, damaged, or would run code.
    """
    entries = _entries(content)
    pickles = [name for name in entries if name.rpartition("/")[2] == "data.pkl"]
    if len(pickles) != 1:
        raise Refused("It is a zip archive, but none that torch.save made: unpack it, and take the file in it.")
    folder = pickles[0].removesuffix("data.pkl")
    swapped = _bytes(content, entries, f"{folder}byteorder") == b"big" if f"{folder}byteorder" in entries else False

    def storage(key: str) -> bytes:
        return _bytes(content, entries, f"{folder}data/{key}")

    return interpreted(
        io.BytesIO(_bytes(content, entries, pickles[0])), known, _Storages(storage, len(content), swapped=swapped).found
    )


def read_row_of_pickles(content: bytes) -> Any:
    """Returns what a file of before torch 1.6 holds, its tensors as `StoredTensor`.

    Raises:
        Refused: It is damaged, or would run code.
    """
    file = io.BytesIO(content)
    magic, _, system = (interpreted(file, known) for _ in range(3))
    if magic != MAGIC:
        raise Refused("It is damaged.")
    places: dict[str, tuple[int, int]] = {}

    def storage(key: str) -> bytes:
        return _between(content, places, key)

    swapped = isinstance(system, dict) and system.get("little_endian") is False
    storages = _Storages(storage, len(content), swapped=swapped)
    held = interpreted(file, known, storages.found)
    keys = interpreted(file, known)
    place = file.tell()
    for key in keys if isinstance(keys, list) else []:
        numel = int.from_bytes(content[place : place + 8], "big" if swapped else "little", signed=True)
        begin, place = place + 8, place + 8 + max(numel, 0) * storages.width.get(key, 1)
        places[key] = begin, place
    if place > len(content):
        raise Refused(CUT_SHORT)
    return held


def _entries(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """Looks through the archive that torch.save makes: it packs nothing, so what is packed would only swell."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except Exception as error:  # arbitrary bytes can make the reader fail in any way
        raise Refused("It is a damaged archive, or cut short.") from error
    if len(entries) > MOST_TENSORS:
        raise Refused(f"It holds {len(entries):,} entries, more than any network here has tensors.")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size for entry in entries):
        raise Refused("Its entries are packed, as torch.save never does: they could swell without bound.")
    return {entry.filename: entry for entry in entries}


def _bytes(content: bytes, entries: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    entry = entries.get(name)
    if entry is None:
        raise Refused(CUT_SHORT)
    at = entry.header_offset
    head = content[at : at + 30]
    if not head.startswith(b"PK\x03\x04"):
        raise Refused(DAMAGED)
    start = at + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    found = content[start : start + entry.file_size]
    if len(found) != entry.file_size:
        raise Refused(CUT_SHORT)
    if entry.CRC and zlib.crc32(found) != entry.CRC:  # 0: torch was told to leave checksums out
        raise Refused("It is damaged: its contents are not those that were written.")
    return found


def _between(content: bytes, places: dict[str, tuple[int, int]], key: str) -> bytes:
    begin, end = places.get(key, (0, len(content) + 1))
    if end > len(content):
        raise Refused(CUT_SHORT)
    return content[begin:end]


class _Storages:
    """The storages that a pickle asks for by persistent identifiers; each is read once however many views it has."""

    def __init__(self, bytes_of: Callable[[str], bytes], size: int, *, swapped: bool) -> None:
        self.bytes_of, self.swapped = bytes_of, swapped
        self.left = 2 * size  # bytes: more than a file holds are in it only if its parts lie over each other
        self.width: dict[str, int] = {}  # bytes a number
        self.read: dict[tuple[str, torch.dtype], Tensor] = {}

    def found(self, identifier: Any) -> Storage | None:
        """Returns the storage for (“storage”, type, key, device, size[, (view, offset, size)]), on whatever device."""
        if not isinstance(identifier, tuple) or len(identifier) < 5 or identifier[0] != "storage":
            return None
        _, kind, key, _, _, *view = identifier
        if not isinstance(key, str) or not isinstance(kind, _StorageType):
            return None
        start = view[0][1] if view and isinstance(view[0], tuple) and len(view[0]) == 3 else 0
        self.width[key] = kind.dtype.itemsize if kind.dtype else 1
        return Storage(lambda dtype: self._numbers(key, dtype), kind.dtype, start if type(start) is int else 0)

    def _numbers(self, key: str, dtype: torch.dtype) -> Tensor:
        if (key, dtype) not in self.read:
            found = self.bytes_of(key)
            self.left -= len(found)
            if self.left < 0:
                raise Refused("It is damaged: its numbers lie over each other.")
            self.read[key, dtype] = _as_numbers(found, dtype, swapped=self.swapped)
        return self.read[key, dtype]


def _as_numbers(found: bytes, dtype: torch.dtype, *, swapped: bool) -> Tensor:
    import numpy as np
    import torch

    whole = len(found) // dtype.itemsize * dtype.itemsize
    if not whole:
        return torch.zeros(0, dtype=dtype)
    if swapped and dtype.itemsize > 1:
        found = np.frombuffer(found[:whole], f"u{dtype.itemsize}").byteswap().tobytes()
    return torch.frombuffer(bytearray(found[:whole]), dtype=dtype)


class _StorageType:
    """The type of a storage as a pickle names it: torch.FloatStorage and its like."""

    def __init__(self, dtype: torch.dtype | None) -> None:
        self.dtype = dtype


_STORAGES = {  # the type of a storage in a pickle -> the name of its dtype
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "UntypedStorage": "",  # its tensors say theirs themselves
}


def known(module: str, name: str) -> Any:
    """Returns what is made for a name in a pickle of torch, or None for what is not made."""
    import torch

    if name in _STORAGES and module.partition(".")[0] == "torch":
        return _StorageType(getattr(torch, _STORAGES[name]) if _STORAGES[name] else None)
    if module == "torch" and isinstance(getattr(torch, name, None), torch.dtype):
        return getattr(torch, name)
    return _MAKERS.get(name) if module in ("torch._utils", "torch._tensor", "collections") else None


def _again(data: object, *_: object) -> object:
    return data


def _rebuilt_from_type(function: object, _type: object, arguments: Any, _state: object) -> object:
    return function.function(*arguments) if isinstance(function, Maker) else None


def _tensor(storage: object, offset: object, shape: object, stride: object, *_: object) -> StoredTensor:
    return view_of(storage, offset, shape, stride)


def _tensor_of_dtype(
    storage: object,
    offset: object,
    shape: object,
    stride: object,
    _gradient: object,
    _hooks: object,
    dtype: object,
    *_: object,
) -> StoredTensor:
    return view_of(storage, offset, shape, stride, dtype)


_MAKERS = {
    "OrderedDict": Maker(plain_dict),
    "_rebuild_tensor": Maker(_tensor),
    "_rebuild_tensor_v2": Maker(_tensor),
    "_rebuild_tensor_v3": Maker(_tensor_of_dtype),
    "_rebuild_parameter": Maker(_again),
    "_rebuild_parameter_with_state": Maker(_again),
    "_rebuild_device_tensor_from_cpu_tensor": Maker(_again),
    "_rebuild_from_type_v2": Maker(_rebuilt_from_type),
} | {name: Maker(lambda *_: unusable()) for name in NEITHER}

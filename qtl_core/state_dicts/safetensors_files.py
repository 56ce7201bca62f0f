"""Reads safetensors files, after a look at their header: none can run code, but one can lie about its size."""

from __future__ import annotations

import json

from qtl_core.state_dicts import refusals
from qtl_core.state_dicts.refusals import Refused
from qtl_core.state_dicts.tensors import StoredTensor, made

LONGEST_LIST = 1 << 32  # bytes: text that happens to have a brace there begins with larger numbers


def is_safetensors(content: bytes) -> bool:
    """Returns whether it begins as such a file does, be it cut short: a list's length in eight bytes, and a brace."""
    return content[8:9] == b"{" and int.from_bytes(content[:8], "little") < LONGEST_LIST


def read_safetensors(content: bytes) -> dict[str, StoredTensor]:
    """Returns the tensors of a safetensors file by name.

    Raises:
        Refused: It is none, or a damaged one.
    """
    from safetensors.torch import load

    try:
        check_header(content)
    except ValueError as error:
        words = "it is damaged" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else str(error)
        raise Refused(f"It is no safetensors file, or a damaged one: {words}.") from error
    try:
        found = load(content)
    except MemoryError:
        raise
    except Exception as error:  # arbitrary bytes can make the reader fail in any way
        raise Refused(
            "It is a damaged safetensors file, or holds numbers of a kind that no weights are kept in: its list of "
            "tensors does not go with its contents."
        ) from error
    return {name: made(tensor) for name, tensor in found.items()}


def check_header(content: bytes) -> None:
    """Looks at the header of a safetensors file before its reader believes it.

    Raises:
        ValueError: It is longer than the file, or than any list of tensors here.
    """
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8:
        raise ValueError("its header is said to be longer than the file, as if it were cut short")
    if length > refusals.LARGEST_HEADER:
        raise ValueError(f"its header takes {length:,} bytes, more than any list of tensors here")
    try:
        described = json.loads(content[8 : 8 + length])
    except RecursionError as error:
        raise ValueError("its header is nested without end") from error
    if not isinstance(described, dict):
        raise ValueError("its header is no list of tensors")
    if len(described) > refusals.MOST_TENSORS:
        raise ValueError(f"it lists {len(described):,} tensors, more than any network here has")

"""Reads a head from a file whose author is not known, whatever it is called and its tensors are wrapped in."""

from __future__ import annotations

import numpy as np

from qtl_core.errors import UserError
from qtl_core.heads.torch_layers import with_the_demos_names
from qtl_core.state_dicts.flattening import Named
from qtl_core.state_dicts.matching import is_copy
from qtl_core.state_dicts.reading import named_tensors, tensors_of
from qtl_core.state_dicts.refusals import Refused

SHOWN = 80  # characters of a file's name


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
    from qtl_core.state_dicts.numbers import single

    try:
        tensors = tensors_of(with_the_demos_names(_without_copies(named_tensors(content))))
        return {each: single(value).contiguous().numpy().copy() for each, value in tensors.items()}
    except Refused as error:
        raise UserError(f"The file {name[:SHOWN]} cannot be read as a head.", error.why, error.do) from error


def _without_copies(stored: Named) -> Named:
    """Leaves out the copies that training programs keep of what is there under another name as well."""
    originals = {_tail(name) for name in stored if not is_copy(name)}
    return {name: value for name, value in stored.items() if not (is_copy(name) and _tail(name) in originals)}


def _tail(name: str) -> str:
    """Returns the last two parts of a name: the layer and its parameter."""
    return ".".join(name.rsplit(".", 2)[-2:])

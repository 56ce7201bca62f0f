"""From the bytes of a file to its tensors by name, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qtl_core.state_dicts import limits
from qtl_core.state_dicts.flattening import Named, flattened
from qtl_core.state_dicts.refusals import Refused
from qtl_core.state_dicts.safetensors_files import read_safetensors
from qtl_core.state_dicts.signatures import ARCHIVE, ROW_OF_PICKLES, SAFETENSORS, detect_format
from qtl_core.state_dicts.tensors import StoredTensor
from qtl_core.state_dicts.torch_files import read_archive, read_row_of_pickles

if TYPE_CHECKING:
    from torch import Tensor

_READERS = {ARCHIVE: read_archive, ROW_OF_PICKLES: read_row_of_pickles, SAFETENSORS: read_safetensors}


def named_tensors(content: bytes) -> Named:
    """Returns the tensors of a file by their whole dotted names; none is made yet.

    Args:
        content: What `torch.save` or safetensors wrote, whatever the file is called and the tensors are wrapped in.

    Raises:
        Refused: It is something else, damaged, too large, or could run code; says which.
    """
    if len(content) > limits.LARGEST_FILE:
        raise Refused(too_large(len(content)))
    try:
        return flattened(_READERS[detect_format(content)](content))
    except MemoryError as error:
        raise Refused("It asks for more memory than there is.") from error


def tensors_of(stored: Mapping[str, StoredTensor]) -> dict[str, Tensor]:
    """Returns tensors made from what a file says of them, of whatever precision they were saved in.

    Raises:
        Refused: Together they claim more numbers than any network here has, or one cannot be made.
    """
    for value in stored.values():
        if value.problem:
            raise Refused(value.problem)
    numbers = sum(value.numel() for value in stored.values())
    if numbers > limits.MOST_NUMBERS:
        raise Refused(f"It claims {numbers:,} numbers, more than any network here has.")
    try:
        return {name: value.tensor() for name, value in stored.items()}
    except MemoryError as error:
        raise Refused("It asks for more memory than there is.") from error
    except RuntimeError as error:  # torch's words on a shape that cannot be
        raise Refused("It is damaged: a tensor in it cannot be made.") from error


def too_large(size: int) -> str:
    """Returns the sentence on a file that is larger than any that is read."""
    largest = limits.LARGEST_FILE
    return f"It takes {size:,} bytes; the largest network here needs a quarter of the {largest:,} that are read."

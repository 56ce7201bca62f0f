"""Reads the bytes of a file: every tensor of a checkpoint by its whole dotted name, within bounds.

`{"state_dict": {"model.conv1.weight": ...}, "epoch": 3}` holds `state_dict.model.conv1.weight`. So a wrapper and a
prefix are the same thing, in any nesting and order, and `matching` finds where a network's own names begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qtl_core.state_dicts import refusals
from qtl_core.state_dicts.pickles import Foreign
from qtl_core.state_dicts.refusals import Refused, shown
from qtl_core.state_dicts.safetensors_files import read_safetensors
from qtl_core.state_dicts.signatures import ARCHIVE, ROW_OF_PICKLES, SAFETENSORS, detect_format, whole_model
from qtl_core.state_dicts.tensors import StoredTensor
from qtl_core.state_dicts.torch_files import read_archive, read_row_of_pickles

if TYPE_CHECKING:
    from torch import Tensor


# What torch.compile, FSDP and checkpointing put into names, wherever in them the module is that they wrapped.
TRANSPARENT = frozenset(("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"))
SOMETHING_ELSE = "It holds something other than named tensors"
Named = dict[str, StoredTensor]


def flattened(held: Any) -> Named:
    """Returns every tensor in a checkpoint by its whole dotted name.

    Tensors behind keys that are no text are left out: those are an optimiser's memory of each parameter by its number.

    Raises:
        Refused: There is none, there are too many, or something that is no tensor lies among them.
    """
    found: Named = {}
    models: list[str] = []
    for path, value in _leaves(held, models):
        name = ".".join(_parts(path))
        if name in found:  # a module and its compiled twin: the second keeps its longer name
            name = ".".join(path)
        found[name] = value
        if len(found) > refusals.MOST_TENSORS:
            raise Refused(f"It holds more than {refusals.MOST_TENSORS:,} tensors, more than any network here has.")
    if not found and models:
        raise whole_model(models[0])
    if not found:
        raise Refused(f"{SOMETHING_ELSE}.")
    return found


def _parts(path: tuple[str, ...]) -> Iterator[str]:
    """Takes apart what lies between dots, and leaves out what stands for no module of the network."""
    for key in path:
        yield from (part for part in key.split(".") if part not in TRANSPARENT)


def _leaves(held: Any, models: list[str]) -> Iterator[tuple[tuple[str, ...], StoredTensor]]:
    """Yields every tensor with the keys on the way to it; notes in `models` where whole networks lie."""
    seen: set[int] = set()  # a pickle may put one dict into another a thousand times, or into itself
    waiting: list[tuple[tuple[str, ...], Any]] = [((), held)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, StoredTensor):
            if path:
                yield path, value
        elif isinstance(value, Foreign) and value.is_module:
            models.append(shown(".".join(path)))
        elif isinstance(value, dict | list | tuple) and id(value) not in seen and len(path) < refusals.MOST_LEVELS:
            seen.add(id(value))
            inside = _items(value)
            if any(sum(map(len, path)) + len(key) > refusals.LONGEST_NAME for key, _ in inside):
                raise Refused("It is no state dict: a name in it is longer than any parameter's.")
            _refuse_strangers_among_tensors(inside)
            waiting.extend((((*path, key), each)) for key, each in reversed(inside))


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(key, each) for key, each in value.items() if isinstance(key, str)]
    return [(str(number), each) for number, each in enumerate(value)]


def _refuse_strangers_among_tensors(inside: list[tuple[str, Any]]) -> None:
    """A dict of tensors alone is a state dict, and nothing in one may be text or an object of another program."""
    values = [each for _, each in inside]
    if any(isinstance(each, dict | list | tuple) and not isinstance(each, Foreign) for each in values):
        return  # a training program's own dict, of a state dict and other things
    if not any(isinstance(each, StoredTensor) for each in values):
        return
    for key, each in inside:
        strange = isinstance(each, str | bytes | Foreign) and not key.endswith("_extra_state")
        if strange:
            what = "text" if isinstance(each, str | bytes) else "an object of another program, which could run code"
            raise Refused(f"{SOMETHING_ELSE}: {shown(key)} is {what}.")


_READERS = {ARCHIVE: read_archive, ROW_OF_PICKLES: read_row_of_pickles, SAFETENSORS: read_safetensors}


def named_tensors(content: bytes) -> Named:
    """Returns the tensors of a file by their whole dotted names; none is made yet.

    Args:
        content: What `torch.save` or safetensors wrote, whatever the file is called and the tensors are wrapped in.

    Raises:
        Refused: It is something else, damaged, too large, or could run code; says which.
    """
    if len(content) > refusals.LARGEST_FILE:
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
    if numbers > refusals.MOST_NUMBERS:
        raise Refused(f"It claims {numbers:,} numbers, more than any network here has.")
    try:
        return {name: value.tensor() for name, value in stored.items()}
    except MemoryError as error:
        raise Refused("It asks for more memory than there is.") from error
    except RuntimeError as error:  # torch's words on a shape that cannot be
        raise Refused("It is damaged: a tensor in it cannot be made.") from error


def too_large(size: int) -> str:
    """Returns the sentence on a file that is larger than any that is read."""
    largest = refusals.LARGEST_FILE
    return f"It takes {size:,} bytes; the largest network here needs a quarter of the {largest:,} that are read."

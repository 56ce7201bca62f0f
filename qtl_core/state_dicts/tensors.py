"""A tensor in a file: what it is said to be, and its finite numbers in single precision once they are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qtl_core.state_dicts.refusals import NotFinite, Refused, shown

if TYPE_CHECKING:
    import torch
    from torch import Tensor


MOST_AXES = 16
UNUSABLE = "It holds tensors of a kind that no weights are kept in (sparse, quantised, complex or empty)."


@dataclass(frozen=True, eq=False)
class StoredTensor:
    """A tensor that has not been made yet.

    Attributes:
        shape: Its shape as the file has it.
        make: Returns it, of any dtype.
        problem: Why it cannot be made, or "".
    """

    shape: tuple[int, ...]
    make: Callable[[], Tensor] = field(repr=False)
    problem: str = ""

    def numel(self) -> int:
        """The number of values it has, or claims."""
        return math.prod(self.shape)

    def tensor(self) -> Tensor:
        """Returns the tensor, on the CPU.

        Raises:
            Refused: It is of a kind that is not read, or reaches beyond its file.
        """
        if self.problem:
            raise Refused(self.problem)
        return self.make()


def unusable() -> StoredTensor:
    """Returns a placeholder for a tensor that cannot be read; it raises only when used."""
    return StoredTensor((), _nothing, UNUSABLE)


def made(tensor: Tensor) -> StoredTensor:
    """Returns a tensor that is there already as a stored one."""
    if tensor.is_complex():
        return unusable()
    return StoredTensor(tuple(tensor.shape), lambda: tensor)


@dataclass(frozen=True, eq=False)
class Storage:
    """A row of numbers that tensors are views of.

    Attributes:
        numbers: Returns them from the file, one-dimensional, for a dtype.
        dtype: Their dtype; None where the tensors say it themselves.
        start: Where in the row this storage begins (very old files share rows).
    """

    numbers: Callable[[torch.dtype], Tensor] = field(repr=False)
    dtype: torch.dtype | None
    start: int = 0


def view_of(storage: object, offset: object, shape: object, stride: object, dtype: object = None) -> StoredTensor:
    """Returns the tensor that a file describes as a view of a storage; nothing is made yet.

    Raises:
        Refused: What describes it are no shape and strides.
    """
    import torch

    dtype = dtype or getattr(storage, "dtype", None)
    sizes, steps = _whole(shape), _whole(stride)
    start = _whole([offset])
    if not isinstance(storage, Storage) or sizes is None or steps is None or start is None or len(sizes) != len(steps):
        raise Refused("It is damaged: it describes a tensor that cannot be.")
    if not isinstance(dtype, torch.dtype) or dtype.is_complex:
        return unusable()
    first = start[0] + storage.start
    return StoredTensor(sizes, lambda: _viewed(storage.numbers(dtype), first, sizes, steps))


def _viewed(numbers: Tensor, start: int, shape: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    last = start + sum((size - 1) * step for size, step in zip(shape, stride, strict=True))
    if math.prod(shape) and last >= numbers.numel():
        raise Refused("It is damaged or cut short: a tensor reaches beyond its numbers.")
    return numbers.as_strided(shape, stride, start) if math.prod(shape) else numbers.new_zeros(shape)


def _whole(values: object) -> tuple[int, ...] | None:
    if not isinstance(values, Sequence) or isinstance(values, str | bytes) or len(values) > MOST_AXES:
        return None
    fine = all(type(value) is int and 0 <= value < 2**62 for value in values)
    return tuple(values) if fine else None


def _nothing() -> Tensor:
    raise Refused(UNUSABLE)


RETRAIN = "Take the file from before its training went wrong, or train again with a lower learning rate."


def single(value: Tensor) -> Tensor:
    """Returns decimal numbers of any precision as float32, exactly where they fit in; whole ones as they are."""
    return value.detach().float() if value.is_floating_point() else value.detach()


def check_finite(given: Mapping[str, Tensor]) -> None:
    """Refuses weights that are not all numbers that single precision can hold.

    Args:
        given: Tensors as the file has them, of any precision.

    Raises:
        NotFinite: Some are NaN or infinite, or become so in single precision; names the first tensor.
    """
    bad = {name: count for name, value in given.items() if (count := _not_finite(value))}
    if not bad:
        return
    first = next(iter(bad))
    others = f"; so it is in {len(bad) - 1:,} more of its tensors" if len(bad) > 1 else ""
    raise NotFinite(
        f"Not all of its numbers are finite: {bad[first]:,} of the {given[first].numel():,} in {shown(first)} "
        f"{'is' if bad[first] == 1 else 'are'} {_words(given[first])}{others}.",
        RETRAIN,
    )


def _not_finite(value: Tensor) -> int:
    return int((~single(value).isfinite()).sum()) if value.is_floating_point() else 0


def _words(value: Tensor) -> str:
    """Says in which way they are not finite."""
    if single(value).isnan().any():
        return "NaN" if not single(value).isinf().any() else "NaN or infinite"
    if value.dtype.itemsize > 4 and bool(value.isfinite().all()):
        return "too large for single precision"
    return "infinite (single precision ends at 3.4e38)"

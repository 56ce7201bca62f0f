"""Tensors of any precision as finite single-precision numbers, or a sentence on which are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qtl_core.state_dicts.refusals import NotFinite, shown

if TYPE_CHECKING:
    from torch import Tensor

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

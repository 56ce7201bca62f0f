"""Checks of arguments: each turns an argument into what it should be, or says which it was and what was wrong.

Whoever takes arrays or numbers from outside calls these where they enter (a constructor, the first lines of a
function); code behind that door relies on them and checks no more. Numpy alone: torch's tensors are known by what they
can do. Every refusal is an `InputError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from qtl_core.common.errors import InputError

LARGEST = float(np.finfo(np.float32).max)  # training runs in single precision: a larger number would be infinite there
MOST_CLASSES = 100_000  # more than any labelled set of images has; a slip of the pen would ask for all memory

Dims = tuple[int | None, ...]  # a length for each dimension, None where any but 0 will do


def real_array(name: str, value: Any, *shapes: Dims, says: str = "", finite: bool = True) -> np.ndarray:
    """Returns `value` as a float32 or float64 array, C-contiguous and in this machine's byte order.

    Copies only where that is needed; float64 stays, every other kind of number becomes float32.

    Args:
        name: The argument's name.
        value: An array, a tensor on any device, or nested lists.
        *shapes: The shapes that will do.
        says: What the dimensions are, such as "(pictures, features)".
        finite: Whether every number must be finite, in single precision too.

    Raises:
        InputError: It is not that.
    """
    found = _as_array(name, value, "numbers")
    if found.dtype.kind not in "fiub":
        raise InputError(name, f"holds {_kind(found)}", "an array of real numbers")
    check_shape(name, found, *shapes, says=says)
    kept = np.float64 if found.dtype.itemsize == 8 and found.dtype.kind == "f" else np.float32
    if finite:
        _check_finite(name, found)
    return np.require(found, kept, ["C", "A"])


def check_shape(name: str, found: Any, *shapes: Dims, says: str = "") -> None:
    """Refuses an array or tensor whose shape is none of `shapes`, or that is empty where None stands for any length.

    Raises:
        InputError: It has another one.
    """
    if not hasattr(found, "shape"):
        raise InputError(
            name, f"is of type {type(found).__name__}", f"an array of shape {says}" if says else "an array"
        )
    shape = tuple(found.shape)
    if any(_fits(shape, wanted) for wanted in shapes):
        return
    told = " or ".join("(" + ", ".join("any" if n is None else str(n) for n in wanted) + ")" for wanted in shapes)
    what = f"an array of shape {says}" if says else "an array"
    got = "is empty" if 0 in shape and 0 not in (n for wanted in shapes for n in wanted) else f"has shape {shape}"
    raise InputError(name, got, f"{what}, here {told}" if says else f"{what} of shape {told}")


def float_tensor(name: str, value: Any, *shapes: Dims, says: str = "") -> None:
    """Refuses what is no torch tensor of real numbers with a fraction, or has none of `shapes`.

    Raises:
        InputError: It is that.
    """
    if not hasattr(value, "is_floating_point") or not value.is_floating_point():
        got = f"holds {value.dtype}" if hasattr(value, "is_floating_point") else f"is of type {type(value).__name__}"
        raise InputError(
            name, got, f"a torch tensor of floats, of shape {says}" if says else "a torch tensor of floats"
        )
    check_shape(name, value, *shapes, says=says)


def class_labels(name: str, value: Any, count: int, classes: int) -> np.ndarray:
    """Returns class indices as a new int64 array, shape (count,), all from 0 to classes - 1.

    Raises:
        InputError: They are not that.
    """
    found = _as_array(name, value, "class indices")
    if found.dtype.kind not in "fiub":
        raise InputError(name, f"holds {_kind(found)}", f"class indices from 0 to {classes - 1}")
    check_shape(name, found, (count,), says="(pictures,)")
    bad = ~((found >= 0) & (found < classes) & (found == np.floor(found)))  # NaN is none of these
    if bad.any():
        at = int(bad.argmax())
        raise InputError(name, f"holds {found[at]} at [{at}]", f"class indices from 0 to {classes - 1}")
    return found.astype(np.int64, order="C")


def whole_number(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Returns a whole number from `low` to `high`, also one of numpy's, as an int.

    Raises:
        InputError: It is not that.
    """
    expected = f"a whole number from {low} to {high}" if high is not None else f"a whole number from {low} on"
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise InputError(name, f"is {_shown(value)}", expected)
    number = int(value)
    if number < low or (high is not None and number > high):
        raise InputError(name, f"is {_shown(value)}", expected)
    return number


def instance(name: str, value: Any, kind: type | tuple[type, ...]) -> Any:
    """Returns `value` if it is of one of these types.

    Raises:
        InputError: It is of another.
    """
    if not isinstance(value, kind):
        names = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        raise InputError(name, f"is of type {type(value).__name__}", f"of type {names}")
    return value


def one_of(name: str, value: Any, allowed: Sequence[Any]) -> Any:
    """Returns `value` if it is one of `allowed`.

    Raises:
        InputError: It is another.
    """
    try:
        is_one = value in allowed
    except (TypeError, ValueError, RuntimeError):  # arrays and tensors compare number by number
        is_one = False
    if not is_one:
        raise InputError(name, f"is {_shown(value)}", "one of " + ", ".join(map(repr, allowed)))
    return value


def _as_array(name: str, value: Any, of: str) -> np.ndarray:
    if hasattr(value, "detach"):  # a tensor: one with a gradient or on a GPU is not an array yet
        value = _off_device(name, value)
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):  # what is masked would count as any other
        raise InputError(name, "has masked entries", f"an array of {of}, every one of them there")
    try:
        return np.asarray(value)
    except Exception as error:  # lists of lists of unlike lengths, or an object whose __array__ gives up
        raise InputError(name, f"cannot be read as an array ({type(value).__name__})", f"an array of {of}") from error


def _off_device(name: str, tensor: Any) -> Any:
    try:
        tensor = tensor.detach().cpu()
        return tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor  # numpy has no such kind
    except Exception as error:  # a tensor without storage, sparse or quantised
        raise InputError(name, f"is a {type(tensor).__name__} without plain numbers", "an array of numbers") from error


def _check_finite(name: str, found: np.ndarray) -> None:
    if found.dtype.kind != "f" or not found.size:
        return
    # One pass for the usual case: the largest size is NaN if there is a NaN, and infinite if there is an infinity.
    if max(abs(float(found.max())), abs(float(found.min()))) <= LARGEST:
        return
    # In double precision: for a half-precision array the limit itself would become infinite.
    bad = np.argwhere(~(np.abs(found.astype(np.float64)) <= LARGEST))
    at = tuple(map(int, bad[0]))
    more = f" and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
    raise InputError(name, f"holds {found[at]} at {list(at)}{more}", f"finite numbers, none beyond {LARGEST:.1e}")


def _fits(shape: tuple[int, ...], wanted: Dims) -> bool:
    if len(shape) != len(wanted):
        return False
    return all(length == n if n is not None else length > 0 for length, n in zip(shape, wanted, strict=True))


def _kind(found: np.ndarray) -> str:
    return {"c": "complex numbers", "O": "Python objects", "U": "text", "S": "bytes"}.get(
        found.dtype.kind, f"values of type {found.dtype}"
    )


def _shown(value: Any) -> str:
    try:
        shown = repr(value)
    except Exception:  # whatever it is, the refusal must not fail
        shown = f"of type {type(value).__name__}"
    return shown if len(shown) <= 60 else shown[:57] + "..."

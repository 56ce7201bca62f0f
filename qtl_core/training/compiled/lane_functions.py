"""The functions that no processor has an instruction for, of all lanes at once: exp, tanh, and cosine with sine.

Each brings its argument near 0 and takes a Taylor series there that is exact in double precision; errors are some units
in the last place of 1. A library's functions take one number at a time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qtl_core.training.compiled.code_cache import inner_jit
from qtl_core.training.compiled.lanes import doubled, floor, polynomial, splat, store, within

# Constants that a whole number is multiplied by are told in parts, the first of which has so few digits that the
# product is exact: a number minus its nearest multiple then keeps its digits.
LN2, LN2_REST = 0.693359375, math.log(2) - 0.693359375
QUARTER, QUARTER_REST = 1.5703125, math.pi / 2 - 1.5703125
FURTHEST = 87.0  # exp of more is no number in single precision

_exp_series = polynomial([1 / math.factorial(k) for k in range(13, -1, -1)])
_cos_series = polynomial([(-1) ** k / math.factorial(2 * k) for k in range(9, -1, -1)])  # in the argument's square
_sin_series = polynomial([(-1) ** k / math.factorial(2 * k + 1) for k in range(9, -1, -1)])  # the same, over it


@inner_jit
def exponential(argument: Any, number: Any) -> Any:
    """Returns e to the power of `argument`, which counts as -87 below that and as 87 above.

    Args:
        argument: The lanes.
        number: Their scalar type.
    """
    argument = within(argument, splat(number(-FURTHEST)), splat(number(FURTHEST)))
    times = floor(argument * splat(number(1 / math.log(2))) + splat(number(0.5)))
    near = (argument - times * splat(number(LN2))) - times * splat(number(LN2_REST))
    return doubled(_exp_series(near), times)


@inner_jit
def tanh(argument: Any, number: Any) -> Any:
    """Returns the hyperbolic tangent."""
    one, two = splat(number(1)), splat(number(2))
    return one - two / (exponential(two * argument, number) + one)


@inner_jit
def set_turn(angle: Any, cosines: np.ndarray, sines: np.ndarray, row: int) -> None:
    """Sets one row of `cosines` and of `sines` to those of `angle`, radians."""
    number = cosines.dtype.type
    one, two, half = splat(number(1)), splat(number(2)), splat(number(0.5))
    quarters = floor(angle * splat(number(2 / math.pi)) + half)
    near = (angle - quarters * splat(number(QUARTER))) - quarters * splat(number(QUARTER_REST))
    square = near * near
    cos, sin = _cos_series(square), near * _sin_series(square)
    halves = floor(quarters * half)
    odd, sign = quarters - two * halves, one - two * (halves - two * floor(halves * half))
    store(cosines, row, sign * (cos * (one - odd) - sin * odd))  # an odd quarter turn makes one of the other
    store(sines, row, sign * (sin * (one - odd) + cos * odd))


@inner_jit
def set_small_turn(angle: Any, cosines: np.ndarray, sines: np.ndarray, row: int) -> None:
    """The same for angles from -pi/4 to pi/4."""
    square = angle * angle
    store(cosines, row, _cos_series(square))
    store(sines, row, angle * _sin_series(square))

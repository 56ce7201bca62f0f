"""A number that is really a row of numbers, one for each of `LANES` pictures, held in one processor register.

Left to itself the compiler does not see that the amplitudes of several pictures can be turned by one
instruction, because it cannot rule out that two rows overlap. With a type of its own it need not see it: an array
of shape (rows, LANES) is read and written a row at a time, and +, - and * act on all pictures at once.
"""

from __future__ import annotations

# Types and intrinsics are numba's, which has no annotations.
# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, overload, register_model

LANES = 8  # takes the time of 4 (the recipe's batch) and a third of that of 16 (measured on one core of an EPYC 9005)


class Lanes(types.Type):
    """The numba type of a row of numbers."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: Lanes) -> None:
        element = manager.lookup(lanes.dtype).get_value_type()
        super().__init__(manager, lanes, ir.VectorType(element, LANES))


def _address(context: Any, builder: Any, array_type: types.Array, array: Any, row: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    first = builder.gep(data, [builder.mul(row, ir.Constant(row.type, LANES))])
    return builder.bitcast(first, context.get_value_type(Lanes(array_type.dtype)).as_pointer())


@intrinsic
def load(typing: Any, rows: types.Array, row: types.Integer) -> Any:
    """Reads row number `row` of an array (rows, LANES)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        return builder.load(address, align=rows.dtype.bitwidth // 8)

    return Lanes(rows.dtype)(rows, types.intp), generate


@intrinsic
def store(typing: Any, rows: types.Array, row: types.Integer, value: Lanes) -> Any:
    """Writes row number `row` of an array (rows, LANES)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], address, align=rows.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(rows, types.intp, value), generate


@intrinsic
def splat(typing: Any, number: types.Float) -> Any:
    """Returns `number` in every lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.Constant(context.get_value_type(signature.return_type), ir.Undefined)
        for lane in range(LANES):
            vector = builder.insert_element(vector, args[0], ir.Constant(ir.IntType(32), lane))
        return vector

    return Lanes(number)(number), generate


@intrinsic
def total(typing: Any, lanes: Lanes) -> Any:
    """Returns the sum over the lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = [builder.extract_element(args[0], ir.Constant(ir.IntType(32), lane)) for lane in range(LANES)]
        while len(numbers) > 1:  # in pairs: shorter to wait for than one after another
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            numbers = [builder.fadd(left, right) for left, right in pairs]
        return numbers[0]

    return lanes.dtype(lanes), generate


def _arithmetic(symbol: Callable[..., Any], instruction: str) -> None:
    @intrinsic
    def apply(typing: Any, left: Lanes, right: Lanes) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(args[0], args[1], flags=("contract",))

        return left(left, right), generate

    def implementation(left: Any, right: Any) -> Any:
        return apply(left, right)

    @overload(symbol, inline="always")
    def choose(left: Any, right: Any) -> Any:
        return implementation if isinstance(left, Lanes) and isinstance(right, Lanes) else None


for _symbol, _instruction in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul")):
    _arithmetic(_symbol, _instruction)

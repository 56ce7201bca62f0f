"""A number that is really a row of numbers, one for each of `LANES` pictures, held in one processor register.

The pictures are those of one run, or of several runs that train side by side. What comes out for a lane does not
depend on its neighbours: no instruction here mixes lanes but `total`, and that one only those of a run.

Left to itself the compiler does not see that the amplitudes of several pictures can be turned by one
instruction, because it cannot rule out that two rows overlap. With a type of its own it need not see it: an array
of shape (rows, LANES) is read and written a row at a time, and +, - and * act on all pictures at once.
"""

from __future__ import annotations

# Types and intrinsics are numba's, which has no annotations.
# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
import operator
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

from qtl_core.training.compiled.code_cache import inner_jit

LANES = 16  # four runs of the recipe's batch of 4; in single precision the widest registers that there are


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


def _exchange(distance: int) -> Any:
    """Returns the intrinsic that has lanes `distance` apart change places."""

    @intrinsic
    def exchange(typing: Any, lanes: Lanes) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [lane ^ distance for lane in range(LANES)])
            return builder.shuffle_vector(args[0], args[0], order)

        return lanes(lanes), generate

    return exchange


_by_1, _by_2, _by_4, _by_8 = (_exchange(distance) for distance in (1, 2, 4, 8))


@inner_jit
def total(lanes: Any, width: int) -> Any:
    """Returns, in every lane, the sum over the block of `width` lanes (a power of two) that it is in."""
    if width > 1:
        lanes = lanes + _by_1(lanes)
    if width > 2:
        lanes = lanes + _by_2(lanes)
    if width > 4:
        lanes = lanes + _by_4(lanes)
    if width > 8:
        lanes = lanes + _by_8(lanes)
    return lanes


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


_INSTRUCTIONS = ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv"))
for _symbol, _instruction in _INSTRUCTIONS:
    _arithmetic(_symbol, _instruction)


def polynomial(coefficients: Sequence[float]) -> Any:
    """Returns the intrinsic that gives a polynomial's value in every lane; the highest power's coefficient first."""

    @intrinsic
    def value(typing: Any, lanes: Lanes) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            first, *rest = (ir.Constant(args[0].type, [each] * LANES) for each in coefficients)
            for each in rest:
                first = builder.fadd(builder.fmul(first, args[0], flags=("contract",)), each, flags=("contract",))
            return first

        return lanes(lanes), generate

    return value


@intrinsic
def floor(typing: Any, lanes: Lanes) -> Any:
    """Returns the greatest whole number that is not above each lane's."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(args[0].type, [args[0].type])
        name = f"llvm.floor.v{LANES}f{lanes.dtype.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [args[0]])

    return lanes(lanes), generate


@intrinsic
def within(typing: Any, lanes: Lanes, low: Lanes, high: Lanes) -> Any:
    """Returns each lane's number, or the limit that it lies beyond; what is no number stays so."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number, low, high = args
        number = builder.select(builder.fcmp_ordered("<", number, low), low, number)
        return builder.select(builder.fcmp_ordered(">", number, high), high, number)

    return lanes(lanes, lanes, lanes), generate


@intrinsic
def doubled(typing: Any, lanes: Lanes, times: Lanes) -> Any:
    """Returns lanes * 2**times, where `times` holds whole numbers from -126 to 127."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        fraction, bias = _FORMATS[lanes.dtype.bitwidth]
        whole = ir.VectorType(ir.IntType(lanes.dtype.bitwidth), LANES)
        exponent = builder.add(builder.fptosi(args[1], whole), ir.Constant(whole, [bias] * LANES))
        power = builder.bitcast(builder.shl(exponent, ir.Constant(whole, [fraction] * LANES)), args[0].type)
        return builder.fmul(args[0], power)

    return lanes(lanes, lanes), generate


_FORMATS = {32: (23, 127), 64: (52, 1023)}  # bits of the fraction, and what is added to the exponent


@intrinsic
def is_above_zero(typing: Any, lanes: Lanes) -> Any:
    """Returns 1 in every lane whose number is above 0, else 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero, one = (ir.Constant(args[0].type, [each] * LANES) for each in (0.0, 1.0))
        return builder.select(builder.fcmp_ordered(">", args[0], zero), one, zero)

    return lanes(lanes), generate

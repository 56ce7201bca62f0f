"""The compiler's settings: how every kernel is compiled, and that it is kept from one start to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import config, njit

from qtl_core.training.compiled.code_folder import code_folder

# Sums may be reordered and multiply-adds fused, which vector code needs; NaN and infinity keep their meaning.
FLOAT_RULES = {"reassoc", "contract", "nsz"}


FOLDER = code_folder()
if FOLDER is not None:
    config.CACHE_DIR = str(FOLDER)  # read when a function is decorated; an environment variable would be too late

OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": FLOAT_RULES,
    "cache": FOLDER is not None,
    "_nrt": False,
    "no_cfunc_wrapper": True,  # nobody calls from C; a wrapper for each function is an eighth of the compiler's time
}


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function without the interpreter's lock, and keeps the result where that is possible.

    Arrays are not counted by their references (`_nrt`): with some sixty of them handed from kernel to kernel that took
    a third of the time, and threads that share features would wait for each other. Hence a kernel can neither
    make an array nor return one; numba refuses the first, nothing but this sentence the second.
    """
    return njit(**OPTIONS)(function)


def inner_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function that only other kernels call: without a way in from Python, which takes long to compile."""
    return njit(**OPTIONS, no_cpython_wrapper=True)(function)


def inlined_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function into each of its callers: handing a run's fifty arrays over costs more than most steps."""
    return njit(**OPTIONS, no_cpython_wrapper=True, forceinline=True)(function)

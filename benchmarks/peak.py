"""Peak arithmetic of this machine in a second: the best of many matrix products in single precision.

Two libraries multiply, because which of them knows the processor better differs from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from benchmarks.clock import in_turns, seconds_of

SIDE = 1024  # three matrices of 4 MB: large enough for the product to be all arithmetic
PRODUCTS, TRIES = 2, 15

Product = Callable[[np.ndarray, np.ndarray, np.ndarray], object]


def sgemm_flops(threads: int) -> float:
    """Returns floating-point operations a second of `threads` threads that each multiply matrices of their own."""
    with ThreadPoolExecutor(threads, initializer=lambda: torch.set_num_threads(1)) as pool:
        memory = [tuple(np.ones((SIDE, SIDE), np.float32) for _ in range(3)) for _ in range(threads)]

        def turn(product: Product) -> float:
            return seconds_of(lambda: list(pool.map(lambda matrices: _repeat(product, matrices), memory)))

        turns = {"numpy": lambda: turn(_numpy_product), "torch": lambda: turn(_torch_product)}
        best = min(in_turns(turns, TRIES).values())
    return threads * PRODUCTS * 2 * SIDE**3 / best


def _repeat(product: Product, matrices: tuple[np.ndarray, ...]) -> None:
    for _ in range(PRODUCTS):
        product(*matrices)


def _numpy_product(left: np.ndarray, right: np.ndarray, result: np.ndarray) -> None:
    np.matmul(left, right, out=result)


def _torch_product(left: np.ndarray, right: np.ndarray, result: np.ndarray) -> None:
    torch.mm(torch.from_numpy(left), torch.from_numpy(right), out=torch.from_numpy(result))

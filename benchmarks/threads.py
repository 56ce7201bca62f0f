"""A limit, for a while, on the threads that torch may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Set before numpy, torch or lightning.qubit are imported: their pools are made once.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def keep_to_one_thread() -> None:
    """Gives every numerical library one thread, unless a section asks torch for more."""
    os.environ.update(ONE_THREAD)


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Lets torch use `count` threads within."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""Kept runs read whole, held in memory for all who look at them, by what they weigh: a stranger's may be large."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from qtl_core.jobs.memory import bytes_of
from qtl_core.store.place import run_folder
from qtl_core.store.reading import load_run
from qtl_core.training.view import PreparedRun

MAX_BYTES = 256 * 2**20  # a run weighs a megabyte at the recipe's size; what was looked at longest ago goes first

Key = tuple[Path, int]
_cache: OrderedDict[Key, tuple[PreparedRun, int]] = OrderedDict()
_turn = threading.Lock()


def cached_run(run_id: str, version: int) -> PreparedRun:
    """Returns a run with all its figures and its last checkpoint, from memory where it was just read.

    Args:
        run_id: Its identifier.
        version: That of its row (`RunRecord.version`): it grows when the run goes on.

    Raises:
        UserError: There is no such run, its files are damaged, or the store cannot be used.
    """
    key = run_folder(run_id), version
    with _turn:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key][0]
    view = load_run(run_id)  # without the lock: nobody waits for another one's large run
    _hold(key, view)
    return view


def _hold(key: Key, view: PreparedRun) -> None:
    size = bytes_of(view)
    with _turn:
        _cache[key] = view, size
        while len(_cache) > 1 and sum(weight for _, weight in _cache.values()) > MAX_BYTES:
            _cache.popitem(last=False)

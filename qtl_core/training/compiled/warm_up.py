"""Compiling before it is needed: nobody should wait for the compiler at the first click.

`warm_up` starts it and returns at once; until `is_ready`, callers train with the torch engine. The compiler holds the
interpreter's lock for seconds, which would make the pages stutter: so a process of its own does the work and leaves
the result on disk, from where this one loads it. A server starts that process itself (`compile_ahead`). No numba here
at import: pages read this module too, and a worker's first training need not wait for that import.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from qtl_core.common.niceness import stand_back_to
from qtl_core.common.quiet import only_our_words
from qtl_core.jobs.launch import module_command
from qtl_core.training.compiled.code_folder import (
    COMPLETE_MARK,
    code_folder,
    empty,
    is_compiled,
    is_whole,
    mark_whole,
)

if TYPE_CHECKING:
    from qtl_core.training.task import TrainingTask

LOCK = "compiling.lock"  # beside the mark: whoever holds it compiles, the others wait and load what came of it
HELD = "held"  # tells the compiler that who started it holds the lock for it
LOOK_AGAIN = 0.5  # seconds between two tries for the lock
NICENESS = 5  # the compiler's at the least: behind the pages, and yet before workers, as these and a person wait for it
FOLDERS_KEPT = 4  # the newest: a home may be shared by machines with other processors, or by two versions

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_ready = threading.Event()
_thread: threading.Thread | None = None
_ahead: threading.Thread | None = None
_began = 0.0  # monotonic seconds


def warm_up() -> threading.Thread:
    """Starts getting the compiled engine ready, unless that has been started before; returns the thread doing it."""
    global _thread, _began
    with _lock:
        if _thread is None:
            _began = time.monotonic()
            _thread = threading.Thread(target=_get_ready, name="warm-up", daemon=True)
            _thread.start()
        return _thread


def compile_ahead() -> threading.Thread:
    """Starts one process that compiles what this one's workers will load, once; returns the thread that sees to it.

    For the server: it is not as nice as its workers, and no process can become less nice than the one it comes from.
    On a busy machine a compiler that a worker starts may get a hundredth of a core.
    """
    global _ahead
    with _lock:
        if _ahead is None:
            _ahead = threading.Thread(target=_compile_ahead, name="compile ahead", daemon=True)
            _ahead.start()
        return _ahead


def is_ready() -> bool:
    """Returns whether the compiled engine trains at once, in single precision, without compiling first."""
    return _ready.is_set()


def seconds_at_it() -> float:
    """Returns how long ago the compiled engine began to be made ready; 0 before."""
    return time.monotonic() - _began if _thread is not None else 0.0


def kernels_compiled() -> tuple[int, int]:
    """Returns how many of the engine's kernels lie compiled on disk, and how many there are."""
    folder = code_folder()
    sources = Path(__file__).parent.glob("*.py")
    total = sum(len(re.findall(r"^@(?:inner_|inlined_)?jit$", file.read_text(), re.MULTILINE)) for file in sources)
    return min(total, len(list(folder.rglob("*.nbi"))) if folder is not None else 0), total


def _get_ready() -> None:
    try:
        folder = code_folder()
        if folder is not None and not is_compiled():
            _compile_elsewhere(folder)  # numba is imported here only then: until there, another engine trains
        _load_or_compile_anew(folder)
        _ready.set()
        if folder is not None:
            with contextlib.suppress(OSError):  # another worker does the same
                remove_old_folders(folder.parent)
    except Exception:  # whatever it was, the torch engine gives the same numbers
        _log.exception("The compiled engine could not be made ready; runs use the torch engine")


def _load_or_compile_anew(folder: Path | None) -> None:
    """Loads the code; where numba cannot, once more after it was compiled again."""
    try:
        load()
    except Exception:  # what damaged files do to numba can be anything
        if folder is None:
            raise
        _log.warning("The compiled code cannot be loaded and is compiled again", exc_info=True)
        empty(folder)
        _compile_elsewhere(folder)
        load()


def _compile_ahead() -> None:
    try:
        _run_compiler()
    except (OSError, subprocess.SubprocessError):  # the workers try, too, and say what is wrong
        _log.warning("The compiled engine could not be compiled ahead", exc_info=True)


def _compile_elsewhere(folder: Path) -> None:
    """Fills the cache folder from a process that ends with this one, unless another one's does by this one's turn.

    The lock is waited for here: a compiler for every worker that waits would be half a gigabyte of waiting processes.
    """
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK).acquire(poll_interval=LOOK_AGAIN):
        if not is_whole(folder):
            _run_compiler(HELD, NUMBA_CACHE_DIR=str(folder.parent))


def _run_compiler(*arguments: str, **environment: str) -> None:
    command = module_command("qtl_core.training.compiled.warm_up", *arguments)
    # In a session of its own: Ctrl-C in the terminal is for this process, and ends the other by ending this one.
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.PIPE, start_new_session=True
    ) as compiler:
        code = compiler.wait()  # its input stays open so long: when this process dies, however it does, it closes
    if code:
        raise subprocess.CalledProcessError(code, command)


def load() -> None:
    """Calls every kernel once in single precision: compiles it, or loads what was compiled before."""
    from qtl_core.training.compiled.engine import train_compiled
    from qtl_core.training.compiled.many_runs import train_many

    task = _smallest_task()
    list(train_compiled(task, None, lambda: False))
    train_many([task], lambda: False, threads=1)
    if (folder := code_folder()) is not None:
        mark_whole(folder)


def remove_old_folders(parent: Path) -> None:
    """Removes code that earlier versions of this program compiled: every change of it takes a folder of its own.

    Only folders that bear this module's mark, as `NUMBA_CACHE_DIR` may name one that others use, too; it is renewed
    each time the code is loaded.
    """
    marks = [mark for mark in parent.glob(f"*/{COMPLETE_MARK}") if re.fullmatch("[0-9a-f]{12}", mark.parent.name)]
    used = {mark: mark.stat().st_mtime for mark in marks if mark.is_file()}
    for mark in sorted(used, key=lambda mark: used[mark], reverse=True)[FOLDERS_KEPT:]:
        shutil.rmtree(mark.parent, ignore_errors=True)


def _smallest_task() -> TrainingTask:
    import numpy as np

    from qtl_core.settings import CircuitSettings, TrainingSettings
    from qtl_core.training.task import KeptFeatures, TrainingTask

    features, labels = np.zeros((1, 1), np.float32), np.zeros(1, np.int64)
    source = KeptFeatures(features, features, labels, labels, classes=1)
    return TrainingTask(CircuitSettings(qubits=1, depth=1), TrainingSettings(epochs=1), source)


def compile_once() -> None:
    """Fills the cache folder, unless another process has done it by the time it is this one's turn.

    Several processes start at once, and each would compile the same for itself, at a fraction of the speed.
    """
    from filelock import FileLock

    folder = code_folder()
    if folder is None:
        return  # nothing can be kept: each process compiles for itself
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK):  # the system lets go of it when its holder dies
        _fill(folder)


def _fill(folder: Path) -> None:
    if not is_whole(folder):
        empty(folder)
        load()


def _main(arguments: list[str]) -> None:
    """Compiles as a process of its own."""
    stand_back_to(NICENESS)
    only_our_words(tracebacks=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    folder = code_folder()
    if arguments == [HELD] and folder is not None:
        _fill(folder)
    else:
        compile_once()


def _end_with_parent() -> None:
    """Ends this process once the one that started it is gone: nobody waits for the code any more."""
    os.read(0, 1)  # returns at the end of input; a buffered reader would be in the way when this process ends well
    os._exit(1)


if __name__ == "__main__":
    _main(sys.argv[1:])

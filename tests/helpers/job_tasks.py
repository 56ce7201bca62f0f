"""Tasks that `tests/jobs` has workers do; here, because a worker finds a task by its module's name."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress

Emit = Callable[[Any], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Tick:
    """An event of which only the latest matters."""

    transient: ClassVar[bool] = True
    number: int


def count(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Emits 0, 1, ... below `payload`."""
    for number in range(payload):
        emit(number)


def tick(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Emits many transient events as fast as it can, and one that is not."""
    for number in range(payload):
        emit(Tick(number))
    emit("end")


def until_stopped(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Says "started", then waits to be stopped, says so and ends by itself."""
    emit("started")
    while not should_stop():
        time.sleep(0.01)
    emit("ended by itself")


def waits_to_be_stopped(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Waits to be stopped, and finds nothing."""
    while not should_stop():
        time.sleep(0.01)


def raises_stopped(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Ends as long work does that was stopped in the middle."""
    emit("started")
    while not should_stop():
        time.sleep(0.01)
    raise StoppedByUser


def deaf(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Never asks whether to stop."""
    emit(os.getpid())
    time.sleep(3600)


def deaf_and_busy(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Emits for ever and never asks whether to stop."""
    number = 0
    while True:
        emit(number)
        number += 1


def until_file(payload: str, emit: Emit, should_stop: ShouldStop) -> None:
    """Says "started" and waits until the file `payload` is there."""
    emit("started")
    while not Path(payload).exists() and not should_stop():
        time.sleep(0.01)


def where(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Says what its process sees of the world."""
    emit((os.getpid(), str(Path.cwd()), os.environ["OMP_NUM_THREADS"]))


def raises(payload: Exception, emit: Emit, should_stop: ShouldStop) -> None:
    """Fails in the middle with `payload`."""
    emit("half")
    raise payload


def refuses(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Fails with words for a person."""
    emit("half")
    raise UserError("The folder is empty.", "No picture is in it.", "Put some there.")


def leaves(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Ends its whole process in the middle."""
    emit("half")
    os._exit(payload)


def exits(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Ends its process the polite way."""
    emit("half")
    sys.exit(payload)


def killed(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Is ended by the system in the middle, as when memory runs out."""
    emit("half")
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Gets the Ctrl-C that a terminal sends to every process of the app."""
    os.kill(os.getpid(), signal.SIGINT)
    emit("still there")


def chatters(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Writes to and reads from the standard streams, through Python and past it."""
    for number in range(100):
        print("to be ignored", number)
        os.write(1, b"\x80\x05raw bytes\n")
        sys.stdout.flush()
        emit(number)
    emit(os.read(0, 10))


def unsendable(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Emits something that cannot be pickled, with much before it that can."""
    emit("half")
    emit([b"x" * 1_000_000, lambda: None])


class Trap:
    """Can be pickled, but not read back."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _spring, ()


def _spring() -> None:
    raise ValueError("sprung")


def springs(payload: object, emit: Emit, should_stop: ShouldStop) -> None:
    """Emits something that cannot be read back."""
    emit("half")
    emit(Trap())


def fills(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Takes `payload` bytes, as torch does, and says so if it gets them."""
    import numpy as np

    emit("half")
    np.ones(payload, dtype=np.uint8)
    emit("filled")


def hoards(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Leaves `payload` bytes behind in its process."""
    _LEFT_BEHIND.append(b"x" * payload)
    emit(os.getpid())


_LEFT_BEHIND: list[bytes] = []


def weighs(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Makes a view of `payload` bytes."""
    emit(os.urandom(payload))


def reports(payload: int, emit: Emit, should_stop: ShouldStop) -> None:
    """Reports of `payload` steps, one by one, and says that it is done."""
    for done in range(payload + 1):
        emit(Progress("Stepping", done, payload))
    emit("done")

"""Messages for a person when a job fails: (what, why, do), as in a `UserError`."""

from __future__ import annotations

import errno
import signal

from qtl_core.common.errors import UserError

ErrorMessage = tuple[str, str, str]

NO_MEMORY = ("There was not enough memory.", "", "Choose fewer qubits or a smaller batch.")
# What torch, CUDA and C++ libraries say in place of a `MemoryError`.
OUT_OF_MEMORY = ("allocate memory", "not enough memory", "out of memory", "bad_alloc")


def error_message(error: Exception) -> ErrorMessage:
    """Returns the words for what a task raised; anything unforeseen is a bug of ours and is worded as such."""
    if isinstance(error, UserError):
        return error.what, error.why, error.do
    is_allocation = isinstance(error, RuntimeError) and any(sign in str(error) for sign in OUT_OF_MEMORY)
    is_refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if isinstance(error, MemoryError) or is_allocation or is_refused:
        return NO_MEMORY
    return "Something went wrong inside the app.", "It is a fault of ours.", "The log has the details."


def lost_worker_message(code: int) -> ErrorMessage:
    """Returns the words for a worker process that is gone, by its exit code (minus the signal that ended it)."""
    killed = hasattr(signal, "SIGKILL") and code == -signal.SIGKILL
    return (
        "The process that did the work ended unexpectedly.",
        "The system ended it, as it does when memory runs out." if killed else f"Its exit code was {code}.",
        "Start again, with fewer qubits or a smaller batch if it happens again.",
    )

"""Reasons in plain words for what the operating system refuses: its own messages and numbers reach no visitor."""

from __future__ import annotations

import errno
import socket
import ssl

NO_ROOM = "There is no room left on the disk."
_NO_PERMISSION = "This user has no permission."
_NO_NETWORK = "There is no way to it from here, as where there is no network."
_NOT_THERE = "It is not there."
_BY_NAME = {  # by the number's name, as no system has them all
    "ENOSPC": NO_ROOM,
    "EDQUOT": NO_ROOM,
    "EFBIG": "The file would be larger than is allowed here.",
    "EACCES": _NO_PERMISSION,
    "EPERM": _NO_PERMISSION,
    "EROFS": "It may only be read.",
    "ENOENT": _NOT_THERE,
    "ENOTDIR": "There is a file where a folder should be.",
    "EEXIST": "It is there already.",
    "ENOTEMPTY": "There is something in it.",
    "EISDIR": "It is a folder, no file.",
    "ELOOP": "Its links lead in a circle.",
    "ENAMETOOLONG": "Its name is too long.",
    "EINVAL": "No system takes such a name.",
    "EIO": "The disk, or the connection to it, has a fault.",
    "EMFILE": "Too many files are open.",
    "ENFILE": "Too many files are open.",
    "EBUSY": "Something else is using it.",
    "EADDRINUSE": "Something else answers there already.",
    "EADDRNOTAVAIL": "This machine has no such address.",
    "ENETUNREACH": _NO_NETWORK,
    "EHOSTUNREACH": _NO_NETWORK,
    "ECONNREFUSED": "Nothing answers at that address.",
    "ECONNRESET": "The other side hung up.",
    "EPIPE": "The other side hung up.",
    "ETIMEDOUT": "It did not answer in time.",
}
_REASONS = {getattr(errno, name): reason for name, reason in _BY_NAME.items() if hasattr(errno, name)}


def reason_of(error: BaseException) -> str:
    """Returns why something was refused: one sentence, nothing of it the system's or a library's.

    Args:
        error: What was raised, an `OSError` or what a library raises in its place.
    """
    if isinstance(error, socket.gaierror):
        return "The name of the server is not known here, as where there is no network."
    if isinstance(error, ssl.SSLError):
        return "The connection to the server is not safe."
    if isinstance(error, TimeoutError):
        return _REASONS[errno.ETIMEDOUT]
    if isinstance(error, ValueError):
        return _REASONS[errno.EINVAL]
    return _REASONS.get(getattr(error, "errno", None) or 0, "The system refused it.")

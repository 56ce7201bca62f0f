"""Network addresses that a server of this program answers at: whether one is free, and how it is written."""

from __future__ import annotations

import os
import socket

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

BACKLOG = 128


def bound(address: str, port: int) -> socket.socket:
    """Returns a socket that has the port and listens: whoever asks before its server is ready waits for it.

    Args:
        address: The network address, or the name of one.
        port: The port; 0 is any that is free.

    Raises:
        UserError: The port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers have one port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address, port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise UserError(
            f"Port {port} of {address} is taken or not allowed.",
            reason_of(error),
            "Stop what uses it, or choose another one, as in: --port 8600",
        ) from error
    return found


def url_of(host: str, port: int, scheme: str = "http") -> str:
    """Returns the address that a browser asks, without a slash at its end."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

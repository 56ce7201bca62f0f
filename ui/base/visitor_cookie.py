"""The cookie by which a server knows a browser again: a secret that nobody else has, kept for a year.

The server sets it along with the first page, and no script can read it. The store keeps its hash as the owner of what
the browser makes, so that whoever reads the store cannot pass for an owner. A closed server asks nobody for it, and
sets it all the same: what the browser makes there is its own once the server is open.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable

NAME = "qtl_visitor"
SECONDS = 365 * 24 * 3600
_SECRET_BYTES = 24
_SECRET = re.compile(r"[\w-]{32}", re.ASCII)  # what token_urlsafe makes of them


def new_secret() -> str:
    """Returns one that was never given away."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def is_secret(value: str) -> bool:
    """Returns whether this may be one of ours: a cookie can hold anything."""
    return _SECRET.fullmatch(value) is not None


def secret_in(headers: Iterable[str]) -> str:
    """Returns the first secret of ours among the cookies of a request, or "".

    Args:
        headers: Its cookie headers. Other programs on this host set cookies of their own, which need not be as
            the standard has them: only the `;` between them counts, so that none of them hides ours.
    """
    for header in headers:
        for cookie in header.split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == NAME and is_secret(value):
                return value
    return ""


def owner_of(secret: str) -> str:
    """Returns the owner's name in the store: the hash of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def set_cookie(secret: str, *, secure: bool, framed: bool = False, path: str = "/") -> str:
    """Returns the header's value.

    Args:
        secret: What it holds.
        secure: Whether the page came by https, so that it is never sent without.
        framed: Whether pages of other sites may show the app within them: each then has a cookie of its own there.
        path: Below which it is sent.
    """
    parts = [f"{NAME}={secret}", f"Path={path}", f"Max-Age={SECONDS}", "HttpOnly"]
    if framed:  # browsers take such a cookie by https alone
        return "; ".join((*parts, "SameSite=None", "Secure", "Partitioned"))
    return "; ".join((*parts, "SameSite=Lax", *["Secure"] * secure))

"""Access by the routes: for the owner of a set by the browser's cookie, for a phone by a token, for no other site.

On a closed server everybody who reaches it may, as on its pages; but only under a name that is the server's own, so
that no page of another site gets in by giving this machine a name of its own (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

import streamlit as st
from starlette.requests import Request

from qtl_core.pictures.datasets.records import DatasetRecord
from ui.base.ownership import Visitor
from ui.base.trust import LOOPBACK, is_closed_to_paths
from ui.base.visitor_cookie import owner_of
from ui.shell.routes.answers import Refused
from ui.shell.routes.cookie_middleware import secret_of

TOKEN_HEADER = "X-Qtl-Token"
NOT_YOURS = "This data set is somebody else's. Make your own on the Data page, or ask for a code for your phone."
NO_COOKIE = "This browser keeps no cookies, so nothing that it makes can be kept as its own. Allow them, then reload."
OTHER_SITE = "This request came from another site, so it was not done."


def check_own_site(request: Request) -> None:
    """Refuses what another site has a browser ask.

    Raises:
        Refused: It is so, or the server is called by a name that is not its own.
    """
    host = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").lower()
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, OTHER_SITE)
    if origin is not None and not _is_own_origin(origin, request.headers.get("host", "")):
        raise Refused(403, OTHER_SITE)
    if not is_closed_to_paths() and not _is_own_name(host):
        raise Refused(403, OTHER_SITE)


def owner_asking(request: Request) -> str:
    """Returns in whose name a request is made: "" on a closed server.

    Raises:
        Refused: The browser has no cookie on an open server.
    """
    if not is_closed_to_paths():
        return ""
    secret = secret_of(request.scope)
    if not secret:
        raise Refused(403, NO_COOKIE)
    return owner_of(secret)


def may_change(request: Request, dataset: DatasetRecord) -> bool:
    """Returns whether whoever asks may change all of a set."""
    secret = secret_of(request.scope)
    client = request.client.host if request.client else ""
    return Visitor.asking(owner_of(secret) if secret else "", client, request.headers).may_change(dataset)


def token_of(request: Request) -> str:
    """Returns the phone's token that a request brings, or ""; in a header, as addresses are written into logs."""
    return request.headers.get(TOKEN_HEADER, "")


def asker(request: Request) -> str:
    """Returns what tells those who ask apart, where each has a share."""
    return secret_of(request.scope) or token_of(request) or address(request)


def address(request: Request) -> str:
    """Returns the address that a request comes from, which is harder to make up than a cookie."""
    return request.client.host if request.client else ""


def _is_own_origin(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    if parts.netloc.lower() == host.lower() and parts.netloc:
        return True
    if origin in st.get_option("server.corsAllowedOrigins"):
        return True
    return (parts.hostname or "") in _named() and _is_own_port(parts, host)


def _is_own_port(origin: SplitResult, host: str) -> bool:
    """Returns whether an origin under a name of this server is this server's: others may run on the same machine.

    Behind a proxy it has no port, or the one that whoever runs the server says.
    """
    try:
        port, own = origin.port, urlsplit(f"//{host}").port
    except ValueError:
        return False
    if port is None:
        return origin.hostname not in LOOPBACK or own is None
    return port in (own, st.get_option("browser.serverPort"), st.get_option("server.port"))


def _is_own_name(host: str) -> bool:
    """On a closed server: this machine, a number (no site has those), or what whoever runs it says."""
    if host in LOOPBACK or host in _named() or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _named() -> set[str]:
    """Names of this server behind a proxy that passes on another one."""
    said = (st.get_option("browser.serverAddress"), st.get_option("server.address"))
    return {name.lower() for name in (*said, *st.get_option("server.allowedHosts")) if name}

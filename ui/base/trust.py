"""Trust: strangers who can reach this server, and the paths that visitors may have read (see SECURITY.md)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import streamlit as st

from qtl_core.common import paths
from ui.base.base_path import base_path

OPEN_VARIABLE, BY_ADDRESS = paths.OPEN_VARIABLE, paths.BY_ADDRESS
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def note_who_can_reach_us() -> None:
    """Closes the rest of this machine's files to visitors where the server answers on a network.

    Workers are told as well, because they read the environment of the server. Behind a proxy the server answers to
    this machine alone and cannot know: there whoever runs it says `QTL_OPEN=1`.
    """
    address = st.get_option("server.address")
    if not os.environ.get(OPEN_VARIABLE, "").strip() and address not in LOOPBACK:
        is_socket = str(address).startswith("unix:")  # of a file: whoever comes by it comes from a proxy
        os.environ[OPEN_VARIABLE] = "1" if is_socket else BY_ADDRESS


def is_closed_to_paths() -> bool:
    """Returns whether visitors can have the data folders read alone."""
    return paths.is_open()


def knows_its_computer() -> bool:
    """Returns whether whoever is at the server's computer may change all: it answers a room by itself."""
    return os.environ.get(OPEN_VARIABLE) == BY_ADDRESS


def may_be_framed() -> bool:
    """Returns whether cookies are such that the app works within a page of another site: Streamlit's option says so."""
    return str(st.get_option("server.xsrfCookieSameSite")).lower() == "none"


def is_loopback(host: str) -> bool:
    """Returns whether a name or address is this very computer's for itself."""
    if host in LOOPBACK or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    return False


def is_at_the_computer(client: str, headers: Mapping[str, str]) -> bool:
    """Returns whether a connection comes from the very computer of a server that answers a room by itself.

    Behind a proxy (`QTL_OPEN=1`) every connection comes from this computer, so that none says anything. Without that
    word a proxy or tunnel may still be there, which the headers show: those that it adds, and the name by which the
    browser calls the server. That name also tells another site's page that gave this computer a name of its own.

    Args:
        client: The address of whoever connects.
        headers: The request's; the names may be in any case.
    """
    if not knows_its_computer() or not is_loopback(client):
        return False
    if has_proxy_headers(headers):
        return False
    sent = {name.lower(): value for name, value in headers.items()}
    called = [urlsplit(f"//{sent.get('host', '')}").hostname]
    if "origin" in sent:
        called.append(urlsplit(sent["origin"]).hostname)
    return all(is_loopback(name or "") for name in called)


def has_proxy_headers(headers: Mapping[str, str]) -> bool:
    """Returns whether a proxy or tunnel passed a request on, and says so in its headers."""
    return any(name in _OF_PROXIES or name.startswith("x-forwarded-") for name in map(str.lower, headers))


def is_behind_proxy(headers: Mapping[str, str]) -> bool:
    """Returns whether others come through a proxy: a request shows it, or whoever started this server says so.

    That is said where it answers to this computer alone, or at a file, and is open to others or has a path of its own.

    Args:
        headers: Those of the request; the names may be in any case.
    """
    address = st.get_option("server.address")
    is_kept_back = address in LOOPBACK or str(address).startswith("unix:")
    return has_proxy_headers(headers) or (is_kept_back and (is_closed_to_paths() or bool(base_path())))


_OF_PROXIES = frozenset({"forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"})

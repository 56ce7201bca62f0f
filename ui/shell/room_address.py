"""The address under which others in the room reach this server; found without sending anything.

A browser on the server's own computer calls it 127.0.0.1, which leads nowhere from a pupil's phone. Which of the
computer's addresses leads out is the system's to say: connecting a UDP socket only looks up the way, no packet leaves.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

import streamlit as st

from qtl_core.common.environment import is_yes
from qtl_core.common.ports import url_of
from ui.base.trust import LOOPBACK, is_behind_proxy, is_loopback

CONTAINER_VARIABLE = "QTL_IN_CONTAINER"  # the Dockerfile sets it
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})
# Nobody is asked: one far away (reserved for documentation) and one of each kind of local network.
_FAR = ("192.0.2.1", "192.168.254.254", "10.254.254.254", "172.31.254.254")
_FAR_6 = ("2001:db8::1",)
_INSIDE_ONE_COMPUTER = ("lo", "docker", "br-", "veth", "virbr", "vmnet", "cni")  # interfaces of containers and the like
_SIOCGIFADDR = 0x8915  # Linux: the address of an interface


@dataclass(frozen=True)
class RoomAddress:
    """The addresses under which others in the room reach the app.

    Attributes:
        origins: Such as `http://192.168.1.20:8501`, the likeliest first; empty where nobody else reaches it.
        only_here: Whether the app answers to this computer alone.
        is_proxied: Whether a proxy passes on to it what comes from elsewhere: then its address is the one to give.
    """

    origins: tuple[str, ...] = ()
    only_here: bool = False
    is_proxied: bool = False


def page_address() -> RoomAddress:
    """Returns where others reach the app, as the browser that shows this page reached it."""
    return room_address(
        st.context.url or "",
        st.get_option("server.address"),
        st.get_option("server.port"),
        own_addresses(),
        behind_proxy=is_behind_proxy(st.context.headers),
    )


def room_address(
    browser_url: str, listens_at: str | None, port: int, own: Iterable[str], *, behind_proxy: bool = False
) -> RoomAddress:
    """Returns where others reach the app.

    Args:
        browser_url: What the browser that asks has in its address bar; "" where that is not known.
        listens_at: The address that the server answers at; None or "0.0.0.0" is all of this computer's.
        port: The port it answers at.
        own: This computer's addresses on its networks, the likeliest first (`own_addresses`).
        behind_proxy: Whether others come through a proxy, whose address only a browser that used it knows.
    """
    seen = urlsplit(browser_url)
    is_closed = listens_at in LOOPBACK
    if seen.hostname and not is_loopback(seen.hostname):
        return RoomAddress((f"{seen.scheme}://{seen.netloc.rpartition('@')[2]}",), is_proxied=is_closed or behind_proxy)
    if behind_proxy:
        return RoomAddress(is_proxied=True)
    if is_closed:
        return RoomAddress(only_here=True)
    hosts = [listens_at] if listens_at and listens_at not in EVERYWHERE else list(own)
    return RoomAddress(tuple(url_of(host, port, seen.scheme or "http") for host in hosts))


def is_in_container() -> bool:
    """Returns whether the app's network is a container's own: no address of it leads there from elsewhere."""
    return is_yes(CONTAINER_VARIABLE)


def own_addresses() -> tuple[str, ...]:
    """Returns this computer's addresses on its networks: the one that leads out first, IPv6 last."""
    if is_in_container():
        return ()
    found = [_way_to(far, socket.AF_INET) for far in _FAR] + _of_interfaces()
    return others_reach([*found, *(_way_to(far, socket.AF_INET6) for far in _FAR_6)])


def others_reach(addresses: Sequence[str]) -> tuple[str, ...]:
    """Returns those that lead to this computer from elsewhere, each once; "" is none."""
    known = dict.fromkeys(filter(None, addresses))
    return tuple(each for each in known if _leads_here(ipaddress.ip_address(each)))


def _leads_here(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


def _way_to(far: str, family: socket.AddressFamily) -> str:
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far, 9))
        return probe.getsockname()[0]
    return ""


def _of_interfaces() -> list[str]:
    """Finds networks that no way leads out through, as a class's own router without internet beside a cable."""
    if fcntl is None:
        return []
    found = []
    with suppress(OSError):
        for _, name in socket.if_nameindex():
            if not name.startswith(_INSIDE_ONE_COMPUTER):
                found.append(_address_of(name))
    return found


def _address_of(interface: str) -> str:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        told = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        return socket.inet_ntoa(told[20:24])
    return ""

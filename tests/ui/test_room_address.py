"""The address that Share gives: one that a phone in the room can open, or a word that there is none."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from ui.shell import room_address as module
from ui.shell.room_address import RoomAddress, is_loopback, others_reach, own_addresses, room_address

HOME = "http://127.0.0.1:8501/train"
OWN = ("192.168.1.20", "10.8.0.3", "fd00::2")


@pytest.mark.parametrize(
    ("browser", "listens_at", "found"),
    [
        (HOME, "127.0.0.1", RoomAddress(only_here=True)),
        ("http://localhost:8501/", "localhost", RoomAddress(only_here=True)),
        ("", "127.0.0.1", RoomAddress(only_here=True)),
        (
            HOME,
            None,
            RoomAddress(("http://192.168.1.20:8600", "http://10.8.0.3:8600", "http://[fd00::2]:8600")),
        ),
        (
            "https://localhost:8501/",
            None,
            RoomAddress(tuple(f"https://{each}:8600" for each in (*OWN[:2], "[fd00::2]"))),
        ),
        (HOME, "192.168.1.7", RoomAddress(("http://192.168.1.7:8600",))),
        ("http://192.168.1.7:8501/train", "0.0.0.0", RoomAddress(("http://192.168.1.7:8501",))),
        (
            "https://studio.school.example/app/",
            "127.0.0.1",
            RoomAddress(("https://studio.school.example",), False, True),
        ),
        ("https://name:word@studio.example/", "0.0.0.0", RoomAddress(("https://studio.example",))),
    ],
)
def test_the_address_is_one_that_leads_here(browser, listens_at, found):
    assert room_address(browser, listens_at, 8600, OWN) == found


@pytest.mark.parametrize("listens_at", ["127.0.0.1", "0.0.0.0", None, "unix:///run/app.sock"])
def test_a_proxys_address_is_given_by_a_browser_that_used_it_or_not_at_all(listens_at):
    from_here = room_address("http://127.0.0.1:8660/studio/", listens_at, 8600, OWN, behind_proxy=True)
    assert from_here == RoomAddress(is_proxied=True)
    from_elsewhere = room_address("https://school.example/studio/", listens_at, 8600, OWN, behind_proxy=True)
    assert from_elsewhere == RoomAddress(("https://school.example",), is_proxied=True)


def test_a_computer_on_no_network_has_none():
    assert room_address(HOME, "0.0.0.0", 8501, ()) == RoomAddress()


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("app.localhost", True),
        ("10.0.0.1", False),
        ("a", False),
    ],
)
def test_what_only_leads_to_the_browsers_own_computer_is_known(host, is_own):
    assert is_loopback(host) == is_own


def test_addresses_that_lead_nowhere_are_left_out_and_each_is_there_once():
    told = ["10.0.0.2", "", "127.0.0.1", "169.254.7.7", "fe80::1", "0.0.0.0", "10.0.0.2", "fd00::2"]
    assert others_reach(told) == ("10.0.0.2", "fd00::2")


def test_this_computers_addresses_are_found_without_sending_anything(monkeypatch):
    """Sockets are made, connected and asked; a call that sends is an error here."""

    class Mute(socket.socket):
        def __init__(self, family=socket.AF_INET, kind=socket.SOCK_DGRAM, *more):
            assert kind == socket.SOCK_DGRAM, "only UDP sends nothing when it is connected"
            super().__init__(family, kind, *more)

        def _no(self, *_):
            raise AssertionError("something was sent")

        send = sendto = sendall = sendmsg = _no

    def no_names(*_):
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(module.socket, "socket", Mute)
    monkeypatch.setattr(module.socket, "getaddrinfo", no_names)
    for address in own_addresses():
        assert not ipaddress.ip_address(address).is_loopback


def test_a_system_that_tells_nothing_costs_nothing(monkeypatch):
    def refuse(*_):
        raise OSError("no such thing")

    monkeypatch.setattr(module.socket, "socket", refuse)
    assert own_addresses() == ()


def test_a_container_has_no_address_that_leads_there_from_elsewhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(module.CONTAINER_VARIABLE, "1")
    assert own_addresses() == ()
    seen = room_address("http://studio.test/train", "0.0.0.0", 8501, own_addresses())
    assert seen.origins == ("http://studio.test",)  # the browser knows it

"""Installed devices are found by their entry points; a missing one says what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.readout.devices.catalogue import (
    check_device,
    installed_devices,
    is_exact,
    option_names,
    usable_devices,
    what_to_install,
)
from tests.helpers.odd_devices import install


def test_pennylanes_own_and_a_plugins_are_listed_with_their_package(tmp_path: Path, monkeypatch):
    install(tmp_path, monkeypatch)
    found = {each.name: each for each in installed_devices()}
    assert found["tests.odd"].package == "odd-plugin 1.0"
    assert found["default.mixed"].package.startswith("pennylane ")
    assert not found["default.mixed"].unsuitable and found["default.gaussian"].unsuitable
    usable = [each.name for each in usable_devices()]
    assert "tests.odd" in usable and "null.qubit" not in usable and "default.gaussian" not in usable


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("braket.aws.qubit", "amazon-braket-pennylane-plugin"),
        ("qiskit.nowhere", "pennylane-qiskit"),
        ("ionq.qpu", "pennylane-ionq"),
        ("lightning.gpu", "pennylane-lightning-gpu"),
        ("some.thing", "pennylane.ai/devices"),
    ],
)
def test_a_missing_one_says_what_to_install(name: str, package: str):
    with pytest.raises(UserError) as missing:
        check_device(name)
    assert name in missing.value.what and package in missing.value.do
    assert package in what_to_install(name)


def test_devices_that_do_not_suit_say_why():
    with pytest.raises(UserError, match="light"):
        check_device("default.gaussian")


def test_an_open_server_lends_nobody_its_owners_account(tmp_path: Path, monkeypatch):
    install(tmp_path, monkeypatch)
    monkeypatch.setenv("QTL_OPEN", "1")
    assert check_device("default.mixed").is_local
    with pytest.raises(UserError, match="owner's account"):
        check_device("tests.odd")
    assert "tests.odd" not in [each.name for each in usable_devices()]


def test_what_is_exact_without_shots_is_known():
    assert is_exact("default.mixed") and is_exact("lightning.qubit")
    assert not is_exact("qiskit.aer") and not is_exact("qiskit.remote") and not is_exact("tests.odd")
    assert is_exact("qiskit.aer", {"method": "statevector"})


def test_options_of_a_constructor_are_read_where_it_names_them(tmp_path: Path, monkeypatch):
    install(tmp_path, monkeypatch)
    assert option_names("tests.odd") == ("folder", "how", "seed")
    assert "seed" in (option_names("default.qubit") or ())

"""Options of devices: read as values, and refused where they may be a key; no refusal repeats what it refuses."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.readout.devices.options import looks_secret, read_options

KEY = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"


def test_values_are_read_by_their_kind_and_in_one_order():
    texts = (
        "method=statevector",
        "level=3",
        "rate=0.5",
        "fuse=true",
        "b=none",
        "arn=arn:aws:braket:::device/qpu/a/B-1",
    )
    assert read_options(texts) == read_options(reversed(texts))
    assert dict(read_options(texts)) == {
        "method": "statevector",
        "level": 3,
        "rate": 0.5,
        "fuse": True,
        "b": None,
        "arn": "arn:aws:braket:::device/qpu/a/B-1",
    }


@pytest.mark.parametrize(
    "text",
    [
        "token=x",
        "ibmq_token=x",
        "IBMToken=x",
        "api_key=x",
        "apiKey=x",
        "APIKEY=x",
        "aws_secret_access_key=x",
        "password=hunter2",
        "pwd=x",
        "credentials=x",
        "auth=x",
        f"backend={KEY}",
        "url=https://me:hunter2@example.org/",
        "jwt=x",
        KEY,
        "hunter2",
    ],
)
def test_what_may_be_a_secret_is_refused_without_a_word_of_it(text: str):
    with pytest.raises(UserError) as refused:
        read_options([text])
    said = str(refused.value)
    assert KEY not in said and "hunter2" not in said and "=x" not in said


@pytest.mark.parametrize("name", ["method", "backend", "monkey", "keep", "passes", "author", "pinned", "hockey_stick"])
def test_plain_names_are_taken(name: str):
    assert not looks_secret(name, "aer_simulator_density_matrix")


@pytest.mark.parametrize(
    "text", ["shots=100", "wires=4", "seed=1", "=3", "no equals", "two words=3", "a=" + "b " * 300]
)
def test_what_is_no_option_is_said(text: str):
    with pytest.raises(UserError):
        read_options([text])


def test_an_open_server_takes_no_paths(monkeypatch):
    assert read_options(["folder=/etc"])
    monkeypatch.setenv("QTL_OPEN", "1")
    with pytest.raises(UserError, match="no path"):
        read_options(["folder=/etc"])

"""Files that pass for heads: they run nothing, fill nothing, and are refused in a sentence."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as as_safetensors

from qtl_core.cli.files import read
from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.reading import read_state
from qtl_core.state_dicts import refusals
from tests.helpers.made_heads import demo_head, saved


class Evil:
    """Unpickled by the book, it writes a file."""

    def __init__(self, target):
        self.target = str(target)

    def __reduce__(self):
        return os.system, (f"touch {self.target}",)


def good() -> bytes:
    return saved(demo_head().state_dict())


def refused(content: bytes, name: str = "head.pt") -> str:
    with pytest.raises(UserError) as caught:
        read_state(content, name)
    words = str(caught.value)
    assert "Traceback" not in words
    assert len(words) < 600
    return words


@pytest.mark.parametrize("legacy", [False, True])
def test_a_pickle_that_runs_code_is_not_run(tmp_path, legacy):
    target = tmp_path / "owned"
    state = dict(demo_head().state_dict()) | {"q_params": Evil(target)}
    assert "could run code" in refused(saved(state, legacy=legacy))
    assert "could run code" in refused(pickle.dumps(Evil(target)))
    assert not target.exists()


def test_a_whole_model_is_refused_as_it_would_have_to_run_its_author_s_code():
    assert "could run code" in refused(saved(torch.nn.Linear(2, 2)))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x03\x04", b"\x80\x02", b"<html>", bytes(1000), good()[:-30], good()[: len(good()) // 2]],
)
@pytest.mark.parametrize("name", ["head.pt", "head.safetensors"])
def test_what_is_no_such_file(content, name):
    refused(content, name)


@pytest.mark.parametrize("value", [[1, 2], {"a": 3}, {"a": "text"}, {}, torch.zeros(3), None])
def test_what_holds_something_else_than_named_tensors(value):
    refused(saved(value))


def test_a_tensor_of_a_few_bytes_that_claims_a_terabyte_is_never_made():
    content = saved({"q_params": torch.zeros(1).expand(2**38)})
    assert len(content) < 10_000
    assert "274,877,906,944 numbers" in refused(content)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(3, 3).to_sparse(),
        torch.zeros(3, dtype=torch.complex64),
        torch.zeros(2**40, device="meta"),
    ],
    ids=["sparse", "complex", "meta"],
)
def test_tensors_of_other_kinds(tensor):
    assert "kind" in refused(saved({"q_params": tensor}))


def test_an_archive_that_swells():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
    assert "packed" in refused(file.getvalue())


def test_an_archive_of_100_000_entries():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(100_000):
            archive.writestr(str(number), b"")
    assert "100,000 entries" in refused(file.getvalue())


def test_a_state_dict_of_too_many_tensors(monkeypatch):
    monkeypatch.setattr(refusals, "MOST_TENSORS", 3)
    state = {str(number): torch.zeros(1) for number in range(4)}
    assert "more than any network" in refused(saved(state, legacy=True))
    assert "more than any network" in refused(as_safetensors(state), "head.safetensors")


def test_a_file_that_is_too_large_is_not_even_read(tmp_path):
    file = tmp_path / "head.pt"
    with file.open("wb") as stream:
        stream.truncate(refusals.LARGEST_FILE + 1)  # takes no room on disk
    with pytest.raises(UserError, match="536,870,913 bytes"):
        read(file, refusals.LARGEST_FILE)
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "none.pt", 10)


def with_header(described: object, tail: bytes = b"", length: int | None = None) -> bytes:
    header = json.dumps(described).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + tail


LYING = {
    "longer than the file": with_header({}, length=2**40),
    "the longest there is": b"\xff" * 8 + b"{}",
    "no JSON": struct.pack("<Q", 2) + b"{{",
    "no object": with_header([1]),
    "offsets beyond the end": with_header({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, b"1234"),
    "a shape that does not fit": with_header(
        {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 4]}}, b"1234"
    ),
    "a shape that overflows": with_header(
        {"a": {"dtype": "F32", "shape": [2**33, 2**33], "data_offsets": [0, 4]}}, b"1234"
    ),
    "a negative shape": with_header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, b"1234"),
    "an unknown type": with_header({"a": {"dtype": "F999", "shape": [1], "data_offsets": [0, 4]}}, b"1234"),
    "two in one place": with_header(
        {name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for name in "ab"}, b"1234"
    ),
    "something after the end": with_header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"123456"),
}


@pytest.mark.parametrize("case", LYING)
def test_a_safetensors_header_that_lies(case):
    refused(LYING[case], "head.safetensors")


def test_a_safetensors_header_that_is_a_file_of_its_own():
    refused(with_header({"a" * 5_000_000: 1}), "head.safetensors")


def test_a_run_s_file_is_told_from_a_head():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", b"{}")
    assert "bring it in as a run" in refused(file.getvalue())


def test_a_name_of_markup_and_10_000_characters_is_cut():
    assert len(refused(b"", "<script>alert(1)</script>" + "x" * 10_000 + ".pt")) < 600
    state = {"<b>" + "x" * 10_000: torch.zeros(1)}
    assert read_state(saved(state), "head.pt").keys() == state.keys()


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), legacy=st.booleans(), kind=st.sampled_from(["head.pt", "head.safetensors"]))
def test_a_file_that_was_damaged_anywhere_is_read_or_refused_and_nothing_else(seed, legacy, kind):
    dice = random.Random(seed)
    state = dict(demo_head(features=8).state_dict())
    content = bytearray(as_safetensors(state) if kind == "head.safetensors" else saved(state, legacy=legacy))
    for _ in range(dice.randint(1, 8)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    try:
        found = read_state(bytes(content), kind)
    except UserError:
        return
    assert isinstance(found, dict)
    assert all(isinstance(values, np.ndarray) for values in found.values())

"""Hashes of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.hashing import sha256_of


def test_a_file_has_the_standards_hash(tmp_path: Path):
    (tmp_path / "abc").write_bytes(b"abc")  # the first example of FIPS 180-2
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(UserError, match=r"The file .*gone cannot be read"):
        sha256_of(tmp_path / "gone")

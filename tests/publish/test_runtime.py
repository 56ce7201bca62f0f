"""The files of onnxruntime-web are what their manifest says, and nothing is written from damaged ones."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import zipfile

import pytest

from qtl_core.common.errors import UserError
from qtl_core.publish import runtime as module
from qtl_core.publish.runtime import FILES, FOLDER, NOTICES, SCRIPT, licence_text, runtime, runtime_file
from tools.make_web_runtime import write


@pytest.mark.parametrize("name", [*FILES, NOTICES])
def test_every_file_is_the_published_one(name):
    assert hashlib.sha256(runtime_file(name)).hexdigest() == runtime().sha256[name]


def test_nothing_else_lies_there_and_the_licence_is_named():
    assert {file.name for file in FOLDER.iterdir()} == {
        "manifest.json",
        "LICENSE",
        *(f"{name}.xz" for name in (*FILES, NOTICES)),
    }
    assert (runtime().version, runtime().licence) == ("1.30.0", "MIT")
    for words in ("Microsoft Corporation", "THIRD PARTY SOFTWARE NOTICES", "emscripten", "protobuf"):
        assert words in licence_text()


@pytest.mark.parametrize("damage", [b"", b"not compressed at all"])
def test_a_damaged_file_is_refused_in_words(damage, tmp_path, monkeypatch):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / f"{SCRIPT}.xz").write_bytes(damage)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(UserError, match="No page can be written"):
        runtime_file(SCRIPT)


def test_the_tool_makes_the_folder_from_a_package(tmp_path, monkeypatch):
    package = tmp_path / "package.tgz"
    contents = {"package.json": json.dumps({"version": "9.9.9", "license": "MIT"}).encode()}
    contents |= {f"dist/{name}": name.encode() for name in FILES}
    with tarfile.open(package, "w:gz") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    wheel = tmp_path / "onnxruntime-9.9.9-any.whl"
    with zipfile.ZipFile(wheel, "w") as python:
        python.writestr(f"onnxruntime/{NOTICES}", NOTICES)
    write(package, wheel, tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    runtime.cache_clear()
    try:
        assert runtime().version == "9.9.9"
        assert [runtime_file(name) for name in (*FILES, NOTICES)] == [name.encode() for name in (*FILES, NOTICES)]
    finally:
        runtime.cache_clear()

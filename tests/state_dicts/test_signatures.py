"""Files that people take for weights: each is told by what it is, whatever it is called, and what to do is said."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import zipfile
import zlib

import numpy as np
import pytest
import torch
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.reading import read_state
from qtl_core.pictures.backbones.fit_weights import fit, read_state_dict
from tests.helpers.made_heads import demo_head, saved


def zipped(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.zeros(3))
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


def torchscript() -> bytes:
    file = io.BytesIO()
    torch.jit.save(torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2)), file)
    return file.getvalue()


FILES = {
    "empty": (b"", "is empty"),
    "zeros": (bytes(4096), "nothing but zeros"),
    "a web page": (b"\n <!DOCTYPE html><html><body>404 Not found", "web page"),
    "a web page with a mark": (b"\xef\xbb\xbf<HTML lang=en>", "web page"),
    "XML": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code>', "web page"),
    "a Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
    "a Python program": (b"import torch\nmodel = torch.nn.Linear(2, 2)\n", "Python program"),
    "JSON": (json.dumps({"weight_map": {"a": "model-1.safetensors"}}, indent=1).encode(), "JSON"),
    "a text": ("Größe: 3\nno weights at all".encode(), "It is a text"),
    "NumPy's npz": (npz(), r"\.npz"),
    "NumPy's npy": (npy(), r"\.npy"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), r"\.h5"),
    "ONNX": (b"\x08\x07\x12\x07pytorch\x1a\x052.0.0:\xff\x01" + bytes(50), "ONNX"),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3" + bytes(range(100)), "TensorFlow Lite"),
    "Keras": (zipped(config_DOT_json=b"{}", model_DOT_weights_DOT_h5=b"x"), "Keras"),
    "a run of this app": (zipped(manifest_DOT_json=b"{}"), "bring it in as a run"),
    "a zip of pictures": (zipped(ants__1_DOT_jpg=b"x", ants__2_DOT_jpg=b"y"), "zip archive of 2 files, ants/1.jpg"),
    "an empty zip": (zipped(), "zip archive"),
    "gzip": (gzip.compress(saved({"a": torch.zeros(2)})), "gzip"),
    "zlib": (zlib.compress(b"abc" * 100), "joblib"),
    "joblib": (pickle.dumps({"joblib": 1, "a": 2.0}), "plain pickle.*joblib"),
    "a plain pickle": (pickle.dumps({"a": 1}), "plain pickle"),
    "a pickled state dict": (pickle.dumps(nn.Linear(2, 2).state_dict()), "plain pickle"),
    "TorchScript": (torchscript(), "TorchScript.*torch.save"),
    "a whole model": (saved(nn.Linear(2, 2)), "whole pickled model.*torch.save"),
    "a whole model of old": (saved(nn.Linear(2, 2), legacy=True), "whole pickled model.*torch.save"),
    "a whole model in a dict": (saved({"model": nn.Linear(2, 2), "epoch": 3}), "model under “model”"),
    "an archive cut short": (saved(demo_head().state_dict())[:-100], "cut short"),
    "an old file cut short": (saved(demo_head().state_dict(), legacy=True)[:-100], "cut short"),
    "bytes of no kind": (bytes(range(256)) * 8, "no file that torch.save or safetensors wrote"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(50), "JPEG"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("case", FILES)
def test_a_file_of_another_kind_is_told_by_its_contents_whatever_its_name(case, name, tmp_path):
    content, words = FILES[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=f"(?s){words}") as weights:  # what an end lacks comes to light when it is used
        fit(nn.Linear(2, 2), read_state_dict(tmp_path / name), "fc.", tmp_path / name)
    with pytest.raises(UserError, match=f"(?s){words}") as head:
        read_state(content, name)
    for error in (weights.value, head.value):
        text = str(error)
        assert error.do
        assert "\x1b" not in text and "weights_only" not in text and "\n" not in text
        assert len(text) < 600

"""onnxruntime-web's own files, which run a network in a browser: they come along, compressed, and are checked.

`onnxruntime_web/manifest.json` says of which version they are and what each one's SHA-256 is; `python -m
tools.make_web_runtime` makes the folder again from the npm package, and its notices from Python's of the same version.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qtl_core.common.errors import UserError

FOLDER = Path(__file__).parent / "onnxruntime_web"
PACKAGE = "onnxruntime-web"
SCRIPT = "ort.wasm.min.js"
FACTORY = "ort-wasm-simd-threaded.mjs"
BINARY = "ort-wasm-simd-threaded.wasm"
FILES = (SCRIPT, FACTORY, BINARY)
NOTICES = "ThirdPartyNotices.txt"  # the works that are compiled into them, each with its licence
LICENCE = "LICENSE"


@dataclass(frozen=True)
class Runtime:
    """The manifest.

    Attributes:
        version: The package's.
        licence: Its licence, by its short name.
        sha256: Of every file as published, by its name.
    """

    version: str
    licence: str
    sha256: dict[str, str]


@cache
def runtime() -> Runtime:
    """Returns what the manifest says."""
    return Runtime(**json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8")))


def runtime_file(name: str) -> bytes:
    """Returns one of `FILES`, or `NOTICES`, as its makers published it.

    Raises:
        UserError: It is missing or damaged.
    """
    try:
        content = lzma.decompress((FOLDER / f"{name}.xz").read_bytes())
    except (OSError, lzma.LZMAError) as error:
        raise _damaged(name) from error
    if hashlib.sha256(content).hexdigest() != runtime().sha256[name]:
        raise _damaged(name)
    return content


def licence_text() -> str:
    """Returns the licence of the files, and those of all works that are compiled into them.

    Raises:
        UserError: See `runtime_file`.
    """
    return f"{(FOLDER / LICENCE).read_text(encoding='utf-8')}\n{runtime_file(NOTICES).decode()}"


def _damaged(name: str) -> UserError:
    why = f"{name}, which runs networks in a browser, is missing from this installation or damaged."
    return UserError("No page can be written.", why, "Install the studio again.")

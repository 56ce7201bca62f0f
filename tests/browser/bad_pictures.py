"""Folders as careless people have them, and files as nobody should: material for the hostile tests."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.helpers.made_runs import made_pictures

MARKUP = "<img src=x onerror=alert(1)> **bold** [a](http://b) $x$ 🐜"
LONG = "a class with a very long name " * 8


def odd_but_good(folder: Path) -> None:
    """Adds pictures that are unusual and fine: 16-bit, CMYK, palette, turned by the camera."""
    sixteen = (np.arange(40 * 30, dtype=np.uint16) * 50).reshape(30, 40)
    Image.fromarray(sixteen).save(folder / "sixteen.png")
    Image.new("CMYK", (40, 30), (10, 200, 30, 0)).save(folder / "cmyk.jpg")
    Image.new("RGB", (40, 30), "teal").quantize(4).save(folder / "palette.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 30), "olive").save(folder / "turned.jpg", exif=turned)


def unusable(folder: Path) -> int:
    """Adds files that are to be passed over, and returns how many."""
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(whole, "JPEG")
    (folder / "truncated.jpg").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "words.jpg").write_text("This is no picture.")
    Image.new("1", (30_000, 20)).save(folder / "strip.png")
    (folder / "bomb.png").write_bytes(_png_header(30_000, 30_000))
    frames = [Image.new("P", (20, 20), number) for number in range(3)]
    frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
    return 6


def renamed(folder: Path, *names: str) -> Path:
    """Pictures of two classes that are called `names`."""
    made_pictures(folder)
    for split in ("train", "val"):
        for old, new in zip(("ants", "bees"), names, strict=True):
            (folder / split / old).rename(folder / split / new)
    return folder


def code_running_weights(file: Path, trace: Path) -> Path:
    """A pickle that writes the file `trace` when it is loaded without care."""

    class Harm:
        def __reduce__(self) -> tuple:
            return (Path.write_text, (trace, "ran"))

    file.write_bytes(pickle.dumps({"conv1.weight": Harm()}))
    return file


def _png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims to be enormous."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = b"\0\0\0\0IEND\xaeB`\x82"
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + end

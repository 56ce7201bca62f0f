"""Archives as people, their systems and ill-wishers make them, built in memory out of tiny pictures."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

Files = Mapping[str, bytes]


@cache
def picture(number: int = 0, kind: str = "JPEG") -> bytes:
    """A picture of 24 x 24 pixels, another one for every number."""
    noise = np.random.default_rng(number).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, kind, quality=60)
    return file.getvalue()


def pictures(*names: str) -> dict[str, bytes]:
    """Files of these names, each another picture."""
    return {name: picture(number) for number, name in enumerate(names)}


def two_classes(before: str = "", each: int = 2) -> dict[str, bytes]:
    """Pictures of cats and dogs."""
    names = [f"{before}{animal}/{number}.jpg" for animal in ("cat", "dog") for number in range(each)]
    return {name: picture(abs(hash(name)) % 1000 + number) for number, name in enumerate(names)}


def zipped(files: Files, **options) -> bytes:
    """A zip by the book."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def tarred(files: Files, mode: str = "w", links: Mapping[str, str] | None = None) -> bytes:
    """A tar, packed as `mode` says."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return file.getvalue()


def with_names_of(files: Files, encoding: str) -> bytes:
    """A zip whose names are written in these letters, and which does not say so."""
    file = io.BytesIO()
    stands_for = {f"{number:04}".ljust(len(name.encode(encoding)), "x"): name for number, name in enumerate(files)}
    with zipfile.ZipFile(file, "w") as archive:
        for plain, name in stands_for.items():
            archive.writestr(zipfile.ZipInfo(plain), files[name])
    content = file.getvalue()
    for plain, name in stands_for.items():
        assert len(plain) == len(name.encode(encoding))
        content = content.replace(plain.encode(), name.encode(encoding))
    return content


def with_flags(content: bytes, flags: int) -> bytes:
    """A zip all of whose entries have these flags, such as 1 for a password."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            changed[at + place] |= flags
            at = content.find(mark, at + 4)
    return bytes(changed)


def with_link(files: Files, name: str, target: str) -> bytes:
    """A zip with a link in it."""
    file = io.BytesIO(zipped(files))
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, target)
    return file.getvalue()


def with_overlap(files: Files, again: int = 40) -> bytes:
    """A zip whose list names one and the same bytes many times over."""
    content = zipped(files)
    start = content.index(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    length = 46 + int.from_bytes(content[start + 28 : start + 30], "little")
    one = content[start : start + length]
    listed = b"".join(one[:46] + bytes([65 + number % 26]) + one[47:] for number in range(again))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, again, again, len(listed), start, 0)
    assert end > start
    return content[:start] + listed + tail


def with_count(content: bytes, count: int, disk: int = 0) -> bytes:
    """A zip whose last bytes claim so many entries, or that it goes on on another disk."""
    at = content.rindex(b"PK\x05\x06")
    return content[: at + 4] + struct.pack("<HHHH", disk, disk, count, count) + content[at + 12 :]


def with_short_count(content: bytes, count: int) -> bytes:
    """A zip of many entries whose last bytes claim fewer, in both places where it says how many there are."""
    changed = bytearray(content)
    for mark, place, layout in ((b"PK\x06\x06", 24, "<QQ"), (b"PK\x05\x06", 8, "<HH")):
        struct.pack_into(layout, changed, content.rindex(mark) + place, count, count)
    return bytes(changed)


def many_entries(count: int) -> bytes:
    """A zip that really lists so many empty files, written by hand as writing them one by one takes long."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = entry * count
    long = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(listed), len(local))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(local) + len(listed), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + listed + long + locator + end


def claiming_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is large."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(bytes(100))
    parts = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (head, pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + b"\0\0\0\0IEND\xaeB`\x82"


def bomb(size: int) -> bytes:
    """A zip of one file of zeros, which grows a thousandfold."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("cat/1.jpg", "w") as stream:
        for _ in range(size >> 20):
            stream.write(bytes(1 << 20))
    return file.getvalue()


def written(folder: Path, files: Files) -> Path:
    """Writes files below a folder and returns it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder

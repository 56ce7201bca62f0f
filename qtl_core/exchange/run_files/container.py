"""The zip file around a run or a study: written the same every time, and opened in memory with nothing believed.

Nothing is ever unpacked to disk: entries are bytes in memory under the few names that are known, so that no path in the
file can lead anywhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtl_core.common.strict_json import NotStrict, strict_json

FORMAT, VERSION = "qtl-run", 1
MANIFEST = "manifest.json"
RUN, WEIGHTS, PREDICTIONS = "run.json", "weights.safetensors", "predictions.safetensors"
READ = (RUN, WEIGHTS, PREDICTIONS)
PICTURES = "pictures.qtl-data.zip"  # only where they were asked for
FOR_PEOPLE = ("circuit.qasm", "predict.py", "history.csv", "predictions.csv", "README.txt")
MEGABYTE = 1 << 20
# 500 epochs of 5,000 pictures in 10 classes are 100 MB of predictions; a whole ResNet-50 is 94 MB of weights.
LARGEST = {WEIGHTS: 256 * MEGABYTE, PREDICTIONS: 256 * MEGABYTE, RUN: 64 * MEGABYTE, PICTURES: 256 * MEGABYTE}
LARGEST_OTHER = 32 * MEGABYTE
LARGEST_FILE = 512 * MEGABYTE
MOST_ENTRIES = 50  # before their names are even looked at
MOST_VALUES = 1_000_000  # in JSON; 500 epochs and 20,000 pictures are 100,000, and each takes up to 100 bytes once read
MAX_RATIO = 100  # tables of figures reach 20, a bomb 1,000
END, END_SIZE, LOCATOR = b"PK\x05\x06", 22, b"PK\x06\x07"


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        noun: What is in it, in words, and in the manifest before its identifier.
        form, version: What the manifest calls it, and the newest version that is read.
        required: Entries that must be there.
        optional: Others that may be.
        largest: Bytes of an entry; others have at most `LARGEST_OTHER`.
        stored: Entries that are packed already.
        level: How hard the others are packed, 1 to 9.
    """

    noun: str
    form: str
    version: int
    required: tuple[str, ...]
    optional: tuple[str, ...]
    largest: Mapping[str, int] = field(repr=False)
    stored: tuple[str, ...] = ()
    level: int = 6


RUN_FILE = Kind("run", FORMAT, VERSION, READ, (*FOR_PEOPLE, PICTURES), LARGEST, stored=(PICTURES,))


class Refused(Exception):
    """The message is the sentence that says why a file is not of its kind."""


def packed(own_id: str, entries: Mapping[str, bytes], kind: Kind = RUN_FILE) -> bytes:
    """Returns the zip file; equal entries give equal bytes."""
    described = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in entries.items()
    }
    manifest = {"format": kind.form, "version": kind.version, kind.noun: own_id, "entries": described}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in ({MANIFEST: json.dumps(manifest, indent=1).encode()} | dict(entries)).items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in kind.stored else zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content, compresslevel=kind.level)
    return file.getvalue()


def unpacked(content: bytes, kind: Kind = RUN_FILE) -> tuple[str, dict[str, bytes]]:
    """Returns the identifier of what is in it and the entries that count, each as its manifest says.

    Raises:
        Refused: It is no such file, damaged, dangerous, or contradicts itself.
        Exception: Of any kind, as arbitrary bytes can make the reader fail.
    """
    _check_end(content, kind)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_entries(archive.infolist(), kind)
        if all(entry.header_offset for entry in archive.infolist()):  # none begins where the file does
            raise Refused("Something stands before its beginning, or it is two files in one.")
        manifest = plain_json(_read(archive, MANIFEST, kind))
        listed = _listed(manifest, kind)
        found = {name for name in archive.namelist() if name != MANIFEST}
        if found != set(listed):
            raise Refused(f"Its manifest lists other entries than it holds: {_shown(found ^ set(listed))}.")
        entries = {name: _read(archive, name, kind) for name in listed}
    for name, entry in listed.items():
        if len(entries[name]) != entry["bytes"] or hashlib.sha256(entries[name]).hexdigest() != entry["sha256"]:
            raise Refused(f"The entry {name} is not what the manifest says it is: it was changed or damaged.")
    return manifest[kind.noun], entries


def plain_json(content: bytes) -> Any:
    """Reads JSON to the letter: no name twice, no NaN, and no more in it than pages can hold.

    Raises:
        Exception: It is not that.
    """
    try:
        return strict_json(content, MOST_VALUES)
    except NotStrict as error:
        raise Refused(str(error)) from error


def _check_end(content: bytes, kind: Kind = RUN_FILE) -> None:
    """Looks at the zip's last bytes by hand, so that a list of millions of entries is never even read."""
    if len(content) > LARGEST_FILE:
        raise Refused(f"It takes {len(content):,} bytes, more than the {LARGEST_FILE:,} that are read.")
    end = content[-END_SIZE:]
    if not content.startswith(b"PK") or not end.startswith(END):
        raise Refused("It is no zip file, cut short, or something follows its end.")
    entries, size = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if LOCATOR in content[-END_SIZE - 20 : -END_SIZE] or entries > MOST_ENTRIES or size > 1 << 16:
        raise Refused(f"It holds more entries than a {kind.noun}'s file has.")


def _check_entries(entries: list[zipfile.ZipInfo], kind: Kind = RUN_FILE) -> None:
    names = [entry.filename for entry in entries]
    known = {MANIFEST, *kind.required, *kind.optional}
    if strange := [name for name in names if name not in known]:
        raise Refused(f"It holds {_shown(strange)}, which is no entry of a {kind.noun}'s file.")
    if len(set(names)) < len(names):
        raise Refused("It holds an entry twice.")
    if missing := [name for name in (MANIFEST, *kind.required) if name not in names]:
        raise Refused(f"{_shown(missing)} is missing in it.")
    for entry in entries:
        _check_entry(entry, kind)
    total, packed_size = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if total > MAX_RATIO * max(packed_size, MEGABYTE):
        raise Refused(f"It would grow from {packed_size:,} to {total:,} bytes, as no {kind.noun}'s file does.")


def _check_entry(entry: zipfile.ZipInfo, kind: Kind = RUN_FILE) -> None:
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Refused(f"The entry {entry.filename} is a link or a device, not a file.")
    if entry.flag_bits & 0x1:
        raise Refused("It is locked with a password.")
    if entry.file_size > kind.largest.get(entry.filename, LARGEST_OTHER):
        size = f"{entry.file_size:,} bytes"
        raise Refused(f"The entry {entry.filename} would take {size}, more than any {kind.noun} needs.")


def _read(archive: zipfile.ZipFile, name: str, kind: Kind) -> bytes:
    """Returns an entry; zipfile ends at the size that was declared, and checks what came against it and the CRC."""
    with archive.open(name) as stream:
        content = stream.read(kind.largest.get(name, LARGEST_OTHER) + 1)
    if len(content) != archive.getinfo(name).file_size:
        raise Refused(f"The entry {name} has another size than it says.")
    return content


def _listed(manifest: Any, kind: Kind = RUN_FILE) -> dict[str, dict[str, Any]]:
    if not isinstance(manifest, dict) or manifest.get("format") != kind.form:
        raise Refused(f"It was not written by this app: its manifest says nothing of a {kind.noun}.")
    version, listed = manifest.get("version"), manifest.get("entries")
    if not isinstance(version, int) or version > kind.version:
        raise Refused("It was written by a newer version of this app.")
    if version < 1:
        raise Refused("It names a version of this app that there never was.")
    if not isinstance(manifest.get(kind.noun), str) or not isinstance(listed, dict):
        raise Refused("Its manifest is damaged.")
    for entry in listed.values():
        if not isinstance(entry, dict) or set(entry) != {"sha256", "bytes"}:
            raise Refused("Its manifest is damaged.")
    return listed


def _shown(names: set[str] | list[str]) -> str:
    found = sorted(names)
    return ", ".join(ascii(name[:60]) for name in found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")

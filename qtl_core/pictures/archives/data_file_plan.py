"""The plan of a data set's own file: its manifest is believed only where everything in the file agrees with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.strict_json import strict_json
from qtl_core.pictures.archives.data_files import FORMAT, LABELS, README, VERSION, CarriedClass
from qtl_core.pictures.archives.entry_names import plain, readable
from qtl_core.pictures.archives.plan import ArchivePlan, PlannedPicture, SetDescription, Skipped, Source
from qtl_core.pictures.archives.scan import MANIFEST, MOST_FILES, Scan, ScannedFile
from qtl_core.pictures.datasets.names import (
    LONGEST_GROUP,
    LONGEST_NOTE,
    LONGEST_SET,
    MOST_CLASSES,
    checked_class_name,
)
from qtl_core.pictures.datasets.records import PARTS, SplitSettings

NOT_LISTED = "The manifest does not list it."
NOT_THERE = "The manifest lists it, and it is not there."
LONGEST_PATH = 1_000
_VALUES_EACH = 40  # of JSON, a picture: commas in names count, too
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = {
    "path": str,
    "name": str,
    "class": str,
    "part": str,
    "chosen": bool,
    "group": str,
    "sha256": str,
    "bytes": int,
}


class _Refused(Exception):
    """The message is the sentence that says what is wrong."""


def data_file_plan(source: Source, scan: Scan) -> ArchivePlan | None:
    """Returns the plan of a `.qtl-data.zip`, whatever it is called; None for any other archive.

    Raises:
        UserError: It is one, and its manifest is damaged, contradicts itself, or is of a newer version.
    """
    manifest = next((file for file in scan.files if file.name == MANIFEST and file.table), None)
    if manifest is None:
        return None
    try:
        parsed = strict_json(manifest.table, _VALUES_EACH * (MOST_FILES + MOST_CLASSES))
    except Exception as error:  # arbitrary bytes can make the reader fail in any way
        if f'"{FORMAT}"'.encode() not in manifest.table:
            return None
        raise _not_opened(source.name, "Its manifest is damaged.") from error
    if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
        return None
    try:
        return _plan(source, scan, parsed)
    except _Refused as error:
        raise _not_opened(source.name, str(error)) from error


def _plan(source: Source, scan: Scan, parsed: Mapping[str, Any]) -> ArchivePlan:
    version = parsed.get("version")
    if type(version) is int and version < 1:
        raise _Refused("Its manifest is damaged.")
    if type(version) is not int or version > VERSION:
        raise _Refused("It was written by a newer version of this app.")
    classes = _classes(parsed.get("classes"))
    files = {file.name: file for file in scan.files}
    planned: list[PlannedPicture] = []
    skipped: list[Skipped] = []
    listed: set[str] = set()
    named: set[str] = set()
    for entry in _list(parsed.get("pictures"), MOST_FILES):
        path = _checked(entry, {each.name for each in classes}, listed)
        listed.add(path)
        name = plain(readable(path))  # as the scan reads it
        named.add(name)
        file = files.get(name)
        if file is None or file.fault:
            skipped.append(Skipped(name, file.fault if file else NOT_THERE))
        else:
            planned.append(_planned(entry, file))
    skipped += [Skipped(name, NOT_LISTED) for name in files if name not in named | {MANIFEST, README, LABELS}]
    if not planned:
        raise _Refused("It holds no picture that can be taken over.")
    skipped += [Skipped(name, reason) for name, reason in scan.skipped]
    described = SetDescription(
        name=_text(parsed.get("name"), LONGEST_SET),
        note=_text(parsed.get("note"), LONGEST_NOTE),
        split=_split(parsed.get("split")),
        classes=tuple((each.name, each.colour) for each in classes),
    )
    empty = {each.name for each in classes} - {each.class_name for each in planned}
    notes = ("It is a data set's own file: parts, groups and the split come along.",)
    return ArchivePlan(source, tuple(planned), tuple(sorted(empty)), tuple(skipped), notes, (), described)


def _planned(entry: Mapping[str, Any], file: ScannedFile) -> PlannedPicture:
    part = entry["part"] if entry["chosen"] else None
    return PlannedPicture(file.path, readable(entry["name"]), entry["class"], part, entry["group"], entry["sha256"])


def _classes(parsed: Any) -> list[CarriedClass]:
    found: list[CarriedClass] = []
    for each in _list(parsed, MOST_CLASSES):
        if not isinstance(each, dict) or set(each) != {"name", "colour"} or type(each["colour"]) is not int:
            raise _Refused("Its list of classes is damaged.")
        name = _text(each["name"], 1_000)
        try:
            kept = checked_class_name(name, [other.name for other in found])
        except UserError as error:
            raise _Refused(str(error)) from error
        if kept != name or not 0 <= each["colour"] < MOST_CLASSES:
            raise _Refused("Its list of classes is damaged.")
        found.append(CarriedClass(kept, each["colour"]))
    return found


def _checked(entry: Any, classes: set[str], listed: set[str]) -> str:
    """Returns the path of an entry that is what it should be."""
    if not isinstance(entry, dict) or {name: type(value) for name, value in entry.items()} != _FIELDS:
        raise _Refused("Its list of pictures is damaged.")
    texts = [entry["path"], entry["name"], entry["group"]]
    if max(map(len, texts)) > LONGEST_PATH or len(entry["group"]) > LONGEST_GROUP or entry["bytes"] < 0:
        raise _Refused("Its list of pictures is damaged.")
    if entry["class"] not in classes or entry["part"] not in PARTS or not _SHA256.fullmatch(entry["sha256"]):
        raise _Refused("A picture in it is said to be of a class or a part that there is not.")
    if entry["path"] in listed:
        raise _Refused("A picture is listed twice in it.")
    return str(entry["path"])


def _split(parsed: Any) -> SplitSettings:
    fields = {"val_share": (int, float), "test_share": (int, float), "seed": (int,), "rule": (int,)}
    if not isinstance(parsed, dict) or {"rule", *parsed} != set(fields):
        raise _Refused("Its split is damaged.")
    parsed = {"rule": 1, **parsed}  # of a file of before there were two
    if not all(type(parsed[name]) in kinds for name, kinds in fields.items()):
        raise _Refused("Its split is damaged.")
    try:
        return SplitSettings(float(parsed["val_share"]), float(parsed["test_share"]), parsed["seed"], parsed["rule"])
    except (UserError, OverflowError) as error:
        raise _Refused("Its split is damaged.") from error


def _list(parsed: Any, longest: int) -> list[Any]:
    if not isinstance(parsed, list) or len(parsed) > longest:
        raise _Refused("Its manifest lists nothing, or more than there can be.")
    return parsed


def _text(parsed: Any, longest: int) -> str:
    if not isinstance(parsed, str) or len(parsed) > longest:
        raise _Refused("A name in it is no text, or a longer one than there can be.")
    return parsed


def _not_opened(name: str, why: str) -> UserError:
    do = "Ask for the file again where it came from; nothing of it was kept."
    return UserError(f"{name} cannot be opened as a data set.", why, do)

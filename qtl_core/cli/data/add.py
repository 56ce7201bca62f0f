"""`data add`: adds files, or all pictures directly in a folder, to a class of a data set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from qtl_core.cli.data.words import SET, class_counts
from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.editing import add_class
from qtl_core.pictures.datasets.records import PARTS, Added, ClassRecord, DatasetRecord
from qtl_core.pictures.sources.system_files import is_hidden


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("set", **SET)
    parser.add_argument("class_name", metavar="CLASS", help="The class they show; made where it is not there.")
    parser.add_argument("files", metavar="FILE|FOLDER", nargs="+", help="Pictures, or folders in which they lie.")
    parser.add_argument("--group", default="", help="Keep them in one part, as pictures of one moment or one animal.")
    parser.add_argument("--part", choices=PARTS, help="Put them into this part, whatever the split says.")


def main(arguments: argparse.Namespace) -> int:
    """Adds them and says what was not added; returns 1 if that is any of them."""
    record = find(arguments.set)
    files = list(_files(arguments.files))
    chosen = _class(record, arguments.class_name)
    incoming = [Incoming(chosen.id, file, file.name, arguments.group, part=arguments.part) for file in files]
    with asked_to_stop() as asked:
        try:
            outcomes = add_many(record.id, incoming, total=len(incoming), should_stop=lambda: bool(asked.by))
        except StoppedByUser:  # the signal's handler has said so, and what was added is kept
            return asked.code
    skipped = [
        {"file": str(file), "reason": each.reason} for file, each in zip(files, outcomes, strict=True) if each.reason
    ]
    _tell(find(record.id), outcomes, skipped, as_json=arguments.json)
    return int(bool(skipped))


def _tell(
    record: DatasetRecord, outcomes: Sequence[Added], skipped: Sequence[dict[str, str]], *, as_json: bool
) -> None:
    for each in skipped:
        note(f"Not added: {each['file']}: {each['reason']}")
    for found in outcomes:
        if found.picture and found.note:
            note(f"Note: {found.picture.name}: {found.note}")
    added = len(outcomes) - len(skipped)
    if as_json:
        about = {"id": record.id, "name": record.name, "added": added, "skipped": skipped}
        say(json_of(about | {"classes": class_counts(record)}))
    else:
        say(f"{added:,} added to {record.name} ({record.id}), which has {record.count:,} pictures now.")


def _class(record: DatasetRecord, name: str) -> ClassRecord:
    return record.class_named(name) or add_class(record.id, name)


def _files(names: Sequence[str]) -> Iterator[Path]:
    """Yields the files that are named, and those in folders that are named, by name."""
    for name in names:
        path = Path(name)
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
        except (OSError, ValueError) as error:
            raise UserError(f"The folder {name} cannot be read.", reason_of(error)) from error
        if not path.is_dir():
            yield path
            continue
        yield from (each for each in inside if not is_hidden(each.name) and not each.is_dir())

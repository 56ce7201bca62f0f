"""`data export`: writes a data set to one file, `name.qtl-data.zip`."""

from __future__ import annotations

import argparse

from qtl_core.cli.data.words import SET
from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import STANDARD, json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.archives.data_files import (
    DataFile,
    data_file_name,
    data_file_of,
    data_file_of_version,
    write_data_file,
)
from qtl_core.pictures.datasets.creating import find


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("set", **SET)
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="Where; - for standard output. Named after the set if not given."
    )
    parser.add_argument("--version", metavar="N", help="A version that was trained on, in place of the set as it is.")


def main(arguments: argparse.Namespace) -> int:
    """Writes it and says where."""
    record = find(arguments.set)
    data = _data(record.id, arguments.version)
    file = path_of(arguments.file or data_file_name(record.name))
    with asked_to_stop() as asked:
        try:
            size = put(write_data_file(data, should_stop=lambda: bool(asked.by)), file)
        except StoppedByUser:  # the signal's handler has said so, and nothing half-written is left
            return asked.code
    tell = note if arguments.file == STANDARD else say
    result = {"id": record.id, "name": record.name, "file": str(file), "bytes": size, "pictures": len(data.pictures)}
    words = f"Written to {file} ({len(data.pictures):,} pictures, {size:,} bytes)."
    tell(json_of(result) if arguments.json else words)
    return 0


def _data(set_id: str, version: str | None) -> DataFile:
    if version is None:
        return data_file_of(set_id)
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise UserError(f"{version} is no version.", "", "Give a whole number from 1 on, as a run of the set names it.")
    return data_file_of_version(set_id, int(version))

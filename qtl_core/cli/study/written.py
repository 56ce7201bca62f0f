"""A study written to a file, whose name's ending says as what: the end of `study export` and of `study report`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import STANDARD, json_of, say
from qtl_core.common.errors import UserError
from qtl_core.studies.store import StudyStore


def write_as_named(
    store: StudyStore,
    formats: Mapping[str, Callable[[StudyStore], bytes]],
    arguments: argparse.Namespace,
    what: str,
) -> int:
    """Writes a study and says so; returns the exit code.

    Args:
        store: The study.
        formats: What makes the content, by the ending of a name; the first also goes to standard output.
        arguments: With `file` and `json`.
        what: A name for what is written, for a name of no such ending: "a report".

    Raises:
        UserError: The name has no such ending, or the file cannot be written.
    """
    to_standard = arguments.file == STANDARD
    name = next(iter(formats)) if to_standard else arguments.file.lower()
    made = next((each for ending, each in formats.items() if name.endswith(ending)), None)
    if made is None:
        raise UserError(f"{arguments.file} is no name for {what}.", "", f"Call it *{', *'.join(formats)}.")
    size = put(made(store), path_of(arguments.file))
    if not to_standard:
        runs = store.count()
        done = {"study": store.id, "file": arguments.file, "runs": runs, "bytes": size}
        say(json_of(done) if arguments.json else f"Wrote {runs:,} runs to {arguments.file}, {size:,} bytes.")
    return 0

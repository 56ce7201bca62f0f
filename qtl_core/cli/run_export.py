"""The options and work of `runs export`: one way out of a run at a time, by the list of `qtl_core.ways_out`."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from qtl_core.cli.files import path_of, put
from qtl_core.cli.folders import add_to_folder, check_empty, folder_of, put_folder
from qtl_core.cli.output import STANDARD, json_of, note, say
from qtl_core.common.errors import UserError
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.runs.store import RunRecord, find_run, load_run
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out.catalogue import ARCHIVE, SCRIPT, WAYS, way_of
from qtl_core.ways_out.way import FolderWay, Taken, WayOut

FORMATS = {"file": ARCHIVE, "script": SCRIPT}  # of --format, for a FILE named by itself


def options() -> dict[str, dict[str, Any]]:
    """Returns what the command takes besides the run, an option each with what argparse is told of it."""
    return {
        "file": {
            "metavar": "FILE",
            "nargs": "?",
            "help": "Where; - for standard output. Named after the run if not given.",
        },
        "--format": {
            "choices": list(FORMATS),
            "help": "What FILE is: the whole run, or a script that predicts without this app. Default file.",
        },
        "--with-pictures": {
            "action": "store_true",
            "help": "Put the pictures of its data set into the file, for it to be trained again elsewhere.",
        },
        **{f"--{way.key}": _option(way) for way in WAYS if way is not ARCHIVE},
        "--weights": {
            "metavar": "FILE",
            "default": "",
            "help": f"For {_weighty()}: the image network's weights, if moved.",
        },
    }


def _option(way: WayOut) -> dict[str, Any]:
    place = "DIR" if isinstance(way, FolderWay) else "FILE"
    return {"metavar": place, "default": "", "help": f"Instead: {way.title}. {way.what_for}".replace("%", "%%")}


def _weighty() -> str:
    *first, last = (f"--{way.key}" for way in WAYS if way.takes_weights)
    return f"{', '.join(first)} and {last}" if first else last


def export(arguments: argparse.Namespace) -> None:
    """Writes a run as it was asked for.

    Raises:
        UserError: Options do not go together, there is nothing to take along, or it cannot be written.
    """
    record = None if arguments.run == RUN_ID else find_run(arguments.run)
    way, named = _asked(arguments)
    _check(arguments, way)
    taken = Taken(record, _trained(record), arguments.weights, pictures=arguments.with_pictures)
    result = _as_folder(way, taken, named) if isinstance(way, FolderWay) else _as_file(way, taken, named)
    for remark in way.remarks(taken):
        note(f"Note: {remark}")
    tell = note if named == STANDARD else say
    tell(json_of({"run": taken.id, **result}) if arguments.json else _in_words(way, taken, result, named))


def _asked(arguments: argparse.Namespace) -> tuple[WayOut, str]:
    """Returns the way that was asked for, and where to; "" where that is left to its usual name.

    Raises:
        UserError: Several were.
    """
    named = {way.key: place for way in WAYS if way is not ARCHIVE and (place := getattr(arguments, way.key))}
    if len(named) > 1 or (named and (arguments.file or arguments.format or arguments.with_pictures)):
        first = f"--{next(iter(named))}"
        raise UserError(
            "A run is written as one thing at a time.",
            f"{first} names its own place, and brings no pictures along.",
            f"Leave {' and '.join(f'--{key}' for key in [*named][1:]) or 'FILE, --format and --with-pictures'} out.",
        )
    for key, place in named.items():
        return way_of(key), place
    return FORMATS[arguments.format or "file"], arguments.file or ""


def _check(arguments: argparse.Namespace, way: WayOut) -> None:
    """Refuses options that do not go with a way out.

    Raises:
        UserError: They do not.
    """
    if arguments.weights and not way.takes_weights:
        raise UserError(f"--weights goes with {_weighty()} alone.", "Nothing else holds them.", "Leave it out.")
    if arguments.with_pictures and way is not ARCHIVE:
        raise UserError("A script cannot bring pictures along.", "", "Leave --with-pictures out, or --format script.")


def _trained(record: RunRecord | None) -> TrainedRun:
    """Returns a run that there is something of to take along; None is the head that comes along.

    Raises:
        UserError: Nothing of it is.
    """
    if record is None:
        return bundled_run()
    view = load_run(record.id)
    if not view.epochs:
        raise UserError("There is nothing to take along yet.", "No epoch of this run was finished.", "")
    return TrainedRun.of(view)


def _as_file(way: WayOut, taken: Taken, named: str) -> dict[str, Any]:
    content = way.content(taken)
    file = path_of(named or way.named(taken))
    put(content, file)
    return {"file": str(file), "bytes": len(content)}


def _as_folder(way: FolderWay, taken: Taken, named: str) -> dict[str, Any]:
    folder = folder_of(f"--{way.key}", named)
    if not way.is_shared:
        check_empty(folder)
    fill = add_to_folder if way.is_shared else put_folder
    fill(folder, partial(way.fill, taken))
    return {"folder": str(folder)}


def _in_words(way: WayOut, taken: Taken, result: dict[str, Any], named: str) -> str:
    place = result.get("file") or result["folder"]
    size = f" ({result['bytes']:,} bytes)" if "bytes" in result else ""
    if named == STANDARD:
        return f"Written to {place}{size}."
    then = way.then(taken)
    return f"Written to {place}{size}. {then.words}\n    {then.command_for(place)}"

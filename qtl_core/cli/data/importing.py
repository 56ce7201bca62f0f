"""`data import`: makes a data set of a zip, a tar or a folder, as people have them, or adds one to a set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from qtl_core.cli.data.words import WHOSE, class_counts
from qtl_core.cli.files import path_of
from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.archives.plan import ArchivePlan, Skipped, Source
from qtl_core.pictures.archives.taking_over import TakenOver, take_over
from qtl_core.pictures.archives.understanding import understand
from qtl_core.pictures.datasets.creating import create, delete, find
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.sources.dataset_search import is_named_as_picture


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.epilog = WHOSE
    parser.add_argument("source", metavar="FILE.zip|FOLDER", help="A zip, a tar, or a folder of pictures.")
    parser.add_argument("--name", help="What to call the new set; by default as the file is called.")
    parser.add_argument("--to", metavar="SET", help="Add to this set, by name or identifier, in place of a new one.")
    parser.add_argument("--into", metavar="CLASS", default="", help="Put all pictures into this class.")
    parser.add_argument(
        "--by-name", action="store_true", help="Take the beginnings of the files' names (cat_001.jpg) for the classes."
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="Say what it is understood to be, and take nothing over."
    )


def main(arguments: argparse.Namespace) -> int:
    """Brings it in and says what was left out; returns 1 if that is any picture."""
    file = path_of(arguments.source)
    with asked_to_stop() as asked:
        try:
            plan = understand(
                Source(file.name or str(file), file),
                by_name=arguments.by_name,
                into=arguments.into,
                should_stop=lambda: bool(asked.by),
            )
            _check_decided(plan)
            if arguments.dry_run:
                return _say_plan(plan, as_json=arguments.json)
            record = find(arguments.to) if arguments.to else create(arguments.name or plan.title)
            taken = _taken(plan, record, lambda: bool(asked.by), is_new=not arguments.to)
        except StoppedByUser:  # the signal's handler has said so
            return asked.code
    _say_taken(plan, taken, find(record.id), as_json=arguments.json)
    return asked.code if taken.was_stopped else int(_lacks_pictures(plan, taken))


def _taken(plan: ArchivePlan, record: DatasetRecord, should_stop: ShouldStop, *, is_new: bool) -> TakenOver:
    """Takes the plan over; a new set that nothing came into is not left behind."""
    try:
        return take_over(plan, record.id, should_stop=should_stop)
    except UserError:
        if is_new and not find(record.id).count:
            delete(record.id)
        raise


def _lacks_pictures(plan: ArchivePlan, taken: TakenOver) -> bool:
    """Returns whether a picture was left out; a text or a table beside the pictures is none."""
    return len(taken.skipped) > len(plan.skipped) or any(is_named_as_picture(Path(each.name)) for each in plan.skipped)


def _check_decided(plan: ArchivePlan) -> None:
    """Refuses a plan without classes, and says which option tells them.

    Raises:
        UserError: Nothing says the classes for sure.
    """
    if plan.pictures:
        return
    ways = ["--by-name" if each.by_name else f"--into {each.into}" for each in plan.offers]
    questions = " ".join(each.question for each in plan.offers)
    raise UserError(
        f"{plan.source.name} does not say for sure which class each picture is of.",
        questions,
        f"Then say {' or '.join(ways)}." if ways else "Put the pictures into a folder for each class, named after it.",
    )


def _say_plan(plan: ArchivePlan, *, as_json: bool) -> int:
    _say_notes(plan, plan.skipped)
    if as_json:
        classes = {
            each.name: {"train": each.train, "val": each.val, "test": each.test, "undivided": each.undivided}
            for each in plan.classes
        }
        say(json_of({"name": plan.title, "classes": classes, "skipped": _skipped(plan.skipped), "notes": plan.notes}))
    else:
        say(plan.sentence())
    return 0


def _say_taken(plan: ArchivePlan, taken: TakenOver, record: DatasetRecord, *, as_json: bool) -> None:
    _say_notes(plan, taken.skipped)
    for each in taken.changed:
        note(f"Note: {each.name}: {each.reason}")
    if as_json:
        about: dict[str, Any] = {"id": record.id, "name": record.name, "added": taken.added}
        about |= {"classes": class_counts(record), "skipped": _skipped(taken.skipped), "notes": plan.notes}
        say(json_of(about))
    else:
        say(f"{taken.added:,} added to {record.name} ({record.id}), which has {record.count:,} pictures now.")


def _say_notes(plan: ArchivePlan, skipped: tuple[Skipped, ...]) -> None:
    for sentence in plan.notes:
        note(f"Note: {sentence}")
    for each in skipped:
        note(f"Not added: {each.name}: {each.reason}")


def _skipped(skipped: tuple[Skipped, ...]) -> list[dict[str, str]]:
    return [{"file": each.name, "reason": each.reason} for each in skipped]

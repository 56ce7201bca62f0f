"""Makes a plan of a source: which folders, table or names say the classes, what is left out, and why.

Ways to tell the classes, in order: a class that a person names (`into`); class folders; a table of files and labels;
one folder of pictures, or the beginnings of files' names, which are only offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.archives.arrangement import LOOSE, Arrangement, Placed, names_for
from qtl_core.pictures.archives.class_folders import by_class_folders, class_folder_names
from qtl_core.pictures.archives.data_file_plan import data_file_plan
from qtl_core.pictures.archives.label_tables import TableFound, read_tables
from qtl_core.pictures.archives.labels_in_names import labels_in_names
from qtl_core.pictures.archives.loose_files import scan_names
from qtl_core.pictures.archives.name_tree import NameTree
from qtl_core.pictures.archives.plan import ArchivePlan, Offer, PlannedPicture, Skipped, Source, counted
from qtl_core.pictures.archives.scan import Scan, ScannedFile
from qtl_core.pictures.archives.scanning import scanned
from qtl_core.pictures.datasets.records import Part
from qtl_core.pictures.sources.class_names import alike, part_of
from qtl_core.pictures.sources.folder_layout import DETECTION
from qtl_core.pictures.sources.system_files import is_hidden

LAYOUT = "Put the pictures of each class into a folder that is called like it, and pack these folders as a zip."
GENERIC = DETECTION | {"image", "img", "imgs", "photos", "pictures", "pics", "data", "files", "raw", "thumbs", "jpg"}
NO_ROW = "No row of the table names it."
A_TABLE = "It is a table; the folders say what the pictures show."
READ_TABLE = "It says what the pictures show, and is no picture."


def understand(
    source: Source,
    *,
    by_name: bool = False,
    into: str = "",
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> ArchivePlan:
    """Looks through a zip, a tar, a folder or dropped files; writes nothing.

    Args:
        source: What to look through.
        by_name: Whether the beginnings of the files' names are the classes, where nothing else says them.
        into: The class of all pictures, whatever folders they lie in; "" to find the classes out.
        progress: Told how many files were looked at, and how many there are (0 where it is not known).
        should_stop: Looked at before every file.

    Returns:
        The plan; without pictures but with offers where the classes are not said for sure.

    Raises:
        UserError: It cannot be read safely, holds no pictures, or its classes cannot be told.
        StoppedByUser: `should_stop` said so.
    """
    return plan_of(source, scanned(source, progress, should_stop), by_name=by_name, into=into)


def understand_names(names: Iterable[str], name: str, *, by_name: bool = False, into: str = "") -> ArchivePlan:
    """Makes the same plan of paths alone, as of a folder that is dropped on the page, before any file travels.

    Args:
        names: The files' paths below the folder that was dropped, or with its name before them.
        name: What to call the whole.
        by_name: See `understand`.
        into: Likewise.

    Raises:
        UserError: None is called as pictures are, or the classes cannot be told.
    """
    return plan_of(Source(name), scan_names(names), by_name=by_name, into=into)


def plan_of(source: Source, scan: Scan, *, by_name: bool = False, into: str = "") -> ArchivePlan:
    """Makes the plan of a list of files.

    Raises:
        UserError: See `understand`.
    """
    own = None if into else data_file_plan(source, scan)
    if own is not None:
        return own
    pictures = [file for file in scan.files if not file.fault]
    if not pictures:
        raise _no_pictures(source.name, scan)
    found = _arranged(source.name, scan, pictures, by_name=by_name, into=into)
    if found is None:
        return _undecided(source, scan, pictures)
    names, renamed = names_for((each.label for each in found.placed), source.name)
    planned = tuple(
        PlannedPicture(each.file.path, each.file.name, names[each.label], each.part) for each in found.placed
    )
    notes = (*scan.notes, *found.notes, *renamed, *_hidden(scan.hidden), *_one_class(names))
    return ArchivePlan(source, planned, found.empty, _skipped(scan, planned, found.reasons), notes)


def _arranged(
    name: str, scan: Scan, pictures: Sequence[ScannedFile], *, by_name: bool, into: str
) -> Arrangement | None:
    """Returns the first way of telling the classes that there is."""
    if into:
        return Arrangement(tuple(Placed(file, into) for file in pictures))
    tree = NameTree(scan.files, scan.folders)
    tables = read_tables(scan.files)
    if tables and GENERIC & set(class_folder_names(tree)):
        return _by_tables(tables, pictures)
    if by_folders := by_class_folders(tree, name):
        tabled = {table.path: A_TABLE for table in tables}
        return Arrangement(by_folders.placed, by_folders.notes, by_folders.empty, tabled | by_folders.reasons)
    if tables:
        return _by_tables(tables, pictures)
    if by_name and (words := labels_in_names(pictures)):
        note = "The classes are the beginnings of the files' names."
        return Arrangement(tuple(Placed(file, words[file.path], _part(file)) for file in pictures), (note,))
    return None


def _by_tables(tables: Sequence[TableFound], pictures: Sequence[ScannedFile]) -> Arrangement:
    """Takes the labels of all tables; that of most pictures counts where two name the same picture."""
    placed: dict[str, Placed] = {}
    notes = []
    for table in tables:
        new = [row for row in table.rows if row.file.path not in placed]
        placed |= {row.file.path: Placed(row.file, row.label, row.part or _part(row.file)) for row in new}
        if new:
            notes += _table_notes(table)
    parts = {each.part for each in placed.values()}
    if not {"train", "val"} <= parts:  # then the set divides them
        placed = {path: Placed(each.file, each.label, _test_only(each.part)) for path, each in placed.items()}
    reasons = dict.fromkeys((file.path for file in pictures if file.path not in placed), NO_ROW)
    reasons |= {table.path: READ_TABLE for table in tables}
    return Arrangement(tuple(placed.values()), tuple(notes), (), reasons)


def _test_only(part: Part | None) -> Part | None:
    return "test" if part == "test" else None


def _table_notes(table: TableFound) -> list[str]:
    notes = [f"{table.name} says what the pictures show: {table.files} names the file, {table.labels} the class."]
    if table.missing:
        are = "is not there" if table.missing == 1 else "are not there"
        notes.append(f"{counted(table.missing, 'file')} that {table.name} names {are}.")
    if table.twice:
        are = "is" if table.twice == 1 else "are"
        notes.append(
            f"{counted(table.twice, 'picture')} {are} named with two classes in {table.name}; the first counts."
        )
    return notes


def _part(file: ScannedFile) -> Part | None:
    """Returns the part that a picture's folders name."""
    return next((part for folder in Path(file.name).parent.parts if (part := part_of(folder))), None)


def _undecided(source: Source, scan: Scan, pictures: Sequence[ScannedFile]) -> ArchivePlan:
    """Returns a plan without pictures that offers what could be meant.

    Raises:
        UserError: Nothing can be offered.
    """
    offers = []
    if words := labels_in_names(pictures):
        counts = sorted(Counter(words.values()).items())
        named = ", ".join(f"{word} ({count:,})" for word, count in counts[:8]) + (" …" if len(counts) > 8 else "")
        offers.append(Offer(f"Take the beginnings of the files' names for the classes: {named}?", by_name=True))
    folders = {Path(file.name).parent for file in pictures}
    if len(folders) == 1:
        folder = folders.pop().name
        word = alike(folder) if folder and not part_of(folder) and folder.casefold() not in GENERIC else ""
        word = word or ArchivePlan(source, ()).title
        question = f"Take {counted(len(pictures), 'picture')} for one class, {word}?"
        offers.append(Offer(question if len(pictures) > 1 else f"Take the one picture for a class, {word}?", into=word))
    if not offers:
        what = f"{source.name} holds {counted(len(pictures), 'picture')}, and nothing says which class each is of."
        raise UserError(what, "", LAYOUT)
    note = f"{counted(len(pictures), 'picture')}, and nothing says for sure which class each is of."
    skipped = [Skipped(file.name, file.fault) for file in scan.files if file.fault]
    skipped += [Skipped(name, reason) for name, reason in scan.skipped]
    notes = (*scan.notes, note, *_hidden(scan.hidden))
    return ArchivePlan(source, (), (), tuple(skipped), notes, tuple(offers))


def _skipped(scan: Scan, planned: Sequence[PlannedPicture], reasons: dict[str, str]) -> tuple[Skipped, ...]:
    used = {each.path for each in planned}
    found = [Skipped(name, reason) for name, reason in scan.skipped]
    for file in scan.files:
        if file.path in used:
            continue
        found.append(Skipped(file.name, reasons.get(file.path) or file.fault or LOOSE))
    return tuple(found)


def _hidden(hidden: Sequence[str]) -> list[str]:
    if not hidden:
        return []
    kinds = list(
        dict.fromkeys(next((part for part in path.split("/") if is_hidden(part)), "others") for path in hidden)
    )
    shown = ", ".join(kinds[:3]) + (" and others" if len(kinds) > 3 else "")
    are = "is" if len(hidden) == 1 else "are"
    return [f"{counted(len(hidden), 'file')} that systems and programs put there {are} left out: {shown}."]


def _one_class(names: dict[str, str]) -> list[str]:
    if len(names) != 1:
        return []
    return [f"It is one class alone, {next(iter(names.values()))}: it takes another one to train."]


def _no_pictures(name: str, scan: Scan) -> UserError:
    reasons = Counter([file.fault for file in scan.files] + [reason for _, reason in scan.skipped])
    if not reasons:
        why = "It is empty." if not scan.hidden else "It holds only what systems and programs put there."
    else:
        (reason, count), *_ = reasons.most_common(1)
        why = reason if len(reasons) == 1 else f"Of {sum(reasons.values()):,} files, {count:,}: {reason}"
    return UserError(f"{name} holds no picture that can be used.", why, LAYOUT)

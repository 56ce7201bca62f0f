"""A data set in one file, `name.qtl-data.zip`: written the same every time, a piece at a time, and read by others, too.

    manifest.json              name, note, split, classes and colours; every picture's class, part, group and SHA-256
    README.txt                 the same for people
    labels.csv                 file, class, part and group, for a spreadsheet
    train/<class>/<file>       the pictures, in the parts that they are in: an ordinary folder of pictures once unpacked
    val/<class>/<file>, test/<class>/<file>

Pictures lie in it as they are, not packed again. Who made the set and when is not in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.archives.plan import counted
from qtl_core.pictures.archives.scan import MANIFEST
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import PARTS, Part, SplitSettings
from qtl_core.pictures.datasets.versions import DatasetVersion, find_version
from qtl_core.pictures.sources.system_files import is_hidden

FORMAT, VERSION = "qtl-data", 1
README, LABELS = "README.txt", "labels.csv"
ENDING = ".qtl-data.zip"
LONGEST_NAME = 60  # characters of a file's name


@dataclass(frozen=True)
class CarriedClass:
    """A class by its name and colour."""

    name: str
    colour: int


@dataclass(frozen=True)
class CarriedPicture:
    """A picture that goes into the file.

    Attributes:
        place: Where it lies now.
        path: Its path in the file.
        name: The name of its file, as a person knows it.
        class_name, part, group: Where it belongs.
        is_chosen: Whether a person put it into its part.
        sha256, size: Of its bytes.
    """

    place: Path
    path: str
    name: str
    class_name: str
    part: Part
    group: str
    is_chosen: bool
    sha256: str
    size: int


@dataclass(frozen=True)
class DataFile:
    """All that goes into a file."""

    name: str
    note: str
    split: SplitSettings
    classes: tuple[CarriedClass, ...]
    pictures: tuple[CarriedPicture, ...]


def data_file_of(set_id: str) -> DataFile:
    """Returns what goes into the file of a set as it is now.

    Raises:
        UserError: There is no such set, or no picture in it.
    """
    record = find_by_id(set_id)
    names = {each.id: each.name for each in record.classes}
    taken: set[str] = set()
    pictures = []
    for each in pictures_of(set_id):
        path = _free_path(each.part, names[each.class_id], each.name, each.sha256, taken)
        belongs = (names[each.class_id], each.part, each.group, each.chosen_part is not None)
        pictures.append(CarriedPicture(each.path, path, each.name, *belongs, each.sha256, each.size))
    if not pictures:
        raise UserError(f"The data set {record.name} has no pictures to take along yet.")
    classes = tuple(CarriedClass(each.name, each.colour) for each in record.classes)
    return DataFile(record.name, record.note, record.split, classes, tuple(pictures))


def data_file_of_version(set_id: str, number: int) -> DataFile:
    """Returns what goes into the file of a version: its pictures, each in the part that it had.

    Raises:
        UserError: The set, the version, or some of its pictures are gone.
    """
    record, version = find_by_id(set_id), find_version(set_id, number)
    colours = {each.name: each.colour for each in record.classes}
    classes = tuple(CarriedClass(name, colours.get(name, place)) for place, name in enumerate(version.classes))
    return DataFile(record.name, record.note, record.split, classes, tuple(_of_version(version)))


def _of_version(version: DatasetVersion) -> Iterator[CarriedPicture]:
    for each in version.entries:
        path = f"{each.part}/{_unhidden(each.class_name)}/{_unhidden(each.file)}"
        place = version.folder / each.part / each.class_name / each.file
        belongs = (each.class_name, each.part, "", True)
        # Under the name that it has in the version: so another version of the same pictures is named and ordered alike.
        yield CarriedPicture(place, path, each.file, *belongs, each.sha256, place.stat().st_size)


def data_file_name(name: str) -> str:
    """Returns what to call the file: the set's name as every disk takes it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:LONGEST_NAME].strip("-.")
    return f"{safe or 'pictures'}{ENDING}"


def write_data_file(
    data: DataFile,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Iterator[bytes]:
    """Yields the file in pieces, one picture in memory at a time; equal sets give equal bytes.

    Args:
        data: What goes into it.
        progress: Told how many pictures are done.
        should_stop: Looked at before every picture.

    Raises:
        UserError: A picture is gone, or is not what it was any more.
        StoppedByUser: `should_stop` said so.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in _texts(data).items():
            archive.writestr(_info(name, zipfile.ZIP_DEFLATED), content, compresslevel=6)
            yield sink.taken()
        for number, picture in enumerate(data.pictures, start=1):
            if should_stop():
                raise StoppedByUser
            archive.writestr(_info(picture.path, zipfile.ZIP_STORED), _content(picture, data.name))
            yield sink.taken()
            progress(number, len(data.pictures))
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file of which only what was not taken yet is kept: a zip goes back no farther than to its last entry."""

    def __init__(self) -> None:
        super().__init__()
        self._gone, self._kept = 0, io.BytesIO()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        return self._kept.write(content)  # type: ignore[arg-type]

    def tell(self) -> int:
        return self._gone + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            return self._gone + self._kept.seek(offset - self._gone)
        return self._gone + self._kept.seek(offset, whence)

    def taken(self) -> bytes:
        """Returns what was written since."""
        content = self._kept.getvalue()
        self._gone, self._kept = self._gone + len(content), io.BytesIO()
        return content


def _info(name: str, packing: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.create_system, info.external_attr = packing, 3, (stat.S_IFREG | 0o644) << 16
    return info


def _content(picture: CarriedPicture, name: str) -> bytes:
    try:
        content = picture.place.read_bytes()
    except OSError as error:
        raise UserError(f"The picture {picture.name} of {name} cannot be read.", reason_of(error)) from error
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        raise UserError(
            f"The picture {picture.name} of {name} is not what it was when it was added.",
            "Its file was changed, or the disk has a fault.",
            "Remove it from the set.",
        )
    return content


def _free_path(part: Part, class_name: str, name: str, sha256: str, taken: set[str]) -> str:
    """Returns a path that no other picture has on any system."""
    folder = f"{part}/{_unhidden(class_name)}"
    path = f"{folder}/{_unhidden(name)}"
    if path.casefold() in taken:
        plain = PurePosixPath(_unhidden(name))
        path = f"{folder}/{plain.stem}-{sha256[:12]}{plain.suffix}"
    taken.add(path.casefold())
    return path


def _unhidden(name: str) -> str:
    """Returns a name as a folder or file that is passed over nowhere: the manifest has it as it is."""
    return f"_{name}" if is_hidden(name) else name


def _texts(data: DataFile) -> dict[str, bytes]:
    return {MANIFEST: _manifest(data), README: _readme(data).encode(), LABELS: _labels(data)}


def _manifest(data: DataFile) -> bytes:
    split = data.split
    pictures = [
        {
            "path": each.path,
            "name": each.name,
            "class": each.class_name,
            "part": each.part,
            "chosen": each.is_chosen,
            "group": each.group,
            "sha256": each.sha256,
            "bytes": each.size,
        }
        for each in data.pictures
    ]
    described = {
        "format": FORMAT,
        "version": VERSION,
        "name": data.name,
        "note": data.note,
        "split": asdict(split),
        "classes": [{"name": each.name, "colour": each.colour} for each in data.classes],
        "pictures": pictures,
    }
    return json.dumps(described, indent=1, ensure_ascii=False).encode()


def _labels(data: DataFile) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("file", "class", "part", "group"))
    table.writerows((each.path, each.class_name, each.part, each.group) for each in data.pictures)
    return text.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows it for UTF-8


def _readme(data: DataFile) -> str:
    counts = {part: sum(each.part == part for each in data.pictures) for part in PARTS}
    lines = [
        f"A data set of the Quantum transfer studio: {' '.join(data.name.split())}",
        "",
        "To open it: on the Data page, or in a shell: python -m qtl_core data import THIS_FILE",
        "Unpacked, it is a folder of pictures that other programs read, such as torchvision's ImageFolder.",
        "",
        f"{counted(len(data.pictures), 'picture')} in {counted(len(data.classes), 'class', 'classes')}:",
        *(f"  {each.name}" for each in data.classes),
        "",
        f"  train   {counts['train']:,} to train on",
        f"  val     {counts['val']:,} held out for validation",
        f"  test    {counts['test']:,} set aside",
        "",
        "Where and by whom the pictures were taken was removed when they were added.",
    ]
    return "\n".join([*lines, "", data.note.strip()]).rstrip() + "\n"

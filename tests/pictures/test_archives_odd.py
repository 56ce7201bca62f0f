"""Archives as people have them are understood, and hostile ones refused, each with the sentence it gives."""

from __future__ import annotations

import gzip
import io
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.archives.plan import ArchivePlan, Source
from qtl_core.pictures.archives.understanding import understand
from tests.helpers import odd_archives as odd
from tests.helpers.odd_archives import picture, pictures, tarred, two_classes, zipped
from tests.helpers.pictures_with_metadata import heic


@dataclass(frozen=True)
class Kind:
    """An archive and what is to be said of it.

    Attributes:
        content: Its bytes.
        classes: Pictures by class, of a plan; by class and part where it comes in parts.
        says: A sentence of it, or the beginning of one: in notes, reasons, questions, or the refusal.
        name: What it is called.
    """

    content: bytes
    classes: dict[str, object]
    says: str = ""
    name: str = "pets.zip"


def csv_of(rows: str, *names: str, table: str = "labels.csv", encoding: str = "utf-8") -> bytes:
    return zipped(pictures(*names) | {table: rows.encode(encoding)})


FLAT = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")
TWO = {"cat": 2, "dog": 2}
EMPTY_FOLDER = zipped(two_classes() | {"bird/": b""})
TRAIN_VAL = two_classes("train/") | two_classes("val/", 1)
UNDERSTOOD = {
    "classes alone": Kind(zipped(two_classes()), TWO),
    "train and val": Kind(zipped(TRAIN_VAL), {"cat": (2, 1, 0), "dog": (2, 1, 0)}),
    "training, validation and testing": Kind(
        zipped(two_classes("Training/") | two_classes("validation/", 1) | two_classes("TESTING/", 1)),
        {"cat": (2, 1, 1), "dog": (2, 1, 1)},
        "Pictures for testing are set aside: looked at once, when training is over.",
    ),
    "valid": Kind(
        zipped(two_classes("train/") | two_classes("valid/", 1)),
        {"cat": (2, 1, 0), "dog": (2, 1, 0)},
        "valid is taken for validation.",
    ),
    "train and test alone": Kind(
        zipped(two_classes("train/") | two_classes("test/", 1)),
        {"cat": (0, 0, 1, 2), "dog": (0, 0, 1, 2)},
        "It has no parts for training and for validation both: the set divides those pictures itself.",
    ),
    "one folder too deep": Kind(
        zipped(two_classes("my pets (final)/data/")),
        TWO,
        "The data set is taken from the folder my pets (final)/data.",
    ),
    "parts one folder too deep": Kind(
        zipped(two_classes("pets/train/") | two_classes("pets/val/", 1)),
        {"cat": (2, 1, 0), "dog": (2, 1, 0)},
        "The data set is taken from the folder pets.",
    ),
    "parts in the classes": Kind(
        zipped(pictures("cat/train/1.jpg", "cat/val/2.jpg", "dog/train/3.jpg", "dog/val/4.jpg")),
        {"cat": (1, 1, 0), "dog": (1, 1, 0)},
        "The parts lie in the folders of the classes.",
    ),
    "another class in val": Kind(
        zipped(two_classes("train/") | pictures("val/cat/9.jpg", "val/bird/8.jpg")),
        {"bird": (0, 1, 0), "cat": (2, 1, 0), "dog": (2, 0, 0)},
        "Only for validation there is bird.",
    ),
    "classes called otherwise in val": Kind(
        zipped(two_classes("train/") | pictures("val/Cat/9.jpg", "val/Dog/8.jpg")),
        {"cat": (2, 1, 0), "dog": (2, 1, 0)},
        "cat and Cat are taken for one class.",
    ),
    "folders in the classes": Kind(
        zipped(two_classes() | pictures("cat/from home/7.jpg", "dog/2024/may/8.jpg")), {"cat": 3, "dog": 3}
    ),
    "Finder's zip": Kind(
        zipped(
            two_classes()
            | {"__MACOSX/cat/._0.jpg": b"\0\5\26\7", ".DS_Store": b"Bud1", "cat/.DS_Store": b"", "cat/Icon\r": b""}
        ),
        TWO,
        "4 files that systems and programs put there are left out: __MACOSX, .DS_Store",
    ),
    "Explorer's zip": Kind(
        zipped(two_classes() | {"cat/Thumbs.db": b"\xd0\xcf", "desktop.ini": b"[x]"}),
        TWO,
        "2 files that systems and programs put there are left out: Thumbs.db, desktop.ini.",
    ),
    "folders that nobody sees": Kind(
        zipped(two_classes() | {"__MACOSX/": b"", ".git/": b"", ".git/config": b"[core]"}),
        TWO,
        "1 file that systems and programs put there is left out: .git.",
    ),
    "a notebook's copies": Kind(
        zipped(two_classes() | pictures("cat/.ipynb_checkpoints/0-checkpoint.jpg")),
        TWO,
        "1 file that systems and programs put there is left out: .ipynb_checkpoints.",
    ),
    "names in GBK": Kind(
        odd.with_names_of(pictures("猫/花园一.jpg", "猫/花园二.jpg", "狗/公园.jpg"), "gbk"),
        {"狗": 1, "猫": 2},
        "It does not say in which letters its names are written; they were read as Chinese ones (GBK).",
    ),
    "names in the letters of DOS": Kind(
        odd.with_names_of(pictures("Käfer/größer.jpg", "Blüte/schön.jpg"), "cp437"),
        {"Blüte": 1, "Käfer": 1},
        "they were read as those of DOS (code page 437).",
    ),
    "UTF-8 without its flag": Kind(
        odd.with_names_of(pictures("猫/1.jpg", "Käfer/2.jpg"), "utf-8"), {"Käfer": 1, "猫": 1}
    ),
    "NFD accents, as macOS writes them": Kind(
        zipped(pictures(unicodedata.normalize("NFD", "Käfer/é.jpg"), "Biene/2.jpg")), {"Biene": 1, "Käfer": 1}
    ),
    "two spellings of one class": Kind(
        zipped(pictures(unicodedata.normalize("NFD", "Käfer/1.jpg"), "Käfer/2.jpg", "Biene/3.jpg")),
        {"Biene": 1, "Käfer": 2},
    ),
    "emoji": Kind(zipped(pictures("🐱/😺.jpg", "🐶/🦴.jpg")), {"🐱": 1, "🐶": 1}),
    "uppercase extensions": Kind(zipped(pictures("CAT/IMG_1.JPG", "DOG/IMG_2.JPEG")), {"CAT": 1, "DOG": 1}),
    "no extensions": Kind(zipped(pictures("cat/1", "dog/2")), {"cat": 1, "dog": 1}),
    "HEIC named .jpg": Kind(
        zipped({"cat/1.jpg": heic(), "cat/2.HEIC": heic(), "dog/3.jpg": picture()}), {"cat": 2, "dog": 1}
    ),
    "empty folder": Kind(EMPTY_FOLDER, TWO, "Without a picture that can be used, and so no class here: bird."),
    "class of texts alone": Kind(
        zipped(two_classes() | {"notes/a.txt": b"hello"}), TWO, "Without a picture that can be used, and so no class"
    ),
    "text among the pictures": Kind(
        zipped(two_classes() | {"cat/readme.md": b"# cats"}), TWO, "It is not a picture of a kind read here"
    ),
    "a video and a PDF among them": Kind(
        zipped(two_classes() | {"cat/a.mov": b"\0\0\0\x14ftypqt  " + bytes(20), "cat/b.pdf": b"%PDF-1.7"}),
        TWO,
        "It is a video, not a picture; save one of its frames as JPEG.",
    ),
    "a GIF among them": Kind(
        zipped(two_classes() | {"cat/a.gif": picture(1, "GIF")}), TWO, "It is a GIF, a format for drawings"
    ),
    "an empty file among them": Kind(zipped(two_classes() | {"cat/a.jpg": b""}), TWO, "The file is empty."),
    "a web page called .jpg": Kind(
        zipped(two_classes() | {"cat/a.jpg": b"<!doctype html><html></html>"}), TWO, "It is a web page, not a picture."
    ),
    "pictures beside the classes": Kind(
        zipped(two_classes() | pictures("cover.jpg")), TWO, "It lies beside the folders of the classes"
    ),
    "a folder beside the parts": Kind(
        zipped(TRAIN_VAL | pictures("docs/plot.jpg")),
        {"cat": (2, 1, 0), "dog": (2, 1, 0)},
        "It lies in a folder beside those of the parts.",
    ),
    "classes that differ in case": Kind(
        zipped(pictures("a/1.jpg", "A/2.jpg", "b/3.jpg")),
        {"A": 1, "a (2)": 1, "b": 1},
        "The class a is called a (2) here.",
    ),
    "a class with a long name": Kind(
        zipped(pictures("x" * 90 + "/1.jpg", "dog/2.jpg")), {"dog": 1, "x" * 60: 1}, "is called " + "x" * 60 + " here."
    ),
    "backslashes of Windows": Kind(zipped(pictures("pets\\cat\\1.jpg", "pets\\dog\\2.jpg")), {"cat": 1, "dog": 1}),
    "steps that lead nowhere": Kind(zipped(pictures("./cat/1.jpg", "./dog//2.jpg")), {"cat": 1, "dog": 1}),
    "two files of one name": Kind(
        zipped(two_classes() | {"cat/x.jpg": b"x"}).replace(b"cat/x.jpg", b"cat/0.jpg"),
        TWO,
        "Another file of this name is in the archive, too; the first is taken.",
    ),
    "a zip in the zip": Kind(
        zipped(two_classes() | {"cat/more.zip": zipped(two_classes())}), TWO, "It is a zip archive, not a picture"
    ),
    "one class alone": Kind(
        zipped(pictures("train/cat/1.jpg", "train/cat/2.jpg", "val/cat/3.jpg")),
        {"cat": (2, 1, 0)},
        "It is one class alone, cat: it takes another one to train.",
    ),
    "bytes before the zip": Kind(b"#!/bin/sh\n" + zipped(two_classes()), TWO),
    "a comment behind it": Kind(zipped(two_classes())[:-2] + struct.pack("<H", 5) + b"hello", TWO),
    "a tar": Kind(tarred(two_classes()), TWO, name="pets.tar"),
    "a tar.gz": Kind(tarred(two_classes("pets/"), "w:gz"), TWO, "from the folder pets.", name="pets.tar.gz"),
    "a tar.gz named .zip": Kind(tarred(two_classes(), "w:gz"), TWO),
    "a tar.xz": Kind(tarred(two_classes(), "w:xz"), TWO, name="pets.tar.xz"),
    "a tar with a link": Kind(
        tarred(two_classes(), links={"cat/9.jpg": "/etc/passwd"}), TWO, "It is a link, not a file.", name="pets.tar"
    ),
    "CSV beside a flat folder": Kind(
        csv_of("file,label\na.jpg,cat\nb.jpg,dog\nc.jpg,cat\nd.jpg,dog\n", *FLAT),
        TWO,
        "labels.csv says what the pictures show: file names the file, label the class.",
    ),
    "CSV with semicolons, a BOM and Windows letters": Kind(
        csv_of("Bild;Klasse\na.jpg;Käfer\nb.jpg;Biene\nc.jpg;Käfer\nd.jpg;Biene\n", *FLAT, encoding="cp1252"),
        {"Biene": 2, "Käfer": 2},
    ),
    "CSV of Excel in UTF-16 with tabs": Kind(
        csv_of("name\tclass\na.jpg\tcat\nb.jpg\tdog\nc.jpg\tcat\nd.jpg\tdog\n", *FLAT, encoding="utf-16"), TWO
    ),
    "CSV without a head": Kind(
        csv_of("a.jpg,cat\nb.jpg,dog\nc.jpg,cat\nd.jpg,dog\n", *FLAT), TWO, "column 2 the class."
    ),
    "CSV of names without endings": Kind(csv_of("id,breed\na,cat\nb,dog\nc,cat\nd,dog\n", *FLAT), TWO),
    "CSV with folders and parts": Kind(
        csv_of(
            "path,label,split\nimages/a.jpg,cat,train\nimages/b.jpg,dog,train\nimages/c.jpg,cat,val\nimages/d.jpg,dog,val\n",
            *(f"images/{name}" for name in FLAT),
        ),
        {"cat": (1, 1, 0), "dog": (1, 1, 0)},
    ),
    "CSV that names more than there is": Kind(
        csv_of("file,label\na.jpg,cat\nb.jpg,dog\nx.jpg,cat\n", *FLAT),
        {"cat": 1, "dog": 1},
        "1 file that labels.csv names is not",
    ),
    "CSV that leaves pictures out": Kind(
        csv_of("file,label\na.jpg,cat\nb.jpg,dog\n", *FLAT), {"cat": 1, "dog": 1}, "No row of the table names it."
    ),
    "CSV with two labels for one": Kind(
        csv_of("file,label\na.jpg,cat\na.jpg,dog\nb.jpg,dog\n", *FLAT),
        {"cat": 1, "dog": 1},
        "1 picture is named with two classes in labels.csv; the first counts.",
    ),
    "CSV beside class folders": Kind(
        zipped(two_classes() | {"meta.csv": b"file,label\ncat/0.jpg,x\ndog/1.jpg,y\n"}),
        TWO,
        "It is a table; the folders say",
    ),
    "a list in a text file": Kind(
        csv_of("a.jpg 0\nb.jpg 1\nc.jpg 0\nd.jpg 1\n", *FLAT, table="list.txt"), {"0": 2, "1": 2}
    ),
    "a class with markup": Kind(
        zipped(pictures("<b>cat[x](y)/1.jpg", "<script>alert(1)/2.jpg")),
        {"<script>alert(1)": 1, "<b>cat[x](y)": 1},
    ),
    "a picture that claims 60,000 x 60,000": Kind(
        zipped(two_classes() | {"cat/big.png": odd.claiming_png(60_000, 60_000)}),
        TWO,
        "It has 60000 x 60000 pixels; up to 64 million are read here.",
    ),
    "a link": Kind(odd.with_link(two_classes(), "cat/9.jpg", "/etc/passwd"), TWO, "It is a link, not a file."),
    "a path that leads out": Kind(
        zipped(two_classes() | pictures("../../evil/1.jpg")), TWO, "Its path leads out of the archive."
    ),
    "an absolute path": Kind(
        zipped(two_classes() | pictures("/etc/1.jpg")), TWO, "Its path begins at the root of a disk."
    ),
    "a path of a drive": Kind(
        zipped(two_classes() | pictures("C:\\x\\1.jpg")), TWO, "Its path begins at the root of a disk."
    ),
    "a path of another computer": Kind(
        zipped(two_classes() | pictures("\\\\server\\1.jpg")), TWO, "Its path begins at the root of a disk."
    ),
    "a hundred folders deep": Kind(
        zipped(two_classes() | pictures("x/" * 100 + "1.jpg")), TWO, "It lies in more folders, one in another"
    ),
}


def plan_of(kind: Kind, tmp_path: Path) -> ArchivePlan:
    file = tmp_path / kind.name
    file.write_bytes(kind.content)
    return understand(Source(kind.name, file))


def counts(plan: ArchivePlan) -> dict[str, object]:
    if plan.parts and any(each.undivided for each in plan.classes):
        return {each.name: (each.train, each.val, each.test, each.undivided) for each in plan.classes}
    if plan.parts:
        return {each.name: (each.train, each.val, each.test) for each in plan.classes}
    return {each.name: each.undivided for each in plan.classes}


def said(plan: ArchivePlan) -> str:
    return "\n".join((*plan.notes, *(each.reason for each in plan.skipped), *(each.question for each in plan.offers)))


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_it_is_understood(name: str, tmp_path: Path):
    kind = UNDERSTOOD[name]
    plan = plan_of(kind, tmp_path)
    assert counts(plan) == kind.classes, said(plan)
    assert kind.says in said(plan)


REFUSED = {
    "no file at all": Kind(b"", {}, "pets.zip cannot be opened. The file is empty."),
    "an empty zip": Kind(zipped({}), {}, "pets.zip holds no picture that can be used. It is empty."),
    "nothing but what systems put there": Kind(
        zipped({"__MACOSX/._a": b"", ".DS_Store": b"Bud1"}), {}, "It holds only what systems and programs put there."
    ),
    "texts alone": Kind(zipped({"a.txt": b"hello", "b.txt": b"you"}), {}, "It is not a picture of a kind read here"),
    "a zip in a zip and nothing else": Kind(
        zipped({"pets.zip": zipped(two_classes())}), {}, "It is a zip archive, not a picture; unpack it first."
    ),
    "a RAR named .zip": Kind(b"Rar!\x1a\7\1\0" + bytes(50), {}, "It is a RAR archive, whatever it is called"),
    "a 7z named .zip": Kind(b"7z\xbc\xaf\x27\x1c" + bytes(50), {}, "Unpack it, and pack the folder as a zip."),
    "a picture named .zip": Kind(picture(), {}, "It is a picture, not an archive. Add it to a class."),
    "a PDF named .zip": Kind(b"%PDF-1.7\n" + bytes(50), {}, "It is a PDF document"),
    "noise": Kind(bytes(range(256)) * 4, {}, "It is no archive, or a damaged one."),
    "one packed file": Kind(gzip.compress(b"hello" * 200), {}, "It is one packed file, not an archive of pictures"),
    "cut short": Kind(zipped(two_classes())[:-120], {}, "It is damaged, or cut short. Copy or download it again."),
    "cut short in the middle": Kind(zipped(two_classes())[:900], {}, "It is damaged, or cut short."),
    "a tar cut short": Kind(tarred(two_classes(), "w:gz")[:1500], {}, "It is damaged, or cut short."),
    "locked with a password": Kind(odd.with_flags(zipped(two_classes()), 1), {}, "It is locked with a password."),
    "the first of several parts": Kind(
        b"PK\7\x08" + zipped(two_classes()), {}, "It is one part of an archive in several"
    ),
    "the last of several parts": Kind(
        odd.with_count(zipped(two_classes()), 4, disk=2), {}, "It is one part of an archive in several files."
    ),
    "a part by its name": Kind(
        zipped(two_classes()), {}, "It is one part of an archive in several files.", name="pets.zip.001"
    ),
    "100,000 files": Kind(odd.many_entries(100_000), {}, "It holds 100,000 files; up to 25,000 files are looked at."),
    "a list of 30,000 that claims 3": Kind(
        odd.with_short_count(odd.many_entries(30_000), 3), {}, "It holds 30,000 files"
    ),
    "a bomb": Kind(odd.bomb(120 << 20), {}, "It would grow from 122,"),
    "a tar bomb": Kind(
        tarred({"cat/1.jpg": bytes(110 << 20)}, "w:gz"), {}, "It would grow to more than any archive of pictures does."
    ),
    "overlapping files": Kind(odd.with_overlap(pictures("1.jpg")), {}, "Files in it overlap"),
    "51 classes": Kind(
        zipped({f"{number:02}/1.jpg": picture() for number in range(51)}), {}, "pets.zip holds 51 classes: 00, 01, 02"
    ),
    "two data sets": Kind(
        zipped(two_classes("a/") | two_classes("b/")),
        {},
        "several folders that could be the data set or its classes: a, b.",
    ),
    "a set for finding objects": Kind(
        zipped(pictures("images/1.jpg", "labels/2.jpg")), {}, "as data sets for finding objects do."
    ),
    "train and val without classes": Kind(
        zipped(pictures("train/x.jpg", "val/y.jpg")), {}, "and nothing says which class each is of."
    ),
    "damaged pictures alone": Kind(
        zipped({"cat/1.png": b"\x89PNG\r\n\x1a\n", "dog/2.png": b"\x89PNG"}), {}, "It is damaged"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str, tmp_path: Path):
    kind = REFUSED[name]
    with pytest.raises(UserError) as caught:
        plan_of(kind, tmp_path)
    assert kind.says in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == [kind.name]


OFFERED = {
    "numbered names": Kind(
        zipped(pictures("cat_001.jpg", "cat_002.jpg", "dog_001.jpg", "dog_002.jpg")),
        TWO,
        "Take the beginnings of the files' names for the classes: cat (2), dog (2)?",
    ),
    "names as of Kaggle": Kind(
        zipped(pictures("train/cat.0.jpg", "train/cat.1.jpg", "train/dog.0.jpg", "train/dog.1.jpg")),
        TWO,
        "Take the beginnings of the files' names for the classes: cat (2), dog (2)?",
    ),
}


@pytest.mark.parametrize("name", OFFERED)
def test_classes_in_names_are_only_offered(name: str, tmp_path: Path):
    kind = OFFERED[name]
    plan = plan_of(kind, tmp_path)
    assert not plan.pictures and kind.says in said(plan)
    taken = understand(plan.source, by_name=plan.offers[0].by_name, into=plan.offers[0].into)
    assert {each.name: each.count for each in taken.classes} == kind.classes


@pytest.mark.parametrize(
    "names", [("IMG_1.jpg", "IMG_2.jpg", "DSC1.jpg", "DSC2.jpg"), ("a.jpg", "b.jpg"), ("cat1.jpg", "dog1.jpg")]
)
def test_what_is_in_names_is_not_offered_where_it_is_doubtful(names, tmp_path: Path):
    plan = plan_of(Kind(zipped(pictures(*names)), {}, name="holiday.zip"), tmp_path)
    assert [(each.by_name, each.into) for each in plan.offers] == [(False, "holiday")]


def test_one_folder_of_pictures_is_offered_as_a_class(tmp_path: Path):
    plan = plan_of(Kind(zipped(pictures("cat/a.jpg", "cat/b.jpg")), {}), tmp_path)
    assert [each.question for each in plan.offers] == ["Take 2 pictures for one class, cat?"]
    assert counts(understand(plan.source, into="cat")) == {"cat": 2}


def test_all_pictures_come_into_a_class_that_is_named(tmp_path: Path):
    (tmp_path / "pets.zip").write_bytes(zipped(two_classes("train/") | {"readme.txt": b"hello"}))
    plan = understand(Source("pets.zip", tmp_path / "pets.zip"), into="animal")
    assert counts(plan) == {"animal": 4}
    assert [each.name for each in plan.skipped] == ["readme.txt"]


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_every_file_is_accounted_for(name: str, tmp_path: Path):
    """Each is taken over, left out with a reason, or a system's own."""
    kind = UNDERSTOOD[name]
    plan = plan_of(kind, tmp_path)
    if not zipfile.is_zipfile(tmp_path / kind.name):
        return
    listed = [entry for entry in zipfile.ZipFile(io.BytesIO(kind.content)).namelist() if not entry.endswith("/")]
    hidden = [note for note in plan.notes if "systems and programs" in note]
    count = int(hidden[0].split()[0]) if hidden else 0
    assert len(plan.pictures) + len(plan.skipped) + count == len(listed)
    assert all(each.reason and each.name for each in plan.skipped)


def test_what_would_take_more_than_there_is_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qtl_core.pictures.archives.zip_files.MOST_BYTES", 3_000)
    with pytest.raises(UserError, match=r"It would take 0\.0 GB unpacked; up to 0\.0 GB are read\."):
        plan_of(Kind(zipped(two_classes()), {}), tmp_path)

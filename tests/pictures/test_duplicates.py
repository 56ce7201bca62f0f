"""Pictures that are there more than once: found in every disguise that is no new picture, and kept on one side."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.pictures.sources import perceptual_hash as looking
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.pictures.sources.duplicates import MAX_DIFFERENCE, find_copies, groups_of
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.perceptual_hash import contrast_of, perceptual_hashes
from qtl_core.pictures.sources.split import TRAIN_SHARE, split_pictures
from tests.conftest import SHARED, needs_shared


def scene(seed: int, size: tuple[int, int] = (90, 60)) -> Image.Image:
    """A picture of soft blobs, as unlike another as two photos are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def stored(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def put(root: Path, **files: bytes) -> Path:
    for name, content in files.items():
        place = root / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def png(seed: int) -> bytes:
    return stored(scene(seed), "PNG")


def noted(text: str) -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", text)
    return info


DISGUISES: dict[str, Callable[[Image.Image], bytes]] = {
    "the same bytes": lambda image: stored(image, "PNG"),
    "other metadata": lambda image: stored(image, "PNG", pnginfo=noted("a copy")),
    "another compression": lambda image: stored(image, "PNG", compress_level=1),
    "BMP": lambda image: stored(image, "BMP"),
    "JPEG": lambda image: stored(image, "JPEG", quality=90),
    "poor JPEG": lambda image: stored(image, "JPEG", quality=30),
    "WebP": lambda image: stored(image, "WEBP", quality=60),
    "half its size": lambda image: stored(image.resize((image.width // 2, image.height // 2)), "PNG"),
    "twice its size": lambda image: stored(image.resize((image.width * 2, image.height * 2)), "JPEG"),
    "squeezed to a square": lambda image: stored(image.resize((64, 64)), "PNG"),
    "twelve times its size, by a camera held sideways": lambda image: stored(
        image.resize((image.width * 12, image.height * 12)).transpose(Image.Transpose.ROTATE_90),
        "JPEG",
        exif=_turned_back(),
    ),
    "turned by its metadata": lambda image: stored(
        image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=90, exif=_turned_back()
    ),
}
CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "other colours": lambda image: Image.merge("RGB", image.split()[::-1]),
    "much darker": lambda image: image.point(lambda value: value // 2),
    "its middle": lambda image: image.crop((20, 15, 70, 45)),
}


def _turned_back() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_across_the_parts_is_found_in_every_disguise(tmp_path, disguise):
    files = {
        f"{part}__{name}__{n}.png": png(10 * at + n)
        for at, (part, name) in enumerate([("train", "a"), ("train", "b"), ("val", "a"), ("val", "b")])
        for n in range(2)
    }
    put(tmp_path, **files, val__a__copy=DISGUISES[disguise](scene(1)))
    data = read_folder(tmp_path)
    (copy,) = data.copies
    assert (copy.one.path, copy.other.path) == (tmp_path / "train/a/1.png", tmp_path / "val/a/copy")
    assert copy.is_across and not copy.has_two_labels and copy.same_bytes == (disguise == "the same bytes")
    (note,) = data.notes
    assert "1 of 5 validation pictures is a copy of one that is trained on" in note
    assert (
        "val/a/copy = train/a/1.png" in note
        and ("(1 byte for byte)" if copy.same_bytes else "(1 nearly equal, as after") in note
    )
    assert note.endswith("take them out of one of the two parts.")


@pytest.mark.parametrize("change", CHANGES)
@given(st.integers(0, 10_000))
def test_another_picture_is_no_copy(tmp_path_factory, change, seed):
    folder = tmp_path_factory.mktemp("two")
    files = [folder / "one.png", folder / "other.png"]
    scene(seed).save(files[0])
    CHANGES[change](scene(seed)).save(files[1])
    assert groups_of(list(perceptual_hashes(files, never_stop))) == [0, 1]


def test_plain_pictures_are_copies_only_where_every_pixel_is_equal(tmp_path):
    for name, colour, options in (("1", 100, {}), ("2", 101, {}), ("3", 100, {"pnginfo": noted("x")})):
        Image.new("RGB", (32, 32), (colour, 0, 0)).save(tmp_path / name, "PNG", **options)
    one, other, same = groups_of(list(perceptual_hashes(sorted(tmp_path.iterdir()), never_stop)))
    assert one == same != other


def test_a_picture_under_two_classes_is_said_and_so_is_a_whole_class_of_them(tmp_path):
    put(
        tmp_path,
        **{
            f"{part}__{name}__{n}.png": png(n + 100 * (part == "val"))
            for part in ("train", "val")
            for name in "ab"
            for n in range(3)
        },
    )
    data = read_folder(tmp_path)
    assert [copy.has_two_labels for copy in data.copies] == [True] * 6 and not any(
        copy.is_across for copy in data.copies
    )
    (note,) = data.notes
    assert "6 pictures are there under two classes, which cannot both be right: train/b/0.png = train/a/0.png" in note


def test_copies_within_a_part_are_listed_without_a_warning(tmp_path):
    put(
        tmp_path,
        **{
            f"{part}__{name}__{n}.png": png("train val a b".index(part) + 50 * "ab".index(name))
            for part in ("train", "val")
            for name in "ab"
            for n in range(3)
        },
    )
    data = read_folder(tmp_path)
    assert len(data.copies) == 8 and data.notes == ()


@given(st.data())
def test_no_group_of_copies_is_on_both_sides_and_without_copies_all_is_as_ever(data):
    """Any grouping: within classes and across them; what cannot be divided is refused."""
    sizes = data.draw(st.lists(st.integers(2, 9), min_size=2, max_size=4))
    classes = {f"c{at}": [Path(f"c{at}/{n}.jpg") for n in range(size)] for at, size in enumerate(sizes)}
    files = [file for each in classes.values() for file in each]
    groups = {file: data.draw(st.integers(0, len(files))) for file in files}
    try:
        sides = split_pictures(classes, groups, Path("set"))
    except UserError as error:
        assert "one usable picture only, and copies of it" in error.what or "copies of pictures in other" in error.why
    else:
        assert all(sides[one] == sides[other] for one in files for other in files if groups[one] == groups[other])
        assert all({sides[file] for file in each} == {True, False} for each in classes.values())
    alone = split_pictures(classes, {file: number for number, file in enumerate(files)}, Path("set"))
    assert alone == as_before(classes)


def as_before(classes: dict[str, list[Path]]) -> dict[Path, bool]:
    """How folders were divided before copies counted: old runs were trained on that."""
    import hashlib

    sides = {}
    for files in classes.values():
        by_hash = sorted(files, key=lambda file: hashlib.sha256(file.name.encode()).digest())
        cut = min(max(round(TRAIN_SHARE * len(files)), 1), len(files) - 1)
        sides |= {file: at < cut for at, file in enumerate(by_hash)}
    return sides


@pytest.mark.parametrize("disguise", ["the same bytes", "other metadata", "poor JPEG"])
def test_the_apps_own_split_keeps_copies_on_one_side_also_across_classes(tmp_path, disguise):
    files = {f"{name}__{n}.png": png(100 * at + n) for at, name in enumerate("ab") for n in range(6)}
    files |= {
        f"{name}__{n}_copy": DISGUISES[disguise](scene(100 * at + n)) for at, name in enumerate("ab") for n in range(6)
    }
    files["b__other"] = DISGUISES[disguise](scene(3))
    data = read_folder(put(tmp_path, **files))
    assert len(data.copies) == 13 and not any(copy.is_across for copy in data.copies)
    assert len(data.train) + len(data.val) == 25
    assert {picture.label for picture in data.val} == {0, 1}
    assert any("12 pictures are copies of others of the same class" in note for note in data.notes)
    assert any("1 picture is there under two classes" in note for note in data.notes)


def test_a_class_of_one_picture_and_its_copies_is_refused(tmp_path):
    put(tmp_path, a__1=png(1), a__2=png(2), b__1=png(3), b__2=png(3))
    with pytest.raises(UserError, match=r"The class b in .* has one usable picture only, and copies of it"):
        read_folder(tmp_path)


def test_where_all_of_a_class_looks_alike_the_split_is_made_and_the_copies_are_said(tmp_path):
    put(tmp_path, a__1=png(1), a__2=png(2), b__1=png(3), b__2=DISGUISES["poor JPEG"](scene(3)))
    data = read_folder(tmp_path)
    assert [copy.is_across for copy in data.copies] == [True]
    assert any("1 of 2 validation pictures is a copy" in note for note in data.notes)
    assert any("kept together, they would leave a class without pictures" in note for note in data.notes)


def test_looks_are_computed_once_and_again_when_a_file_changes(tmp_path, monkeypatch):
    files = [put(tmp_path, one=png(1)) / "one", put(tmp_path, two=png(2)) / "two", tmp_path / "missing"]
    first = list(perceptual_hashes(files, never_stop))
    assert first[2] is None and None not in first[:2]
    computed = []
    monkeypatch.setattr(looking, "open_picture", lambda content: computed.append(content) or scene(9))
    assert list(perceptual_hashes(files, never_stop)) == first and computed == []
    put(tmp_path, two=png(33))
    again = list(perceptual_hashes(files, never_stop))
    assert again[0] == first[0] and computed == [png(33)]


def test_damaged_looks_are_computed_again(tmp_path, own_home):
    files = [put(tmp_path, one=png(1)) / "one"]
    first = list(perceptual_hashes(files, never_stop))
    (kept,) = (own_home / "features").glob("looks-*.sqlite")
    kept.write_bytes(b"no database" * 1000)
    assert list(perceptual_hashes(files, never_stop)) == first == list(perceptual_hashes(files, never_stop))
    assert kept.read_bytes()[:6] == b"SQLite"


def test_comparing_can_be_stopped(tmp_path):
    with pytest.raises(StoppedByUser):
        list(perceptual_hashes([put(tmp_path, one=png(1)) / "one"], lambda: True))
    with pytest.raises(StoppedByUser):
        groups_of(list(perceptual_hashes([tmp_path / "one"] * 2, never_stop)), should_stop=lambda: True)


@given(st.integers(2, 40), st.integers(1, 6), st.integers(0, 1000))
def test_groups_are_those_of_comparing_every_two(count, kinds, seed):
    """In blocks and sorted by brightness, or one by one: the same groups."""
    rng = np.random.default_rng(seed)
    bases = rng.integers(0, 256, (kinds, looking.SIDE**2 * 3))
    points = np.clip(bases[rng.integers(0, kinds, count)] + rng.normal(0, 6, (count, looking.SIDE**2 * 3)), 0, 255)
    looks = [looking.PerceptualHash(str(at), each.tobytes()) for at, each in enumerate(points.astype(np.uint8))]
    points, contrasts = points.astype(np.uint8).astype(float), contrast_of(points.astype(np.uint8))
    home = list(range(count))
    for one in range(count):
        for other in range(one):
            differ = np.sqrt(np.mean((points[one] - points[other]) ** 2))
            if differ < MAX_DIFFERENCE * min(contrasts[one], contrasts[other]):
                home = [home[other] if each == home[one] else each for each in home]
    found = groups_of(looks)
    assert [found.index(each) for each in found] == [home.index(each) for each in home]
    pictures = [Picture(Path(str(at)), 0, "train") for at in range(count)]
    assert len(find_copies(pictures, looks, found)) == count - len(set(home))


@pytest.mark.shared
@needs_shared
def test_no_photo_of_the_archive_is_there_twice() -> None:
    """So that reading the archive's own photos need not compare them."""
    assert read_folder(SHARED / "datasets/hymenoptera_data").copies == ()

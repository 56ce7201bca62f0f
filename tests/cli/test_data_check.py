"""`data check`: what would spoil a result, a line or an object each, of a data set made here and of a folder."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.editing import move, remove
from qtl_core.pictures.datasets.minding import keep_as_they_are, keep_together
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.findings.check import CheckRequest, check_pictures, checked_set
from qtl_core.settings import DataSettings
from tests.helpers.shell import shell


def photo(seed: int, brightness: float = 1.0) -> bytes:
    draw = np.random.default_rng(seed)
    coarse = Image.fromarray(draw.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize(
        (240, 160), Image.Resampling.BICUBIC
    )
    grain = draw.normal(0, 25, (160, 240, 1))
    stream = io.BytesIO()
    pixels = np.clip((np.asarray(coarse) + grain) * brightness, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def pets() -> str:
    """A set with a photo that is there again, brighter, and a dark one; the copies are of the same class."""
    made = create("pets", ("cats", "dogs"))
    cats, dogs = (each.id for each in made.classes)
    files = [Incoming(cats, photo(seed), f"cat of {name}.png") for seed, name in enumerate("abcdefgh")]
    files += [Incoming(dogs, photo(100 + seed), f"dog of {name}.png") for seed, name in enumerate("abcdefgh")]
    files += [Incoming(cats, photo(0, 1.3), "cat again.png"), Incoming(dogs, photo(50, 0.1), "night.png")]
    assert not [each.reason for each in add_many(made.id, files) if each.reason]
    return made.id


def told(capsys, *words) -> list[dict]:
    done = shell(capsys, "data", "check", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


def test_a_set_is_checked_by_its_name_one_object_a_finding(capsys, pets):
    found = told(capsys, "pets")
    kinds = [each["kind"] for each in found]
    assert kinds[0] in ("copies", "copies across parts")
    assert kinds[1:] == ["class too small", "dark"]
    assert sorted(found[0]["files"]) == ["cats/cat again.png", "cats/cat of a.png"]
    assert (found[1]["files"], found[1]["classes"]) == ([], ["cats", "dogs"])
    assert found[2]["files"] == ["dogs/night.png"]


def test_lines_say_the_same_in_words(capsys, pets):
    done = shell(capsys, "data", "check", pets)
    assert done.stdout.count("\n") == 3
    assert "dark: 1 picture is so dark that hardly anything can be seen. dogs/night.png" in done.stdout
    assert "Wrong labels are looked for once every class has 10 pictures." in done.stderr


def test_what_was_mended_or_called_no_fault_is_not_found_again(capsys, pets):
    report = check_pictures(
        checked_set(CheckRequest(DataSettings(), pets), lambda _: None, lambda: False),
        DataSettings(),
        lambda _: None,
        lambda: False,
    )
    copies, _, dark = report.findings
    keep_as_they_are(pets, [copies.key, dark.each[0].key])
    assert [each["kind"] for each in told(capsys, pets)] == ["class too small"]


def test_copies_that_are_kept_together_are_settled(capsys, pets):
    (again,) = (each for each in pictures_of(pets) if each.name == "cat again.png")
    (first,) = (each for each in pictures_of(pets) if each.name == "cat of a.png")
    keep_together(pets, [first.id, again.id])
    assert [each["kind"] for each in told(capsys, pets)] == ["class too small", "dark"]
    remove(pets, [again.id])
    assert [each["kind"] for each in told(capsys, pets)] == ["class too small", "dark"]


def test_a_copy_in_another_class_is_the_gravest_but_for_a_leak(capsys, pets):
    (again,) = (each for each in pictures_of(pets) if each.name == "cat again.png")
    dogs = next(each.class_id for each in pictures_of(pets) if each.name == "night.png")
    move(pets, [again.id], dogs)
    first = told(capsys, pets)[0]
    assert first["kind"] == "copies in two classes"
    assert sorted(first["files"]) == ["cats/cat of a.png", "dogs/cat again.png"]


def put(root: Path, **files: bytes) -> Path:
    for name, content in files.items():
        place = root / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def test_a_folder_is_checked_too(capsys, tmp_path):
    folder = put(
        tmp_path / "mine",
        **{"train__a__1.png": photo(1), "train__b__2.png": photo(2), "val__a__3.png": photo(1, 0.7)},
        **{"val__b__4.png": photo(4)},
    )
    found = told(capsys, folder)
    assert [each["kind"] for each in found] == ["copies across parts", "class too small"]
    assert (found[0]["files"], found[0]["parts"]) == (["a/1.png", "a/3.png"], ["train", "val"])


def test_what_is_not_there_is_said(capsys):
    done = shell(capsys, "data", "check", "nothing of the kind")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "nothing of the kind" in done.stderr

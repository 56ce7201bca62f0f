"""A plan that was shown is what comes into the set: classes, parts and pictures, and what did not come is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.archives.plan import ArchivePlan, Source
from qtl_core.pictures.archives.taking_over import take_over
from qtl_core.pictures.archives.understanding import understand
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.undoing import undo
from tests.helpers import odd_archives as odd
from tests.helpers.odd_archives import picture, pictures, tarred, two_classes, written, zipped
from tests.helpers.pictures_with_metadata import SECRETS, heic, jpeg


def planned(tmp_path: Path, content: bytes, name: str = "pets.zip", **options) -> ArchivePlan:
    (tmp_path / name).write_bytes(content)
    return understand(Source(name, tmp_path / name), **options)


def in_set(set_id: str) -> dict[str, int]:
    return {each.name: each.count for each in find(set_id).classes}


def test_classes_and_pictures_come_in(tmp_path: Path):
    made = create("Pets")
    taken = take_over(planned(tmp_path, zipped(two_classes())), made.id)
    assert (taken.added, taken.skipped, taken.was_stopped) == (4, (), False)
    assert in_set(made.id) == {"cat": 2, "dog": 2}
    assert {each.origin for each in pictures_of(made.id)} == {"archive"}


def test_all_that_came_is_one_step_that_is_taken_back(tmp_path: Path):
    made = create("Pets", ["cat", "bird"])
    take_over(planned(tmp_path, zipped(two_classes())), made.id)
    assert undo(made.id) == "4 pictures taken over from pets.zip"
    assert in_set(made.id) == {"cat": 0, "bird": 0}
    assert undo(made.id) == ""


def test_parts_come_along(tmp_path: Path):
    files = two_classes("train/") | two_classes("val/", 1) | two_classes("test/", 1)
    made = create("Pets")
    take_over(planned(tmp_path, zipped(files)), made.id)
    found = [(each.part, each.chosen_part) for each in pictures_of(made.id)]
    assert sorted(found) == [("test", "test")] * 2 + [("train", "train")] * 4 + [("val", "val")] * 2


def test_what_came_without_parts_is_divided_by_the_set(tmp_path: Path):
    made = create("Pets")
    take_over(planned(tmp_path, zipped(two_classes(each=4))), made.id)
    assert {each.chosen_part for each in pictures_of(made.id)} == {None}
    assert {each.part for each in pictures_of(made.id)} == {"train", "val"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_tar_comes_in(tmp_path: Path, mode: str):
    made = create("Pets")
    taken = take_over(planned(tmp_path, tarred(two_classes("pets/"), mode), "pets.tar"), made.id)
    assert (taken.added, in_set(made.id)) == (4, {"cat": 2, "dog": 2})


def test_a_folder_and_dropped_files_come_in(tmp_path: Path):
    folder = written(tmp_path / "pets", two_classes())
    made = create("Pets")
    assert take_over(understand(Source("pets", folder)), made.id).added == 4
    files = pictures("cat/x.jpg", "bird/y.jpg")
    more = written(tmp_path / "more", {name: picture(900 + number) for number, name in enumerate(files)})
    assert take_over(understand(Source("more", files=tuple((each, more / each) for each in files))), made.id).added == 2
    assert in_set(made.id) == {"cat": 3, "dog": 2, "bird": 1}


def test_a_class_that_is_there_is_filled_up_in_whatever_case(tmp_path: Path):
    made = create("Pets", ["Cat", "Bird"])
    take_over(planned(tmp_path, zipped(two_classes())), made.id)
    assert in_set(made.id) == {"Cat": 2, "Bird": 0, "dog": 2}


def test_what_does_not_come_in_is_said(tmp_path: Path):
    files = two_classes() | {"cat/again.jpg": two_classes()["cat/0.jpg"], "dog/cut.jpg": picture(77)[:-200]}
    made = create("Pets")
    taken = take_over(planned(tmp_path, zipped(files | {"a.txt": b"hello"})), made.id)
    assert taken.added == 4
    assert [(each.name, each.reason) for each in taken.skipped] == [
        ("a.txt", "It is not a picture of a kind read here (JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF)."),
        ("cat/again.jpg", "It is there already, in the class cat: the same picture, byte for byte."),
        ("dog/cut.jpg", "It is damaged or cut short."),
    ]


def test_a_damaged_entry_is_said_and_the_others_come(tmp_path: Path):
    content = zipped(two_classes())
    at = content.index(two_classes()["dog/1.jpg"]) + 300
    plan = planned(tmp_path, content)
    (tmp_path / "pets.zip").write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
    taken = take_over(plan, create("Pets").id)
    assert (taken.added, [each.name for each in taken.skipped]) == (3, ["dog/1.jpg"])
    assert taken.skipped[0].reason == "It is damaged in the archive, or packed in a way that is not read here."


def test_metadata_stays_behind(tmp_path: Path):
    made = create("Pets")
    take_over(planned(tmp_path, zipped({"cat/1.jpg": jpeg(), "dog/2.jpg": heic()})), made.id)
    kept = [each.path.read_bytes() for each in pictures_of(made.id)]
    assert len(kept) == 2 and not [secret for secret in SECRETS for content in kept if secret in content]
    assert sorted(each.path.suffix for each in pictures_of(made.id)) == [".heic", ".jpg"]


def test_a_picture_that_is_too_large_is_made_smaller_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QTL_OWN_KEPT_MEGAPIXELS", "1")
    from PIL import Image

    from tests.helpers.pictures_with_metadata import stored

    large = stored("JPEG", Image.effect_noise((1300, 1000), 60).convert("RGB"))
    taken = take_over(planned(tmp_path, zipped({"cat/1.jpg": large, "dog/2.jpg": picture()})), create("Pets").id)
    assert [(each.name, each.reason) for each in taken.changed] == [
        (
            "cat/1.jpg",
            "It had 1.3 million pixels, more than the 1.0 million that are kept: it is kept as a JPEG of 1140 x 877.",
        )
    ]


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QTL_OWN_PICTURE_MB", "1")
    large = picture() + bytes(range(256)) * 4200
    taken = take_over(planned(tmp_path, zipped(two_classes() | {"cat/9.jpg": large})), create("Pets").id)
    assert [each.reason for each in taken.skipped] == ["The file is larger than the 1 MB that are taken in."]


def test_it_tells_how_far_it_is(tmp_path: Path):
    seen: list[tuple[int, int]] = []
    plan = planned(tmp_path, zipped(two_classes()))
    take_over(plan, create("Pets").id, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_came_before_a_stop_stays(tmp_path: Path):
    made, asked = create("Pets"), iter([False, False, True])
    taken = take_over(planned(tmp_path, zipped(two_classes())), made.id, should_stop=lambda: next(asked))
    assert (taken.added, taken.was_stopped) == (2, True)
    assert sum(in_set(made.id).values()) == 2


def test_an_archive_that_was_changed_meanwhile_is_refused(tmp_path: Path):
    plan, made = planned(tmp_path, zipped(two_classes())), create("Pets")
    (tmp_path / "pets.zip").write_bytes(zipped({"other.jpg": picture()}))
    taken = take_over(plan, made.id)
    assert taken.added == 0
    assert {each.reason for each in taken.skipped} == {"It is not there any more."}
    (tmp_path / "pets.zip").write_bytes(b"PK\3\4 not any more")
    with pytest.raises(UserError, match="It was changed, or taken away, since it was looked through"):
        take_over(plan, made.id)


def test_more_classes_than_a_set_has_are_refused_before_one_is_made(tmp_path: Path):
    made = create("Pets", [f"class {number}" for number in range(49)])
    with pytest.raises(UserError, match=r"pets\.zip would bring the data set to 51 classes"):
        take_over(planned(tmp_path, zipped(two_classes())), made.id)
    assert len(find(made.id).classes) == 49


def test_names_with_markup_and_paths_are_names_alone(tmp_path: Path):
    made = create("Pets")
    files = pictures("<b>cat[x](y)/<img src=x onerror=alert(1)>.jpg", "CON/nul.jpg")
    assert take_over(planned(tmp_path, zipped(files)), made.id).added == 2
    assert {each.path.parent.parent.name for each in pictures_of(made.id)} == {"pictures"}
    assert in_set(made.id) == {"<b>cat[x](y)": 1, "CON": 1}


def test_nothing_is_written_outside_the_set(tmp_path: Path, own_home: Path):
    files = two_classes() | pictures("../../evil.jpg", "/evil.jpg", "cat/../../evil.jpg")
    take_over(planned(tmp_path, odd.with_link(files, "cat/link.jpg", "/etc/passwd")), create("Pets").id)
    found = [each.name for each in (*own_home.rglob("*"), *tmp_path.rglob("*")) if each.is_file()]
    assert not [name for name in found if "evil" in name or "link" in name or name == "passwd"]
    assert sum(name.endswith(".jpg") for name in found) == 4

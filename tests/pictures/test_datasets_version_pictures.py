"""The pictures of a version with their groups: a burst that was cut, and what came and went since."""

from __future__ import annotations

from qtl_core.pictures.datasets.adding import Incoming, add_many, add_picture
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.editing import add_class, remove
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.version_pictures import (
    Changes,
    changes_since,
    cut_classes,
    groups_of_files,
    version_pictures,
)
from qtl_core.pictures.datasets.versions import dataset_of, freeze
from tests.helpers.own_sets import made_set, picture


def burst_and_singles(*bursts: int) -> DatasetRecord:
    """A class of bursts of so many frames, and one of ten single pictures."""
    record = create("cups", ("cup", "pen"))
    cup, pen = (each.id for each in record.classes)
    sizes = [(number, at) for number, size in enumerate(bursts) for at in range(size)]
    files = [Incoming(cup, picture(0, 100 * n + at), f"{n} {at}.jpg", f"burst {n}") for n, at in sizes]
    files += [Incoming(pen, picture(1, at), f"pen {at}.jpg") for at in range(10)]
    assert all(added.picture for added in add_many(record.id, files))
    return record


def test_a_class_of_one_burst_is_cut_and_one_of_two_is_not():
    one, two = burst_and_singles(10), burst_and_singles(5, 5)
    assert cut_classes(version_pictures(one.id, freeze(one.id).number)) == ("cup",)
    assert cut_classes(version_pictures(two.id, freeze(two.id).number)) == ()


def test_the_files_of_a_burst_have_one_group_also_after_they_were_removed():
    record = burst_and_singles(5, 5)
    version = freeze(record.id)
    files = [str(each.path) for each in dataset_of(version).val]
    remove(record.id, [each.id for each in pictures_of(record.id) if each.group])
    groups = groups_of_files(version_pictures(record.id, version.number), files)
    assert len(set(groups)) == 1 + sum("pen" in file.rsplit("/", 1)[1] for file in files) < len(files)


def test_a_picture_that_went_does_not_hide_one_that_came():
    record = made_set(8, 8)
    number = freeze(record.id).number
    assert changes_since(record.id, number) == Changes(0, 0, 0)
    remove(record.id, [pictures_of(record.id)[0].id])
    add_picture(record.id, record.classes[1].id, picture(1, 70), "more.jpg")
    assert changes_since(record.id, number) == Changes(came=1, gone=1, aside=0)


def test_pictures_of_a_class_that_was_left_out_did_not_come_since():
    record = made_set(8, 8)
    add_picture(record.id, add_class(record.id, "third").id, picture(2, 1), "only.jpg")
    assert changes_since(record.id, freeze(record.id).number) == Changes(0, 0, 0)

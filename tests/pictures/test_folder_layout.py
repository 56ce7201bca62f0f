"""Data sets as people have them on disk: found whatever the parts are called and wherever they lie, or refused."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.class_names import alike, differing_in_case, paired, part_of, places_among
from qtl_core.pictures.sources.dataset_search import DiskTree, Search
from qtl_core.pictures.sources.folder_layout import LOOSE, UNUSED, FolderLayout, find_classes
from qtl_core.pictures.sources.folder_walk import listing

NAMES = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
CLASSES = ("café", "naïve ant", "Ωmega")
BESIDE = ("README.md", "LICENSE", "labels.csv", ".DS_Store", "Thumbs.db", "__MACOSX/._x.png", ".git/x.png", "a.pdf")


def put(root: Path, *names: str) -> Path:
    """Makes empty files: where pictures lie is told by their names."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def found(layout: FolderLayout, root: Path) -> dict:
    """The class folders by part and class, below the root."""
    return {
        part: {name: [folder.relative_to(root).as_posix() for folder in folders] for name, folders in classes.items()}
        for part, classes in layout.parts.items()
    }


def sentence(root: Path) -> str:
    with pytest.raises(UserError) as caught:
        find_classes(root)
    return str(caught.value)


def spelt(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One of the names in any case, with what people put behind it."""
    case = st.sampled_from((str.lower, str.upper, str.title, str.swapcase, lambda name: name[:2].upper() + name[2:]))
    ending = st.sampled_from(("", "", "", "_set", "-data", " images", "ing_set"[3:]))
    return st.builds(lambda name, change, end: change(name) + end, st.sampled_from(names), case, ending)


@given(
    spelt(NAMES["train"]),
    spelt(NAMES["val"]),
    st.none() | spelt(NAMES["test"]),
    st.lists(st.sampled_from(("hymenoptera_data", "data", "Neuer Ordner (2)", "test", "x.zip")), max_size=3),
    st.sets(st.sampled_from(BESIDE)),
    st.tuples(*[st.sampled_from(("NFC", "NFD"))] * 2),
)
def test_the_parts_are_found_by_any_usual_name_at_any_depth_in_either_spelling(train, val, test, around, beside, forms):
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        inner = root.joinpath(*around)
        spellings = [[unicodedata.normalize(form, name) for name in CLASSES] for form in forms]
        for part, classes in zip((train, val), spellings, strict=True):
            put(inner, *(f"{part}/{name}/1.jpg" for name in classes))
        if test:
            put(inner, *(f"{test}/{name}/1.jpg" for name in CLASSES))
        for folder in {root, inner}:
            put(folder, *beside)
        layout = find_classes(root)
        above = "/".join([*around, ""])
        expected = CLASSES if forms[0] != forms[1] else spellings[0]
        own_names = {train: spellings[0], val: spellings[1]} | ({test: CLASSES} if test else {})
        assert found(layout, root) == {
            part: {
                name: [f"{above}{folder}/{own}"] for name, own in sorted(zip(expected, own_names[folder], strict=True))
            }
            for part, folder in zip(("train", "val", "test"), own_names, strict=False)
        }
        assert list(layout.parts["train"]) == list(layout.parts["val"])
        said = " ".join(layout.notes)
        assert ((train, val) == ("train", "val")) == ("taken for training" not in said)
        assert bool(around) == (f"taken from {above.rstrip('/')}." in said)
        assert "left aside" not in said
        assert ("look the same" in said) == (forms[0] != forms[1])
        assert layout.skipped == ()


@pytest.mark.parametrize("test", ["test", "Testing"])
def test_without_a_val_the_test_part_is_validated_with_and_that_is_said(tmp_path, test):
    put(tmp_path, "train/a/1.jpg", "train/b/1.jpg", f"{test}/a/2.jpg", f"{test}/b/2.jpg")
    layout = find_classes(tmp_path)
    assert found(layout, tmp_path)["val"] == {"a": [f"{test}/a"], "b": [f"{test}/b"]}
    assert f"train is taken for training and {test} for validation." in layout.notes
    assert "no test of it any more" in layout.notes[1]


@pytest.mark.parametrize("names", [("train", "Train"), ("train", "training"), ("Training", "train_set")])
def test_two_folders_for_one_part_are_refused_by_name(tmp_path, names):
    for part in (*names, "val"):
        put(tmp_path, f"{part}/a/1.jpg", f"{part}/b/1.jpg")
    said = sentence(tmp_path)
    assert "has 2 folders for training: " in said and all(name in said for name in names) and "Leave only one" in said


def test_val_beside_valid_is_refused_and_an_empty_one_is_not(tmp_path):
    put(tmp_path, *(f"{part}/{name}/1.jpg" for part in ("train", "val", "valid") for name in "ab"))
    assert "2 folders for validation: val and valid" in sentence(tmp_path)
    (tmp_path / "val").rename(tmp_path / "Validation set of last year")
    layout = find_classes(tmp_path)
    assert list(found(layout, tmp_path)["val"].values()) == [["valid/a"], ["valid/b"]]
    assert [(each.path.name, each.reason) for each in layout.skipped] == [("Validation set of last year", UNUSED)]


def test_what_is_missing_is_named_with_what_was_found(tmp_path):
    put(tmp_path / "one", "Training/a/1.jpg", "Training/b/1.jpg")
    assert "has Training but no val" in sentence(tmp_path / "one")
    assert f"Or give the path of {tmp_path / 'one/Training'}" in sentence(tmp_path / "one")
    put(tmp_path / "two", "valid/a/1.jpg", "valid/b/1.jpg", "test/a/1.jpg", "test/b/1.jpg")
    assert "has valid, test but no train" in sentence(tmp_path / "two")


def test_parts_without_classes_are_told_so(tmp_path):
    put(tmp_path / "csv", "train/1.jpg", "train/_classes.csv", "valid/2.jpg", "valid/_classes.csv")
    assert "train and valid in" in sentence(tmp_path / "csv") and "Pictures lie directly there" in sentence(
        tmp_path / "csv"
    )
    put(tmp_path / "half", "train/a/1.jpg", "train/b/1.jpg", "val/2.jpg")
    assert "val in" in sentence(tmp_path / "half") and "has no class folders" in sentence(tmp_path / "half")
    put(
        tmp_path / "boxes",
        *(
            f"{part}/{kind}/1.{end}"
            for part in ("train", "valid")
            for kind, end in (("images", "jpg"), ("labels", "txt"))
        ),
    )
    assert "images and labels, as data sets for finding objects do" in sentence(tmp_path / "boxes")
    put(tmp_path / "round", "ants/train/1.jpg", "ants/val/1.jpg", "bees/train/1.jpg", "bees/val/1.jpg")
    assert "Turn them round, to train/ants" in sentence(tmp_path / "round")


@given(st.sets(st.sampled_from((*NAMES["train"], *NAMES["val"], *NAMES["test"], "Train", "TEST")), min_size=1))
def test_a_class_may_have_the_name_of_a_part(names):
    with tempfile.TemporaryDirectory() as made:
        root = put(Path(made), *(f"{name}/{number}.jpg" for name in ("bus", *names) for number in range(2)))
        assert found(find_classes(root), root) == {None: {name: [name] for name in sorted(("bus", *names))}}
        for part in ("train", "val"):
            put(root / "split" / part, *(f"{name}/1.jpg" for name in ("bus", *names)))
        assert set(find_classes(root / "split").parts["train"]) == {"bus", *names}


def test_classes_alone_in_wrappers_with_pictures_beside_them(tmp_path):
    put(tmp_path, "README", "cover.jpg", "my set/v2/ants/1.jpg", "my set/v2/bees/1.jpg", "my set/v2/loose.png")
    layout = find_classes(tmp_path)
    assert found(layout, tmp_path) == {None: {"ants": ["my set/v2/ants"], "bees": ["my set/v2/bees"]}}
    assert layout.notes == ("The data set is taken from my set/v2.",)
    assert {each.path.name: each.reason for each in layout.skipped} == {"cover.jpg": LOOSE, "loose.png": LOOSE}


def test_a_wrapper_of_its_own_around_each_part(tmp_path):
    put(
        tmp_path, *(f"{part}/{part}/{name}/1.jpg" for part in ("training_set", "test_set") for name in ("cats", "dogs"))
    )
    assert found(find_classes(tmp_path), tmp_path) == {
        "train": {name: [f"training_set/training_set/{name}"] for name in ("cats", "dogs")},
        "val": {name: [f"test_set/test_set/{name}"] for name in ("cats", "dogs")},
    }


def test_several_data_sets_are_named_and_one_with_parts_goes_first(tmp_path):
    put(tmp_path, *(f"{top}/{name}/1.jpg" for top in ("pets", "cars") for name in "ab"))
    assert "cars, pets. Give the path of the one" in sentence(tmp_path)
    put(tmp_path, *(f"zoo/{part}/{name}/1.jpg" for part in ("train", "val") for name in "ab"))
    assert find_classes(tmp_path).notes == ("The data set is taken from zoo.",)


def test_one_class_whose_pictures_lie_deeper_is_not_taken_for_a_set(tmp_path):
    put(tmp_path, "ants/1.jpg", "bees/old/1.jpg", "bees/new/1.jpg")
    assert "data set or its classes: bees" in sentence(tmp_path)


def test_names_that_look_the_same_side_by_side_are_one_class_and_that_is_said(tmp_path):
    nfc, nfd = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    put(tmp_path, f"{nfc}/1.jpg", f"{nfd}/2.jpg", "tea /1.jpg", "tea/2.jpg")
    layout = find_classes(tmp_path)
    assert found(layout, tmp_path) == {None: {nfc: sorted([nfc, nfd]), "tea": ["tea", "tea "]}}
    assert [note.split(", ")[1].split(":")[0] for note in layout.notes] == [nfc, "tea"]


def test_case_alone_makes_no_other_class_across_parts_and_makes_one_side_by_side(tmp_path):
    put(tmp_path / "across", "train/Ants/1.jpg", "train/bees/1.jpg", "val/ants/1.jpg", "val/BEES/1.jpg")
    layout = find_classes(tmp_path / "across")
    assert set(layout.parts["train"]) == set(layout.parts["val"]) == {"Ants", "bees"}
    assert "Ants in train and ants in val are taken for one class." in layout.notes
    put(tmp_path / "letters", *(f"{part}/{name}/1.jpg" for part in ("train", "val") for name in "aAb"))
    layout = find_classes(tmp_path / "letters")
    assert list(layout.parts["train"]) == ["A", "a", "b"]
    assert "The classes A and a differ in case alone; they are classes of their own." in layout.notes
    put(tmp_path / "doubt", "train/a/1.jpg", "train/A/1.jpg", "val/a/1.jpg", "val/b/1.jpg")
    assert "Only train has A. Only val has b." in sentence(tmp_path / "doubt")


@given(st.text("éÉaÀ\u0301 \u200b", min_size=1, max_size=6))
def test_names_look_alike_in_every_form_and_only_what_looks_so(name):
    forms = {alike(unicodedata.normalize(form, f" {name}\u200b ")) for form in ("NFC", "NFD")}
    assert forms == {alike(name)} and alike(alike(name)) == alike(name)


def test_parts_by_name():
    assert {name: part_of(name) for name in ("Train", " val ", "TESTING", "dev", "train-set", "strain", "tests")} == {
        "Train": "train",
        " val ": "val",
        "TESTING": "test",
        "dev": "val",
        "train-set": "train",
        "strain": None,
        "tests": None,
    }
    usual = {
        "train": "train_imgs trn train-photos images_train seg_train 01_train 1.Train train_dataset train_img",
        "val": "val_imgs validate evaluation eval holdout 02-val images-val dev_pictures vali",
        "test": "seg_test test_images 03_test test_pics test_split",
    }
    assert {name: part_of(name) for names in usual.values() for name in names.split()} == {
        name: part for part, names in usual.items() for name in names.split()
    }
    assert not any(
        map(part_of, ("trains", "value", "devil", "contest", "train2017", "data", "images", "1", "testimony"))
    )
    assert paired(["a", "B"], ["b", "a"]) == {"a": "a", "B": "b"}
    assert paired(["a", "A"], ["a"]) == {"a": "a"}
    assert places_among(["Bees", "cafe\u0301"], ["caf\u00e9", "bees"]) == [1, 0]
    assert places_among(["a", "b"], ["a", "c"]) is places_among(["a"], ["a", "b"]) is None
    assert differing_in_case(["a", "b", "A"]) == [("A", "a")]


def test_a_whole_disk_is_not_looked_through(tmp_path, monkeypatch):
    monkeypatch.setattr("qtl_core.pictures.sources.dataset_search.MOST_FOLDERS", 5)
    put(tmp_path, *(f"{number}/deeper/{name}/1.txt" for number in range(9) for name in "ab"), "z/set/a/1.jpg")
    looked_into = []
    monkeypatch.setattr(
        "qtl_core.pictures.sources.dataset_search.listing",
        lambda folder, root: looked_into.append(folder) or listing(folder, root),
    )
    assert Search(tmp_path, DiskTree(tmp_path)).data_set() == tmp_path
    assert len(looked_into) == 5


def test_files_of_no_size_are_not_read_to_find_out_what_they_are(tmp_path, monkeypatch):
    """Reading some in /proc never ends."""
    put(tmp_path, "proc/kmsg", "proc/trace", "a/1.jpg", "b/1.jpg")
    monkeypatch.setattr("qtl_core.pictures.sources.dataset_search.check_picture", pytest.fail)
    assert not Search(tmp_path, DiskTree(tmp_path)).has_pictures(tmp_path / "proc") and Search(
        tmp_path, DiskTree(tmp_path)
    ).has_pictures(tmp_path / "a")

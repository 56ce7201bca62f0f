"""A folder by the names of its files: asked about where they tell several classes, which are then found or made."""

from __future__ import annotations

import json

from qtl_core.pictures.datasets.creating import create, find_by_id
from qtl_core.pictures.datasets.reading import pictures_of
from tests.helpers.asgi import ask
from tests.helpers.own_sets import picture

PETS = ["Pets/Cats/1.jpg", "Pets/Cats/2.jpg", "Pets/Dogs/1.jpg", "Pets/.DS_Store", "Pets/Dogs/notes.txt"]


def asked(app, record, names, *, make: str = "", **options):
    address = f"/own/{record.id}/{record.classes[0].id}/folder?name=Pets&make={make}"
    return ask(app, "POST", address, [json.dumps(names).encode()], **options)


def test_two_class_folders_are_asked_about_and_nothing_is_made(routes):
    record = create("Data set 1", ["Class 1", "Class 2"])
    found = asked(routes, record, PETS).json
    assert found["ask"]
    assert found["sentence"] == "3 pictures in 2 classes: Cats (2), Dogs (1)."
    assert found["classes"] == ["Cats", "Dogs"]
    assert found["places"][:3] == [[0, ""], [0, ""], [1, ""]]
    assert all(isinstance(reason, str) for (reason,) in found["places"][3:])
    assert [each.name for each in find_by_id(record.id).classes] == ["Class 1", "Class 2"]


def test_on_yes_the_classes_are_there_and_parts_are_respected(routes):
    record = create("Data set 1", ["Class 1", "Class 2"])
    names = [f"Pets/{part}/{klass}/1.jpg" for part in ("train", "val") for klass in ("Cats", "Dogs")]
    found = asked(routes, record, names, make="1").json
    assert [(each.id, each.name) for each in find_by_id(record.id).classes] == [
        *zip(found["ids"], ["Cats", "Dogs"], strict=True)
    ]
    for number, (name, (klass, part)) in enumerate(zip(names, found["places"], strict=True)):
        address = f"/own/{record.id}/{found['ids'][klass]}/pictures?name={name}&part={part}"
        assert ask(routes, "PUT", address, [picture(0, number)]).json["added"]
    assert sorted((each.class_id, each.part) for each in pictures_of(record.id)) == [
        (class_id, part) for class_id in found["ids"] for part in ("train", "val")
    ]
    address = f"/own/{record.id}/{found['ids'][0]}/pictures?name=a.jpg&part=other"
    assert ask(routes, "PUT", address, [picture(0, 9)]).status == 400


def test_a_folder_of_one_class_is_not_asked_about(routes):
    record = create("Pets", ["Cats", "Dogs"])
    assert asked(routes, record, ["Cats/1.jpg", "Cats/2.jpg"]).json == {"ask": False}


def test_what_cannot_be_told_is_said_and_can_go_into_the_one_class(routes):
    record = create("Pets", ["Cats", "Dogs"])
    found = asked(routes, record, ["Pets/a.txt", "Pets/b/c.txt"]).json
    assert (found["ask"], found["classes"]) == (True, [])
    assert found["sentence"]


def test_only_its_owner_has_classes_made_and_nonsense_is_refused(routes, monkeypatch):
    record = create("Pets", ["Cats", "Dogs"], owner="somebody")
    assert asked(routes, record, {"a": 1}).status == 400
    monkeypatch.setenv("QTL_OPEN", "1")
    assert asked(routes, record, PETS, make="1").status == 403
    assert len(find_by_id(record.id).classes) == 2

"""A run's file brings its pictures along where that is asked: elsewhere they are a data set, which the run names."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.container import PICTURES, packed, unpacked
from qtl_core.exchange.run_files.importing import import_run_file
from qtl_core.exchange.run_files.pictures import why_no_pictures
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create, delete, find, list_datasets
from qtl_core.pictures.datasets.versions import DatasetVersion, find_version, freeze, load_version
from qtl_core.runs.events import Prepared
from qtl_core.runs.provenance import DataFingerprint, provenance_here
from qtl_core.runs.store import delete as delete_run
from qtl_core.runs.store import find_run, keep_run, load_run, purge
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from tests.cli.test_data import told
from tests.exchange.test_run_files import LITE0, elsewhere, kept, whole
from tests.helpers.made_runs import CLASSES
from tests.helpers.own_sets import noise_picture


def version_of(name: str = "Insects") -> DatasetVersion:
    """A version with three pictures of each class to train on and three for validation, some of one name."""
    record = create(name, CLASSES)
    incoming = [
        Incoming(klass.id, noise_picture(1000 * klass.id + 10 * place + number), f"{number}.png", part=part)
        for klass in record.classes
        for place, part in enumerate(("train", "val"))
        for number in range(3)
    ]
    assert not [each.reason for each in add_many(record.id, incoming) if each.reason]
    return freeze(record.id)


def run_of(version: DatasetVersion) -> str:
    """Keeps a run that was trained on a version; returns its identifier."""
    names = {part: [each for each in version.entries if each.part == part] for part in ("train", "val")}
    settings = LITE0.changed(source="dataset", dataset=version.set_id, dataset_version=version.number)
    view = whole(settings)
    files = tuple(str(version.folder / "val" / each.class_name / each.file) for each in names["val"])
    view = replace(view, prepared=replace(view.prepared, val_files=files))
    data = DataFingerprint(
        version.classes,
        *(
            tuple((f"{part}/{each.class_name}/{each.file}", each.sha256) for each in found)
            for part, found in names.items()
        ),
    )
    return keep_run(view, name="Insects at noon", provenance=provenance_here(data))


def prepared_of(run_id: str) -> Prepared:
    found = load_run(run_id).prepared
    assert found is not None
    return found


def trained(run_id: str) -> TrainedRun:
    return TrainedRun.of(load_run(run_id))


def test_they_stay_here_where_nobody_asks():
    run_id = run_of(version_of())
    assert PICTURES not in zipfile.ZipFile(io.BytesIO(archive_bytes(run_id))).namelist()


def test_elsewhere_they_are_a_data_set_that_the_run_names(monkeypatch, tmp_path):
    version = version_of()
    run_id = run_of(version)
    content = archive_bytes(run_id, pictures=True)
    assert content == archive_bytes(run_id, pictures=True)
    contents = {(each.part, each.class_name, each.file, each.sha256) for each in version.entries}
    elsewhere(monkeypatch, tmp_path)
    found = import_run_file(content, "run.qtl.zip", owner="somebody")
    assert (found.run, found.was_here, found.is_renamed) == (run_id, False, False)
    (made,) = list_datasets()
    assert (made.id, made.name, made.owner) == (found.dataset, "Insects", "somebody")
    data = prepared_of(run_id).settings.data
    assert (data.source, data.dataset) == ("dataset", made.id)
    again = find_version(made.id, data.dataset_version)
    assert {(each.part, each.class_name, each.file, each.sha256) for each in again.entries} == contents
    assert [Path(file).is_file() for file in prepared_of(run_id).val_files] == [True] * 6
    assert len(load_version(made.id, data.dataset_version).train) == 6


def test_a_second_time_nothing_is_made(monkeypatch, tmp_path):
    content = archive_bytes(run_of(version_of()), pictures=True)
    elsewhere(monkeypatch, tmp_path)
    first = import_run_file(content, "a")
    again = import_run_file(content, "a")
    assert again.was_here and again.dataset == ""
    assert len(list_datasets()) == 1
    delete_run([first.run])
    purge([first.run])
    assert import_run_file(content, "a").run == first.run


def test_where_they_are_no_second_set_is_made():
    version = version_of()
    run_id = run_of(version)
    content = archive_bytes(run_id, pictures=True)
    delete_run([run_id])
    purge([run_id])
    found = import_run_file(content, "a")
    assert (found.run, found.dataset) == (run_id, "")
    assert [each.id for each in list_datasets()] == [version.set_id]
    assert prepared_of(run_id).settings.data.dataset == version.set_id


def test_from_there_it_goes_on_with_them(monkeypatch, tmp_path):
    content = archive_bytes(run_of(version_of()), pictures=True)
    elsewhere(monkeypatch, tmp_path)
    found = import_run_file(content, "a")
    further = archive_bytes(found.run, pictures=True)
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "a third machine"))
    assert import_run_file(further, "a").run == found.run
    assert len(list_datasets()) == 1


def changed(content: bytes, pictures: bytes) -> bytes:
    run_id, entries = unpacked(content)
    return packed(run_id, entries | {PICTURES: pictures})


@pytest.mark.parametrize("kind", ["others", "noise", "a plain zip", "one left out"])
def test_pictures_that_are_not_its_own_are_refused_and_nothing_is_kept(monkeypatch, tmp_path, kind):
    version = version_of()
    content = archive_bytes(run_of(version), pictures=True)
    own = unpacked(content)[1][PICTURES]
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        for number in range(4):
            archive.writestr(f"{CLASSES[number % 2]}/{number}.png", noise_picture(number))
    less = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(own)) as before, zipfile.ZipFile(less, "w") as after:
        for name in before.namelist()[:-1]:
            after.writestr(name, before.read(name))
    other = create("other", CLASSES)
    add_many(
        other.id,
        [
            Incoming(klass.id, noise_picture(50 * klass.id + number), "x.png")
            for klass in other.classes
            for number in (0, 1)
        ],
    )
    from qtl_core.pictures.archives.data_files import data_file_of, write_data_file

    others = b"".join(write_data_file(data_file_of(other.id)))
    bad = {"others": others, "noise": b"PK\3\4 no", "a plain zip": plain.getvalue(), "one left out": less.getvalue()}
    elsewhere(monkeypatch, tmp_path)
    with pytest.raises(UserError) as caught:
        import_run_file(changed(content, bad[kind]), "run.qtl.zip")
    assert str(tmp_path) not in str(caught.value)
    assert list_datasets() == () and list_datasets(deleted=True) == ()
    with pytest.raises(UserError):
        find_run(unpacked(content)[0])


def test_why_some_cannot_come_is_said():
    folder = trained(kept())
    assert why_no_pictures(folder).startswith("Only pictures of a data set made on the Data page can come along")
    with pytest.raises(UserError, match="The pictures of this run cannot come along"):
        archive_bytes(kept(), pictures=True)
    version = version_of()
    run_id = run_of(version)
    assert why_no_pictures(trained(run_id)) == ""
    delete(version.set_id)
    assert why_no_pictures(trained(run_id))


def test_pictures_that_are_too_many_for_the_file_are_said(monkeypatch):
    run_id = run_of(version_of())
    monkeypatch.setitem(__import__("qtl_core.exchange.run_files.container", fromlist=["x"]).LARGEST, PICTURES, 8 << 20)
    assert "take the data set along as a file of its own" in why_no_pictures(trained(run_id))


def test_a_file_of_pictures_alone_opens_by_itself(tmp_path, capsys):
    content = archive_bytes(run_of(version_of()), pictures=True)
    (tmp_path / PICTURES).write_bytes(unpacked(content)[1][PICTURES])
    (found,) = told(capsys, "import", tmp_path / PICTURES, "--name", "again")
    assert find("again").id == found["id"] and found["added"] == 12
    assert json.dumps(found["skipped"]) == "[]"


def test_settings_of_another_app_do_not_make_another_run():
    view: RunView = whole(RunSettings().changed(source="dataset", dataset="0123456789ab", dataset_version=3))
    from qtl_core.exchange.run_files.importing import same_run

    there = replace(view.prepared.settings, data=replace(view.prepared.settings.data, dataset="ba9876543210"))
    assert same_run(view, replace(view, prepared=replace(view.prepared, settings=there)))

"""A run taken along in one file is the same run when it is reopened, here or elsewhere."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qiskit import qasm3
from safetensors.numpy import load

from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.exchange.run_files.importing import import_run_file, same_run
from qtl_core.exchange.run_files.reading import open_run_file
from qtl_core.exchange.run_files.requirements import at_home, name_inside, needs_of
from qtl_core.exchange.run_files.writing import archive_bytes, run_file_name
from qtl_core.inference.predictor import Predictor
from qtl_core.network.ansatz import ENTANGLERS
from qtl_core.network.initial_weights import initial_weights
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.runs.events import Checkpoint
from qtl_core.runs.provenance import DataFingerprint, provenance_here
from qtl_core.runs.store import (
    annotate,
    delete,
    find_run,
    keep_run,
    kept_runs,
    load_run,
    provenance_of,
    purge,
    set_tags,
)
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.parameters import parameter_count
from qtl_core.training.run import RunRequest, run
from tests.conftest import PROJECT
from tests.exchange.test_heads import brought_in
from tests.helpers.made_heads import demo_head, saved
from tests.helpers.made_runs import CLASSES, made_pictures, made_run

PATIENCE_S = 300  # a process imports torch first, on a machine that may be busy
LITE0 = RunSettings().changed(backbone="efficientnet_lite0", epochs=3)


def whole(
    settings: RunSettings = LITE0, folder: Path = Path("pictures"), classes: tuple[str, ...] = CLASSES, seed: int = 0
) -> RunView:
    """A run of three epochs in which everything fits together, as a training would leave it."""
    view = made_run(folder, settings=settings)
    spec = BACKBONES[settings.data.backbone]
    last, first = (initial_weights(spec.feature_size, len(classes), settings.circuit, 1.0, n) for n in (seed, seed + 1))
    best = view.epochs[1]
    gradients = tuple(0.1 for _ in range(settings.circuit.depth))
    checkpoint = Checkpoint(3, last, last, first, 183, 2, best.val_accuracy, best.val_loss, first)
    epochs = [replace(epoch, layer_gradients=gradients) for epoch in view.epochs]
    epochs[-1] = replace(epochs[-1], checkpoint=checkpoint)
    prepared = replace(
        view.prepared,
        classes=classes,
        feature_size=spec.feature_size,
        backbone_title=spec.title,
        engine="compiled",
        parameters=parameter_count(spec.feature_size, len(classes), settings.circuit),
        passed_over=(("a.gif", "GIF"),),
    )
    return replace(view, prepared=prepared, epochs=tuple(epochs))


def data_of(view: RunView) -> DataFingerprint:
    """The fingerprint of its validation pictures, where they are there."""
    files = map(Path, view.prepared.val_files)
    val = tuple(
        (name_inside(str(file)), hashlib.sha256(file.read_bytes() if file.is_file() else b"").hexdigest())
        for file in files
    )
    return DataFingerprint(view.prepared.classes, (("train/ants/a.jpg", "0" * 64),), val)


def kept(view: RunView | None = None, name: str = "Ants at noon") -> str:
    view = view or whole()
    return keep_run(view, name=name, provenance=provenance_here(data_of(view)))


def that_answers(view: RunView) -> RunView:
    """The same run of EfficientNet-Lite0, trained with the weights that came with it."""
    sha256 = resolve_backbone("efficientnet_lite0").weights_sha256
    return replace(view, prepared=replace(view.prepared, weights_sha256=sha256))


def elsewhere(monkeypatch, tmp_path) -> None:
    """From here on this is another machine."""
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another machine"))


def test_a_run_reopened_elsewhere_is_the_same_run(monkeypatch, tmp_path):
    run_id = kept()
    annotate(run_id, "A *note*")
    set_tags(run_id, ["lesson", "<b>"])
    record, view, provenance = find_run(run_id), load_run(run_id), provenance_of(run_id)
    content = archive_bytes(run_id)
    elsewhere(monkeypatch, tmp_path)
    assert kept_runs() == []

    told = import_run_file(content, "run.qtl.zip")
    assert (told.run, told.was_here, told.is_renamed) == (run_id, False, False)
    there = find_run(run_id)
    assert there.origin == "file"
    same = (
        "name",
        "note",
        "tags",
        "created",
        "settings",
        "classes",
        "epochs",
        "best_epoch",
        "best_val_accuracy",
        "best_val_loss",
        "right",
        "seconds",
        "engine",
        "device",
        "state",
        "val_sha256",
    )
    assert all(getattr(there, name) == getattr(record, name) for name in same)
    again = load_run(run_id)
    assert same_run(again, view)
    assert again.prepared == view.prepared
    assert [replace(e, checkpoint=None, val_probabilities=None) for e in again.epochs] == [
        replace(e, checkpoint=None, val_probabilities=None) for e in view.epochs
    ]
    assert provenance_of(run_id) == provenance
    assert archive_bytes(run_id) == content  # and so on, from machine to machine


def test_the_same_bytes_for_the_same_run():
    run_id = kept()
    assert archive_bytes(run_id) == archive_bytes(run_id)


def test_here_it_is_known_comes_back_after_deletion_and_never_overwrites():
    run_id = kept()
    content = archive_bytes(run_id)
    assert import_run_file(content, "a").was_here
    assert kept_runs() == [run_id]
    delete([run_id])
    assert kept_runs() == []
    assert import_run_file(content, "a").run == run_id
    assert kept_runs() == [run_id]
    delete([run_id])
    purge([run_id])
    assert not import_run_file(content, "a").was_here
    assert kept_runs() == [run_id]

    keep_run(whole(seed=5), run_id)  # another run under the identifier
    other = load_run(run_id)
    told = import_run_file(content, "a")
    assert told.is_renamed
    assert told.run != run_id
    assert same_run(load_run(run_id), other)
    assert sorted(kept_runs()) == sorted([run_id, told.run])


def test_two_processes_that_bring_in_the_same_file_keep_one_run(monkeypatch, tmp_path):
    file = tmp_path / "a run.qtl.zip"
    file.write_bytes(archive_bytes(keep_run(whole())))
    elsewhere(monkeypatch, tmp_path)
    command = [sys.executable, "-m", "qtl_core", "runs", "import", str(file)]
    both = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate(timeout=PATIENCE_S) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert len(kept_runs()) == 1
    load_run(kept_runs()[0])


def test_a_real_training_with_all_its_bytes(monkeypatch, tmp_path):
    asked = LITE0.changed(source="folder", folder=str(made_pictures(tmp_path / "set")), epochs=2, qubits=2, depth=1)
    view = RunView()
    for event in run(RunRequest(asked), lambda _: None, lambda: False):
        view = view.apply(event)
    run_id = view.ended.run
    there, content = load_run(run_id), archive_bytes(run_id)
    elsewhere(monkeypatch, tmp_path)
    import_run_file(content, "a")
    again = load_run(run_id)
    assert same_run(again, there)
    assert again.prepared == there.prepared  # the pictures are where they were, and are those
    assert needs_of(again) == ()
    file = Path(again.prepared.val_files[0])
    loaded = Predictor(TrainedRun.of(load_run(run_id)))
    assert loaded.predict(file).probabilities == Predictor(view).predict(file).probabilities
    assert provenance_of(run_id).data.val_sha256
    assert archive_bytes(run_id) == content


def test_what_is_in_it_for_people_and_other_programs():
    view = whole()
    run_id = kept(view)
    with zipfile.ZipFile(io.BytesIO(archive_bytes(run_id))) as archive:
        texts = {name: archive.read(name) for name in archive.namelist()}
    assert qasm3.loads(texts["circuit.qasm"].decode()).num_qubits == 4
    rows = list(csv.DictReader(texts["history.csv"].decode().splitlines()))
    assert [float(row["val_accuracy"]) for row in rows] == [epoch.val_accuracy for epoch in view.epochs]
    assert len(list(csv.DictReader(texts["predictions.csv"].decode().splitlines()))) == view.prepared.val_size
    compile(texts["predict.py"], "predict.py", "exec")
    words = texts["README.txt"].decode()
    assert "5 of 6 validation pictures right" in words
    assert "Ants at noon" in words
    weights = load(texts["weights.safetensors"])
    assert np.array_equal(weights["best_weights/q_params"], view.checkpoint.best_weights["q_params"])
    json.loads(texts["run.json"], parse_constant=lambda token: pytest.fail(token))
    first = next(iter(texts))
    assert first == "manifest.json"


def test_it_says_what_it_lacks_before_it_can_predict(monkeypatch, tmp_path):
    view = whole(RunSettings().changed(epochs=3))
    published = replace(view, prepared=replace(view.prepared, weights_sha256="f37072fd" + "0" * 56))
    words = " ".join(needs_of(published))
    assert "weights of ResNet-18 are needed" in words
    assert "resnet18-f37072fd.pth" in words
    assert "pictures are not where they were" in words
    assert "ask for the file where the run comes from" in needs_of(view)[0]  # trained with weights of its own
    of_others = whole()
    assert "other weights of EfficientNet-Lite0 are needed than those on this machine" in needs_of(of_others)[0]
    made_pictures(tmp_path)
    here = replace(whole(folder=tmp_path).prepared, weights_sha256="")
    assert needs_of(replace(of_others, prepared=here)) == ()


def test_pictures_of_a_known_set_are_found_again_elsewhere(monkeypatch, tmp_path):
    there = made_pictures(tmp_path / "one machine/hymenoptera_data")
    run_id = kept(whole(LITE0.changed(source="photos"), there))
    content = archive_bytes(run_id)
    elsewhere(monkeypatch, tmp_path)
    shutil.rmtree(there)
    photos = made_pictures(tmp_path / "another machine/datasets/hymenoptera_data")
    import_run_file(content, "a")
    files = load_run(run_id).prepared.val_files
    assert files == tuple(str(photos / "val" / name / f"{name}_{n}.jpg") for name in CLASSES for n in range(3))
    assert import_run_file(content, "a").was_here


def test_a_picture_with_other_contents_than_the_run_s_is_never_taken_for_it(monkeypatch, tmp_path):
    """A stranger's file names a picture of mine: as its contents are not known there, it is shown nowhere."""
    mine = made_pictures(tmp_path / "private")
    run_id = kept(whole(folder=mine))
    content = archive_bytes(run_id)
    elsewhere(monkeypatch, tmp_path)
    (mine / "val/ants/ants_0.jpg").write_bytes(b"another picture")
    import_run_file(content, "a")
    files = load_run(run_id).prepared.val_files
    assert files[0] == "val/ants/ants_0.jpg"
    assert not any(Path(file).exists() for file in files)


def test_nothing_is_looked_for_on_other_machines(monkeypatch, tmp_path):
    settings = LITE0.changed(source="folder", folder="//evil/share", weights="\\\\evil\\weights.pth")
    run_id = kept(whole(settings, Path("//evil/share")))
    content = archive_bytes(run_id)
    elsewhere(monkeypatch, tmp_path)
    import_run_file(content, "a")
    prepared = load_run(run_id).prepared
    assert prepared.settings.data.folder == prepared.settings.data.weights == prepared.asked.data.weights == ""
    assert prepared.val_files[0] == "val/ants/ants_0.jpg"


def test_a_head_from_elsewhere_goes_along_with_its_unknown_figures(monkeypatch, tmp_path):
    run_id = keep_run(brought_in(saved(demo_head().state_dict())), origin="head", name="published")
    content = archive_bytes(run_id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "elsewhere" in archive.read("README.txt").decode()
        assert "predictions.csv" not in archive.namelist()
    elsewhere(monkeypatch, tmp_path)
    import_run_file(content, "a")
    again = load_run(run_id)
    assert again.prepared.from_elsewhere
    assert not again.prepared.is_measured
    assert np.isnan(again.best.val_accuracy)
    assert find_run(run_id).origin == "head"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ants at noon", "Ants-at-noon"),
        ("../../etc/passwd", "etc-passwd"),
        ("", "ID"),
        ("<script>", "script"),
        ("ж" * 100, "ID"),
        ("x" * 10_000, "x" * 60),
        ("..", "ID"),
        ("Bienen & Übung", "Bienen-Ubung"),
    ],
)
def test_names_of_files(name, file):
    assert run_file_name(name, "ID") == f"{file}.qtl.zip"


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
values = st.fixed_dictionaries(
    {
        "qubits": st.integers(1, 12),
        "depth": st.integers(0, 20),
        "entangler": st.sampled_from(list(ENTANGLERS)),
        "rotation": st.sampled_from(["ry", "rot"]),
        "reuploading": st.booleans(),
        "backbone": st.sampled_from(list(BACKBONES)),
        "epochs": st.integers(3, 500),
        "batch_size": st.integers(1, 256),
        "learning_rate": st.floats(1e-6, 1.0),
        "q_delta": st.floats(0, 3),
        "seed": st.integers(0, 2**31 - 1),
        "source": st.sampled_from(["photos", "drawn", "folder"]),
        "folder": names,
        "weights": names,
        "augmentation": st.booleans(),
        "best_by": st.sampled_from(["accuracy", "loss"]),
        "class_weights": st.sampled_from(["none", "balanced"]),
    }
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=values, classes=st.lists(names, min_size=2, max_size=2, unique=True), name=names)
def test_a_round_trip_over_settings_and_names(changes, classes, name):
    view = whole(RunSettings().changed(**changes), classes=tuple(classes))
    run_id = kept(view, name)
    opened = open_run_file(archive_bytes(run_id), "a")
    assert opened.view.prepared == view.prepared
    assert same_run(opened.view, view)
    assert opened.description.name == find_run(run_id).name
    assert evaluation_of(opened.view).correct == 5


def test_a_device_is_never_read(monkeypatch, tmp_path):
    content = archive_bytes(kept(whole(folder=tmp_path)))
    endless = replace(open_run_file(content, "a").view.prepared, val_files=("/dev/zero",) * 6)
    provenance = provenance_here(DataFingerprint(CLASSES, (), tuple(("val/ants/a", "0" * 64) for _ in range(6))))
    assert at_home(endless, provenance).val_files == ("dev/zero",) * 6

"""Whole runs that start from others: what they carry, keep and refuse; going on, and training again, without these."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
import torch

from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.importing import import_run_file
from qtl_core.exchange.run_files.requirements import needs_of
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.explain.training_changes import movements_of
from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import EpochDone, Event
from qtl_core.runs.store import delete, keep_run, load_run, opening, purge, rename
from qtl_core.runs.store.layout import run_folder, store_file
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, again_request, continue_request, continued, run, train
from tests.helpers.made_networks import made_weights, noisy_pictures

POINTS = RunSettings().changed(
    source="points", points=40, epochs=2, batch_size=10, learning_rate=0.05, qubits=3, depth=2, engine="torch"
)
GROUPS = ("weights", "best_weights", "first_moments", "second_moments", "start_weights", "carried")


@pytest.fixture
def ancestor() -> RunView:
    return train(POINTS)


def from_it(ancestor: RunView, **changes: object) -> RunSettings:
    return POINTS.changed(**{"start_from": ancestor.ended.run, "rotation_degrees": 90.0, "seed": 5, **changes})


def seen(request: RunRequest, epochs: int = 1000) -> RunView:
    """The view of a run, stopped after so many epochs."""
    told: list[Event] = []
    for event in run(request, lambda _: None, lambda: sum(isinstance(each, EpochDone) for each in told) >= epochs):
        told.append(event)
    return reduce(RunView.apply, told, request.before)


def same(one: RunView, other: RunView) -> bool:
    """Whether all numbers of two runs are equal, to the last bit."""
    pairs = [(getattr(one.checkpoint, group), getattr(other.checkpoint, group)) for group in GROUPS]
    return (
        all(left.keys() == right.keys() for left, right in pairs)
        and all(np.array_equal(left[name], right[name]) for left, right in pairs for name in left)
        and [epoch.val_loss for epoch in one.epochs] == [epoch.val_loss for epoch in other.epochs]
    )


def refusal(settings: RunSettings) -> UserError:
    with pytest.raises(UserError) as caught:
        train(settings)
    return caught.value


# What is carried


def test_a_run_begins_with_the_best_weights_of_its_ancestor(ancestor):
    view = train(from_it(ancestor))
    kept = load_run(view.ended.run)
    for found in (view, kept):
        for name, values in ancestor.checkpoint.best_weights.items():
            np.testing.assert_array_equal(found.checkpoint.start_weights[name], values)
    assert same(view, kept)
    assert kept.prepared == view.prepared
    assert view.prepared.notes[-1].startswith("It starts from “Dressed circuit, spirals, 1.52 turns”. The first layer")


def test_a_deeper_circuit_learns_behind_one_that_stands_still(ancestor):
    view = train(from_it(ancestor, depth=4, freeze="pre_net,circuit", carry="pre_net,circuit"))
    start, now = view.checkpoint.start_weights, view.checkpoint.weights
    trained = ancestor.checkpoint.best_weights["q_params"]
    np.testing.assert_array_equal(now["q_params"][:6], trained)
    np.testing.assert_array_equal(now["pre_net.weight"], ancestor.checkpoint.best_weights["pre_net.weight"])
    assert (now["q_params"][6:] != start["q_params"][6:]).all()
    fresh = initial_weights(2, 2, view.prepared.settings.circuit, POINTS.training.q_delta, 5)
    np.testing.assert_array_equal(start["q_params"][6:], fresh["q_params"][6:])
    np.testing.assert_array_equal(start["post_net.weight"], fresh["post_net.weight"])
    assert (view.prepared.parameters, view.prepared.trained_parameters) == (9 + 12 + 8, 6 + 8)


def test_a_part_frozen_without_having_travelled_stands_at_its_random_start():
    view = train(POINTS.changed(freeze="circuit"))
    fresh = initial_weights(2, 2, POINTS.circuit, POINTS.training.q_delta, POINTS.training.seed)
    np.testing.assert_array_equal(view.checkpoint.weights["q_params"], fresh["q_params"])
    assert (view.prepared.trained_parameters, view.prepared.lineage) == (9 + 8, ())
    assert view.checkpoint.start_weights == {}


def test_standardised_features_do_not_change_what_a_carried_head_answers(ancestor):
    """Before the first step: of a run that scales its features, started from one that does not, nothing learning."""
    view = train(from_it(ancestor, standardise=True, learning_rate=1e-6, epochs=1, rotation_degrees=0.0))
    before = ancestor.epochs[ancestor.ended.best_epoch - 1].val_probabilities
    np.testing.assert_allclose(view.epochs[0].val_probabilities, before, atol=1e-4)


# Lineage


def test_a_lineage_names_ancestors_the_nearest_first(ancestor):
    rename(ancestor.ended.run, "Spirals by heart")
    second = train(from_it(ancestor, freeze="circuit"))
    third = train(from_it(second, head="mlp", hidden_units=3, carry="pre_net"))
    nearest, farthest = third.prepared.lineage
    assert (nearest.run, nearest.head, nearest.carried, nearest.frozen) == (
        second.ended.run,
        "dressed",
        ("pre_net",),
        (),
    )
    assert nearest.pictures == "spirals, 1.52 turns, turned by 90°"
    assert (farthest.name, farthest.run) == ("Spirals by heart", ancestor.ended.run)
    assert (farthest.carried, farthest.frozen) == (("pre_net", "circuit", "post_net"), ("circuit",))
    assert farthest.accuracy == ancestor.ended.best_val_accuracy


def test_a_lineage_survives_the_ancestors_deletion(ancestor):
    view = train(from_it(ancestor))
    delete([ancestor.ended.run])
    purge([ancestor.ended.run])
    assert load_run(view.ended.run).prepared.lineage == view.prepared.lineage != ()


# Going on and training again without the ancestor


@pytest.fixture
def changes() -> dict[str, object]:
    return {"depth": 3, "freeze": "circuit", "epochs": 3, "standardise": True}


@pytest.mark.parametrize("loaded", [False, True], ids=["from the view", "from disk"])
def test_going_on_needs_no_ancestor_and_is_an_unbroken_run(ancestor, changes, loaded):
    settings = from_it(ancestor, **changes)
    unbroken, begun = train(settings), seen(RunRequest(settings), epochs=1)
    purge_it(ancestor)
    resumed = seen(continued(load_run(begun.ended.run) if loaded else begun, 2))
    assert same(resumed, unbroken)
    assert resumed.prepared.lineage == unbroken.prepared.lineage
    assert resumed.prepared.notes == unbroken.prepared.notes
    assert resumed.prepared.trained_parameters == unbroken.prepared.trained_parameters == 26 - 6
    assert same(load_run(begun.ended.run), unbroken)


def test_an_interrupted_run_goes_on_without_its_ancestor(ancestor, changes):
    settings = from_it(ancestor, **changes)
    unbroken, request = train(settings), RunRequest(settings)
    events = run(request, lambda _: None, lambda: False)
    view = RunView()
    while not view.epochs:
        view = view.apply(next(events))
    events.close()  # as if the process had been killed
    purge_it(ancestor)
    interrupted = next(each for each in store_ids() if each not in (unbroken.ended.run, ancestor.ended.run))
    assert same(seen(continue_request(interrupted)), unbroken)


def test_training_again_needs_no_ancestor(ancestor, changes):
    first = train(from_it(ancestor, **changes))
    purge_it(ancestor)
    again = seen(again_request(first.ended.run))
    assert same(again, first)
    assert again.ended.run != first.ended.run
    assert replace(again.prepared, seconds_features=0) == replace(first.prepared, seconds_features=0)


def purge_it(view: RunView) -> None:
    delete([view.ended.run])
    purge([view.ended.run])


def store_ids() -> list[str]:
    with sqlite3.connect(store_file()) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM runs")]


# Run files


def test_a_run_file_brings_the_start_and_the_lineage_along(ancestor, changes, monkeypatch, tmp_path):
    first = train(from_it(ancestor, **changes))
    content = archive_bytes(first.ended.run)
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another machine"))
    there = load_run(import_run_file(content, "run.qtl.zip").run)
    assert same(there, first)
    assert there.prepared.lineage == first.prepared.lineage
    assert same(seen(again_request(first.ended.run)), first)
    assert import_run_file(content, "run.qtl.zip").was_here


def test_a_run_reopened_from_a_file_can_be_started_from(ancestor, monkeypatch, tmp_path):
    content = archive_bytes(ancestor.ended.run)
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another machine"))
    view = train(from_it(ancestor).changed(start_from=import_run_file(content, "run.qtl.zip").run))
    assert view.prepared.lineage[0].run == ancestor.ended.run


# What is refused, before anything is trained


def test_a_run_that_is_gone(ancestor):
    gone = refusal(POINTS.changed(start_from="20200101-000000-abcdef"))
    assert gone.what == "The run to start from cannot be used."
    assert gone.why == "There is no run '20200101-000000-abcdef'."
    assert "start fresh" in gone.do


@pytest.mark.parametrize(
    "name", ["../../etc", "x", "it's", "a\\b", "20200101-000000-abcdef; DROP TABLE runs", "é" * 60]
)
def test_a_name_that_is_no_runs(name):
    found = refusal(POINTS.changed(start_from=name))
    assert (found.what, found.why) == ("The run to start from cannot be used.", f"There is no run {name!r}.")


def test_a_deleted_run_can_be_restored_first(ancestor):
    delete([ancestor.ended.run])
    assert refusal(from_it(ancestor)).what == "The run to start from was deleted."


def test_a_run_with_damaged_files(ancestor):
    next(run_folder(ancestor.ended.run).glob("weights-*")).write_bytes(b"nothing")
    found = refusal(from_it(ancestor))
    assert found.why == f"The run {ancestor.ended.run} cannot be read."
    assert "/" not in str(found)


def test_a_damaged_row(ancestor):
    with sqlite3.connect(store_file()) as connection:
        connection.execute("UPDATE runs SET settings = '{'")
    assert "cannot be read" in refusal(from_it(ancestor)).why


@pytest.mark.parametrize("damage", ["PRAGMA user_version = 99", None], ids=["newer", "no folder"])
def test_a_store_that_cannot_be_read(ancestor, damage, own_home, monkeypatch):
    if damage:
        with sqlite3.connect(store_file()) as connection:
            connection.execute(damage)
        opening._ready.clear()  # as in another process
    else:
        (own_home / "plain").write_text("no folder")
        monkeypatch.setenv("QTL_HOME", str(own_home / "plain"))
    found = refusal(from_it(ancestor))
    assert found.what == "The run to start from cannot be used."
    assert "/" not in str(found)


def test_a_run_without_an_epoch(ancestor):
    with sqlite3.connect(store_file()) as connection:
        connection.execute("UPDATE runs SET epochs = 0")
        connection.execute("DELETE FROM epochs")
    assert refusal(from_it(ancestor)).what == "The run to start from has no weights yet."


def test_numbers_that_are_none(ancestor):
    last = ancestor.epochs[-1]
    weights = {name: values * np.nan for name, values in last.checkpoint.best_weights.items()}
    broken = replace(last, checkpoint=replace(last.checkpoint, best_weights=weights))
    keep_run(replace(ancestor, epochs=(*ancestor.epochs[:-1], broken)), ancestor.ended.run)
    assert refusal(from_it(ancestor)).what == "This run cannot be started from."


def test_a_thousand_classes_have_no_row_here(ancestor):
    last, names = ancestor.epochs[-1], tuple(f"class {number}" for number in range(1000))
    head = initial_weights(2, 1000, POINTS.circuit, 0.01, 0)
    many = replace(last, checkpoint=replace(last.checkpoint, best_weights=head, weights=head))
    many = replace(many, val_probabilities=np.full((len(ancestor.prepared.val_labels), 1000), 0.001, np.float32))
    prepared = replace(ancestor.prepared, classes=names)
    run_id = keep_run(RunView(prepared=prepared, epochs=(replace(many, epoch=1, is_best=True),)))
    view = train(POINTS.changed(start_from=run_id))
    assert "(class 0, class 1, class 2 and 997 more) is here (A and B)" in view.prepared.notes[-1]
    assert view.prepared.lineage[0].carried == ("pre_net", "circuit")


@pytest.mark.parametrize("start_from", [False, True])
def test_freezing_everything(ancestor, start_from):
    settings = POINTS.changed(freeze="pre_net,circuit,post_net")
    if start_from:
        settings = settings.changed(start_from=ancestor.ended.run)
    assert refusal(settings).what == "Nothing is left to learn."


def test_nothing_that_travels(ancestor):
    assert refusal(from_it(ancestor, qubits=5)).what == "Nothing of that run would be carried over."


def test_a_refused_run_leaves_nothing_behind(ancestor):
    refusal(from_it(ancestor, qubits=5))
    assert store_ids() == [ancestor.ended.run]


# Strangers' files


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["lineage"].append({**told["lineage"][0], "run": "../x"}), "not described as a run is"),
        (lambda told: told["lineage"].extend(told["lineage"] * 50), "51 ancestors, where 50 are kept"),
        (lambda told: told["lineage"][0].update(accuracy=2), "not described as a run is"),
        (lambda told: told["lineage"][0].update(head="transformer"), "not described as a run is"),
        (lambda told: told["lineage"][0].update(carried=["post_net", "pre_net"]), "parts of a head that there are not"),
        (lambda told: told["lineage"][0].update(frozen="circuit"), "no list"),
        (lambda told: told["lineage"][0].update(classes=["x" * 200] * 101), "too many, or too long"),
        (lambda told: told["lineage"][0].update(name="x" * 121), "a longer one than there can be"),
        (lambda told: told.update(lineage={}), "no list"),
        (lambda told: told.update(trained_parameters=10_000), "More of its numbers are said to learn"),
    ],
)
def test_a_strangers_lineage_is_checked(ancestor, change, words):
    from qtl_core.exchange.run_files.container import RUN, packed, unpacked
    from qtl_core.exchange.run_files.reading import open_run_file

    view = train(from_it(ancestor))
    run_id, entries = unpacked(archive_bytes(view.ended.run))
    told = json.loads(entries[RUN])
    change(told["prepared"])
    with pytest.raises(UserError, match=words):
        open_run_file(packed(run_id, {**entries, RUN: json.dumps(told).encode()}), "run.qtl.zip")


@pytest.mark.parametrize("group", ["start_weights", "carried"])
@pytest.mark.parametrize("values", [np.zeros(3, np.float32), np.zeros(6, np.float64), None])
def test_a_strangers_start_must_fit_the_head(ancestor, group, values):
    from qtl_core.exchange.run_files.consistency import _check_weights
    from qtl_core.exchange.run_files.container import Refused

    view = train(from_it(ancestor))
    _check_weights(view.prepared, view.checkpoint)
    arrays = dict(getattr(view.checkpoint, group))
    arrays = {**arrays, "q_params": values} if values is not None else {}
    with pytest.raises(Refused):
        _check_weights(view.prepared, replace(view.checkpoint, **{group: arrays}))


def test_events_carry_the_start_only_where_there_is_one(ancestor):
    events = run(RunRequest(from_it(ancestor), keep=False), lambda _: None, lambda: False)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert all(epoch.checkpoint.start_weights for epoch in epochs)
    assert not ancestor.checkpoint.start_weights


def test_a_run_of_numbers_in_a_file_needs_no_image_network(ancestor, monkeypatch, tmp_path):
    content = archive_bytes(ancestor.ended.run)
    readme = zipfile.ZipFile(io.BytesIO(content)).read("README.txt").decode()
    assert "2 numbers: x, y" in readme
    assert "image network" not in readme
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another machine"))
    assert needs_of(TrainedRun.of(load_run(import_run_file(content, "run.qtl.zip").run))) == ()


# What training changed


def test_what_training_changed_counts_from_the_carried_start(ancestor):
    view = train(from_it(ancestor, depth=3, freeze="pre_net,circuit", seed=5))
    moved = movements_of(view).moved
    assert moved["pre_net"].most == 0.0
    start, best = view.checkpoint.start_weights, view.checkpoint.best_weights
    change = best["q_params"].astype(float) - start["q_params"].astype(float)
    assert moved["q_params"].most == pytest.approx(np.abs(change).max())
    assert (change[:6] == 0).all()
    assert (change[6:] != 0).all()
    assert moved["post_net"].rms > 0


# Pictures


@pytest.fixture(scope="module")
def networks(tmp_path_factory) -> list[Path]:
    """Two files of weights of one network that differ in a number."""
    files = [made_weights("mobilenet_v3_small", tmp_path_factory.mktemp("weights")) for _ in range(2)]
    state = torch.load(files[1], weights_only=True)
    state["features.0.0.weight"][0, 0, 0, 0] += 0.1
    torch.save(state, files[1])
    return files


@pytest.fixture
def pictures(tmp_path, networks) -> RunSettings:
    return RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(tmp_path / "pictures")),
        backbone="mobilenet_v3_small",
        weights=str(networks[0]),
        epochs=1,
        engine="torch",
    )


@pytest.mark.parametrize("mode", ["frozen", "published"])
def test_a_run_on_pictures_starts_from_another(pictures, mode):
    ancestor = train(pictures)
    view = train(pictures.changed(start_from=ancestor.ended.run, freeze="pre_net,circuit", backbone_mode=mode))
    for name in ("pre_net.weight", "q_params"):
        np.testing.assert_array_equal(view.checkpoint.weights[name], ancestor.checkpoint.best_weights[name])
    assert view.prepared.trained_parameters == 10
    assert view.prepared.lineage[0].pictures == "pictures"
    assert "/" not in view.prepared.lineage[0].name


def test_other_weights_of_the_network_leave_the_first_layer_behind(pictures, networks):
    ancestor = train(pictures)
    view = train(pictures.changed(start_from=ancestor.ended.run, weights=str(networks[1])))
    assert view.prepared.lineage[0].carried == ("circuit", "post_net")
    assert "it reads features of other weights of MobileNetV3 Small there than here." in view.prepared.notes[-1]


def test_another_network_leaves_the_first_layer_behind(pictures):
    ancestor = train(pictures)
    view = train(pictures.changed(start_from=ancestor.ended.run, backbone="efficientnet_lite0", weights=""))
    assert view.prepared.lineage[0].carried == ("circuit", "post_net")
    assert "features of MobileNetV3 Small there, and of EfficientNet-Lite0 here" in view.prepared.notes[-1]


def test_a_test_part_that_chose_the_ancestor_s_epoch_is_said(ancestor):
    def notes(**changes: object) -> str:
        return " ".join(train(from_it(ancestor, **changes)).prepared.notes)

    said = "test points are among those that chose the epoch of"
    assert f"5 of the 5 {said}" in notes(rotation_degrees=0.0, test_share=0.5)
    assert said not in notes(rotation_degrees=0.0), "there is no test part"
    assert said not in notes(test_share=0.5), "other points, of the same numbers"
    assert said not in notes(rotation_degrees=0.0, test_share=0.2, test_from="training")


def test_where_nothing_is_left_to_learn_no_picture_is_looked_at(tmp_path, monkeypatch):
    from qtl_core.training import preparation

    made, folder = made_weights("mobilenet_v3_small", tmp_path), noisy_pictures(tmp_path / "pictures")
    pictures = {"source": "folder", "folder": str(folder), "backbone": "mobilenet_v3_small", "weights": str(made)}
    settings = RunSettings().changed(epochs=1, engine="torch", **pictures)
    first = train(settings)
    monkeypatch.setattr(preparation, "_kept_features", lambda _: pytest.fail("the pictures were looked at"))
    everything = settings.changed(start_from=first.ended.run, freeze="pre_net,circuit,post_net")
    assert refusal(everything).what == "Nothing is left to learn."

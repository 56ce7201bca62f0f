"""A run is in the store as it happens: listed while it trains, interrupted once its process is gone, gone on with."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs import store
from qtl_core.runs.provenance import Provenance, versions_here
from qtl_core.runs.store import layout, load_run, start_run, writer
from qtl_core.runs.view import RunView
from qtl_core.training.run import RunRequest, continue_request, run
from tests.conftest import PROJECT
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.made_runs import made_run

RUN = "20260101-000000-aaaaaa"
PATIENCE = 300.0


@pytest.fixture
def view(tmp_path) -> RunView:
    """A run of three epochs that was begun for 30 and has not ended."""
    return made_run(tmp_path, ended=False)


def so_far(view: RunView, epochs: int) -> RunView:
    return dataclasses.replace(view, epochs=view.epochs[:epochs])


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def states() -> list[tuple[str, str, int]]:
    return [(record.id, record.state, record.epochs) for record in store.list_runs()]


# While it trains


def test_a_run_is_listed_from_its_first_moment_and_follows_its_epochs(view):
    writing = start_run(RUN, so_far(view, 0), Provenance({"torch": "2.15.0"}, None, "Linux"))
    wait_until(lambda: states() == [(RUN, "running", 0)])
    assert store.kept_runs() == []
    writing.follow(so_far(view, 2))
    wait_until(lambda: states() == [(RUN, "running", 2)])
    assert load_run(RUN).epochs == view.epochs[:2]
    assert store.provenance_of(RUN).versions == {"torch": "2.15.0"}
    writing.end(view.apply(made_run(layout.runs_folder()).ended))
    writing.close()
    assert states() == [(RUN, "finished", 3)]
    assert load_run(RUN).epochs == view.epochs


def test_a_run_that_is_let_go_of_before_its_end_is_interrupted_after_its_last_epoch(view):
    writing = start_run(RUN, so_far(view, 0))
    writing.follow(view)
    writing.close()
    assert states() == [(RUN, "interrupted", 3)]
    found = load_run(RUN)
    assert (found.ended.how, found.ended.epochs, found.ended.best_epoch) == ("stopped", 3, view.checkpoint.best_epoch)


def test_a_run_that_came_to_nothing_leaves_nothing(view, own_home):
    writing = start_run(RUN, so_far(view, 0))
    wait_until(lambda: states() == [(RUN, "running", 0)])
    writing.end(so_far(view, 0))
    writing.close()
    assert states() == []
    assert not layout.run_folder(RUN).exists()


def test_only_what_is_new_is_written_when_it_goes_on(view):
    store.keep_run(so_far(view, 2), RUN)
    predictions = next(layout.run_folder(RUN).glob("predictions-*"))
    before = predictions.read_bytes()
    writing = start_run(RUN, so_far(view, 2))
    writing.follow(view)
    writing.close()
    assert predictions.read_bytes()[: len(before)] == before
    assert len(predictions.read_bytes()) == len(before) * 3 // 2
    assert load_run(RUN).epochs == view.epochs


def test_what_a_killed_process_left_behind_the_last_epoch_is_written_over(view):
    store.keep_run(so_far(view, 2), RUN)
    predictions = next(layout.run_folder(RUN).glob("predictions-*"))
    predictions.write_bytes(predictions.read_bytes() + b"half an epoch")
    (layout.run_folder(RUN) / "weights-000003-00000000.safetensors").write_bytes(b"never named")
    assert load_run(RUN).epochs == view.epochs[:2]
    store.start_run(RUN, view).close()
    assert load_run(RUN).epochs == view.epochs
    assert len(list(layout.run_folder(RUN).glob("weights-*"))) == 1


def test_a_store_that_differs_from_what_is_gone_on_with_is_written_anew(view, tmp_path):
    store.keep_run(made_run(tmp_path, (1, 2, 3, 4)), RUN)
    store.start_run(RUN, so_far(view, 2)).close()
    assert load_run(RUN).epochs == view.epochs[:2]


def test_one_process_writes_a_run_and_a_second_is_refused_in_words(view, monkeypatch):
    monkeypatch.setattr("qtl_core.runs.store.locks.TIMEOUT_SECONDS", 0.1)
    writing = start_run(RUN, view)
    for attempt in (lambda: start_run(RUN, view), lambda: store.keep_run(view, RUN), lambda: store.delete([RUN])):
        with pytest.raises(UserError, match="being trained"):
            attempt()
    writing.close()
    store.delete([RUN])
    assert states() == []


def test_names_and_notes_can_be_written_while_it_trains(view):
    writing = start_run(RUN, so_far(view, 1))
    wait_until(lambda: states() == [(RUN, "running", 1)])
    store.rename(RUN, "Still going")
    writing.follow(view)
    writing.close()
    record = store.find_run(RUN)
    assert (record.name, record.epochs) == ("Still going", 3)
    assert json.loads((layout.run_folder(RUN) / "run.json").read_text())["run"]["name"] == "Still going"


def test_reading_while_it_is_written_always_gives_a_whole_run(tmp_path, monkeypatch):
    view = made_run(tmp_path, tuple(number % 7 for number in range(60)), ended=False)
    monkeypatch.setattr(writer, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(writer, "WRITE_SHARE", 1.0)
    writing, done = start_run(RUN, so_far(view, 1)), threading.Event()

    def write() -> None:
        for number in range(60):
            writing.follow(so_far(view, 1 + number))
            time.sleep(0.01)
        wait_until(lambda: len(seen) > 1)
        done.set()

    seen: set[int] = set()
    wait_until(lambda: states() != [])
    threading.Thread(target=write).start()
    while not done.is_set():
        found = load_run(RUN)
        assert found.epochs == view.epochs[: len(found.epochs)]
        assert found.checkpoint.epoch == len(found.epochs)
        seen.add(len(found.epochs))
    writing.close()
    assert load_run(RUN).epochs == view.epochs
    assert len(seen) > 1


# A real training


@pytest.fixture
def request_to_train(tmp_path) -> RunRequest:
    from qtl_core.settings import RunSettings

    settings = RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(tmp_path / "pictures")),
        backbone="mobilenet_v3_small",
        epochs=4,
        weights=str(made_weights("mobilenet_v3_small", tmp_path)),
        engine="torch",
        learning_rate=0.02,
    )
    return RunRequest(settings, allow_fallback=False)


def seen_until(request: RunRequest, epochs: int) -> RunView:
    """What was seen of a run whose process lost interest after so many epochs."""
    view, events = request.before, run(request, lambda _: None, lambda: False)
    for event in events:
        view = view.apply(event)
        if len(view.epochs) == epochs:
            break
    events.close()
    return view


def test_a_run_broken_off_is_kept_and_goes_on_to_the_end_it_would_have_had(request_to_train):
    seen_until(request_to_train, 2)
    ((run_id, state, epochs),) = states()
    assert (state, epochs) == ("interrupted", 2)
    request = continue_request(run_id)
    assert (request.settings, request.run, request.engine) == (request_to_train.settings, run_id, "torch")
    resumed, unbroken = seen_until(request, 99), seen_until(request_to_train, 99)
    assert (resumed.ended.how, resumed.ended.run, resumed.ended.epochs) == ("finished", run_id, 4)
    assert [epoch.val_loss for epoch in resumed.epochs] == [epoch.val_loss for epoch in unbroken.epochs]
    with pytest.raises(UserError, match="has come to its end"):
        continue_request(run_id)


def test_one_broken_off_before_its_first_epoch_begins_again_in_its_place(request_to_train):
    view, events = RunView(), run(request_to_train, lambda _: None, lambda: False)
    view = view.apply(next(events))
    events.close()
    ((run_id, state, epochs),) = states()
    assert (state, epochs) == ("interrupted", 0)
    assert seen_until(continue_request(run_id), 99).ended.run == run_id
    assert states() == [(run_id, "finished", 4)]


def test_what_it_was_made_with_is_kept(request_to_train, tmp_path):
    import hashlib

    view = seen_until(request_to_train, 99)
    found = store.provenance_of(view.ended.run)
    assert found.versions == versions_here()
    assert {"python", "torch", "pennylane", "numpy"} <= found.versions.keys()
    names = [name for name, _ in found.data.val]
    assert names == [file.removeprefix(f"{tmp_path}/pictures/") for file in view.prepared.val_files]
    assert len(found.data.train) == view.prepared.train_size
    for name, digest in (*found.data.train, *found.data.val):
        assert hashlib.sha256((tmp_path / "pictures" / name).read_bytes()).hexdigest() == digest
    assert store.find_run(view.ended.run).val_sha256 == found.data.val_sha256


def test_a_failed_run_says_why_in_the_table(request_to_train, tmp_path):
    request = dataclasses.replace(
        request_to_train, settings=request_to_train.settings.changed(backbone_mode="published")
    )
    view = RunView()
    for event in run(request, lambda _: None, lambda: False):
        view = view.apply(event)
        if len(view.epochs) == 1:
            (tmp_path / "pictures/train/ants/ants_0.png").unlink(missing_ok=True)
    record = store.find_run(view.failed.run)
    assert (record.state, record.epochs) == ("failed", 1)
    assert record.failure == f"{view.failed.what} {view.failed.why} {view.failed.do}".strip()


# Two processes


def test_two_processes_share_a_store(view, tmp_path, own_home):
    """Each keeps, renames and lists twenty runs while the other does; all are there in the end."""
    code = (
        "import sys; from pathlib import Path\n"
        "from qtl_core.runs import store; from tests.helpers.made_runs import made_run\n"
        "for number in range(20):\n"
        "    run = store.keep_run(made_run(Path('/pictures')))\n"
        "    store.rename(run, f'{sys.argv[1]} {number}')\n"
        "    store.load_run(run); store.list_runs()\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, name], cwd=PROJECT) for name in ("one", "other")]
    assert [child.wait() for child in children] == [0, 0]
    names = {record.name for record in store.list_runs()}
    assert names == {f"{name} {number}" for name in ("one", "other") for number in range(20)}
    assert all(len(load_run(run).epochs) == 3 for run in store.kept_runs())


def test_a_run_another_process_trains_is_running_here_until_that_process_dies(view, tmp_path):
    code = (
        "import dataclasses, time; from pathlib import Path; from qtl_core.runs import store\n"
        "from tests.helpers.made_runs import made_run\n"
        f"writing = store.start_run('{RUN}', made_run(Path('/pictures'), ended=False))\n"
        f"while not store.list_runs() or store.find_run('{RUN}').epochs < 3: time.sleep(0.01)\n"
        "print('there', flush=True); time.sleep(600)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "there\n"
    assert states() == [(RUN, "running", 3)]
    child.kill()
    child.wait()
    assert states() == [(RUN, "interrupted", 3)]

"""The list of ways out: what each makes of a run, why there may be none, and that a folder's zip is always the same."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.exchange.heads.fitting import told_apart
from qtl_core.exchange.heads.reading import read_state
from qtl_core.exchange.run_files.reading import open_run_file
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.requests import kept_model
from qtl_core.runs.store import find_run, load_run
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out import catalogue
from qtl_core.ways_out.catalogue import HEAD, MLFLOW, ONNX, TENSORBOARD, WAYS, way_of, ways_in
from qtl_core.ways_out.making import making_job, run_making_job
from qtl_core.ways_out.way import FolderWay, Group, NextStep, Taken, zipped
from tests.exchange.test_run_files import kept, that_answers, whole
from tests.publish.test_numbers import numbers_run


def broken_down() -> TrainedRun:
    """A run whose weights are no numbers."""
    run = bundled_run()
    last, weights = (
        run.epochs[-1],
        {name: np.full_like(each, np.nan) for name, each in run.checkpoint.best_weights.items()},
    )
    return replace(run, epochs=(replace(last, checkpoint=replace(last.checkpoint, best_weights=weights)),))


@pytest.fixture
def taken() -> Taken:
    """A run that answers, taken along as it is."""
    run_id = kept(that_answers(whole()))
    return Taken(find_run(run_id), TrainedRun.of(load_run(run_id)))


def made(key: str, taken: Taken) -> bytes:
    """What a worker makes."""
    found = []
    run_making_job((key, taken), found.append, never_stop)
    return found[-1]


def test_every_way_is_in_one_group_has_its_own_words_and_is_found_by_its_key():
    assert [way_of(way.key) for way in WAYS] == list(WAYS)
    grouped = [way.key for group in Group for way in ways_in(group)]
    assert len(set(grouped)) == len(grouped) and {way.key for way in WAYS} <= set(grouped)
    assert len({way.what_for for way in WAYS}) == len({way.title for way in WAYS}) == len(WAYS)
    assert all(group.about.endswith(".") for group in Group)


def test_names_are_of_the_run_and_no_two_ways_write_the_same_file(taken):
    names = [way.named(taken) for way in WAYS]
    assert names[0] == "Ants-at-noon.qtl.zip" and all(taken.record.id in name for name in names[1:])
    assert len(set(names)) == len(WAYS)
    assert HEAD.named(replace(taken, layout="paper")) == f"head_{taken.record.id}_paper.pt"


def test_one_file_and_a_script_are_those_of_their_rooms(taken):
    assert made("file", taken) == archive_bytes(taken.record.id)
    assert open_run_file(made("file", taken), "a").run_id == taken.record.id
    compile(made("script", taken), "script", "exec")


def test_what_a_page_hands_on_with_two_epochs_is_made_of_all_of_them(taken, monkeypatch):
    monkeypatch.setattr(catalogue, "log_kept", lambda _record, view, _log: logged.append(len(view.epochs)))
    logged, on_a_page = [], replace(taken, view=kept_model(taken.record.id, taken.record.version).run)
    assert (len(on_a_page.view.epochs), len(taken.view.epochs)) == (2, 3)
    for key in ("tensorboard", "mlflow"):
        made(key, on_a_page)
    assert logged == [3, 3]
    assert made("notebook", on_a_page) == way_of("notebook").content(taken)


@pytest.mark.parametrize("run", [numbers_run(), numbers_run("table"), broken_down()], ids=["points", "table", "nan"])
def test_where_a_way_says_why_not_it_makes_nothing(taken, run):
    shut = [way for way in WAYS if way.why_not(run)]
    assert shut
    for way in shut:
        with pytest.raises(UserError):
            way.content(replace(taken, view=run))


def test_a_head_goes_out_for_either_code(taken):
    demo, paper = (
        told_apart(read_state(made("head", replace(taken, layout=layout)), "head.pt")).head["q_params"]
        for layout in ("demo", "paper")
    )
    across, depth = taken.view.prepared.settings.circuit.qubits, taken.view.prepared.settings.circuit.depth
    assert paper.shape == (15 * across,)
    assert (paper.reshape(15, across)[1 : depth + 1].reshape(-1) == demo).all()


def test_other_weights_than_those_it_was_trained_with_are_refused_while_it_is_made():
    run_id = kept()
    with pytest.raises(UserError, match="are not those this run was trained with"):
        made("onnx", Taken(find_run(run_id), TrainedRun.of(load_run(run_id))))


@pytest.mark.parametrize("way", [ONNX, TENSORBOARD, MLFLOW], ids=lambda way: way.key)
def test_packages_that_are_missing_are_named_with_what_to_do(way, taken, monkeypatch):
    monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: (f"the_{extra.name}_package",))
    said = way.why_not(taken.view)
    assert f"the_{way.key}_package" in said and "pip install" in said


def test_a_job_can_be_sent_to_a_worker_and_names_its_owner(taken):
    job = making_job("head", taken, "somebody")
    assert job.owner == "somebody"
    assert pickle.loads(pickle.dumps(job.payload))[1].record == taken.record


def test_a_zip_has_the_files_below_in_order_and_is_the_same_every_time(tmp_path):
    for name in ("b.txt", "a/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    once = zipped(tmp_path)
    os.utime(tmp_path / "b.txt", (1e9, 1e9))
    assert zipped(tmp_path) == once
    archive = zipfile.ZipFile(io.BytesIO(once))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {n: n for n in ("a/c.txt", "b.txt")}
    assert archive.namelist() == ["a/c.txt", "b.txt"]


def test_a_folder_that_cannot_be_written_is_said_without_its_path(taken):
    def full(_taken, folder):
        raise OSError(28, "No space left on device", str(folder))

    then = NextStep("Look:", "ls {place}")
    way = FolderWay(key="full", title="Full", group=Group.LOG, what_for="", then=then, named=lambda _: "f", fill=full)
    with pytest.raises(UserError, match="Full: the folder cannot be written") as caught:
        way.content(taken)
    assert "/" not in str(caught.value)

"""Pictures on their way through a run: which ones, and that what is shown of each is what the run really computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, run_trace_job, trace_job
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.requests import named_model
from qtl_core.jobs import JobManager
from tests.conftest import SHARED, needs_shared
from tests.helpers.made_runs import made_pictures


@pytest.fixture(scope="module")
def traces() -> list[PictureTrace]:
    made: list[PictureTrace] = []
    run_trace_job((named_model(RUN_ID), choose_pictures(None, 4)), made.append, lambda: False)
    return made


def test_drawings_are_taken_where_there_are_no_photos_class_by_class_in_turn():
    found = choose_pictures(None, 12)
    assert [picture.truth for picture in found] == ["ants", "bees"] * 6
    assert all(picture.drawn for picture in found)
    assert {picture.file for picture in found} <= set(bundled_run().prepared.val_files)
    assert len({picture.file for picture in found}) == 12


def test_photos_are_of_the_validation_folder_alone(tmp_path: Path):
    folder = made_pictures(tmp_path)
    found = choose_pictures(folder, 4)
    assert [picture.truth for picture in found] == ["ants", "bees"] * 2
    assert all(Path(picture.file).parent.parent == folder / "val" for picture in found)
    assert len(choose_pictures(folder, 100)) == 6
    assert choose_pictures(tmp_path / "empty", 4) == ()


def test_a_trace_ends_where_the_run_says(traces):
    assert [trace.picture for trace in traces] == list(choose_pictures(None, 4))
    for trace in traces:
        np.testing.assert_allclose(trace.path[-1, :, 2], trace.explanation.expectations, atol=1e-5)
        assert trace.jpeg[:2] == b"\xff\xd8"
        assert trace.explanation.prediction.label in ("ants", "bees")
        assert trace.is_right == (trace.explanation.prediction.label == trace.picture.truth)


def test_a_picture_that_cannot_be_read_is_left_out(tmp_path: Path):
    folder = made_pictures(tmp_path)
    broken = next((folder / "val" / "ants").iterdir())
    broken.write_bytes(b"not a picture")
    made: list[PictureTrace] = []
    run_trace_job((named_model(RUN_ID), choose_pictures(folder, 6)), made.append, lambda: False)
    assert len(made) == 5
    assert str(broken) not in [trace.picture.file for trace in made]


def test_stopped_it_answers_no_more():
    made: list[PictureTrace] = []
    run_trace_job((named_model(RUN_ID), choose_pictures(None, 4)), made.append, lambda: len(made) == 1)
    assert len(made) == 1


def test_a_worker_sends_them_one_by_one():
    manager = JobManager(slots=1, threads=1)
    try:
        snapshot = manager.wait(manager.submit(trace_job(named_model(RUN_ID), choose_pictures(None, 2))))
        assert snapshot.error is None
        assert [trace.picture.truth for trace in snapshot.view.result] == ["ants", "bees"]
    finally:
        manager.close()


@pytest.mark.shared
@needs_shared
def test_real_photos_are_followed_too():
    made: list[PictureTrace] = []
    run_trace_job(
        (named_model(RUN_ID), choose_pictures(SHARED / "datasets/hymenoptera_data", 4)), made.append, lambda: False
    )
    assert [trace.picture.drawn for trace in made] == [False] * 4

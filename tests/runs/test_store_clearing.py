"""What a process left behind that was killed in the middle of writing is cleared away by the next one; nothing else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from qtl_core.runs.store import find_run, keep_run, kept_runs, layout, load_run, opening, writing
from qtl_core.runs.store.locks import lock_run
from qtl_core.runs.store.recovery import clear_up
from tests.helpers.made_runs import whole_run

OTHER = "20250101-000000-aaaaaa"
HALF_WEIGHTS = ".weights-000005-259a931f.safetensors.a73ea24a.part"
HALF_COPY = ".run.json.0123abcd.part"
PREDICTIONS = "predictions-0123abcd.f32"
WEIGHTS = "weights-000005-259a931f.safetensors"


@pytest.fixture
def kept(tmp_path) -> str:
    return keep_run(whole_run(tmp_path))


def left_behind(run_id: str, *names: str) -> Path:
    folder = layout.run_folder(run_id)
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"half")
    return folder


def as_the_next_process() -> list[str]:
    opening._ready.clear()
    return kept_runs()


@pytest.mark.parametrize(
    "names", [(), (layout.LOCK,), (layout.LOCK, PREDICTIONS), (layout.LOCK, PREDICTIONS, HALF_WEIGHTS)]
)
def test_a_run_cut_off_in_its_first_write_leaves_nothing(kept, names):
    folder = left_behind(OTHER, *names)
    assert as_the_next_process() == [kept]
    assert not folder.exists()


@pytest.mark.parametrize("name", [WEIGHTS, "arrays.npz", "mine.txt", layout.COPY])
def test_a_folder_that_holds_anything_whole_stays(kept, name):
    folder = left_behind(OTHER, layout.LOCK, PREDICTIONS, name)
    assert as_the_next_process() == [kept]
    assert (folder / name).exists()


def test_halves_beside_a_kept_run_go_and_the_run_stays(kept):
    folder = left_behind(kept, HALF_WEIGHTS, HALF_COPY)
    whole = {file.name for file in folder.iterdir()} - {HALF_WEIGHTS, HALF_COPY}
    assert as_the_next_process() == [kept]
    assert {file.name for file in folder.iterdir()} == whole
    assert load_run(kept).epochs
    assert find_run(kept).state == "finished"


@pytest.mark.parametrize("own", [True, False], ids=["kept", "new"])
def test_nothing_is_taken_from_a_run_that_is_being_written(kept, own):
    folder = left_behind(kept if own else OTHER, HALF_WEIGHTS)
    lock = lock_run(folder.name)
    try:
        assert as_the_next_process() == [kept]
        assert (folder / HALF_WEIGHTS).exists()
    finally:
        lock.release()


def test_a_folder_that_is_cleared_away_before_it_is_taken_is_made_again(tmp_path, monkeypatch):
    """Another process that starts just then finds it empty, and no run in the store that it could belong to."""
    take, moments = writing.lock_run, []

    def held_late(run_id: str):
        moments.append(run_id)
        if len(moments) < 3:
            with closing(opening.connected(layout.store_file())) as connection:
                clear_up(connection, ())
            assert not layout.run_folder(run_id).exists()
        return take(run_id)

    kept_before = keep_run(whole_run(tmp_path))
    monkeypatch.setattr(writing, "lock_run", held_late)
    run_id = keep_run(whole_run(tmp_path))
    assert set(kept_runs()) == {kept_before, run_id}
    assert load_run(run_id).epochs


def test_a_link_to_elsewhere_is_not_followed(kept, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / HALF_WEIGHTS).write_bytes(b"not the store's")
    layout.run_folder(OTHER).symlink_to(elsewhere)
    assert as_the_next_process() == [kept]
    assert (elsewhere / HALF_WEIGHTS).exists()

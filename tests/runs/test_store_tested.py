"""The look at the test pictures in the store: kept, replaced when a run goes on, found again without the database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.exchange.run_files.requirements import at_home
from qtl_core.runs.events import Tested as Looked
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.store import find_run, keep_run, layout, list_runs, load_run
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import made_pictures, made_run

SHARES = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], np.float32)


@pytest.fixture
def view(tmp_path) -> RunView:
    """A run with a look at three test pictures, of which it got two right."""
    made = made_run(made_pictures(tmp_path / "pictures"))
    files = tuple(f"/elsewhere/val/ants/{number}.jpg" for number in range(3))
    prepared = replace(made.prepared, test_size=3, test_files=files, test_labels=(0, 1, 1))
    return replace(made, prepared=prepared, tested=Looked(2, 0.7, 2 / 3, SHARES), looks=1)


def test_without_its_database_the_look_is_found_again_from_the_copy(view):
    run_id = keep_run(view)
    layout.store_file().unlink()
    (record,) = list_runs()
    assert (record.id, record.test_size, record.test_right, record.test_looks) == (run_id, 3, 2, 1)
    found = load_run(run_id)
    assert found.tested == view.tested and np.array_equal(found.tested.probabilities, SHARES)


def test_a_run_that_goes_on_has_no_look_but_remembers_how_many_there_were(view):
    run_id = keep_run(view)
    keep_run(replace(view, tested=None), run_id)
    record, found = find_run(run_id), load_run(run_id)
    assert (record.test_right, record.test_accuracy, record.test_looks) == (None, None, 1)
    assert (found.tested, found.looks) == (None, 1)
    assert not list(layout.run_folder(run_id).glob("test-*"))


def test_a_second_look_replaces_the_first_and_leaves_one_file(view):
    run_id = keep_run(view)
    keep_run(replace(view, tested=Looked(3, 0.6, 1 / 3, SHARES[::-1].copy()), looks=2), run_id)
    found = load_run(run_id)
    assert (found.tested.epoch, found.looks) == (3, 2) and np.array_equal(found.tested.probabilities, SHARES[::-1])
    assert len(list(layout.run_folder(run_id).glob("test-*.f32"))) == 1


def test_a_file_s_test_pictures_are_named_and_lead_nowhere(view, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("private")
    prepared = replace(view.prepared, test_files=(str(secret), "a/b/c/d.jpg", "../../x.jpg"))
    found = at_home(prepared, Provenance({}, None, ""))
    assert len(found.test_files) == 3
    assert all(not Path(file).is_absolute() and ".." not in file for file in found.test_files)

"""One run of a study, found by the key that a point carries."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.studies.one_run import found_run, run_finding_job
from qtl_core.studies.store import StudyStore
from tests.helpers.made_studies import made_study


def test_a_run_is_found_with_its_place_its_row_and_its_curve():
    store = made_study("variant=dressed,depth_0,linear", seeds=2)
    key, run = next((key, run) for key, run in store.plan.runs().items() if not run.settings.circuit.depth)
    found = found_run(store, key)
    assert found.at == {"variant": "depth_0"}
    assert found.run == run
    assert found.row == store.rows()[key]
    np.testing.assert_allclose(found.curves.data[-1].y, store.curves(key)["val_accuracy"])


def test_a_key_that_is_none_of_its_runs_or_has_no_row_is_refused():
    store = made_study("head=dressed,linear", seeds=2, done=3)
    last = list(store.plan.runs())[-1]
    for key in ("0" * 16, last):
        with pytest.raises(UserError, match="no such run"):
            found_run(store, key)


def test_the_job_gives_it():
    store = made_study("head=linear", seeds=1)
    events = []
    run_finding_job((store.id, next(iter(store.rows()))), events.append, lambda: False)
    assert events[0].row == next(iter(StudyStore(store.id).rows().values()))


def test_a_run_leads_to_the_others_of_its_setting_that_are_trained():
    store = made_study("head=dressed,linear", "depth=2,4", seeds=3, done=5)
    first, *_ = store.plan.runs()
    found = found_run(store, first)
    assert [words for _, words in found.alike] == ["seed 0", "seed 1", "seed 2"] and found.alike[0][0] == first
    fourth = list(store.plan.runs())[3]
    assert [words for _, words in found_run(store, fourth).alike] == ["seed 0", "seed 1"], "the third has no row"

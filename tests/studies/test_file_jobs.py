"""A study's file brought in as a job, and whose it is then."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.studies.file_jobs import FileRequest, run_bring_in_job
from qtl_core.studies.jobs import OWNER
from qtl_core.studies.store import StudyStore, delete_study
from qtl_core.studies.study_file import write
from tests.helpers.made_studies import made_study


def brought_in(content: bytes, owner: str = "me"):
    events = []
    run_bring_in_job(FileRequest(content, "made.qtl-study.zip", owner), events.append, lambda: False)
    return events[-1]


def test_a_file_becomes_a_study_of_whoever_brings_it():
    store = made_study("head=dressed,linear", seeds=2)
    content, rows = write(store), store.rows()
    assert brought_in(content).words == "The study “made” is here already."
    delete_study(store)
    found = brought_in(content)
    assert found.words.startswith("The study “made” was brought in.")
    assert StudyStore(found.study).rows() == rows
    assert StudyStore(found.study).fact(OWNER) == "me"


def test_what_is_no_study_is_refused_in_words():
    with pytest.raises(UserError, match="cannot be opened as a study"):
        brought_in(b"nothing of the kind")

"""A link to a run that another server over the same data folder trains."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.provenance import Provenance
from qtl_core.runs.store import list_runs, start_run
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_run
from tests.runs.test_store_writer import wait_until
from ui.base import job_managers
from ui.shell.run_elsewhere import WORDS

pytestmark = pytest.mark.usefixtures("own_managers")
RUN = "20260101-000000-aaaaaa"


def infos(app: AppTest) -> list[str]:
    assert not app.exception
    return [each.value for each in app.info]


def test_it_is_said_and_the_run_is_shown_once_it_has_ended(tmp_path: Path):
    writing = start_run(RUN, made_run(tmp_path, ended=False), Provenance({}, None, "Linux"))  # which holds its lock
    wait_until(lambda: [record.state for record in list_runs()] == ["running"])
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["job"] = RUN
    assert WORDS in infos(app.run())
    assert job_managers.studio_jobs().snapshot(RUN) is None  # or it would stand here as stopped

    ended = made_run(tmp_path)
    writing.end(ended)
    writing.close()
    assert WORDS not in infos(app.run())
    assert len(job_managers.find_run_job(RUN).view.epochs) == len(ended.epochs)

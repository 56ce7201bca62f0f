"""Going on with kept runs from the Runs page, with real training in real workers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.compare.repetition import same_numbers
from qtl_core.runs.store import find_run, kept_runs, load_run
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from ui.base import job_managers
from ui.session.runs import Runs
from ui.session.screen import Screen

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy


pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture
def folder(tmp_path) -> Path:
    return made_pictures(tmp_path / "photos", each=4)


def trained(folder: Path, *, stop_after: int = 99, epochs: int = 4) -> str:
    """Trains a run here, as far as wanted; returns its identifier."""
    settings = RunSettings().changed(
        source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=epochs, engine="torch"
    )
    seen: list[object] = []
    for event in run(RunRequest(settings), lambda _: None, lambda: sum(map(is_epoch, seen)) >= stop_after):
        seen.append(event)
    return seen[-1].run


def is_epoch(event: object) -> bool:
    return type(event).__name__ == "EpochDone"


def opened(run_id: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.run()
    app.session_state[Runs.KEY] = Runs(chosen=(run_id,))
    return app.switch_page("pages/runs.py").run()


def press(app: AppTest, label: str) -> AppTest:
    app = next(each for each in app.button if each.label == label).click().run()
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        job = job_managers.find_run_job(app.session_state[Screen.KEY].job)
        if job is not None and job.is_over:
            return app.switch_page("pages/train.py").run()  # where the app goes, and AppTest does not follow
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def words(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(
        element.value for element in (*app.markdown, *app.success, *app.warning, *app.error, *app.subheader)
    )


def test_train_again_gives_the_same_numbers_and_says_so(folder):
    first = trained(folder)
    app = press(opened(first), "Train again with exactly this")
    assert "all numbers of all 4 epochs are equal, to the last bit." in words(app)
    again, before = kept_runs()
    assert before == first
    assert same_numbers(load_run(first), load_run(again)).is_equal
    assert app.session_state[Screen.KEY].settings.data.folder == str(folder)
    assert "all numbers of all 4 epochs are equal, to the last bit." in words(reloaded(app))


def reloaded(app: AppTest) -> AppTest:
    """A session that begins with what the other one's address says."""
    anew = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    anew.query_params.update(app.query_params)
    return anew.run().switch_page("pages/train.py").run()


def test_what_differs_is_said_where_pictures_were_changed_meanwhile(folder):
    first = trained(folder)
    picture = sorted((folder / "train" / "ants").glob("*.jpg"))[0]
    picture.write_bytes(sorted((folder / "train" / "bees").glob("*.jpg"))[0].read_bytes())
    said = words(press(opened(first), "Train again with exactly this"))
    assert "the numbers are not equal. They part at epoch 1" in said
    assert "The pictures are others: 1 changed." in said


def test_a_stopped_run_goes_on_to_its_end_with_the_numbers_of_an_unbroken_one(folder):
    whole, broken = trained(folder), trained(folder, stop_after=2)
    assert find_run(broken).state == "stopped"
    press(opened(broken), "Continue to its end")
    assert find_run(broken).state == "finished"
    assert same_numbers(load_run(whole), load_run(broken)).is_equal

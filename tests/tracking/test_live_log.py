"""A run that a worker logs as it trains: the same run, logged in the data folder, whatever becomes of the log."""

from __future__ import annotations

import pytest
from mlflow.tracking import MlflowClient
from streamlit.testing.v1 import AppTest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from qtl_core.common.paths import home
from qtl_core.common.progress import never_stop
from qtl_core.runs.events import Ended, EpochDone
from qtl_core.runs.store import load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.tracking.live_log import logged_job, run_logged_job
from qtl_core.tracking.mlflow_database import DATABASE
from qtl_core.tracking.mlflow_store import MlflowStore
from qtl_core.tracking.programs import MLFLOW, PROGRAMS, TENSORBOARD
from qtl_core.training.run import RunRequest, continued, run, training_job

POINTS = RunSettings().changed(
    source="points", shape="moons", points=60, head="linear", epochs=2, engine="torch", batch_size=20
)


def trained(request: RunRequest, program: str) -> RunView:
    """The view that a page gets of a job that logs."""
    job = logged_job(training_job(request, "me"), program)
    view = job.view

    def emit(event) -> None:
        nonlocal view
        view = view.apply(event)

    run_logged_job(job.payload, emit, never_stop)
    return view


def logged_losses(run_id: str) -> list[tuple[int, float]]:
    found = EventAccumulator(str(home() / TENSORBOARD.folder / run_id))
    found.Reload()
    return [(each.step, pytest.approx(each.value)) for each in found.Scalars("loss/validation")]


def losses(view: RunView) -> list[tuple[int, float]]:
    return [(epoch.epoch, epoch.val_loss) for epoch in view.epochs]


def test_the_run_is_the_same_and_its_log_lies_in_the_data_folder():
    plain = [event for event in run(RunRequest(POINTS), lambda _: None, never_stop) if isinstance(event, EpochDone)]
    view = trained(RunRequest(POINTS), "tensorboard")
    assert losses(view) == [(epoch.epoch, epoch.val_loss) for epoch in plain]
    assert view.ended.note == "" and load_run(view.ended.run).prepared.settings == POINTS
    assert logged_losses(view.ended.run) == losses(view)


def test_a_run_that_goes_on_is_logged_from_its_first_epoch_and_once():
    first = trained(RunRequest(POINTS), "tensorboard")
    whole = trained(continued(first, 2), "tensorboard")
    assert whole.ended.run == first.ended.run and len(whole.epochs) == 4
    assert logged_losses(whole.ended.run) == losses(whole)


def test_a_store_of_mlflow_holds_a_run_that_goes_on_once():
    first = trained(RunRequest(POINTS), "mlflow")
    trained(continued(first, 1), "mlflow")
    folder = home() / MLFLOW.folder
    client = MlflowClient(f"sqlite:///{folder / DATABASE}")
    (kept,) = client.search_runs([MlflowStore(folder).experiment])
    assert kept.data.tags["qtl.run"] == first.ended.run
    assert [each.step for each in client.get_metric_history(kept.info.run_id, "val_loss")] == [1, 2, 3]


@pytest.mark.parametrize("method", ["begin", "epoch"])
def test_a_log_that_breaks_is_said_at_the_end_of_a_run_that_is_whole(monkeypatch, method):
    def full(*_) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(f"qtl_core.tracking.tensorboard_files.TensorBoardLog.{method}", full)
    view = trained(RunRequest(POINTS), "tensorboard")
    assert len(view.epochs) == 2 and view.ended.how == "finished"
    assert view.ended.note == "It is not logged further: No space left on device"


def test_without_the_extra_a_run_trains_and_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: extra.packages)
    ended = trained(RunRequest(POINTS), "tensorboard").ended
    assert isinstance(ended, Ended) and ended.how == "finished"
    assert "pip install '.[tensorboard]'" in ended.note


def choice_page() -> None:
    from ui.train.log_choice import show_log_choice

    show_log_choice()


def shown() -> AppTest:
    return AppTest.from_function(choice_page, default_timeout=60).run()


def test_the_choice_offers_what_is_installed_and_names_no_path_of_the_machine():
    app = shown()
    assert app.radio[0].options == ["Nowhere", "TensorBoard", "MLflow"] and app.radio[0].value == ""
    app.radio[0].set_value("tensorboard").run()
    assert app.code[0].value == "tensorboard --logdir logs/tensorboard"
    assert str(home()) not in " ".join(each.value for each in (*app.caption, *app.code))


def test_of_what_is_not_installed_it_says_how_to(monkeypatch):
    monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: extra.packages[:1])
    app = shown()
    assert app.radio[0].options == ["Nowhere"]
    said = " ".join(each.value for each in app.caption).replace("\\", "")
    assert all(f"pip install '.[{key}]'" in said for key in PROGRAMS)


def test_strangers_are_offered_no_log_on_the_server(monkeypatch):
    monkeypatch.setenv("QTL_OPEN", "1")
    assert not shown().radio


def test_a_start_logs_where_the_session_chose_and_the_link_does_not_say_so():
    def page() -> None:
        import streamlit as st

        from qtl_core.training.run import RunRequest
        from ui.session import keys, session
        from ui.session.run_actions import _job

        st.session_state[keys.LOGGED_FOR] = "mlflow"
        st.code(_job(RunRequest(session.screen.settings)).task)
        session.screen.write_link()
        st.code(str(dict(st.query_params)))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert app.code[0].value == "qtl_core.tracking.live_log:run_logged_job"
    assert "mlflow" not in app.code[1].value

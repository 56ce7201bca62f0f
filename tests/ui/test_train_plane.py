"""The plane on the Train page: points at once, the surface of each epoch as it comes, then all of them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from ui.results import plane as results
from ui.train import plane

FEW = RunSettings().changed(source="points", points=40, qubits=2, depth=1, epochs=2, engine="torch")


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """What was drawn, in order."""
    told: list[str] = []
    monkeypatch.setattr(plane, "show_points", lambda _: told.append("points"))
    monkeypatch.setattr(plane, "show_plane_now", lambda run: told.append(f"epoch {run.epochs[-1].epoch}") or True)
    monkeypatch.setattr(plane, "show_plane", lambda view, plays: told.append(f"all, plays: {plays}"))
    monkeypatch.setattr(plane, "refreshing", lambda panel, usual: lambda *asked: told.append(f"every {usual:g} s"))
    return told


def job(view: RunView, *, is_over: bool = False) -> SimpleNamespace:
    return SimpleNamespace(id="job", view=view, is_over=is_over)


def test_a_run_that_has_only_begun_is_looked_at_again_and_again(shown):
    """Its page is run once, before it is known what it learns."""
    plane.show_plane_of(job(RunView()), FEW)
    assert shown == ["every 1 s"]


def test_points_stand_there_until_the_first_epoch_and_then_its_surface(shown, monkeypatch):
    whole = train(FEW, keep=False)
    for view in (RunView(), RunView(prepared=whole.prepared), replace(whole, epochs=whole.epochs[:1], ended=None)):
        monkeypatch.setattr(plane, "shown_run", lambda view=view: job(view))
        plane._live(FEW)
    plane._live(FEW.changed(shape="moons"))
    assert shown == ["points", "points", "epoch 1", "points"]


def test_a_run_that_is_over_plays_by_itself_once(shown, monkeypatch):
    whole = train(FEW, keep=False)
    training = SimpleNamespace(to_replay="job", playground=False)
    monkeypatch.setattr(plane, "session", SimpleNamespace(training=training))
    plane.show_plane_of(job(whole, is_over=True), FEW)
    training.to_replay = "another"
    plane.show_plane_of(job(whole, is_over=True), FEW)
    assert shown == ["all, plays: True", "all, plays: False"]


def test_while_all_epochs_are_drawn_the_last_one_stays(monkeypatch):
    told: list[object] = []
    whole = train(FEW, keep=False)
    waiting = SimpleNamespace(is_over=False, view=SimpleNamespace(error=None, result=None))
    monkeypatch.setattr(results, "_made", lambda run: waiting)
    monkeypatch.setattr(results, "show_component", lambda key, data: told.append(data["epochs"]))
    monkeypatch.setattr(results, "show_job_wait", lambda *_: told.append("waits"))
    from qtl_core.runs.view import TrainedRun

    results._panel(TrainedRun.of(whole), True, True, "plane")
    assert told == [[2], "waits"]

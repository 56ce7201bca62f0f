"""The forecast on the Train page: measured anew where another engine stood in for the one that was being compiled."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from qtl_core.jobs import JobView
from qtl_core.training.feature_forecast import Seconds
from qtl_core.training.forecast import Forecast
from ui.train import forecast

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("stands_in", "age", "again"),
    [(True, forecast.AGAIN_SECONDS + 1, True), (True, forecast.AGAIN_SECONDS - 1, False), (False, 1e5, False)],
)
def test_what_was_measured_with_a_stand_in_is_measured_again_after_a_while(stands_in, age, again, monkeypatch):
    monkeypatch.setattr(forecast.time, "time", lambda: NOW)
    found = Forecast(Seconds(), Seconds(1.0, 2.0), 0, stands_in=stands_in)
    assert forecast._may_be_quicker(SimpleNamespace(view=JobView(result=found), ended=NOW - age)) is again


def test_what_is_being_measured_or_failed_is_left_alone():
    assert not forecast._may_be_quicker(SimpleNamespace(view=JobView(), ended=None))
    assert not forecast._may_be_quicker(SimpleNamespace(view=JobView(), ended=0.0))

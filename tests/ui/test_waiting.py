"""A job's bar: what it counts, and how long it has been beginning before it counts anything."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.progress import Progress
from ui.session.answer_queue import AnswerProgress


def shown(progress: Progress | None, seconds: float | None, age: float = 3.0) -> str:
    def page(progress, seconds, age):
        from types import SimpleNamespace

        from ui.widgets.waiting import show_job_report

        job = SimpleNamespace(view=SimpleNamespace(progress=progress), seconds=seconds, age=age)
        show_job_report("seeds", job)

    app = AppTest.from_function(page, args=(progress, seconds, age), default_timeout=60).run()
    assert not app.exception
    return "\n".join(element.value for element in app.markdown)


def test_what_a_job_counts_is_said_with_the_time_left():
    assert shown(Progress("Training", 30, 120, 9.0), 3.0) == "Training: 30 of 120, about 9.0 s left."


@pytest.mark.parametrize(
    ("progress", "words"), [(None, "Getting ready …"), (Progress("Opening pictures", 0, 0), "Opening pictures …")]
)
def test_before_it_counts_the_time_so_far_is_said(progress, words):
    assert shown(progress, 3.0) == f"{words} (3.0 s so far)"


def test_the_time_so_far_counts_while_the_job_waits_for_its_turn():
    assert shown(None, None, age=40.0) == "Getting ready … (40 s so far)"


def test_answers_that_came_forecast_the_others():
    answers = tuple(SimpleNamespace() for _ in range(4))
    assert AnswerProgress(answers, 10, None, seconds=3.0, new=2).seconds_left == pytest.approx(9.0)
    assert AnswerProgress(answers, 10, None, seconds=3.0).seconds_left is None

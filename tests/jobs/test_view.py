"""What pages read of a job: events folded into progress, error and result."""

from __future__ import annotations

from qtl_core.common.progress import Progress, emit_counted
from qtl_core.jobs import JobSpec, JobView

HALFWAY = Progress("Reading", 1, 2)


def test_a_report_of_progress_is_kept_until_the_result_is_there():
    before = JobView()
    going_on = before.apply(HALFWAY)
    assert (before, going_on) == (JobView(), JobView(progress=HALFWAY))
    assert going_on.apply("found") == JobView(result="found")


def test_a_later_result_takes_the_place_of_an_earlier_one():
    assert JobView().apply("a").apply("b") == JobView(result="b")


def test_parts_are_collected_in_their_order_beside_the_progress():
    view = JobView(result=())
    for event in ("a", HALFWAY, "b"):
        view = view.collect(event)
    assert view == JobView(HALFWAY, result=("a", "b"))
    assert JobView().collect("a").result == ("a",)


def test_a_failure_keeps_what_was_found_and_has_no_progress_any_more():
    view = JobView(HALFWAY, result=("a",)).failed("What.", "Why.", "Do.")
    assert view == JobView(None, ("What.", "Why.", "Do."), ("a",))


def test_a_job_needs_but_a_task_a_payload_and_an_owner():
    spec = JobSpec("module:function", 3, "me")
    assert spec.when_stopped(spec.fold(spec.view, "found")) == JobView(result="found")
    assert spec.when_failed(spec.view, "What.", "Why.", "Do.").error == ("What.", "Why.", "Do.")


def test_parts_are_counted_as_they_are_sent():
    sent: list[str | Progress] = []
    emit_counted(iter("ab"), "Reading", 2, sent.append)
    assert sent == ["a", HALFWAY, "b", Progress("Reading", 2, 2)]

"""The image network's own answer for a picture, among ImageNet's thousand classes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, trace_job
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from qtl_core.learn.thousand_classes import ThousandAnswer, thousand_job
from qtl_core.pictures.sources.photos import find_photos
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.theme import EMBEDDING
from ui.learn.widgets import chart
from ui.session import keys, session
from ui.widgets.waiting import show_awaited, show_once_over

TOPIC = "thousand_classes"
PICTURES = 12  # those of Home and the tour
SIDE = 190  # pixels of the one that is chosen


def show() -> None:
    """Shows the pictures' answers once they are there."""
    show_once_over(lambda: _followed(_model()), _show, lambda _: "Waking up the image network …")


def _model() -> TrainedModel:
    return named_model(RUN_ID)


def _followed(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """The job that follows pictures through the run; named as that of Home and the tour, it is done once."""
    found = find_photos()
    key = "traces", model.key, found
    return job_managers.picture_traces().find_or_start(
        key, lambda: trace_job(model, choose_pictures(found, PICTURES), session.owner)
    )


def _show(traces: tuple[PictureTrace, ...]) -> None:
    data = _model().run.prepared.settings.data
    features = [trace.explanation.features for trace in traces]

    def make() -> JobSpec[JobView[tuple[ThousandAnswer, ...]]]:
        return thousand_job(data.backbone, data.weights, features, session.owner)

    show_awaited(
        ("thousand", _model().key, tuple(trace.picture.file for trace in traces)),
        make,
        lambda answers: _show_answers(traces, answers),
        lambda _: "Asking the network itself …",
    )


def _show_answers(traces: Sequence[PictureTrace], answers: Sequence[ThousandAnswer]) -> None:
    chosen = st.pills(
        "Picture",
        range(1, len(traces) + 1),
        default=1,
        key=keys.learn_key(TOPIC, "picture"),
        required=True,
        persist_state="session",
        help="Choose another picture.",
    )
    at = (chosen or 1) - 1
    trace, answer = traces[at], answers[at]
    picture, bars = st.columns([1, 2])
    with picture:
        drawn = " (drawn)" if trace.picture.drawn else ""
        st.image(trace.jpeg, f"{as_plain_text(trace.picture.truth)}{drawn}", width=SIDE)
    with bars:
        _show_bars(answer)
    st.caption(words(traces, answers, at))


def words(traces: Sequence[PictureTrace], answers: Sequence[ThousandAnswer], at: int) -> str:
    """Says the two classes' shares of one picture, and how many of all are right, among a thousand and of two."""
    truths = [trace.picture.truth for trace in traces]
    first = sum(f"{answer.names[0]}s" == truth for answer, truth in zip(answers, truths, strict=True))
    of_two = sum(answer.likelier == truth for answer, truth in zip(answers, truths, strict=True))
    return (
        f"Of its thousand classes it gives “ant” {answers[at].ant:.1%} and “bee” {answers[at].bee:.1%}. Of these "
        f"{len(traces)} pictures its likeliest class is the right one for {first}, and the likelier of the two for "
        f"{of_two}. Nothing was trained for this."
    )


def _show_bars(answer: ThousandAnswer) -> None:
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": answer.shares[::-1],
        "y": answer.names[::-1],
        "marker": {"color": EMBEDDING},
        "hovertemplate": "%{x:.1%}<extra></extra>",
    }
    chart(
        TOPIC,
        "bars",
        [bars],
        230,
        xaxis={"title": "Probability", "tickformat": ".0%", "rangemode": "tozero"},
        yaxis={"automargin": True},
    )

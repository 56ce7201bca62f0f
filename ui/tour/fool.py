"""The seventh stop: what the network makes of pictures that are changed, or are of nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.evaluation.metrics import percent
from qtl_core.explain.forward_pass import PictureTrace
from qtl_core.explain.perturbations import PERTURBATIONS, UNCHANGED, WITHOUT_ANIMAL, perturb
from qtl_core.inference.answering import answering_job
from qtl_core.inference.requests import Answer, ImageRequest, TrainedModel
from qtl_core.jobs import JobSnapshot, JobView
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.base.theme import class_colour
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.tour.followed_pictures import model as bundled
from ui.tour.followed_pictures import with_pictures
from ui.widgets.exact_circuit import say_exact
from ui.widgets.model_choice import current_model
from ui.widgets.pictures import Mark, Tile, show_tiles, small_copy
from ui.widgets.status import show_report
from ui.widgets.wait_times import note_seconds
from ui.widgets.waiting import show_job_wait

TITLE = "Fool it"
TASK = "Choose a picture, and see what becomes of the answer when it is changed, or has no animal at all."
TEXT = (
    "It does well. Does it know what a bee is? Here the same picture is turned, blurred, cut up, or replaced by one "
    "with **no animal at all**.\n\n"
    "A network of this kind has to name one of its two classes, whatever it is shown, and may be quite sure of it. "
    "The percentage says how far a picture is on one side of a line, not that the picture makes sense. The app looks "
    "for that separately: a picture farther from all that was learnt from than nearly all known ones gets a **?**."
)
PAGE = ("pages/predict.py", "Try it with pictures of your own")
REFRESH_SECONDS = 0.4


def show() -> None:
    """Shows the same picture in many ways, each with its answer."""
    with_pictures(_choose)


def _choose(traces: tuple[PictureTrace, ...]) -> None:
    chosen = st.pills(
        "Picture",
        range(1, len(traces) + 1),
        default=1,
        required=True,
        key=keys.TOUR_TRICKED,
        persist_state="session",
        help="Choose the picture that is changed.",
    )
    trace = traces[(chosen or 1) - 1]
    waiting = not _asked(trace)[0].is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(trace, waiting)


def _panel(trace: PictureTrace, waiting: bool) -> None:
    snapshot, whose, model = _asked(trace)
    if waiting and snapshot.is_over:
        if snapshot.seconds is not None:
            note_seconds("fool", snapshot.seconds)
        st.rerun()
    answers = snapshot.view.result
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        return
    if answers and not snapshot.is_over:
        show_report("tricks", _progress(len(answers), snapshot.seconds or 0.0))
    if not answers:
        show_job_wait(snapshot, "The network is looking at it …", "fool")
        return
    show_tiles([_tile(answer, trace) for answer in answers], drawn=False)
    if snapshot.is_over:
        st.markdown(words(answers, trace))
        st.caption(f"{whose} answers.")
        say_exact(model.run.prepared.settings)


def _progress(done: int, seconds: float) -> Progress:
    """Returns how many changed pictures are answered, and how long the others take if they go as these did."""
    left = seconds / done * (len(PERTURBATIONS) - done)
    return Progress("Answering for the changed pictures", done, len(PERTURBATIONS), left)


def words(answers: Sequence[Answer], trace: PictureTrace) -> str:
    """Says what became of the answer, and how sure it is of nothing."""
    predictions = {answer.id: answer.explanation.prediction for answer in answers if answer.explanation}
    if not predictions:
        return "No answer came."
    labels = {name: each.label for name, each in predictions.items() if name not in WITHOUT_ANIMAL}
    empty = [each.probabilities[each.label] for name, each in predictions.items() if name in WITHOUT_ANIMAL]
    sure = f"Of a picture with no animal in it, it is up to **{percent(max(empty))}** sure." if empty else ""
    return " ".join(part for part in (_changes_words(labels, trace.picture.truth), sure) if part)


def _changes_words(labels: dict[str, str], truth: str) -> str:
    """Says for which changes the answer is another one; a picture that is answered wrongly as it is, is said to be."""
    unchanged = labels.get(UNCHANGED, truth)
    changed = [name for name, label in labels.items() if label != unchanged]
    shown = f"Shown {' or '.join(changed)}, it is taken for something else." if changed else ""
    if unchanged != truth:
        return f"It is taken for {as_plain_text(unchanged)} even unchanged. {shown}".strip()
    if changed or not labels:
        return shown
    return f"However it was changed, it is still taken for {as_plain_text(truth)}."


def _asked(trace: PictureTrace) -> tuple[JobSnapshot[JobView[tuple[Answer, ...]]], str, TrainedModel]:
    """The visitor's own run answers where it knows these classes, else the one that comes along."""
    own = current_model()
    if own is not None and trace.picture.truth in own.run.prepared.classes:
        model, whose = own, "Your own run"
    else:
        model, whose = bundled(), "The run that comes with the app"
    key = "tricks", model.key, trace.picture
    jobs = job_managers.picture_traces()
    asked = jobs.find_or_start(key, lambda: answering_job(model, _pictures(trace), session.owner))
    return asked, whose, model


def _pictures(trace: PictureTrace) -> list[ImageRequest]:
    from PIL import Image

    picture = Image.open(io.BytesIO(trace.jpeg))
    return [ImageRequest(name, name, perturb(picture, name)) for name in PERTURBATIONS]


def _tile(answer: Answer, trace: PictureTrace) -> Tile:
    explanation = answer.explanation
    if explanation is None:
        return Tile(answer.name, answer.name, "currentColor", note=answer.error)
    label = explanation.prediction.label
    flag = "? " if answer.ood is not None and answer.ood.flag else ""
    said = f"{flag}{label}, {percent(explanation.prediction.probabilities[label])}"
    mark: Mark = "" if answer.id in WITHOUT_ANIMAL else "right" if label == trace.picture.truth else "wrong"
    return Tile(
        answer.name,
        answer.name,
        class_colour(explanation.classes.index(label)),
        note=said,
        mark=mark,
        small=small_copy(explanation.seen),
    )

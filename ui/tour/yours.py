"""The last stop: the visitor's own picture and its answer, and nothing else; the Predict page has the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.inference.answering import answering_job
from qtl_core.inference.requests import Answer, TrainedModel
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.base.theme import class_colour
from ui.base.wording import about
from ui.session import session
from ui.session.answer_queue import AnswerProgress
from ui.session.picture_requests import UploadedPicture
from ui.session.refresh import refreshing
from ui.tour.followed_pictures import model as bundled
from ui.widgets.exact_circuit import say_exact
from ui.widgets.model_choice import current_model
from ui.widgets.picture_choice import choose_pictures
from ui.widgets.pictures import Tile, show_tiles, small_copy
from ui.widgets.status import show_progress
from ui.widgets.wait_times import READY, note_seconds, show_wait, usual_seconds

TITLE = "Your own photo"
TASK = "Take a photo, or drop a picture of an ant, a bee, or anything else."
TEXT = (
    "Nothing you upload is written to disk. The network names one of the classes that it learnt, whatever it is shown; "
    "a picture that is far from those it learnt from, or nearly plain "
    "colour, gets a **?**. How the answer came about, how far its percentage can be "
    "trusted and what other runs say stands on the Predict page."
)
PAGE = ("pages/predict.py", "See how the answer came about")
PATIENCE = 0.4  # seconds: a single picture is answered within them, and no bar needs to flash up
REFRESH_SECONDS = 0.5


def show() -> None:
    """Shows a place for pictures, and what the visitor's own run says of them, or the one that comes along."""
    model, whose = _model()
    pictures, drawn = choose_pictures(model)
    if pictures:
        _show_answers(model, pictures, drawn)
    else:
        job_managers.ready_models().find_or_start(model.key, lambda: answering_job(model, ()))
    st.caption(f"{whose} answers: {' or '.join(model.run.prepared.classes)}.")
    say_exact(model.run.prepared.settings)


def _model() -> tuple[TrainedModel, str]:
    own = current_model()
    return (own, "Your own run") if own is not None else (bundled(), "The run that comes with the app")


def _show_answers(model: TrainedModel, pictures: Sequence[UploadedPicture], drawn: bool) -> None:
    progress = session.predict.answers.wait(job_managers.express_jobs(), session.owner, model, pictures, PATIENCE)
    waiting = not progress.is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(model, pictures, drawn, waiting)


def _panel(model: TrainedModel, pictures: Sequence[UploadedPicture], drawn: bool, waiting: bool) -> None:
    progress = session.predict.answers.refresh(job_managers.express_jobs(), session.owner, model, pictures)
    if waiting and progress.is_over:
        st.rerun()
    if waiting:
        _show_waiting(progress)
    if progress.failure:
        show_user_error(UserError(*progress.failure))
    there = [answer for answer in progress.answers if answer.explanation]
    if there:
        show_tiles([_tile(answer) for answer in there], drawn=drawn)
    if said := flag_words([answer.ood.flag for answer in there if answer.ood is not None]):
        st.markdown(said)
    for answer in progress.answers:
        if answer.error:
            st.warning(f"{as_plain_text(answer.name)}: {as_plain_text(answer.error)}")


def flag_words(flags: Collection[str]) -> str:
    """Says what the question marks before these answers mean; "" where there is none.

    Args:
        flags: `OodReport.flag` of every answer.
    """
    kinds = {"unlike": "far from those this run learnt from", "blank": "nearly plain colour"}
    there = [words for flag, words in kinds.items() if flag in flags]
    return f"**?** stands before a picture that is {', or '.join(there)}: trust its answer less." if there else ""


def _show_waiting(progress: AnswerProgress) -> None:
    done = len(progress.answers)
    if progress.new and usual_seconds(READY) is None:
        note_seconds(READY, progress.seconds)
    if done:
        left = progress.seconds_left
        said = f" ({about(left)} left)" if left is not None else ""
        show_progress("answers", done / progress.total, f"{done} of {progress.total} pictures answered{said}")
    else:
        show_wait("answers", "Waking up the image network", progress.seconds, usual_seconds(READY))


def _tile(answer: Answer) -> Tile:
    explanation = answer.explained
    label = explanation.prediction.label
    flag = "? " if answer.ood is not None and answer.ood.flag else ""
    said = f"{flag}{label}, {percent(explanation.prediction.probabilities[label])}"
    colour = class_colour(explanation.classes.index(label))
    return Tile(answer.name, said, colour, note=answer.name, small=small_copy(explanation.seen))

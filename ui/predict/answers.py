"""The answers for a person's pictures: how far they are, then table and gallery with one picture's reasons beside."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import Answer, TrainedModel
from ui.base import job_managers
from ui.base.assets import script, stylesheet
from ui.base.class_colours import colours_of
from ui.base.errors import show_user_error
from ui.base.wording import about
from ui.predict.answer_gallery import REASONS, RULE, choose_order, ordered, short, show_gallery
from ui.predict.answer_table import offer_files, show_table
from ui.predict.journey import show_journey
from ui.predict.next_steps import show_next_steps
from ui.predict.ood import show_ood, show_ood_warnings
from ui.predict.page_predictor import AnswerPair, PagePredictor, agreement_in_words, paired
from ui.session import keys, session
from ui.session.answer_queue import AnswerProgress
from ui.session.picture_requests import UploadedPicture
from ui.session.refresh import refreshing
from ui.widgets.status import show_progress
from ui.widgets.wait_times import READY, note_seconds, show_wait, usual_seconds

PATIENCE = 0.4  # seconds: a single picture is answered within them, and no bar needs to flash up
REFRESH_SECONDS = 0.5
FIRST, SECOND = "The run that answers", "The run compared with"


def show_answers(predictors: Sequence[PagePredictor], pictures: Sequence[UploadedPicture], drawn: bool) -> None:
    """Shows what one or two runs say of these pictures, asking a worker for what is not known yet.

    Args:
        predictors: The run that answers, and the one to compare with, if there is one.
        pictures: At least one.
        drawn: Whether they were drawn by the app.
    """
    jobs, owner = job_managers.express_jobs(), session.owner
    for predictor in predictors[1:]:
        predictor.refresh(jobs, owner, pictures)  # so that both are at work while the first is waited for
    progress = [predictor.wait(jobs, owner, pictures, PATIENCE) for predictor in predictors]
    waiting = not all(each.is_over for each in progress)
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(predictors, pictures, drawn, waiting)


def _panel(
    predictors: Sequence[PagePredictor], pictures: Sequence[UploadedPicture], drawn: bool, waiting: bool
) -> None:
    progress = [predictor.refresh(job_managers.express_jobs(), session.owner, pictures) for predictor in predictors]
    if waiting and all(each.is_over for each in progress):
        st.rerun()  # without the refreshing
    if waiting:
        _show_waiting(predictors, progress)
    else:
        _show_stopped(predictors, progress)
    _show_failures(predictors, progress)
    pairs = paired(progress)
    if pairs:
        with st.container(key="answers_there"):
            pairs = _show_summary(predictors, pairs, progress, waiting)
    _show_unread([answer for answer in progress[0].answers if answer.error])
    if pairs and not waiting:
        _show_reasons([predictor.model for predictor in predictors], pairs, drawn)
        _bring_up([pair.first.id for pair in pairs])
        has_circuit = any(each.model.run.prepared.settings.model.spec.has_circuit for each in predictors)
        reports = [answer.ood for pair in pairs for answer in (pair.first,) if answer.ood]
        show_next_steps(reports, _kept(predictors[0].model), has_circuit=has_circuit)


def _kept(model: TrainedModel) -> str:
    """Returns the identifier of a run that is kept; "" for the one that comes along and for tries."""
    ended = model.run.ended
    return ended.run if ended and model.key != RUN_ID else ""


def _bring_up(pictures: Sequence[str]) -> None:
    """Brings the answers into view, once for the pictures they are of: the browser runs a script where it is new."""
    named = sha256(" ".join(sorted(pictures)).encode()).hexdigest()[:16]
    body = f"{stylesheet(__file__)}<script>{script('scroll_up', 'answers_up')}</script><!-- {named} -->"
    st.html(body, unsafe_allow_javascript=True)


def _show_summary(
    predictors: Sequence[PagePredictor],
    pairs: Sequence[AnswerPair],
    progress: Sequence[AnswerProgress],
    waiting: bool,
) -> list[AnswerPair]:
    """Shows what is flagged, the table and the files; returns the pictures in the order that is chosen."""
    seconds = [pair.second for pair in pairs if pair.second]
    show_ood_warnings([pair.first for pair in pairs], whose="The first run: " if seconds else "")
    if seconds:
        show_ood_warnings(seconds, whose="The second run: ")
        st.markdown(f"**{agreement_in_words(pairs)}**")
    if waiting:  # in the order they come in: a list that sorts itself anew while one reads is no help
        show_table(pairs)
        return list(pairs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pairs = ordered(pairs, choose_order()) if len(pairs) > 1 else list(pairs)
        classes = [predictor.model.run.prepared.classes for predictor in predictors]
        offer_files([each.answers for each in progress], classes)
    if len(pairs) > 1:
        st.caption(f"{RULE} A click on a row or a picture opens its reasons.")
    show_table(pairs)
    return pairs


def _show_waiting(predictors: Sequence[PagePredictor], progress: Sequence[AnswerProgress]) -> None:
    done, total = sum(len(each.answers) for each in progress), sum(each.total for each in progress)
    pictures = f"{total} pictures" if len(predictors) == 1 else f"{total} answers"
    elapsed, new = max(each.seconds for each in progress), sum(each.new for each in progress)
    if new and usual_seconds(READY) is None:
        note_seconds(READY, elapsed)
    if done:
        left = f" ({about(elapsed / new * (total - done))} left)" if new else ""
        words = f"{done} of {pictures} {'answered' if len(predictors) == 1 else 'there'}{left}"
        show_progress("answers", done / total, words)
    else:
        show_wait("answers", "Getting the run ready", elapsed, usual_seconds(READY))
    st.button(
        "Stop",
        key="answer_stop",
        icon=":material/stop:",
        on_click=_each,
        args=(predictors, "stop"),
        help="What has been answered stays.",
    )


def _show_stopped(predictors: Sequence[PagePredictor], progress: Sequence[AnswerProgress]) -> None:
    left_out = sum(each.left_out for each in progress)
    if left_out:
        total = sum(each.total for each in progress)
        st.markdown(f"**Stopped:** {total - left_out} of {total} answers are there.")
        st.button("Go on", key="answer_go_on", icon=":material/play_arrow:", on_click=_each, args=(predictors, "go_on"))


def _show_failures(predictors: Sequence[PagePredictor], progress: Sequence[AnswerProgress]) -> None:
    failures = dict.fromkeys(each.failure for each in progress if each.failure)
    for failure in failures:
        show_user_error(UserError(*failure))
    if failures:
        st.button(
            "Try again", key="answer_again", icon=":material/refresh:", on_click=_each, args=(predictors, "try_again")
        )


def _each(predictors: Sequence[PagePredictor], what: str) -> None:
    for predictor in predictors:
        getattr(predictor.book, what)()


def _show_unread(answers: Sequence[Answer]) -> None:
    if not answers:
        return
    count = "1 file" if len(answers) == 1 else f"{len(answers)} files"
    st.warning(f"{count} cannot be answered for:")
    reasons = {"file": [short(answer.name) for answer in answers], "reason": [answer.error for answer in answers]}
    st.dataframe(reasons, hide_index=True)  # as a table, not as Markdown: a file's name is shown as it is


def _show_reasons(models: Sequence[TrainedModel], pairs: Sequence[AnswerPair], drawn: bool) -> None:
    """One picture's journey, of the first picture until another is chosen; beside the gallery where there is one."""
    by_id = {pair.first.id: pair for pair in pairs}
    if st.session_state.get(keys.PREDICT_SHOWN) not in by_id:
        st.session_state[keys.PREDICT_SHOWN] = pairs[0].first.id
    if len(pairs) == 1:
        with st.container(key=REASONS):
            _show_one(models, pairs[0])
        return
    left, right = st.columns([2, 3], gap="large")
    with left, st.container(key="answer_gallery"):
        show_gallery(pairs, st.session_state[keys.PREDICT_SHOWN], colours_of(models[0].run.prepared), drawn)
    with right, st.container(key=REASONS):
        chosen = st.selectbox(
            "Picture", list(by_id), format_func=lambda each: _named(by_id[each]), key=keys.PREDICT_SHOWN
        )
        _show_one(models, by_id[chosen])


def _show_one(models: Sequence[TrainedModel], shown: AnswerPair) -> None:
    st.header("How the answer came about", anchor=False)
    model, answer = _whose(models, shown)
    show_ood(answer.ood)
    show_journey(model, answer.explained)


def _whose(models: Sequence[TrainedModel], shown: AnswerPair) -> tuple[TrainedModel, Answer]:
    """Returns one of the two runs and its answer: the first's until the other is chosen."""
    if shown.second is None:
        return models[0], shown.first
    chosen = st.segmented_control(
        "Whose answer", (FIRST, SECOND), default=FIRST, required=True, key=keys.PREDICT_WHOSE, persist_state="session"
    )
    return (models[1], shown.second) if shown.second and chosen == SECOND else (models[0], shown.first)


def _named(pair: AnswerPair) -> str:
    return f"{short(pair.first.name)} · {pair.first.explained.prediction.label}"

"""The answers for a person's pictures: how far they are, then a table, a gallery, files, and one picture's journey."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from qtl_core.answering import Answer, Model
from qtl_core.errors import UserError
from qtl_core.evaluation import percent
from qtl_core.tables import Row, answer_object, answer_row, doubt_in_a_word, to_csv
from ui import managers, state
from ui.answer_book import Standing, Wanted
from ui.doubt_panel import show_doubt, show_doubts, sign_of
from ui.errors import guarded, show_user_error
from ui.journey import show_journey
from ui.pager import leaf
from ui.pictures import Tile, show_tiles, small_copy
from ui.progress import show_progress
from ui.theme import class_colour

PATIENCE = 0.4  # seconds: a single picture is answered within them, and no bar needs to flash up
REFRESH_SECONDS = 0.5
EACH = 24  # divides by 6, 4 and 3, the columns of the grid on wide and narrow screens
TABLE_ROWS = 10  # so many are seen at once; more can be scrolled to
LONGEST_NAME = 60  # characters on screen; files have the whole of it


def show_answers(model: Model, pictures: Sequence[Wanted], drawn: bool) -> None:
    """Shows what the run says of these pictures, asking a worker for what is not known yet.

    Args:
        model: The run.
        pictures: At least one.
        drawn: Whether they were drawn by the app.
    """
    standing = state.answer_book().wait(managers.express_jobs(), state.owner(), model, pictures, PATIENCE)
    waiting = not standing.is_over
    st.fragment(guarded()(_panel), run_every=REFRESH_SECONDS if waiting else None)(model, pictures, drawn, waiting)


def _panel(model: Model, pictures: Sequence[Wanted], drawn: bool, waiting: bool) -> None:
    standing = state.answer_book().turn(managers.express_jobs(), state.owner(), model, pictures)
    if waiting and standing.is_over:
        st.rerun()  # without the refreshing
    if waiting:
        _show_waiting(standing)
    if standing.failure:
        show_user_error(UserError(*standing.failure))
        st.button("Try again", key="answer_again", icon=":material/refresh:", on_click=_try_again)
    answered = [answer for answer in standing.answers if answer.explanation]
    if answered:
        show_doubts(answered, model)
        _show_table(answered)
        if not waiting:
            _offer_files(standing.answers, model)
            _show_gallery(answered, drawn)
    _show_unread([answer for answer in standing.answers if answer.error])
    if answered and not waiting:
        _show_one(model, answered)


def _try_again() -> None:
    state.answer_book().try_again()


def _show_waiting(standing: Standing) -> None:
    done, total = len(standing.answers), standing.total
    words = f"{done} of {total} pictures answered" if done else "Getting the run ready"
    show_progress("answers", done / total, words)


def _show_table(answers: Sequence[Answer]) -> None:
    rows = [_table_row(answer) for answer in answers]
    share = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)
    shares = {f"p({name})": share for name in answers[0].explanation.classes}
    seconds = st.column_config.NumberColumn(format="%.3f s", help="From the file to the answer.")
    height = 36 * min(len(rows), TABLE_ROWS) + 38
    st.dataframe(rows, hide_index=True, height=height, column_config={**shares, "time": seconds})


def _table_row(answer: Answer) -> Row:
    prediction = answer.explanation.prediction
    shares = {f"p({name})": share for name, share in prediction.probabilities.items()}
    doubt = {"doubt": doubt_in_a_word(answer.doubt)}
    return {"file": short(answer.name), "class": prediction.label, **shares, **doubt, "time": prediction.seconds}


def _offer_files(answers: Sequence[Answer], model: Model) -> None:
    table = to_csv([answer_row(answer, model.run.prepared.classes) for answer in answers])
    objects = json.dumps([answer_object(answer) for answer in answers], indent=1)
    with st.container(horizontal=True):
        _offer("Answers as CSV", table, "answers.csv", "text/csv")
        _offer("Answers as JSON", objects, "answers.json", "application/json")


def _offer(label: str, content: str, name: str, mime: str) -> None:
    st.download_button(label, content, file_name=name, mime=mime, icon=":material/download:", on_click="ignore")


def _show_gallery(answers: Sequence[Answer], drawn: bool) -> None:
    if len(answers) > 1:
        show_tiles([_tile(answer) for answer in answers[leaf(len(answers), EACH, state.PREDICT_PAGE, "pictures")]],
                   drawn=drawn)  # fmt: skip


def _tile(answer: Answer) -> Tile:
    told = answer.explanation
    label, share = told.prediction.label, told.prediction.probabilities[told.prediction.label]
    return Tile(
        path=short(answer.name),
        caption=f"{label} {percent(share)}",
        colour=class_colour(told.classes.index(label)),
        note=f"{sign_of(answer)}{short(answer.name)}",
        small=small_copy(told.seen),
    )


def _show_unread(answers: Sequence[Answer]) -> None:
    if not answers:
        return
    count = "1 file" if len(answers) == 1 else f"{len(answers)} files"
    st.warning(f"{count} cannot be answered for:")
    reasons = {"file": [short(answer.name) for answer in answers], "reason": [answer.error for answer in answers]}
    st.dataframe(reasons, hide_index=True)  # as a table, not as Markdown: a file's name is shown as it is


def _show_one(model: Model, answers: Sequence[Answer]) -> None:
    """One picture's journey, of the first picture until another is chosen."""
    by_id = {answer.id: answer for answer in answers}
    if st.session_state.get(state.PREDICT_SHOWN) not in by_id:
        st.session_state[state.PREDICT_SHOWN] = answers[0].id
    st.header("How the answer came about", anchor=False)
    if len(answers) == 1:
        shown = answers[0]
    else:
        shown = by_id[
            st.selectbox("Picture", list(by_id), format_func=lambda each: _named(by_id[each]), key=state.PREDICT_SHOWN)
        ]
    show_doubt(shown, model)
    show_journey(model, shown.explanation)


def _named(answer: Answer) -> str:
    return f"{short(answer.name)} · {answer.explanation.prediction.label}"


def short(name: str) -> str:
    """Returns a name of a length that fits on screen: its beginning and its end, which tell most."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 16]} … {name[-13:]}"

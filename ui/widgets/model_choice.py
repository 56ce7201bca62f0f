"""The choice of the answering run: the Train page's, any that was kept on this machine, or the app's own."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from qtl_core.common.moments import moment
from qtl_core.compare.listing import numbers_name, own_name
from qtl_core.compare.names import SEPARATOR, name_of, names_of
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.requests import TrainedModel, kept_model, model_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.head_words import head_in_words
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.session.run_actions import shown_run
from ui.widgets.glossary import help_of

# Whose a kept run is that this session did not train: a server knows sessions, not people.
ORIGINS = {"trained": "Kept on this server", "file": "From a file", "head": "A head from elsewhere"}


@dataclass(frozen=True)
class ModelChoice:
    """A run that can be chosen.

    Attributes:
        id: Tells it from the others, also after a reload.
        words: What it is called in the list.
        load: Reads it.
        is_own: Whether this session trained or opened it: nobody is answered by another's run who did not choose it.
    """

    id: str
    words: str
    load: Callable[[], TrainedModel]
    is_own: bool = False


def choose_models() -> tuple[TrainedModel, TrainedModel | None]:
    """Returns the run that answers, and the one to compare with, if there is one.

    Raises:
        UserError: The files of one of them are damaged.
    """
    asked = session.screen.selected
    choices = {choice.id: choice for choice in model_choices(also=(asked.model, asked.other))}
    if st.session_state.get(keys.PREDICT_MODEL) not in choices:
        own = next((each.id for each in choices.values() if each.is_own), RUN_ID)
        st.session_state[keys.PREDICT_MODEL] = _asked_or(own, asked.model, choices)
    left, right = st.columns(2)
    chosen = left.selectbox(
        "The run that answers",
        list(choices),
        format_func=lambda each: choices[each].words,
        key=keys.PREDICT_MODEL,
        on_change=session.screen.select,
        kwargs={"circuit": ""},  # the Circuit page shows whom one asked last
        persist_state="session",
        help="First the runs that you trained or opened since you came, then the one that comes with the app, then all "
        "that are kept on this server, whoever trained them, the newest first. Without a run of your own the one that "
        "comes with the app answers.\n\n" + help_of("qubit", "validation", "depth"),
    )
    others = [None, *(each for each in choices if each != chosen)]
    if st.session_state.get(keys.PREDICT_OTHER) not in others:
        st.session_state[keys.PREDICT_OTHER] = _asked_or(None, asked.other if asked.other != chosen else "", choices)
    other = right.selectbox(
        "Compare with",
        others,
        format_func=lambda each: choices[each].words if each else "No other run",
        key=keys.PREDICT_OTHER,
        persist_state="session",
        help="A second run answers for the same pictures.",
    )
    _note(chosen, other)
    return choices[chosen].load(), choices[other].load() if other else None


def choose_model(key: str, *explains: str) -> TrainedModel:
    """Returns the run that a page of its own choice asks, by a list as on the Predict page.

    Args:
        key: The key of the list.
        *explains: Terms that its tooltip explains.

    Raises:
        UserError: Its files are damaged.
    """
    choices = {choice.id: choice for choice in model_choices()}
    if st.session_state.get(key) not in choices:
        st.session_state[key] = next((each.id for each in choices.values() if each.is_own), RUN_ID)
    chosen = st.selectbox(
        "The run",
        list(choices),
        format_func=lambda each: choices[each].words,
        key=key,
        persist_state="session",
        help=help_of(*explains) or None,
    )
    return choices[chosen].load()


def _asked_or(usual: str | None, asked: str, choices: Container[str]) -> str | None:
    """Returns the run that the address asks for, where it can answer; says where it cannot."""
    if asked in choices:
        return asked
    if asked:
        sentence = f"The run {asked}, which the link asks for, is not over or has nothing to answer with yet."
        session.screen.complain(sentence)
        st.warning(as_plain_text(sentence))
    return usual


def _note(chosen: str, other: str | None) -> None:
    """Has the address say who answers; the run on screen is in it anyway, and nobody else knows a job's own key."""
    current = _current()
    run_id = current[0].ended.run if current and current[0].ended else ""
    usual = (run_id or current[1]) if current else RUN_ID
    session.screen.select(
        model="" if chosen == usual else chosen,
        other="" if other is None or (current and other == current[1]) else other,
    )


def model_choices(also: Sequence[str] = ()) -> list[ModelChoice]:
    """Returns this session's runs, the one that comes along, then all others that are kept, newest first.

    Args:
        also: Kept runs that are offered however old they are; "" is none.
    """
    current, found = _current(), []
    kept = choosable_runs(also=[run_id for run_id in also if run_id not in ("", RUN_ID)])
    names = names_of(kept)
    if current is not None:
        view, key, is_trained_here = current
        run_id = view.ended.run if view.ended else ""
        words = _words(view.prepared, view.prepared.pictures_right(view.checkpoint.best_val_accuracy))
        last = "Your last run" if run_id else "Your last try, not kept"
        whose = last if is_trained_here else "The run you opened"
        found.append(ModelChoice(run_id or key, f"{whose} · {words}", lambda: model_of(view, key), is_own=True))
        kept = [record for record in kept if record.id != run_id]
    mine = set(job_managers.studio_jobs().owned(session.owner))
    own = [_kept_choice(record, names[record.id], "Yours", is_own=True) for record in kept if record.id in mine]
    others = [
        _kept_choice(record, names[record.id], ORIGINS[record.origin]) for record in kept if record.id not in mine
    ]
    return [*found, *own, _bundled_choice(), *others]


def current_model() -> TrainedModel | None:
    """Returns the run on screen, if it is over and has something to answer with."""
    found = _current()
    return model_of(*found[:2]) if found else None


def _current() -> tuple[TrainedRun, str, bool] | None:
    """Returns the run on screen, a key of its own and whether this session trained it, if it can answer."""
    snapshot = shown_run()
    if snapshot is None or not snapshot.is_over or not snapshot.view.ended or not snapshot.view.best:
        return None
    is_job = snapshot.id == session.screen.job
    key = f"job-{snapshot.id}" if is_job else f"{snapshot.id}-{snapshot.version}"
    return TrainedRun.of(snapshot.view), key, is_job and snapshot.owner == session.owner


def run_words(record: RunRecord, name: str = "") -> str:
    """Returns what a kept run is called in a list: its name, as on the Runs page, what came of it, and when.

    Args:
        record: The run.
        name: What the list calls it, where others stand beside it (`names_of`).
    """
    when = moment(record.created).strftime("%d %b %Y, %H:%M")
    name = f"{'★ ' if record.starred else ''}{name or name_of(record)}"
    return " · ".join([name, _score(record, record.right), *([] if when in name else [when])])


def _kept_choice(record: RunRecord, name: str, whose: str, *, is_own: bool = False) -> ModelChoice:
    load = partial(kept_model, record.id, record.version)
    return ModelChoice(record.id, f"{whose} · {run_words(record, name)}", load, is_own=is_own)


def _bundled_choice() -> ModelChoice:
    view = bundled_run()
    right = view.prepared.pictures_right(view.checkpoint.best_val_accuracy)
    words = _words(view.prepared, right)
    return ModelChoice(RUN_ID, f"Comes with the app · {words}", lambda: model_of(view, RUN_ID))


def _words(run: RunRecord | Prepared, right: int | None) -> str:
    """Returns what came of a run and what it is made of; `right` counts validation pictures."""
    feature_size = run.feature_size if isinstance(run, Prepared) else 0
    made = head_in_words(run.settings, feature_size, len(run.classes))
    return SEPARATOR.join(filter(None, (_score(run, right), made, run.backbone_title)))


def _score(run: RunRecord | Prepared, right: int | None) -> str:
    data = run.settings.data
    pictures = {"photos": "photos", "drawn": "drawn pictures"}.get(data.source)
    if data.is_numbers:
        pictures = f"{data.noun} ({numbers_name(data)})"
    pictures = pictures or f"pictures of {own_name(data, run.classes)}"
    return f"{right} of {run.val_size} {pictures} right" if run.val_size and right is not None else "not measured"

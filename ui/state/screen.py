"""What is on a session's screen and in its address: the settings, the run, what a lesson hides.

The settings on screen live here as one `RunSettings`; widgets only show and change it, so a page switch loses nothing.
Every page begins with `follow_link` and `write_link` (`ui.page.set_up`): the address is read when a session begins and
when a person goes back or forward in the browser, and it says what is on screen ever after.
"""

from __future__ import annotations

import streamlit as st

from qtl_core.errors import UserError
from qtl_core.settings import Preset, RunSettings
from qtl_core.store import RunRecord, find_run
from ui import managers
from ui.lesson import HIDEABLE
from ui.link import LINKED, PRIVATE, Link, query_of, read_link
from ui.state.choosing import again_of, note_again
from ui.state.keys import CIRCUIT_SOURCE, PREDICT_MODEL
from ui.state.tries import note_tried
from ui.streamlit_internals import page_and_history

_SETTINGS, _COMPLAINTS, _HIDDEN = "settings", "link_complaints", "hidden"
_JOB_LOST, _SEEDS_LOST = "job_lost", "seeds_job_lost"
_PAGE, _JOB, _SEEDS_JOB, _RUN, _RUN_SETTINGS = "page_before", "job", "seeds_job", "kept_run", "kept_run_settings"


def settings() -> RunSettings:
    """The settings on screen; at the session's first call those of its link."""
    if _SETTINGS not in st.session_state:
        _read_link()
    return st.session_state[_SETTINGS]


def choose(name: str, value: object) -> None:
    """Takes a new value of one setting.

    Raises:
        SettingsError: It is not allowed.
    """
    _put(settings().changed(**{name: value}))


def choose_preset(preset: Preset) -> None:
    """Takes a preset's circuit and training; the pictures stay."""
    _put(preset.applied_to(settings()))


def choose_settings(wanted: RunSettings) -> None:
    """Takes all settings at once."""
    settings()  # so that the link has been read
    _put(wanted)


def complaints() -> tuple[str, ...]:
    """What the session's link asked for that cannot be, until a setting is changed."""
    settings()  # so that the link has been read
    return st.session_state.get(_COMPLAINTS, ())


def job() -> str | None:
    """The identifier of the run on screen, this session's own or the link's."""
    settings()  # so that the link has been read
    return st.session_state.get(_JOB) or None


def show_job(job_id: str | None) -> None:
    """Puts a run on screen, or takes whatever run is there off it."""
    st.session_state[_JOB], st.session_state[_JOB_LOST] = job_id, False
    _note_run("", None)


def lose_job() -> None:
    """Takes a run off the screen that is not on this server; so it is said until another is put there."""
    show_job(None)
    st.session_state[_JOB_LOST] = True


def job_is_lost() -> bool:
    """Whether the session's link named a run that is not on this server."""
    return st.session_state.get(_JOB_LOST, False)


def seeds_job() -> str | None:
    """The identifier of the repetition over seeds on screen, this session's own or the link's."""
    settings()  # so that the link has been read
    return st.session_state.get(_SEEDS_JOB) or None


def show_seeds_job(job_id: str | None) -> None:
    """Puts a repetition over seeds on screen, or takes it off."""
    st.session_state[_SEEDS_JOB], st.session_state[_SEEDS_LOST] = job_id, False


def lose_seeds_job() -> None:
    """The same for a repetition over seeds as `lose_job` for a run."""
    show_seeds_job(None)
    st.session_state[_SEEDS_LOST] = True


def seeds_job_is_lost() -> bool:
    """Whether the session's link named a repetition over seeds that is not on this server."""
    return st.session_state.get(_SEEDS_LOST, False)


def open_run() -> str | None:
    """The identifier of the kept run that is open, as a link or a person asked for."""
    settings()  # so that the link has been read
    return st.session_state.get(_RUN) or None


def show_kept_run(run_id: str, run_settings: RunSettings) -> None:
    """Puts a kept run and its settings on screen, on all pages."""
    show_job(None)
    _note_run(run_id, run_settings)
    _put(run_settings)
    note_tried(run_settings)  # or the playground would train in its place at once
    for key in (CIRCUIT_SOURCE, PREDICT_MODEL):  # both pages begin with the run on screen
        st.session_state.pop(key, None)


def kept_record(run_id: str) -> RunRecord:
    """Returns a kept run as a table shows it.

    Raises:
        UserError: There is no such run, or it was deleted.
    """
    record = find_run(run_id)
    if record.deleted is not None:
        raise UserError(f"The run {run_id} was deleted.", "", "It can be brought back on the Runs page.")
    return record


def hidden() -> frozenset[str]:
    """The names of the controls that this session's lesson leaves out."""
    settings()  # so that the link has been read
    return st.session_state.get(_HIDDEN, frozenset())


def hides(name: str) -> bool:
    """Whether this session's lesson leaves out a setting, a part of a page, or a page in the navigation."""
    return name in hidden()


def show_everything() -> None:
    """Ends the lesson: nothing is left out any more."""
    st.session_state[_HIDDEN] = frozenset()


def follow_link() -> None:
    """Takes over what the address says where a person chose it: at the beginning, and when going back or forward.

    A step that leads to another page leads there alone; the settings are undone by those on one page.
    """
    if _SETTINGS not in st.session_state:
        _read_link()
    elif _went_a_step_back():
        _read_link_again()


def link() -> Link:
    """What a link to all that is on screen says."""
    again = again_of(job()) if job() else None
    return Link(settings(), job() or "", seeds_job() or "", open_run() or "", again or "", hidden())


def link_query(wanted: Link) -> dict[str, str]:
    """The parameters of a link made from this session's."""
    return query_of(wanted, st.session_state.get(_RUN_SETTINGS) if wanted.run else None)


def write_link() -> None:
    """Makes the address say what is on screen; on every run of a page, as navigation drops it."""
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    others = {name: values for name, values in before.items() if name not in LINKED}
    now = others | {name: [value] for name, value in link_query(link()).items()}
    if now != before:
        st.query_params.from_dict(now)  # in one message: each is a step of the browser's Back button


def _put(changed: RunSettings) -> None:
    settings()  # so that the link has been read, which a widget's callback may come before
    st.session_state[_SETTINGS] = changed
    st.session_state[_COMPLAINTS] = ()


def _note_run(run_id: str, run_settings: RunSettings | None) -> None:
    st.session_state[_RUN], st.session_state[_RUN_SETTINGS] = run_id, run_settings


def _read_link() -> Link:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    found = read_link(query, _settings_of, HIDEABLE)
    st.session_state[_SETTINGS], st.session_state[_COMPLAINTS] = found.settings, found.complaints
    show_job(found.job)
    show_seeds_job(found.seeds_job)
    if found.again:
        note_again(found.job, found.again)
    st.session_state[_HIDDEN] = found.hidden
    _note_run(found.run, _settings_of(found.run) if found.run else None)
    return found


def _went_a_step_back() -> bool:
    """Whether this run of the page answers the browser's Back or Forward, and the page is the one before it."""
    here, is_history = page_and_history()
    before, st.session_state[_PAGE] = st.session_state.get(_PAGE), here
    return before == here and is_history


def _read_link_again() -> None:
    """Paths, which no link holds, stay; so does the run on screen, unless the address names another that is there."""
    paths = {name: settings().value(name) for name in PRIVATE}
    before = {key: st.session_state.get(key) for key in (_JOB, _JOB_LOST, _RUN, _RUN_SETTINGS, _SEEDS_JOB, _SEEDS_LOST)}
    found = _read_link()
    st.session_state[_SETTINGS] = found.settings.changed(**paths)
    note_tried(settings())  # going back is no wish to train
    if not found.run and not (found.job and managers.find_run(found.job)):
        st.session_state.update(before)


def _settings_of(run_id: str) -> RunSettings:
    return kept_record(run_id).settings

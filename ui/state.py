"""What a session remembers and what a link says: every session-state key and query parameter of the app.

The settings on screen live here as one `RunSettings`; widgets only show and change it, so a page switch loses nothing.
A link carries the job and the settings that differ from the defaults, and is read once, when a session begins.

To add a key: a constant here, a typed reader and a typed writer.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence

import streamlit as st

from qtl_core.jobs import JobManager
from qtl_core.settings import Preset, RunSettings, SettingsError, specs
from qtl_core.settings.groups import GROUPS
from ui.answer_book import AnswerBook
from ui.reason_book import ReasonBook

_SETTINGS, _COMPLAINTS, _OWNER, _JOB, _STARTED = "settings", "link_complaints", "owner", "job", "started"
_FORECAST, _TRIED, _TRY = "forecast_job", "tried_settings", "playground_job"
_MAP_JOB = "map_job"
PLAYGROUND, SEEDS, SEEDS_OPEN = "playground", "seed_count", "seeds_open"  # widgets
_SEEDS_JOB = "seeds_job"
PRESET, EXACT_RATE, MORE_EPOCHS, PACE = "preset", "exact_learning_rate", "more_epochs", "replay_pace"  # widgets
RESULT_TABS, GALLERY_FILTER, GALLERY_PAGE = "result_tabs", "gallery_filter", "gallery_page"
HEAD_TABS = "head_tabs"
BRING_IN_FILE, BRING_IN_CLASSES, BRING_IN_DEPTH, BRING_IN_BACKBONE = (
    "bring_in_file", "bring_in_classes", "bring_in_depth", "bring_in_backbone"
)  # fmt: skip
_BRING_IN_ROUND, _BRING_IN_JOB, _BROUGHT_IN = "bring_in_round", "bring_in_job", "brought_in"
MATRIX, CELL, CELL_PAGE = "matrix", "matrix_cell", "cell_page"
MAP, MAP_QUBITS = "map", "map_qubits"
PREDICT_MODEL, PREDICT_FROM, PREDICT_FILES, PREDICT_CAMERA = (
    "predict_model", "predict_from", "predict_files", "predict_camera"
)  # fmt: skip
PREDICT_OTHER, PREDICT_WHOSE, PREDICT_TEMPERATURE = "predict_other", "predict_whose", "predict_temperature"
PREDICT_EXAMPLES, PREDICT_PAGE, PREDICT_SHOWN = "predict_examples", "predict_page", "predict_shown"
JOURNEY_PART = "journey_part"
HEAT_SHOWN, HEAT_METHOD, HEAT_VIEW, HEAT_OPACITY = "heat_shown", "heat_method", "heat_view", "heat_opacity"
NEIGHBOURS_SHOWN = "neighbours_shown"
_BOOK, _OTHER_BOOK, _REASONS = "answer_book", "other_answer_book", "reason_book"
CIRCUIT_SOURCE, CIRCUIT_RUN = "circuit_source", "circuit_run"
CIRCUIT_GATE, CIRCUIT_CHART = "circuit_gate", "circuit_chart"
CIRCUIT_STEP, CIRCUIT_PLAYING = "circuit_step", "circuit_playing"
CIRCUIT_INPUT, CIRCUIT_PICTURE, CIRCUIT_UPLOAD = "circuit_input", "circuit_picture", "circuit_upload"  # widgets
CIRCUIT_COLOURS = "circuit_colours"
ANSATZ_COMPARED = "ansatz_compared"  # widgets
_CIRCUIT_BOOK, _TURNED = "circuit_book", "turned_angles"
HOME_WALKS = "home_walks"
TOUR_GUESS, TOUR_PICTURE, TOUR_TRICKED = "tour_guess", "tour_picture", "tour_tricked"  # widgets
TOUR_WALKS = "tour_walks"
_TOUR_STOP, _TOUR_HEADS = "tour_stop", "tour_heads_job"
DATA_CLASS, DATA_SPLIT, DATA_PAGE = "data_class", "data_split", "data_page"
LEARN_PART, LEARN_TOPIC, LEARN_TERM = "learn_part", "learn_topic", "learn_term"  # widgets
_LEARN_PLACE = "learn_place"

RUNS_SEARCH, RUNS_STATES, RUNS_DATA, RUNS_BACKBONES = "runs_search", "runs_states", "runs_data", "runs_backbones"
RUNS_TAGS, RUNS_STARRED, RUNS_ORDER = "runs_tags", "runs_starred", "runs_order"  # widgets
RUNS_DISAGREEMENTS, RUNS_FORGET = "runs_disagreements", "runs_forget"  # widgets
_RUNS_BROUGHT = "runs_brought_in"
_RUNS_CHOSEN, _RUNS_TABLE, _RUNS_DELETED, _AGAIN = "runs_chosen", "runs_tables", "runs_just_deleted", "again_of"

JOB_PARAMETER, SEEDS_PARAMETER = "job", "seeds_job"
STOP_PARAMETER = "stop"  # of the Tour page
TOPIC_PARAMETER, TERM_PARAMETER = "topic", "term"  # of the Learn page
# Paths are taken only as typed in this session: a link must not make the server read a file of the sender's choice.
PRIVATE = frozenset({"folder", "weights"})
FIELDS = {name: spec for group in GROUPS.values() for name, spec in specs(group).items()}
LINKED = frozenset({*FIELDS, JOB_PARAMETER, SEEDS_PARAMETER})  # what a link to the Train page may carry

_DOUBLE_CLICK_SECONDS = 0.6  # systems take two clicks within half a second for one double click


def field_key(name: str) -> str:
    """The key of the widget that shows the setting `name`."""
    return f"field_{name}"


def goes_on_key(job_id: str) -> str:
    """The key of the widget that lets a run go on with nobody looking at it."""
    return f"goes_on_{job_id}"


def open_layers_key(depth: int, wide: bool) -> str:
    """The key of the widget that says which of `depth` layers are drawn in full; in a wide circuit few usually are."""
    return f"circuit_layers_{depth}_{'some' if wide else 'all'}"


def heat_target_key(answer: int) -> str:
    """The key of the widget that says what a heat map is of, for pictures whose answer is this class."""
    return f"heat_target_{answer}"


def picture_angle_key(wire: int) -> str:
    """The key of the widget that holds a picture's angle on this wire."""
    return f"circuit_angle_{wire}"


def other_ansatz_key(name: str) -> str:
    """The key of the widget that holds the setting `name` of the ansatz to compare with."""
    return f"ansatz_other_{name}"


def learn_key(topic: str, name: str) -> str:
    """The key of a widget of the Learn page."""
    return f"learn_{topic}_{name}"


def learn_place() -> tuple[str, str]:
    """The kind ("topic" or "term") and the name of what the Learn page is to show, as the link has it: not checked.

    Where the link says nothing, it is what was shown last; a name of "" is nothing yet.
    """
    for kind in (TERM_PARAMETER, TOPIC_PARAMETER):
        if st.query_params.get(kind):
            return kind, st.query_params[kind]
    return st.session_state.get(_LEARN_PLACE, (TOPIC_PARAMETER, ""))


def show_in_learn(kind: str, name: str) -> None:
    """Puts a topic or a term on the Learn page, and into its link."""
    other = {TOPIC_PARAMETER: TERM_PARAMETER, TERM_PARAMETER: TOPIC_PARAMETER}[kind]
    st.session_state[_LEARN_PLACE] = kind, name
    if other in st.query_params:
        del st.query_params[other]
    if st.query_params.get(kind) != name:
        st.query_params[kind] = name


def tour_stop(stops: int) -> int:
    """The stop of the tour that the link names, from 1; else the one that this session was at."""
    asked = st.query_params.get(STOP_PARAMETER, "")
    known = st.session_state.get(_TOUR_STOP, 1)
    return int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= stops else known


def show_tour_stop(stop: int) -> None:
    """Goes to a stop of the tour, and writes it into the link."""
    st.session_state[_TOUR_STOP] = stop
    if st.query_params.get(STOP_PARAMETER) != str(stop):
        st.query_params[STOP_PARAMETER] = str(stop)


def heads_job() -> str | None:
    """The identifier of the comparison of heads that this session has asked for."""
    return st.session_state.get(_TOUR_HEADS)


def show_heads_job(job_id: str) -> None:
    """Remembers a comparison of heads."""
    st.session_state[_TOUR_HEADS] = job_id


def runs_table_key(shown: Sequence[str]) -> str:
    """The key of the table of these runs: its ticks are rows, so another order or choice is another table."""
    digest = hashlib.sha256(" ".join(shown).encode()).hexdigest()[:16]
    return f"runs_table_{st.session_state.get(_RUNS_TABLE, 0)}_{digest}"


def run_label_key(kind: str, run_id: str) -> str:
    """The key of a widget with which a person writes on a run: its name, note, tags or star."""
    return f"run_{kind}_{run_id}"


def chosen_runs() -> tuple[str, ...]:
    """The runs that are ticked on the Runs page, in the order in which they were."""
    return st.session_state.get(_RUNS_CHOSEN, ())


def choose_runs(run_ids: Sequence[str]) -> None:
    """Remembers what is ticked in the table."""
    st.session_state[_RUNS_CHOSEN] = tuple(run_ids)


def tick_runs(run_ids: Sequence[str]) -> None:
    """Ticks these runs and no others, whatever the table on screen says: another one begins with them."""
    choose_runs(run_ids)
    st.session_state[_RUNS_TABLE] = st.session_state.get(_RUNS_TABLE, 0) + 1


def is_news(brought: str) -> bool:
    """Whether a run that was brought in is another than when this was asked last."""
    if st.session_state.get(_RUNS_BROUGHT, "") == brought:
        return False
    st.session_state[_RUNS_BROUGHT] = brought
    return bool(brought)


def just_deleted() -> tuple[str, ...]:
    """The runs that this session deleted last, while that can be taken back in one click."""
    return st.session_state.get(_RUNS_DELETED, ())


def note_deleted(run_ids: Sequence[str]) -> None:
    """Remembers what was deleted last; nothing once it was taken back."""
    st.session_state[_RUNS_DELETED] = tuple(run_ids)


def again_of(job_id: str) -> str | None:
    """The kept run that this job trains again."""
    return st.session_state.get(_AGAIN, {}).get(job_id)


def note_again(job_id: str, run_id: str) -> None:
    """Remembers that a job trains a kept run again."""
    st.session_state[_AGAIN] = {**st.session_state.get(_AGAIN, {}), job_id: run_id}


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
    """What the session's link asked for that is not allowed, until a setting is changed."""
    return st.session_state.get(_COMPLAINTS, ())


def owner() -> str:
    """This session's name in the job managers; nobody else knows it."""
    return st.session_state.setdefault(_OWNER, uuid.uuid4().hex)


def job() -> str | None:
    """The identifier of the run on screen, this session's own or the link's."""
    settings()  # so that the link has been read
    return st.session_state.get(_JOB)


def show_job(job_id: str | None) -> None:
    """Puts a run on screen, or takes it off."""
    st.session_state[_JOB] = job_id


def playground() -> bool:
    """Whether every change of a setting retrains at once."""
    return st.session_state.get(PLAYGROUND, False)


def tried() -> RunSettings | None:
    """The settings that were last trained, or refused, without Start being pressed or by it."""
    return st.session_state.get(_TRIED)


def note_tried(settings: RunSettings) -> None:
    """Remembers that nothing is to be tried for these settings any more."""
    st.session_state[_TRIED] = settings


def attempt() -> str | None:
    """The identifier of the try that is under way, or was refused."""
    return st.session_state.get(_TRY)


def note_attempt(job_id: str | None) -> None:
    """Remembers a try, or that there is none to wait for."""
    st.session_state[_TRY] = job_id


def replace_forecast(job_id: str) -> str | None:
    """Remembers the forecast on screen; returns the one that was there before, if it is another."""
    before = st.session_state.get(_FORECAST)
    st.session_state[_FORECAST] = job_id
    return before if before != job_id else None


def replace_map(job_id: str) -> str | None:
    """Remembers the map on screen; returns the one that was there before, if it is another."""
    before = st.session_state.get(_MAP_JOB)
    st.session_state[_MAP_JOB] = job_id
    return before if before != job_id else None


def seeds_job() -> str | None:
    """The identifier of the repetition over seeds on screen, this session's own or the link's."""
    settings()  # so that the link has been read
    return st.session_state.get(_SEEDS_JOB)


def show_seeds_job(job_id: str) -> None:
    """Puts a repetition over seeds on screen."""
    st.session_state[_SEEDS_JOB] = job_id


def answer_book() -> AnswerBook:
    """This session's answers for the pictures it brought."""
    return st.session_state.setdefault(_BOOK, AnswerBook())


def circuit_book() -> AnswerBook:
    """The same for the picture in the circuit; whether it is unlike those of training is not asked there."""
    return st.session_state.setdefault(_CIRCUIT_BOOK, AnswerBook(doubting=False))


def knob_key(circuit: str, index: int) -> str:
    """The key of the widget that turns one trained angle of a circuit."""
    return f"circuit_knob_{circuit}_{index}"


def turned(circuit: str) -> dict[int, float]:
    """The trained angles of this circuit that were turned by hand, radians by position; to be changed by the caller.

    Those of one circuit are remembered at a time: whoever puts another one on the table lets go of them.
    """
    if st.session_state.get(_TURNED, ("", {}))[0] != circuit:
        st.session_state[_TURNED] = circuit, {}
    return st.session_state[_TURNED][1]


def reason_book(jobs: JobManager) -> ReasonBook:
    """What this session asked about its answers; the worker processes are those of `jobs`."""
    if _REASONS not in st.session_state:
        st.session_state[_REASONS] = ReasonBook(jobs)
    return st.session_state[_REASONS]


def other_answer_book() -> AnswerBook:
    """The same of the run that is compared with."""
    return st.session_state.setdefault(_OTHER_BOOK, AnswerBook())


def note_start() -> None:
    """Remembers that a run was started just now."""
    st.session_state[_STARTED] = time.monotonic()


def is_double_click() -> bool:
    """Whether a run was started so short a time ago that another start is the same click's second half."""
    return time.monotonic() - st.session_state.get(_STARTED, float("-inf")) < _DOUBLE_CLICK_SECONDS


def write_link() -> None:
    """Makes the address say what is on screen; on every run of a page, as navigation drops it."""
    now, usual = settings(), RunSettings()
    wanted = {name: _written(now.value(name)) for name in FIELDS if now.value(name) != usual.value(name)}
    wanted |= {JOB_PARAMETER: job() or "", SEEDS_PARAMETER: seeds_job() or ""}
    for name in (*FIELDS, JOB_PARAMETER, SEEDS_PARAMETER):
        value = "" if name in PRIVATE else wanted.get(name, "")
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def _put(changed: RunSettings) -> None:
    st.session_state[_SETTINGS] = changed
    st.session_state[_COMPLAINTS] = ()


def _read_link() -> None:
    found, refused = RunSettings(), []
    for name, spec in FIELDS.items():
        if name in PRIVATE or name not in st.query_params:
            continue
        try:
            found = found.changed(**{name: spec.parse(st.query_params[name])})
        except SettingsError as error:
            refused.append(f"The link says {error} The usual value, {_written(spec.default)}, is used instead.")
    st.session_state[_SETTINGS], st.session_state[_COMPLAINTS] = found, tuple(refused)
    st.session_state[_JOB] = st.query_params.get(JOB_PARAMETER)
    st.session_state[_SEEDS_JOB] = st.query_params.get(SEEDS_PARAMETER)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def bring_in_round() -> int:
    """How many files were brought in so far: a new round has an empty field for the next."""
    return st.session_state.get(_BRING_IN_ROUND, 0)


def bring_in_job() -> str:
    """The job that brings a head in for this session, or ""."""
    return st.session_state.get(_BRING_IN_JOB, "")


def remember_bring_in_job(job_id: str) -> None:
    """Notes the job that brings a head in; "" once it is over."""
    st.session_state[_BRING_IN_JOB] = job_id


def brought_in() -> tuple[str, tuple[str, ...]] | None:
    """What was brought in last, as the run's identifier and sentences on it."""
    return st.session_state.get(_BROUGHT_IN)


def remember_brought_in(run_id: str, sentences: tuple[str, ...]) -> None:
    """Notes what was brought in, and empties the field for files."""
    st.session_state[_BROUGHT_IN] = run_id, sentences
    st.session_state[_BRING_IN_ROUND] = bring_in_round() + 1


def remember_refused(words: str) -> None:
    """Notes why a file was not brought in; the field keeps it."""
    st.session_state[_BROUGHT_IN] = "", (words,)


def forget_brought_in() -> None:
    """Forgets what was brought in, or refused, because another file is being chosen."""
    st.session_state.pop(_BROUGHT_IN, None)

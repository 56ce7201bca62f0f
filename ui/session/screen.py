"""A session's screen and its address: the settings, the run, what a lesson hides.

The settings on screen live here as one `RunSettings`; widgets only show and change it, so a page switch loses nothing.
The address is read when a session begins, which is when this is first asked for, and when a person goes back or forward
in the browser. Every page begins with `follow_link` and `write_link` (`ui.shell.page.set_up`), so that the address says
what is on screen ever after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.runs.store import RunRecord, find_run
from qtl_core.settings import Preset, RunSettings
from qtl_core.settings.groups import PRIVATE
from qtl_core.tables.usual_training import following
from ui.base import job_managers
from ui.base.streamlit_internals import forget_fragments, page_and_history
from ui.session.keys import CIRCUIT_RUN, CIRCUIT_SOURCE, PLAYGROUND, PREDICT_MODEL, PREDICT_OTHER
from ui.session.lesson import FOR_TEACHERS, HIDEABLE
from ui.session.link import LINKED, Link, query_of, read_link
from ui.session.part import SessionPart
from ui.session.readout import Readout
from ui.session.runs import Runs
from ui.session.selections import Selections
from ui.session.training import Training

WHAT_IS_LEARNT = ("source", "table", "label", "columns", "points", "per_class")  # its size decides how it is learnt
_OF_A_RUN = ("job", "job_is_lost", "seeds_job", "seeds_job_is_lost", "kept_run", "kept_settings")


@dataclass
class Screen(SessionPart):
    """The screen of all pages.

    Attributes:
        settings: Those that are shown; change them by `choose`, `choose_preset` or `choose_settings`.
        complaints: What the session's link asked for that cannot be, until a setting is changed.
        hidden: The names of the controls that this session's lesson leaves out.
        task: What a teacher wrote on top of it, or "".
        job: The run on screen, this session's own or the link's, by its job.
        job_is_lost: Whether the session's link named a run that is not on this server.
        seeds_job: The repetition over seeds on screen.
        seeds_job_is_lost: Whether the session's link named one that is not on this server.
        kept_run: The kept run that is open, as a link or a person asked for.
        kept_settings: Its settings.
        selected: What single pages show beside the run on screen; change it by `select`.
        page: The page that ran last, by Streamlit's hash.
    """

    KEY: ClassVar[str] = "session_screen"

    settings: RunSettings = field(default_factory=RunSettings)
    complaints: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    task: str = ""
    job: str | None = None
    job_is_lost: bool = False
    seeds_job: str | None = None
    seeds_job_is_lost: bool = False
    kept_run: str | None = None
    kept_settings: RunSettings | None = None
    selected: Selections = field(default_factory=Selections)
    page: str | None = None

    @classmethod
    def begin(cls) -> Self:
        """Returns what the session's link asks for."""
        screen = cls()
        screen._read_link()
        return screen

    def choose(self, name: str, value: object) -> None:
        """Takes a new value of one setting.

        Raises:
            SettingsError: It is not allowed.
        """
        others: dict[str, object] = {}
        if name == "dataset" and value != self.settings.data.dataset:
            others = {"dataset_version": 0}
        elif name == "machine" and value != self.settings.readout.machine:
            others = {"layout": ""}  # another machine's layout names other qubits
        elif name == "source" and "table" in (value, self.settings.data.source):
            others = {"standardise": value == "table"}  # columns are measured in units of their own, features are not
        wanted = self.settings.changed(**{name: value}, **others)
        self.choose_settings(following(self.settings, wanted) if name in WHAT_IS_LEARNT else wanted)

    def choose_preset(self, preset: Preset) -> None:
        """Takes a preset's circuit and training; the pictures stay."""
        self.choose_settings(preset.applied_to(self.settings))

    def choose_settings(self, wanted: RunSettings) -> None:
        """Takes all settings at once."""
        self.settings, self.complaints = wanted, ()

    def show_job(self, job_id: str | None) -> None:
        """Puts a run on screen, or takes whatever run is there off it."""
        self.job, self.job_is_lost = job_id or None, False
        self.kept_run = self.kept_settings = None

    def lose_job(self) -> None:
        """Takes a run off the screen that is not on this server; so it is said until another is put there."""
        self.show_job(None)
        self.job_is_lost = True

    def show_seeds_job(self, job_id: str | None) -> None:
        """Puts a repetition over seeds on screen, or takes it off."""
        self.seeds_job, self.seeds_job_is_lost = job_id or None, False

    def lose_seeds_job(self) -> None:
        """The same for a repetition over seeds as `lose_job` for a run."""
        self.show_seeds_job(None)
        self.seeds_job_is_lost = True

    def show_kept_run(self, run_id: str, run_settings: RunSettings) -> None:
        """Puts a kept run and its settings on screen, on all pages."""
        self.show_job(None)
        self.kept_run, self.kept_settings = run_id, run_settings
        self.choose_settings(run_settings)
        Training.here().tried = run_settings  # or the playground would train in its place at once
        self.begin_with_run()

    def begin_with_run(self, run_id: str = "") -> None:
        """Has the Circuit and the Predict page begin with a run, whatever was chosen there before.

        Args:
            run_id: A kept run; "" for the one on screen.
        """
        self.select(model=run_id, circuit="")
        for key in (CIRCUIT_SOURCE, CIRCUIT_RUN, PREDICT_MODEL):
            st.session_state.pop(key, None)

    def select(
        self,
        model: str | None = None,
        other: str | None = None,
        circuit: str | None = None,
        study: str | None = None,
    ) -> None:
        """Notes what a page shows beside the run on screen, for the address; None leaves it as it is."""
        now = self.selected
        self.selected = replace(
            now,
            model=now.model if model is None else model,
            other=now.other if other is None else other,
            circuit=now.circuit if circuit is None else circuit,
            study=now.study if study is None else study,
        )

    def complain(self, sentence: str) -> None:
        """Says on every page, until a setting is changed, what the link asked for that cannot be."""
        if sentence not in self.complaints:
            self.complaints = (*self.complaints, sentence)

    def forget_lost_job(self) -> None:
        """Takes a run off the screen that the address names and that is not on this server."""
        if self.job and not self.kept_run and not _is_there(self.job):
            self.lose_job()

    @property
    def is_lesson(self) -> bool:
        """True if a teacher's link left something out, or wrote a task on top."""
        return bool(self.hidden or self.task)

    def hides(self, name: str) -> bool:
        """Returns whether this session's lesson leaves out a setting, a part of a page, or a page in the navigation."""
        return name in self.hidden or (self.is_lesson and name in FOR_TEACHERS)

    def show_everything(self) -> None:
        """Ends the lesson: nothing is left out any more, and its task is gone."""
        self.hidden, self.task = frozenset(), ""

    def follow_link(self) -> None:
        """Takes over what the address says where a person went back or forward in the browser.

        A step that leads to another page leads there alone; the settings are undone by those on one page.
        """
        before = self.page
        self.page, is_history = page_and_history()
        if before != self.page:
            forget_fragments()
        elif is_history:
            self._read_link_again()

    def link(self) -> Link:
        """Returns what a link to all that is on screen says."""
        again = Runs.here().trained_again.get(self.job, "") if self.job else ""
        ids = self.job or "", self.seeds_job or "", self.kept_run or "", again
        runs = Runs.here()
        ticked = () if runs.chosen == (self.kept_run,) else runs.chosen  # an opened run is ticked anyway
        selected = replace(self.selected, opened=runs.opened, ticked=ticked)
        playground, dial = Training.here().playground, Readout.here().dial
        return Link(self.settings, *ids, self.hidden, self.task, playground, selected=selected, dial=dial)

    def link_query(self, wanted: Link) -> dict[str, str]:
        """Returns the parameters of a link made from this session's."""
        return query_of(wanted, self.kept_settings if wanted.run else None)

    def write_link(self) -> None:
        """Makes the address say what is on screen; on every run of a page, as navigation drops it."""
        before = {name: st.query_params.get_all(name) for name in st.query_params}
        others = {name: values for name, values in before.items() if name not in LINKED}
        now = others | {name: [value] for name, value in self.link_query(self.link()).items()}
        if now != before:
            st.query_params.from_dict(now)  # in one message: each is a step of the browser's Back button

    def _read_link(self) -> Link:
        query = {name: st.query_params.get_all(name) for name in st.query_params}
        found = read_link(query, _settings_of, HIDEABLE)
        self.settings, self.complaints = found.settings, found.complaints
        self.hidden, self.task = found.hidden, found.task
        if found.playground or PLAYGROUND in st.session_state:
            st.session_state[PLAYGROUND] = found.playground
        self.show_job(found.job)
        self.show_seeds_job(found.seeds_job)
        if found.again:
            Runs.here().trained_again[found.job] = found.again
        if found.run:
            self.kept_run, self.kept_settings = found.run, _settings_of(found.run)
        self.selected = found.selected
        Readout.here().turn_to(found.dial)
        for key in (CIRCUIT_SOURCE, CIRCUIT_RUN, PREDICT_MODEL, PREDICT_OTHER):
            st.session_state.pop(key, None)  # the pages begin with what is selected
        Runs.here().follow_link(found.selected.ticked, found.selected.opened, found.run)
        return found

    def _read_link_again(self) -> None:
        """Paths, which no link holds, stay; so does the run on screen, unless the address names another there is."""
        paths = {name: self.settings.value(name) for name in PRIVATE}
        before = {name: getattr(self, name) for name in _OF_A_RUN}
        found = self._read_link()
        self.settings = found.settings.changed(**paths)
        Training.here().tried = self.settings  # going back is no wish to train
        if not found.run and not _is_there(found.job):
            for name, value in before.items():
                setattr(self, name, value)


def _is_there(job_id: str) -> bool:
    """Returns whether a link's run can be shown, now or once another server is done with it."""
    return bool(job_id) and (job_managers.find_run_job(job_id) is not None or job_managers.is_trained_elsewhere(job_id))


def kept_record(run_id: str) -> RunRecord:
    """Returns a kept run as a table shows it.

    Raises:
        UserError: There is no such run, or it was deleted.
    """
    record = find_run(run_id)
    if record.deleted is not None:
        raise UserError(f"The run {run_id} was deleted.", "", "It can be brought back on the Runs page.")
    return record


def _settings_of(run_id: str) -> RunSettings:
    return kept_record(run_id).settings

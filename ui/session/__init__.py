"""The memory of a session: one typed object a feature, each under one key of `st.session_state`.

    session.screen.settings      the settings and the run on screen, what a lesson hides, and the address
    session.training.attempt     what is under way
    session.runs.chosen          what is ticked, deleted, trained again;  session.imports  files that come in
    session.predict.answers      what was told of the session's pictures; session.circuit   and turned in a circuit
    session.readout.settings     how answers are read out: the dial from exact to a real machine
    session.studies              which study is worked out, asked about and deleted
    session.workshop             its data sets, and training by itself
    session.learn, .tour, .show  where the session is on those pages

To remember something: an attribute of the feature's class, with its type and what it begins with, or a new class like
them (`SessionPart`). What a widget holds is Streamlit's: its key is a constant in `ui.session.keys`, and Streamlit
keeps the value, over page switches too where the widget has `persist_state="session"`.
"""

from __future__ import annotations

import uuid

import streamlit as st

from ui.session.pictures import Circuit, Predict
from ui.session.places import Learn, Show, Tour
from ui.session.readout import Readout
from ui.session.runs import Imports, Runs
from ui.session.screen import Screen
from ui.session.studies import Studies
from ui.session.training import Training
from ui.session.workshop import Workshop


class Session:
    """Gives the current visitor's state objects; holds none itself."""

    @property
    def owner(self) -> str:
        """Its name in the job managers; nobody else knows it."""
        return st.session_state.setdefault("session_owner", uuid.uuid4().hex)

    @property
    def screen(self) -> Screen:
        """The screen and the address, on all pages."""
        return Screen.here()

    @property
    def training(self) -> Training:
        """Work under way."""
        return Training.here()

    @property
    def runs(self) -> Runs:
        """The runs that are ticked, deleted and trained again."""
        return Runs.here()

    @property
    def studies(self) -> Studies:
        """The studies that are looked at, and the one deleted last."""
        return Studies.here()

    @property
    def imports(self) -> Imports:
        """The file that comes in."""
        return Imports.here()

    @property
    def predict(self) -> Predict:
        """The answers for the session's pictures."""
        return Predict.here()

    @property
    def circuit(self) -> Circuit:
        """The picture in the circuit, and the angles that were turned."""
        return Circuit.here()

    @property
    def readout(self) -> Readout:
        """The dial from exact to a real machine."""
        return Readout.here()

    @property
    def workshop(self) -> Workshop:
        """The session's data sets."""
        return Workshop.here()

    @property
    def learn(self) -> Learn:
        """The session's place on the Learn page."""
        return Learn.here()

    @property
    def tour(self) -> Tour:
        """The session's place in the tour."""
        return Tour.here()

    @property
    def show(self) -> Show:
        """Show mode."""
        return Show.here()


session = Session()

"""Places of a session on pages that have several: a topic to learn, a stop of the tour, show mode.

The address names the place (`ui.session.link`), and the session remembers it for when the navigation has dropped it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import streamlit as st

from ui.session.link import SHOW_PARAMETER, STOP_PARAMETER, TERM_PARAMETER, TOPIC_PARAMETER
from ui.session.part import SessionPart

if TYPE_CHECKING:
    from ui.session.show_loop import ShowLoop


@dataclass
class Learn(SessionPart):
    """The topic that the Learn page shows.

    Attributes:
        last: What it showed last: its kind and its name.
    """

    KEY: ClassVar[str] = "session_learn"

    last: tuple[str, str] = (TOPIC_PARAMETER, "")

    @property
    def place(self) -> tuple[str, str]:
        """The kind ("topic" or "term") and the name of what is to be shown, as the link has it: not checked.

        Where the link says nothing, it is what was shown last; a name of "" is nothing yet.
        """
        for kind in (TERM_PARAMETER, TOPIC_PARAMETER):
            if st.query_params.get(kind):
                return kind, st.query_params[kind]
        return self.last

    def show(self, kind: str, name: str) -> None:
        """Puts a topic or a term on the page, and into its link."""
        other = {TOPIC_PARAMETER: TERM_PARAMETER, TERM_PARAMETER: TOPIC_PARAMETER}[kind]
        self.last = kind, name
        if other in st.query_params:
            del st.query_params[other]
        if st.query_params.get(kind) != name:
            st.query_params[kind] = name


@dataclass
class Tour(SessionPart):
    """The place of a session in the guided tour.

    Attributes:
        last: The stop it was at last, from 1.
        heads_job: The comparison of heads that it has asked for.
        spirals_job, spiral_heads_job: The training on spirals that it has asked for, and the comparison of heads there.
        carry_job, carried: What carries a head to new pictures, as it asked for, and whose head that is.
        bees: The numbers of the pictures that the visitor takes for bees, at the first stop.
        guessed: Whether that is all, and the answers may be shown.
    """

    KEY: ClassVar[str] = "session_tour"

    last: int = 1
    heads_job: str | None = None
    spirals_job: str | None = None
    spiral_heads_job: str | None = None
    carry_job: str | None = None
    carried: str = ""
    bees: tuple[int, ...] = ()
    guessed: bool = False

    def stop(self, stops: int) -> int:
        """Returns the stop that the link names, from 1 to `stops`; else the one that this session was at."""
        asked = st.query_params.get(STOP_PARAMETER, "")
        return int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= stops else self.last

    def tap(self, number: int) -> None:
        """Takes a picture for a bee, or takes that back."""
        self.bees = tuple(each for each in self.bees if each != number) if number in self.bees else (*self.bees, number)

    def guess(self) -> None:
        """Has all pictures guessed: those not tapped are no bees."""
        self.guessed = True

    def guess_again(self) -> None:
        """Begins again."""
        self.bees, self.guessed = (), False

    def go_to(self, stop: int) -> None:
        """Goes to a stop, and writes it into the link."""
        self.last = stop
        if st.query_params.get(STOP_PARAMETER) != str(stop):
            st.query_params[STOP_PARAMETER] = str(stop)


@dataclass
class Show(SessionPart):
    """Show mode.

    Attributes:
        director: What prepares its rounds; use `directed_by`.
        round: The number of the round on screen, and what the browser is given of it; use `data`.
    """

    KEY: ClassVar[str] = "session_show"

    director: ShowLoop | None = None
    round: tuple[int, dict[str, Any]] | None = None

    @property
    def is_on(self) -> bool:
        """True if the link asks for it."""
        return st.query_params.get(SHOW_PARAMETER) == "1"

    def directed_by(self, make: Callable[[], ShowLoop]) -> ShowLoop:
        """Returns what prepares the rounds of this session's show."""
        if self.director is None:
            self.director = make()
        return self.director

    def data(self, number: int, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Returns what the round of this number has the browser show; that of the round before is let go."""
        if self.round is None or self.round[0] != number:
            self.round = number, make()
        return self.round[1]

    def end(self) -> None:
        """Leaves show mode: its director, its job and its data go."""
        if SHOW_PARAMETER in st.query_params:
            del st.query_params[SHOW_PARAMETER]
        if self.director is not None:
            self.director.close()
        self.director = self.round = None

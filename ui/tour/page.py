"""The body of the Tour page: one stop at a time, words beside something to touch, and the way on in reach."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import streamlit as st

from ui.base import job_managers
from ui.base.assets import stylesheet
from ui.base.errors import guarded
from ui.session import keys, session
from ui.tour import STOPS


def show_tour() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    number = session.tour.stop(len(STOPS))
    session.tour.go_to(number)
    stop = import_module(f"ui.tour.{STOPS[number - 1]}")
    _show_stop(number, stop)
    _show_way(number)
    session.screen.write_link()
    job_managers.warm()


def _show_stop(number: int, stop: ModuleType) -> None:
    """Shows what is to be touched first, below what to do with it; the text stands beside it, or after it."""
    with st.container(key="tour_stop"):
        st.subheader(f"{number}. {stop.TITLE}", anchor=False)
        with st.container(key="tour_task"):
            st.markdown(stop.TASK)
        wide = getattr(stop, "WIDE", False)
        play, words = (st.container(), st.container()) if wide else st.columns([3, 2], gap="large")
        with play, st.container(key="tour_play"), guarded():
            stop.show()
        with words:
            st.markdown(stop.TEXT)
            if stop.PAGE:
                path, label = stop.PAGE
                st.page_link(path, label=label, icon=":material/arrow_outward:")


def _show_way(number: int) -> None:
    with st.container(key="tour_way", horizontal=True, vertical_alignment="center"):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            disabled=number == 1,
            on_click=_go,
            args=(number - 1,),
            shortcut="B",
            key=keys.TOUR_BACK,
            help="The stop before.",
        )
        marks = "".join(f'<i class="{_mark(each, number)}"></i>' for each in range(1, len(STOPS) + 1))
        st.html(
            f'<div class="tour-marks" role="img" aria-label="Stop {number} of {len(STOPS)}">{marks}'
            f"<span>{number} of {len(STOPS)}</span></div>"
        )
        if number < len(STOPS):
            st.button(
                f"Next: {import_module(f'ui.tour.{STOPS[number]}').TITLE}",
                type="primary",
                on_click=_go,
                args=(number + 1,),
                shortcut="N",
                key=keys.TOUR_NEXT,
                help="The next stop.",
                icon=":material/arrow_forward:",
            )
        else:
            _show_end()
        st.page_link("pages/home.py", label="Leave", icon=":material/close:")


def _show_end() -> None:
    """Shows the way on from the last stop, which looks and lies as every Next."""
    # Under a key of its own: under that of Next, the press that led here would count for this button too.
    key = f"{keys.TOUR_NEXT}_end"
    if st.button("Now train your own", type="primary", shortcut="N", key=key, icon=":material/model_training:"):
        st.switch_page("pages/train.py")


def _mark(each: int, number: int) -> str:
    return "here" if each == number else "been" if each < number else ""


def _go(number: int) -> None:
    session.tour.go_to(number)

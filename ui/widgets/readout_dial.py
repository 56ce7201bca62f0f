"""The dial from exact to a real machine: a few steps, and every rate by itself behind them.

To add a step: a line in `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from qtl_core.machines.catalogue import PAPERS_MACHINE, machine_names, machine_title
from qtl_core.settings import CircuitSettings, ReadoutSettings
from qtl_core.settings.groups import FIELDS
from ui.base.wording import plain
from ui.session import session
from ui.widgets.glossary import help_of
from ui.widgets.layout_map import show_layout_map

STEPS = {
    "Exact": ReadoutSettings(),
    "Shots": ReadoutSettings(shots=100),
    "Light noise": ReadoutSettings(shots=1_000, depolarizing_one=0.001, depolarizing_two=0.01, readout_flip=0.01),
    "Heavy noise": ReadoutSettings(shots=1_000, depolarizing_one=0.01, depolarizing_two=0.1, readout_flip=0.05),
    "Machine": ReadoutSettings(shots=1_024, machine=PAPERS_MACHINE),
}
OWN = "Your own"
SHOTS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000)
RATES = ("depolarizing_one", "depolarizing_two", "amplitude_damping", "phase_damping", "readout_flip")
STOPS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
KEY = "dial"


def show_dial(place: str, circuit: CircuitSettings) -> ReadoutSettings:
    """Shows the dial and returns the readout that it stands at; the address follows it.

    Args:
        place: Tells the widgets of one page from those of another.
        circuit: What is read out: a machine's map shows where it lies.
    """
    session.screen.write_link()  # here, too: a turn of the dial runs its own part of the page alone
    now = step_of(session.readout.settings)
    key = f"{KEY}_{place}_step"
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.segmented_control(
        "From exact to a real machine",
        [*STEPS, *([OWN] if now == OWN else [])],
        key=key,
        required=True,
        on_change=_take_step,
        args=(key,),
        help="Exact: the state's averages, which no machine can show. Shots: measured so often. Noise: gates and "
        "readings err as well, seldom or often. Machine: the measured errors of the paper's own.",
        width="stretch",
    )
    with st.expander("Shots and each rate by itself"):
        _show_shots(place)
        _show_machine(place)
        if session.readout.settings.machine:
            _show_layout(place, circuit)
        else:
            for name in RATES:
                _show_rate(place, name)
    return session.readout.settings


def step_of(readout: ReadoutSettings) -> str:
    """Returns the step that a readout is, or `OWN`."""
    return next((name for name, step in STEPS.items() if step == readout), OWN)


def _show_shots(place: str) -> None:
    value, spec = session.readout.settings.shots, FIELDS["shots"]
    stops = sorted({*SHOTS, value})
    key = f"{KEY}_{place}_shots"
    _hold(key, value)
    st.select_slider(
        "Shots of each picture",
        stops,
        value,
        format_func=lambda each: f"{each:,}" if each else "no shots: the average",
        key=key,
        help=f"{spec.help}\n\n{help_of('shots')}",
        on_change=_take,
        args=("shots", key),
    )


def _show_machine(place: str) -> None:
    value = session.readout.settings.machine
    names = list(dict.fromkeys(("", *machine_names(), *([value] if value else []))))
    key = f"{KEY}_{place}_machine"
    _hold(key, value)
    st.selectbox(
        "Machine",
        names,
        names.index(value),
        format_func=lambda name: machine_title(name) if name else "none: the rates below",
        key=key,
        help=FIELDS["machine"].help,
        on_change=_take,
        args=("machine", key),
    )


def _show_layout(place: str, circuit: CircuitSettings) -> None:
    readout = session.readout.settings
    take = partial(session.readout.change, "layout")
    show_layout_map(circuit, readout.machine, readout.layout, key=f"{KEY}_{place}_layout", take=take)


def _show_rate(place: str, name: str) -> None:
    value, spec = getattr(session.readout.settings, name), FIELDS[name]
    stops = sorted({*(stop for stop in STOPS if stop <= spec.high), value})
    key = f"{KEY}_{place}_{name}"
    _hold(key, value)
    st.select_slider(
        spec.label, stops, value, format_func=plain, key=key, help=spec.help, on_change=_take, args=(name, key)
    )


def _hold(key: str, value: object) -> None:
    """Gives a widget the session's value; only where it differs, as a value set anew would fight a moving hand."""
    st.session_state[f"{key}_held"] = value
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _take(name: str, key: str) -> None:
    """Takes what a hand chose; a browser that only now hears of a value sends it back as if it were a change."""
    if st.session_state[key] != st.session_state.get(f"{key}_held"):
        session.readout.change(name, st.session_state[key])


def _take_step(key: str) -> None:
    if chosen := STEPS.get(st.session_state[key]):
        session.readout.settings = chosen


def show_turning_button(label: str, icon: str, key: str, turn: Callable[[], None]) -> None:
    """Shows a button that turns the dial from within what was read out.

    That is drawn by a fragment of its own, which would draw the same reading again: so all of the page runs.

    Args:
        label, icon, key: As of every button.
        turn: Turns the dial.
    """
    if st.button(label, icon=icon, key=key):
        turn()
        st.rerun()

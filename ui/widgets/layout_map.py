"""The map of a machine: its qubits by how often they are read wrongly, its two-qubit gates by errors and directions.

On it a person lays the circuit's wires, by pointer, finger or keyboard; below it stands what the layout costs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.machines.fake_backends import check_fake, is_fake
from qtl_core.machines.laid_circuit import LaidCircuit, laid_circuit, laid_job
from qtl_core.machines.layouts import best_layout, is_exhaustive, worst_layout
from qtl_core.machines.map_places import map_places
from qtl_core.settings import CircuitSettings
from ui.base import job_managers
from ui.base.assets import asset, script
from ui.base.errors import show_user_error
from ui.session import session
from ui.widgets.layout_words import RANKED, layout_words, transpiled_words
from ui.widgets.waiting import show_once_over

MOST_QUBITS = 8  # more do not fit a phone: then those around the circuit are shown
WORST_READ, WORST_GATE = 0.35, 0.06  # errors that have the full colour: about ibmqx4's worst
STRONGEST = 70  # percent of the colour, so that words on it can be read
WAIT_SECONDS = 0.5

Take = Callable[[str], None]

_show_map = st.components.v2.component(
    "layout_map", html=asset("layout_map.html"), css=asset("layout_map.css"), js=script("layout_map")
)


def show_layout_map(circuit: CircuitSettings, machine: str, layout: str, *, key: str, take: Take) -> None:
    """Shows the map with a layout on it, buttons for others, and what the layout costs; says why it cannot be.

    Args:
        circuit: The circuit's settings.
        machine: The machine's name.
        layout: The layout now, as the setting has it; "" is that of least error, or Qiskit's choice.
        key: Tells the widgets from those of another map.
        take: Called with another layout, as the setting has it, before the page is drawn again.
    """
    show = partial(_show_laid, circuit, layout=layout, key=key, take=take)
    if not is_fake(machine):
        try:
            show(laid_circuit(circuit, machine, layout))
        except UserError as error:
            _show_refusal(error, layout, key, take)
        return
    try:
        check_fake(machine)
    except UserError as error:
        show_user_error(error)
        return
    jobs, asked = job_managers.readouts(), ("laid", circuit, machine, layout)
    find = partial(jobs.find_or_start, asked, lambda: laid_job(circuit, machine, layout, session.owner))
    job_managers.express_jobs().wait(find().id, WAIT_SECONDS)
    if find().view.error:
        _show_refusal(UserError(*find().view.error), layout, key, take)
    else:
        show_once_over(find, show, lambda _: "Qiskit lays the circuit on the machine …", "laid circuit")


def _show_refusal(error: UserError, layout: str, key: str, take: Take) -> None:
    show_user_error(error)
    if layout.strip():
        st.button("Leave the layout to the app", key=f"{key}_best", on_click=take, args=("",))


def _show_laid(circuit: CircuitSettings, laid: LaidCircuit, *, layout: str, key: str, take: Take) -> None:
    component = f"{key}_map"

    def lay() -> None:
        if chosen := st.session_state[component].layout:
            take(",".join(str(int(qubit)) for qubit in chosen))

    shown = shown_qubits(laid)
    _show_map(data=map_data(laid, shown), key=component, on_layout_change=lay)
    if len(shown) < len(laid.machine.qubits):
        st.caption(f"The part of {laid.machine.title} around the circuit; it has {len(laid.machine.qubits)} qubits.")
    if laid.figures is None:
        st.button("Qiskit's choice", key=f"{key}_best", on_click=take, args=("",), disabled=not layout.strip())
        st.markdown(transpiled_words(laid, is_chosen=bool(layout.strip())))
        return
    best = best_layout(circuit, laid.machine)
    worst = worst_layout(circuit, laid.machine).layout
    text = ",".join(map(str, worst))
    with st.container(horizontal=True):
        is_best, is_worst = laid.layout == best.layout, laid.layout == worst
        st.button("Least error", key=f"{key}_best", on_click=take, args=("",), disabled=is_best, help=RANKED)
        st.button("Most error", key=f"{key}_worst", on_click=take, args=(text,), disabled=is_worst, help=RANKED)
    st.markdown(layout_words(laid, best, all_tried=is_exhaustive(circuit, laid.machine)))


def shown_qubits(laid: LaidCircuit) -> tuple[int, ...]:
    """Returns the qubits that a map shows: all, or of a large machine those that take part and their neighbours."""
    machine = laid.machine
    if len(machine.qubits) <= MOST_QUBITS:
        return tuple(range(len(machine.qubits)))
    part = {*laid.layout, *laid.measured, *(qubit for pair in laid.pairs for qubit in pair)}
    return tuple(sorted(part | {other for qubit in part for other in machine.neighbours[qubit]}))


def map_data(laid: LaidCircuit, shown: tuple[int, ...]) -> dict[str, Any]:
    """Returns what the component draws."""
    machine = laid.machine
    errors = {pair: error for pair, error in machine.cnot_errors.items() if set(pair) <= set(shown)}
    edges = [
        {
            "pair": pair,
            "share": _share(error, WORST_GATE),
            "words": percent(error),
            "directed": pair[::-1] not in errors,
            "used": tuple(sorted(pair)) in laid.pairs,
        }
        for pair, error in errors.items()
        if pair[::-1] not in errors or pair[0] < pair[1]
    ]
    qubits = [
        {
            "number": qubit,
            "place": place,
            "share": _share(machine.qubits[qubit].read_error, WORST_READ),
            "words": percent(machine.qubits[qubit].read_error),
        }
        for qubit, place in zip(shown, map_places(machine, shown), strict=True)
    ]
    return {"qubits": qubits, "edges": edges, "layout": laid.layout}


def _share(error: float, worst: float) -> int:
    return round(STRONGEST * min(error / worst, 1.0))

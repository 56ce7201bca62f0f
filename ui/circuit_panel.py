"""The circuit on the table: its diagram, one gate at length, a walk through it, and files to take along."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from qtl_core.circuit import Circuit, build_circuit
from qtl_core.drawing import GateReading, lay_out, read_gates
from qtl_core.export import FORMATS
from ui import state
from ui.bloch import bloch_figure, sphere_words
from ui.circuit_figure import circuit_figure
from ui.circuit_hover import FORMULAE, angle, matrix_formula
from ui.circuit_source import OnTable
from ui.errors import guarded
from ui.inside_panel import show_inside

REFRESH_SECONDS = 0.8
WIDE = 60  # columns; from here on only the first and the last layer are drawn in full, until more are asked for


def show_circuit(read: Callable[[], OnTable | None], live: bool, still_live: Callable[[], bool]) -> None:
    """Shows the circuit, again and again while it is being trained.

    Args:
        read: Gives the circuit as it stands, or None where it is not known yet.
        live: Whether its angles are moving.
        still_live: Asked at every refresh; when it says no, the page is run again.
    """

    def panel() -> None:
        if live and not still_live():
            st.rerun()
        on_table = read()
        if on_table is None:
            st.info("The run is still getting its pictures ready; its circuit appears when training begins.")
        else:
            _panel(on_table)

    st.fragment(guarded()(panel), run_every=REFRESH_SECONDS if live else None)()


def _panel(on_table: OnTable) -> None:
    circuit = build_circuit(on_table.settings)
    st.markdown(on_table.words)
    readings = read_gates(circuit, picture_angles(circuit.wires), on_table.weights, on_table.before)
    chosen = _chosen(len(circuit.gates))
    diagram = st.container(key="circuit_scroll")  # drawn above what it is asked with
    folded = _folded_layers(on_table.settings.depth, lay_out(circuit).columns > WIDE)
    with diagram:
        _show_diagram(circuit_figure(lay_out(circuit, folded), readings, chosen, _ink()), chosen)
    st.caption(_legend(readings))
    _show_gate(readings, chosen)
    show_inside(circuit, picture_angles(circuit.wires), on_table.weights, readings, _ink())
    _show_picture_angles(circuit.wires)
    _show_exports(circuit, on_table)


def _ink() -> str | None:
    """The text colour of the theme that the reader uses, once the browser has said which."""
    theme = st.context.theme.type
    return st.get_option(f"theme.{theme}.textColor") if theme else None


def _show_diagram(figure: go.Figure, chosen: int | None) -> None:
    # A new key for every choice: the chart then forgets its own selection, which would fade all other gates.
    key = f"{state.CIRCUIT_CHART}_{chosen}"
    st.plotly_chart(
        figure, width=int(figure.layout.width), key=key, selection_mode="points", config={"displayModeBar": False},
        on_select=partial(_take_click, key),
    )  # fmt: skip


def picture_angles(wires: int) -> list[float]:
    """Returns the angles that stand for a picture, 0 until they are set."""
    return [st.session_state.get(state.picture_angle_key(wire), 0.0) for wire in range(wires)]


def _folded_layers(depth: int, wide: bool) -> set[int]:
    """Asks which layers are drawn in full; returns the others, from 0."""
    if depth < 2:
        return set()
    usual = [1, depth] if wide else list(range(1, depth + 1))
    shown = st.pills(
        "Layers drawn in full", range(1, depth + 1), selection_mode="multi", default=usual,
        key=state.open_layers_key(depth, wide), help="The others are folded into one column each.",
    )  # fmt: skip
    return set(range(depth)) - {layer - 1 for layer in shown}


def _legend(readings: Sequence[GateReading]) -> str:
    trained = [reading for reading in readings if reading.is_trained]
    most = max((reading.turned for reading in trained), default=0.0)
    if not trained:
        return "This circuit has no trained gates; rest the pointer on a gate, or choose it, to learn more."
    if not most:
        return "Training has not turned any gate yet, so trained rotations are pale; rest on a gate, or choose it."
    return f"The stronger a rotation's colour, the further training has turned it; the strongest by {angle(most)}."


def _chosen(gates: int) -> int | None:
    chosen = st.session_state.get(state.CIRCUIT_GATE)
    return chosen if chosen is not None and chosen < gates else None


def _take_click(key: str) -> None:
    points = st.session_state[key].selection.points
    gates = [point["customdata"][0] for point in points if point.get("customdata")]
    if gates and gates[0] is not None:
        st.session_state[state.CIRCUIT_GATE] = gates[0]


def _show_gate(readings: Sequence[GateReading], chosen: int | None) -> None:
    if st.session_state.get(state.CIRCUIT_GATE) != chosen:
        st.session_state[state.CIRCUIT_GATE] = chosen  # it belonged to a circuit with more gates
    st.selectbox(
        "Gate", range(len(readings)), index=None, key=state.CIRCUIT_GATE, placeholder="Click a gate, or choose it here",
        format_func=lambda index: f"{index + 1}: {_place(readings[index])}{readings[index].name}",
    )  # fmt: skip
    if chosen is not None:
        with st.container(border=True, key="gate_details"):
            _show_details(readings[chosen])


def _place(reading: GateReading) -> str:
    return f"layer {reading.gate.layer + 1}, " if reading.gate.section == "layer" else f"{reading.gate.section}, "


def _show_details(reading: GateReading) -> None:
    st.subheader(reading.name, anchor=False)
    st.markdown(reading.sentence)
    for now, before, driver in zip(reading.now, reading.before, reading.drivers, strict=True):
        moved = f", before training {angle(before)}, a change of {angle(now - before)}" if reading.is_trained else ""
        st.markdown(f"- **{angle(now)}**{moved}; set by {driver}")
    formula, sphere = st.columns([3, 2])
    with formula:
        st.latex(FORMULAE[reading.gate.kind])
        st.caption("With the numbers it has now:" if reading.now else "In numbers:")
        st.latex(matrix_formula(reading.matrix))
    with sphere:
        st.plotly_chart(bloch_figure(reading.turn, _ink()), key="gate_sphere", config={"displayModeBar": False})
        st.caption(sphere_words(reading))


def _show_picture_angles(wires: int) -> None:
    with st.expander("The picture's angles", icon=":material/image:"):
        st.markdown(
            "Every picture sets its own angles φ on the embedding gates. No picture is in this circuit, so they are 0 "
            "until you set them; hover texts and files below use what stands here."
        )
        for start in range(0, wires, 4):
            for column, wire in zip(st.columns(4), range(start, min(start + 4, wires)), strict=False):
                column.number_input(
                    f"φ{wire}, radians", -math.pi / 2, math.pi / 2, step=0.1, format="%.3f",
                    value=0.0, key=state.picture_angle_key(wire),
                )  # fmt: skip


def _show_exports(circuit: Circuit, on_table: OnTable) -> None:
    numbers = picture_angles(circuit.wires), on_table.weights
    st.subheader("Take it with you", anchor=False)
    with st.container(horizontal=True, key="exports"):
        for name, each in FORMATS.items():
            if name == "quirk":
                st.link_button("Open in Quirk", each.write(circuit, *numbers), icon=":material/open_in_new:")
            else:
                write = partial(each.write, circuit, *numbers)
                st.download_button(
                    each.title, write, file_name=each.file, mime=each.mime, key=f"export_{name}",
                    icon=":material/download:", on_click="ignore",
                )  # fmt: skip
    with st.expander("The PennyLane code", icon=":material/code:"):
        st.code(FORMATS["pennylane"].write(circuit, *numbers), language="python", height=320)

"""Step through the circuit to the answer: the state after every column of gates, as spheres, probabilities, numbers.

A box laid behind the diagram by style alone: a chart drawn anew at every step would flicker, and a large one is slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic as clock

import numpy as np
import streamlit as st

from qtl_core.drawing.gate_readings import GateReading
from qtl_core.drawing.scene import CELL, TOP, Link, Scene, Tile
from qtl_core.explain.gate_effects import effect_words, entanglement_words
from qtl_core.explain.noisy_walk import NoisyWalk
from qtl_core.explain.noisy_walk_words import mixed_words, noise_step_words
from qtl_core.network.binding import Numbers
from qtl_core.network.entanglement import bloch_vectors, cut_entropies, purities, qubit_entropies
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.trace import Step, state_after, steps_of
from ui.base.assets import script, stylesheet
from ui.circuit.answer_steps import MEASURED, LayerAfter, show_stage_chart, stage_words, stages_of
from ui.circuit.input import Input
from ui.circuit.noise_chart import gates_after, walk_figure
from ui.circuit.state_charts import MOST_STRINGS, shown_strings, spheres_figure, strings_figure
from ui.session import keys
from ui.session.refresh import refreshing
from ui.widgets.glossary import help_of


def mark_style(scene: Scene, step: Step | None) -> str:
    """Returns the style that marks the column of a step, or a folded layer as a whole; none before the first step."""
    extent = step and (_column(scene, step) or _band(scene, step))
    if not extent:
        return "<style></style>"
    left, right = extent
    box = {"left": left, "width": right - left, "top": TOP - 4, "height": scene.height - TOP}
    place = " ".join(f"--mark-{name}: {pixels:.0f}px;" for name, pixels in box.items())
    return f"{stylesheet(__file__)}<style>.st-key-circuit_scroll {{ {place} }}</style>"


def _column(scene: Scene, step: Step) -> tuple[float, float] | None:
    """The extent of the step's gates from left to right, or None where they are folded away."""
    boxes: tuple[Tile | Link, ...] = (*scene.tiles, *scene.links)
    centres = {drawn.x for drawn in boxes if drawn.box.gate in step.gates}
    return (min(centres) - CELL / 2, max(centres) + CELL / 2) if centres else None


def _band(scene: Scene, step: Step) -> tuple[float, float] | None:
    return next(((band.left, band.right) for band in scene.bands if band.section.title == step.section), None)


PACE_SECONDS = 0.9
NAMED_GATES = 4  # of a step, in words; the others are counted


def show_inside(
    circuit: Circuit,
    entered: Input,
    weights: Numbers,
    readings: Sequence[GateReading],
    scene: Scene,
    layer: LayerAfter | None,
    noisy: NoisyWalk | None,
    ink: str | None,
) -> None:
    """Shows the walk through a circuit, and on to the answer.

    Args:
        circuit: The gate list.
        entered: What goes in.
        weights: Trained angles, shape (weight_count,), radians.
        readings: What there is to say of every gate.
        scene: The diagram, in which the step is marked.
        layer: The layer after the circuit, where a run has trained one.
        noisy: The states under noise, or None where there is none.
        ink: The reader's text colour, or None where it is not known.
    """
    ends = gates_after(steps_of(circuit))
    playing = _playing()
    walk, stages = steps_of(circuit), stages_of(layer)
    last = len(walk) + len(stages)

    def panel() -> None:
        _advance(last)
        if _playing() != playing:
            st.rerun()
        steps = _choose_step(last, len(walk))
        states = [
            state_after(circuit, entered.angles, weights, min(each, len(walk)))
            for each in (steps - 1, steps)
            if each >= 0
        ]
        before, after = (bloch_vectors(states[index]) for index in (0, -1))
        stage = stages[steps - len(walk) - 1] if steps > len(walk) else ""
        values = noisy.read if noisy else after[:, 2]
        if stage:
            words = stage_words(stage, values, layer, entered, under_noise=noisy is not None)
            said = f"**Step {steps} of {last}** ({stage}): {words}"
        else:
            said = step_words(walk, steps, readings, last, before, after)
        st.markdown(said)
        if noisy and steps and not stage:
            st.markdown(noise_step_words(noisy, ends[steps - 1], ends[steps]))
        st.html(mark_style(scene, Step(MEASURED, ()) if stage else walk[steps - 1] if steps else None))
        spheres, beside = st.columns([3, 2], gap="medium")
        gates = ends[min(steps, len(walk))]
        with spheres:
            _show_spheres(after, noisy, gates, ink)
        with beside:
            if stage:
                show_stage_chart(stage, values, layer, ink)
            elif noisy:
                _show_noise(noisy, walk, steps, ink)
            else:
                _show_strings(states[-1], ink)
        with st.expander("The numbers", icon=":material/table:"):
            _show_numbers(states[-1], after, noisy, gates)
        _bring_up(bool(steps) or _playing())

    refreshing(panel, PACE_SECONDS if playing else None)()


def step_words(
    walk: Sequence[Step],
    steps: int,
    readings: Sequence[GateReading],
    last: int,
    before: np.ndarray,
    after: np.ndarray,
) -> str:
    """Says where the walk stands: which gates have just acted, and what they did to this state.

    Args:
        walk: The steps of the circuit.
        steps: How many have acted.
        readings: What there is to say of every gate.
        last: How many steps there are to the answer.
        before, after: Bloch vectors before and after the last of them, shape (wires, 3).
    """
    if steps == 0:
        return f"**Start, before step 1 of {last}**: every qubit is 0."
    step = walk[steps - 1]
    acted = [readings[index] for index in step.gates]
    named = [reading.name for reading in acted[:NAMED_GATES]]
    more = len(acted) - len(named)
    names = f"{'; '.join(named)}{f'; {more} more' if more else ''}"
    return f"**Step {steps} of {last}** ({step.section}): {names}. {effect_words(acted, before, after)}"


def _show_spheres(vectors: np.ndarray, noisy: NoisyWalk | None, gates: int, ink: str | None) -> None:
    figure = spheres_figure(noisy.vectors[gates], ink, vectors) if noisy else spheres_figure(vectors, ink)
    st.plotly_chart(figure, key="inside_spheres", config={"displayModeBar": False})
    if noisy:
        words = f"{mixed_words(vectors, noisy, gates)} Grey arrows are those without noise."
    else:
        words = entanglement_words(vectors)
    st.caption(words, help=help_of("Bloch sphere", "entropy", "purity"))


def _show_noise(noisy: NoisyWalk, walk: Sequence[Step], steps: int, ink: str | None) -> None:
    figure = walk_figure(noisy, walk, steps, ink)
    st.plotly_chart(figure, key="inside_noise", config={"displayModeBar": False})
    st.caption(
        "How near the state is to the exact one (fidelity), and how unmixed that of all qubits is (purity); the dotted "
        "line is this step.",
        help=help_of("fidelity", "purity"),
    )


def _show_strings(amplitudes: np.ndarray, ink: str | None) -> None:
    st.plotly_chart(strings_figure(amplitudes, ink), key="inside_strings", config={"displayModeBar": False})
    if len(amplitudes) > MOST_STRINGS:
        rest = 1 - np.square(np.abs(amplitudes[shown_strings(amplitudes)])).sum()
        st.caption(f"The {MOST_STRINGS} most probable of {len(amplitudes):,} strings; all others share {rest:.3f}.")


def _show_numbers(amplitudes: np.ndarray, vectors: np.ndarray, noisy: NoisyWalk | None, gates: int) -> None:
    wires = len(vectors)
    if noisy:
        own = noisy.vectors[gates]
        under = {"Qubit": range(wires), "⟨X⟩": own[:, 0], "⟨Y⟩": own[:, 1], "⟨Z⟩": own[:, 2], "Purity": purities(own)}
        st.markdown("**Under noise, on average:**")
        st.dataframe(under, hide_index=True)
        st.markdown("**Without noise:**")
    each = {
        "Qubit": range(wires),
        "⟨X⟩": vectors[:, 0],
        "⟨Y⟩": vectors[:, 1],
        "⟨Z⟩": vectors[:, 2],
        "Purity": purities(vectors),
        "Entropy, bit": qubit_entropies(vectors),
    }
    st.dataframe(each, hide_index=True)
    if wires > 1:
        cuts = [f"qubits 0 to {last} | the others" if last else "qubit 0 | the others" for last in range(wires - 1)]
        st.dataframe({"Cut": cuts, "Entropy, bit": cut_entropies(amplitudes)}, hide_index=True)
    strings = [f"{index:0{wires}b}" for index in range(len(amplitudes))]
    st.dataframe(
        {
            "String": strings,
            "Real": amplitudes.real,
            "Imaginary": amplitudes.imag,
            "Probability": np.square(np.abs(amplitudes)),
            "Phase, degrees": np.degrees(np.angle(amplitudes)),
        },
        hide_index=True,
        height=220,
    )


def _bring_up(has_begun: bool) -> None:
    """Brings drawing, slider and spheres into view at the first step: the browser runs the script once it is there."""
    body = f"<script>{script('scroll_up', 'bring_up')}</script>" if has_begun else "<style></style>"
    st.html(body, unsafe_allow_javascript=has_begun)


def _choose_step(last: int, gates: int) -> int:
    key = keys.CIRCUIT_STEP
    st.session_state[key] = min(st.session_state.get(key, 0), last)  # a circuit may have become shorter
    with st.container(horizontal=True, vertical_alignment="bottom", key="steps"):
        name, icon = ("Pause", ":material/pause:") if _playing() else ("Play", ":material/play_arrow:")
        st.button(name, icon=icon, on_click=_toggle, args=(last,))
        return st.slider(
            "Step",
            0,
            last,
            key=key,
            on_change=_note_tick,
            help=f"0 is before the first gate, {gates} after the last one; then come measurement and answer.",
        )


def _playing() -> bool:
    return st.session_state.get(keys.CIRCUIT_PLAYING) is not None


def _toggle(last: int) -> None:
    if _playing():
        st.session_state[keys.CIRCUIT_PLAYING] = None
        return
    if st.session_state.get(keys.CIRCUIT_STEP, 0) >= last:
        st.session_state[keys.CIRCUIT_STEP] = 0
    st.session_state[keys.CIRCUIT_PLAYING] = clock()


def _note_tick() -> None:
    """Remembers when the walk last moved; whoever moves the slider while it plays has that step to look at."""
    if _playing():
        st.session_state[keys.CIRCUIT_PLAYING] = clock()


def _advance(last: int) -> None:
    """Goes one step on if it plays and it is time to; at the end it stops playing."""
    moved = st.session_state.get(keys.CIRCUIT_PLAYING)
    if moved is None or clock() - moved < 0.8 * PACE_SECONDS:
        return
    step = st.session_state.get(keys.CIRCUIT_STEP, 0) + 1
    st.session_state[keys.CIRCUIT_STEP] = min(step, last)
    st.session_state[keys.CIRCUIT_PLAYING] = clock() if step < last else None

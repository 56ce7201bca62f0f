"""One answer read out as a machine would: how it flickers from shot to shot, and what noise leaves of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.inference.requests import TrainedModel
from qtl_core.machines.fake_backends import is_fake
from qtl_core.readout.flicker import Flicker, FlickerRequest, Wins, flicker_job, flicker_of
from qtl_core.readout.inputs import ReadoutInputs, head_inputs
from qtl_core.readout.reading import trajectories_behind
from qtl_core.settings import ReadoutSettings
from qtl_core.settings.readout_words import noise_in_words
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.predict.on_device import show_on_device
from ui.results.readout_charts import trail_figure
from ui.results.readout_jobs import readout_job
from ui.results.readout_words import estimated_words
from ui.session import session
from ui.widgets.glossary import help_of
from ui.widgets.readout_dial import show_dial, show_turning_button
from ui.widgets.waiting import show_once_over

TITLE = "On a real machine"
BY_DIAL, BY_DEVICE = "The dial", "Another device"
MOST_CLASSES = 8  # rows of a table
DECEIVES = 0.03  # of probability: less is hardly seen


@st.fragment
@guarded()
def show_flicker(model: TrainedModel, angles: np.ndarray, temperature: float = 1.0) -> None:
    """Shows the dial, and one answer from shots and under its noise, below a heading of its own.

    Args:
        model: The run that answers; its head has a circuit.
        angles: The qubits' input angles, radians, shape (qubits,).
        temperature: What class scores are divided by.
    """
    st.subheader(TITLE, anchor=False, help=help_of("shots") or None)
    prepared, head = model.run.prepared, model.run.checkpoint.best_weights
    inputs = head_inputs(prepared, head, angles[None], temperature=temperature)
    chosen = st.segmented_control(
        "Read out by",
        (BY_DIAL, BY_DEVICE),
        default=BY_DIAL,
        required=True,
        key="flicker_by",
        persist_state="session",
        help="Our own simulator, at every turn of the dial; or any device that PennyLane reaches, once you say so.",
    )
    if chosen == BY_DEVICE:
        show_on_device(inputs)
    else:
        _show_dial(inputs, colours_of(prepared))


def _show_dial(inputs: ReadoutInputs, colours: Sequence[str]) -> None:
    readout, seed = show_dial("predict", inputs.circuit), session.readout.seed
    try:
        is_long = bool(trajectories_behind(inputs.circuit, readout)) or is_fake(readout.machine)
        found = None if is_long else flicker_of(inputs, readout, seed=seed)
    except UserError as error:
        show_user_error(error)
        return
    if found is not None:
        _show_found(readout, colours, found)
        return
    numbers = (inputs.angles, inputs.trained, inputs.weights, inputs.bias)
    asked = (inputs.circuit, inputs.classes, *(each.tobytes() for each in numbers), readout, seed)
    find = readout_job("flicker", asked, lambda: flicker_job(FlickerRequest(inputs, readout, seed), session.owner))
    words = "Qiskit lays the circuit on the machine, and Aer runs it …" if readout.machine else "Drawing the noise …"
    show_once_over(find, partial(_show_found, readout, colours), lambda _: words, "flicker", session.readout.turn_back)


def _show_found(readout: ReadoutSettings, colours: Sequence[str], found: Flicker) -> None:
    session.readout.read = session.readout.dial
    st.markdown(noise_words(found, readout))
    if found.trajectories:
        st.caption(estimated_words(found.trajectories))
    if readout.is_noisy:
        st.markdown(class_table(found))
    st.markdown("\n".join(f"- {level_words(level, found)}" for level in found.levels))
    st.markdown(sureness_words(found))
    st.plotly_chart(trail_figure(found, colours), key="flicker_trail", config={"displayModeBar": False})
    st.caption(f"One draw of {len(found.trail)} shots, one after the other. {settled_words(found)} Dotted: exact.")
    show_turning_button("Draw again", ":material/casino:", "flicker_again", session.readout.draw_again)


def noise_words(found: Flicker, readout: ReadoutSettings) -> str:
    """Says what is left of the answer under noise alone, without counting shots."""
    label = int(found.exact.argmax())
    name, exact = as_plain_text(found.classes[label]), percent(float(found.exact[label]))
    if not readout.is_noisy:
        return f"Exactly it is **{name}** with {exact}. From shots, with no noise:"
    after = int(found.average.argmax())
    left = percent(float(found.average[label]))
    words = noise_in_words(readout)
    if after != label:
        other = as_plain_text(found.classes[after])
        return (
            f"Exactly it is **{name}** with {exact}; averaged over the noise ({words}) only {left} are left, and it "
            f"becomes **{other}**."
        )
    return f"Exactly it is **{name}** with {exact}; averaged over the noise ({words}) {left} are left."


def class_table(found: Flicker) -> str:
    """Returns the probability of every class exactly and under the noise, the likeliest first, as a Markdown table."""
    names, exact, average = found.classes, found.exact.tolist(), found.average.tolist()
    rows = [
        f"| {as_plain_text(names[at])} | {percent(exact[at])} | {percent(average[at])} |"
        for at in np.argsort(-found.exact, kind="stable")[:MOST_CLASSES]
    ]
    rest = len(found.classes) - len(rows)
    more = f"\n\nAnd {rest} more class{'es' if rest > 1 else ''}." if rest else ""
    return "\n".join(("| class | exactly | under the noise |", "| --- | ---: | ---: |", *rows)) + more


def sureness_words(found: Flicker) -> str:
    """Says how sure answers look from few shots and from many, and that this deceives where it does."""
    figures = ", ".join(
        f"{percent(level.confidence)} from {level.shots:,}{'' if at else ' shot' if level.shots == 1 else ' shots'}"
        for at, level in enumerate(found.levels)
    )
    average = float(found.average.max())
    said = f"How sure an answer looks, on average: {figures}, {percent(average)} from infinitely many."
    if found.levels[0].confidence - average >= DECEIVES:
        return f"{said} From few shots it looks **surer than it is**: measured ⟨Z⟩ land farther out than their average."
    if average - found.levels[0].confidence >= DECEIVES:
        return f"{said} From few shots it looks less sure."
    return f"{said} Here the number of shots hardly matters for that."


def level_words(level: Wins, found: Flicker) -> str:
    """Says how often the exact answer wins from so many shots, with its uncertainty."""
    label = int(found.exact.argmax())
    name = as_plain_text(found.classes[label])
    shots = "1 shot" if level.shots == 1 else f"{level.shots:,} shots"
    share = percent(float(level.shares[label]))
    if not level.draws:
        how = "computed from that estimate" if found.trajectories else "computed, not drawn"
        return f"{shots}: **{name}** in {share} of all draws ({how})"
    low, high = level.interval(label)
    return f"{shots}: **{name}** in {share} of {level.draws:,} draws (likely {percent(low)} to {percent(high)})"


def settled_words(found: Flicker) -> str:
    """Says from which shot on the answer of the trail stays the same."""
    if found.settled == 1:
        return "Its answer was the same from the first on."
    return f"Its answer changed for the last time at shot {found.settled}."

"""One answer measured on another device: its circuit is run there, and each class gets a probability with a band."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.devices.device_readout import device_readout, device_request
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.run_readout import RunReadout
from ui.base.errors import as_plain_text, guarded
from ui.widgets.device_run import choose_device, follow_run, is_running

PLACE = "predict_device"
DRAWS = 1_000  # for a band; its ends are then sure to a percent or so
MOST_CLASSES = 8  # rows of a table


@st.fragment
@guarded()
def show_on_device(inputs: ReadoutInputs) -> None:
    """Shows the choice of a device, and what one picture's answer is there.

    Args:
        inputs: That of one picture.
    """
    choice = choose_device(PLACE)
    if choice is None:
        return
    request = device_request(inputs, choice)

    def show_found(found: np.ndarray) -> None:
        if np.isfinite(found).all() and not is_running(request):
            st.markdown(answer_words(inputs, device_readout(inputs, choice, found), choice.name))

    follow_run(request, PLACE, show_found)


def answer_words(inputs: ReadoutInputs, run: RunReadout, device: str) -> str:
    """Says what the answer is there, beside the exact one, and between what its further draws would lie.

    Args:
        inputs: The picture.
        run: What the device read of it.
        device: Its name.
    """
    exact, came = run.exact_probabilities[0], run.probabilities[0]
    low, high = _bands(inputs, run)
    names = [as_plain_text(name) for name in run.classes]
    was, now = int(exact.argmax()), int(came.argmax())
    said = "the same answer as exactly" if was == now else f"exactly it is **{names[was]}**"
    measured = run.kind == "draw"
    rows = [
        f"| {names[at]} | {percent(float(exact[at]))} | {percent(float(came[at]))} |"
        + (f" {percent(float(low[at]))} to {percent(float(high[at]))} |" if measured else "")
        for at in np.argsort(-exact, kind="stable")[:MOST_CLASSES]
    ]
    head = f"| class | exactly | {as_plain_text(device)} |" + (" 90% of further draws |" if measured else "")
    line = "| --- | ---: | ---: |" + (" ---: |" if measured else "")
    how = f"one draw of {run.readout.shots:,} shots" if measured else "averages without shots"
    answer = f"**{names[now]}** with {percent(float(came[now]))} ({how}): {said}."
    return "\n".join((answer, "", head, line, *rows))


def _bands(inputs: ReadoutInputs, run: RunReadout) -> tuple[np.ndarray, np.ndarray]:
    """Returns between what 90% of further draws lie, two arrays of shape (classes,); qubits count as independent."""
    rng = np.random.default_rng(0)
    read = rng.normal(run.reading.expectations[0], run.reading.errors[0], (DRAWS, run.reading.errors.shape[1]))
    low, high = np.quantile(inputs.probabilities(np.clip(read, -1, 1)), (0.05, 0.95), axis=0)
    return low, high

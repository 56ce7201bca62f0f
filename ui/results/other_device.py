"""A run's pictures measured on any device that PennyLane reaches: its cost first, then progress, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.devices.device_readout import accuracy_band, device_readout, device_request
from qtl_core.readout.inputs import ReadoutInputs, why_no_readout
from qtl_core.readout.run_readout import RunReadout
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import RunView, TrainedRun
from ui.base.class_colours import colours_of
from ui.base.errors import guarded
from ui.results.readout_jobs import show_with_inputs
from ui.widgets.device_run import choose_device, follow_run
from ui.widgets.glossary import help_of
from ui.widgets.pictures import Tile, show_tiles

PLACE = "other_device"
MOST_TILES = 12


def show_other_device(view: RunView, noun: str) -> None:
    """Shows the choice of a device, and what a run's validation pictures become on it.

    Args:
        view: The run.
        noun: What its pictures are called.
    """
    if why := why_no_readout(view):
        st.markdown(why)
        return
    run = TrainedRun.of(view)
    show_with_inputs(run, (run.prepared, run.epochs), noun, lambda inputs: _show(inputs, run.prepared, noun))


@st.fragment
@guarded()
def _show(inputs: ReadoutInputs, prepared: Prepared, noun: str) -> None:
    st.markdown(
        "The same circuits, run by any device that PennyLane reaches: a simulator on this computer, or a provider's "
        "machine. Each result is kept as it comes, so a cut loses little and a second look runs nothing."
    )
    choice = choose_device(PLACE)
    if choice is None:
        return
    request = device_request(inputs, choice)

    def show_found(found: np.ndarray) -> None:
        if np.isfinite(found).all(axis=1).any():
            _show_result(inputs, device_readout(inputs, choice, found), prepared, noun)

    follow_run(request, PLACE, show_found)


def _show_result(inputs: ReadoutInputs, run: RunReadout, prepared: Prepared, noun: str) -> None:
    asked = inputs.size
    st.subheader(run.evaluation.count_in_words(noun), anchor=False)
    if run.size < asked:
        st.markdown(f"Of {asked:,} {noun}, {run.size:,} have a result so far; {asked - run.size:,} are missing.")
    if run.kind == "draw":
        low, high = accuracy_band(inputs, run)
        st.markdown(
            f"One draw of {run.readout.shots:,} shots: each ⟨Z⟩ is sure to ±{run.reading.errors.mean():.3f} on average "
            f"(one standard error); with these errors accuracy would lie between {percent(low)} and {percent(high)} in "
            "90% of further draws.",
            help=help_of("shots"),
        )
    else:
        st.markdown("Averages without shots, as the device computes them.")
    with st.container(horizontal=True, gap="medium"):
        _metric("Right", percent(run.accuracy), percent(run.exact_accuracy))
        _metric("Mean confidence", percent(run.mean_confidence), percent(run.exact_mean_confidence))
        _metric("Answers changed", f"{len(run.changed)} of {run.size}", "0")
        _metric("⟨Z⟩ off by", f"{run.mean_error:.4f}", "0")
    if not len(run.changed):
        st.markdown(f"None of these {run.size:,} {noun} gets another answer than exactly.")
        return
    st.markdown("**Answers that changed**, those of the smallest exact margin first:")
    order = sorted(run.changed.tolist(), key=lambda at: run.exact_margins[at])
    colours = colours_of(prepared)
    tiles = [_tile(run, at, colours) for at in order[:MOST_TILES]]
    show_tiles(tiles, drawn=prepared.settings.data.source == "drawn")
    if len(order) > MOST_TILES:
        st.caption(f"{MOST_TILES} of {len(order)} are shown.")


def _metric(label: str, value: str, exact: str) -> None:
    with st.container(width="content"):
        st.metric(label, value, width="content")
        st.caption(f"exact: {exact}")


def _tile(run: RunReadout, at: int, colours: Sequence[str]) -> Tile:
    said, was = int(run.evaluation.predicted[at]), int(run.exact_evaluation.predicted[at])
    return Tile(
        path=run.files[at],
        caption=f"{run.classes[said]}, exactly {run.classes[was]}",
        colour=colours[said],
        note=f"exact margin {percent(float(run.exact_margins[at]))}",
        mark="right" if said == run.labels[at] else "wrong",
    )

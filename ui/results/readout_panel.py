"""A run's pictures read out as a machine would: the dial, what becomes of the answers, and what brings them back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.dial import FIRST, DialReading, DialRequest, dial_job
from qtl_core.readout.inputs import ReadoutInputs, why_no_readout
from qtl_core.readout.methods import METHODS
from qtl_core.readout.reading import has_law
from qtl_core.readout.shots_needed import ShotsNeeded, shots_needed_job
from qtl_core.readout.sweeps import RATES, Sweep, SweepRequest, sweep_job
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import ReadoutSettings
from qtl_core.settings.groups import FIELDS
from ui.base.class_colours import colours_of
from ui.base.errors import guarded
from ui.results.mending_table import show_mending
from ui.results.readout_charts import sweep_figure
from ui.results.readout_jobs import readout_job, show_with_inputs
from ui.results.readout_next import show_beside, show_next
from ui.results.readout_words import (
    NOT_COUNTED,
    first_words,
    kind_words,
    mitigation_words,
    needed_words,
    sweep_words,
    verdict_words,
    wait_words,
)
from ui.results.trained_under import show_trained_under
from ui.session import session
from ui.widgets.pictures import Tile, show_tiles
from ui.widgets.readout_dial import show_dial, show_turning_button
from ui.widgets.waiting import show_once_over

KEY = "readout"


def show_readout(view: RunView, noun: str) -> None:
    """Shows what becomes of a run's answers on the way from exact to a real machine.

    Args:
        view: The run.
        noun: What its pictures are called.
    """
    if why := why_no_readout(view):
        st.markdown(why)
        return
    run = TrainedRun.of(view)
    key = run.prepared, run.epochs
    show_with_inputs(run, key, noun, lambda inputs: _show_dial(inputs, run.prepared, key, noun))


@st.fragment
@guarded()
def _show_dial(inputs: ReadoutInputs, prepared: Prepared, key: tuple[object, ...], noun: str) -> None:
    readout = show_dial("results", inputs.circuit)
    mitigate = _choose_mitigation(readout)
    request = DialRequest(inputs, readout, mitigate, session.readout.seed)
    words = wait_words(request)  # refuses at once what cannot be read
    find = readout_job("dial", (*key, readout, mitigate, request.seed), lambda: dial_job(request, session.owner))

    def show(found: DialReading) -> None:
        session.readout.read = session.readout.dial
        _show_reading(found, noun)
        show_mending(request, key)
        show_next(inputs, prepared, key, noun)
        show_trained_under(prepared, request, found.run, noun)
        show_beside(readout, mitigate, found, key, noun)
        _show_first(found, prepared, noun)

    show_once_over(find, show, lambda _: words, "readout dial", session.readout.turn_back)
    if find().view.error or not find().is_over:  # it cannot be read so, along no axis; or all else would slow it down
        return
    _show_sweeps(SweepRequest(inputs, readout, "shots", mitigate), key, noun)


def _choose_mitigation(readout: ReadoutSettings) -> tuple[str, ...]:
    """Shows the switches of what brings answers back; nothing is to be brought back without noise."""
    if not readout.is_noisy:
        return ()
    key = f"{KEY}_mitigate"
    if tuple(st.session_state.get(key) or ()) != session.readout.mitigate:
        st.session_state[key] = list(session.readout.mitigate)
    st.pills(
        "Mitigate the errors",
        list(METHODS),
        selection_mode="multi",
        format_func=lambda name: METHODS[name].title,
        key=key,
        on_change=_take_mitigation,
        args=(key,),
        help="\n\n".join(f"**{each.title}**: {each.about}" for each in METHODS.values()),
    )
    names = session.readout.mitigate
    if {"zne_linear", "zne_richardson"} <= set(names):
        st.caption("A line or a parabola, not both: the parabola is used.")
        return tuple(name for name in names if name != "zne_linear")
    return names


def _take_mitigation(key: str) -> None:
    session.readout.mitigate = tuple(name for name in METHODS if name in (st.session_state[key] or ()))


def _show_reading(found: DialReading, noun: str) -> None:
    run, spread = found.run, found.spread
    st.subheader(run.evaluation.count_in_words(noun), anchor=False)
    st.markdown(kind_words(found))
    with st.container(horizontal=True, gap="medium"):
        _metric(
            "Right", percent(run.accuracy), percent(run.exact_accuracy), spread.band("accuracy") if spread else None
        )
        _metric(
            "Mean confidence",
            percent(run.mean_confidence),
            percent(run.exact_mean_confidence),
            spread.band("confidence") if spread else None,
        )
        _metric(
            "Mean margin",
            percent(float(run.margins.mean())),
            percent(float(run.exact_margins.mean())),
            spread.band("margin") if spread else None,
        )
        changed = spread.band("changed") if spread else None
        _metric("Answers changed", f"{len(run.changed)} of {run.size}", "0", changed, of=run.size)
    st.markdown(verdict_words(found, noun))
    for sentence in mitigation_words(found):
        st.markdown(sentence)
    _show_buttons(run.readout)


def _metric(label: str, value: str, exact: str, band: tuple[float, float, float] | None, of: int = 0) -> None:
    """Shows a figure, what it is exactly, and where 90% of the draws lie: shares, or counts `of` so many."""
    with st.container(width="content"):
        st.metric(label, value, width="content")
        said = [str(round(each * of)) if of else percent(each) for each in (band[0], band[2])] if band else []
        st.caption(f"exact: {exact}" + (f"  \n90% of draws: {said[0]} to {said[1]}" if said else ""))


def _show_buttons(readout: ReadoutSettings) -> None:
    if not readout.shots:
        return
    with st.container(horizontal=True, gap="small"):
        show_turning_button("Draw again", ":material/casino:", f"{KEY}_again", session.readout.draw_again)
        if readout.shots * 10 <= FIELDS["shots"].high:
            show_turning_button(
                f"Ten times the shots ({readout.shots * 10:,})",
                ":material/more_time:",
                f"{KEY}_more",
                partial(session.readout.change, "shots", readout.shots * 10),
            )


def _show_first(found: DialReading, prepared: Prepared, noun: str) -> None:
    st.markdown(first_words(found, noun))
    if not found.going:
        return
    run, colours = found.run, colours_of(prepared)
    tiles = []
    for index in found.order[: min(FIRST, found.going)].tolist():
        said = int(run.exact_evaluation.predicted[index])
        note = f"goes in {percent(float(found.fragility[index]))} of draws" if found.spread else "goes under this noise"
        tiles.append(
            Tile(
                path=run.files[index],
                caption=f"{run.classes[said]}, margin {percent(float(run.exact_margins[index]))}",
                colour=colours[said],
                note=note,
                mark="right" if said == run.labels[index] else "wrong",
            )
        )
    show_tiles(tiles, drawn=prepared.settings.data.source == "drawn")
    st.caption("The class named exactly, by how much it leads there, and ✓ or ✗ whether that is right.")


def _show_sweeps(request: SweepRequest, key: tuple[object, ...], noun: str) -> None:
    st.subheader("Along the dial", anchor=False)
    axes = ("shots", *(() if request.readout.machine else RATES))
    axis = st.selectbox(
        "Accuracy and confidence against",
        axes,
        format_func=lambda name: FIELDS[name].label,
        key=f"{KEY}_axis",
        help="All else stays as the dial says.",
    )
    changes: dict[str, Any] = {axis: 0}  # what varies is no part of the question
    wanted = replace(request, axis=axis, readout=replace(request.readout, **changes))
    asked = (*key, wanted.readout, axis, wanted.mitigate)
    find = readout_job("sweep", asked, lambda: sweep_job(wanted, session.owner))
    show_once_over(find, lambda found: _show_sweep(found, noun), lambda _: "Reading out along the dial …", "sweep")
    if axis != "shots":
        return
    if has_law(request.inputs.circuit, wanted.readout):
        asked = (*key, wanted.readout, wanted.mitigate)
        needed = readout_job("needed", asked, lambda: shots_needed_job(wanted, session.owner))
        show_once_over(needed, partial(_show_needed, noun), lambda _: "Counting the shots needed …", "shots needed")
    else:
        st.caption(NOT_COUNTED)


def _show_sweep(found: Sweep, noun: str) -> None:
    st.plotly_chart(sweep_figure(found), key=f"{KEY}_sweep", config={"displayModeBar": False})
    st.caption(sweep_words(found, noun))


def _show_needed(noun: str, found: ShotsNeeded) -> None:
    st.markdown(needed_words(found, noun))

"""What has to be sampled of an ansatz, on the page: the button that asks for it, how far it is, what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from qtl_core.ansatz import PlateauPoint, plateau_seconds, plateau_sizes, sampling_pairs, sampling_seconds
from qtl_core.ansatz.sampling import MOST as USUAL_PAIRS
from qtl_core.circuit import build_circuit
from qtl_core.errors import UserError
from ui.ansatz_charts import plateau_figure
from ui.ansatz_jobs import PLATEAU, SAMPLING, Measure, Shown, find_job, is_missing, is_open, is_ours, start, stop
from ui.ansatz_words import describe, entanglement_words, expressibility_words, plateau_words
from ui.errors import guarded, show_user_error
from ui.glossary import help_of
from ui.pace import refreshing
from ui.progress import show_progress
from ui.words import about

REFRESH_SECONDS = 0.4
STANDARD_ERROR = "± is the standard error: with other random angles, two times in three the figure would be within it."


def show_sampling(shown: Sequence[Shown]) -> None:
    """Shows expressibility and entangling capability of each, or the button that measures them."""
    pairs = [sampling_pairs(build_circuit(each.settings)) for each in shown]
    seconds = sum(sampling_seconds(build_circuit(each.settings)) for each in shown)
    st.markdown(
        "**What states it reaches:** how evenly they are spread, and how entangled they are.",
        help=help_of("expressibility", "entanglement"),
    )
    drawn = " and ".join(f"{count:,}" for count in dict.fromkeys(pairs))
    few = min(pairs) < USUAL_PAIRS
    why = f" The circuit is large: with the usual {USUAL_PAIRS:,} pairs it would take too long." if few else ""
    st.caption(f"From {drawn} pairs of states with random angles, {about(seconds)} of computing.{why}")
    _show(SAMPLING, shown, partial(_show_sampled, shown))


def show_plateau(shown: Sequence[Shown]) -> None:
    """Shows how the gradients of each fade with the number of qubits, or the button that measures it."""
    st.markdown(
        "**How gradients fade:** how strongly one angle still pulls at the result when there are more qubits.",
        help=help_of("gradient", "barren plateau"),
    )
    trained = [each for each in shown if each.settings.depth]
    for each in shown:
        if each not in trained:
            st.markdown(f"{each.title}: there is no trained layer, and so no gradient to measure.")
    if not trained:
        return
    sizes, seconds = plateau_sizes(trained[0].settings), sum(plateau_seconds(each.settings) for each in trained)
    st.caption(
        f"For {sizes[0]} to {sizes[-1]} qubits, all else the same, {about(seconds)} of computing. The angle is that of "
        "the first layer's turn about Y on qubit 0; the result is ⟨Z⟩ of qubit 0."
    )
    _show(PLATEAU, trained, partial(_show_curves, trained))


def _show(measure: Measure, shown: Sequence[Shown], results: Callable[[], None]) -> None:
    """The button, how far it is, and the results; refreshed by itself while a worker is at it."""
    live = is_open(measure, shown)
    missing = [each for each in shown if is_missing(measure, each)]
    if missing and not live:
        st.button(
            measure.label,
            key=f"start_{measure.name}",
            icon=measure.icon,
            on_click=guarded()(start),
            args=(measure, missing),
        )

    def panel() -> None:
        if live and not is_open(measure, shown):
            st.rerun()
        standing, found = st.container(), st.container()  # or the chart would move, and be mounted anew, at the end
        with standing:
            for each in shown:
                _show_standing(measure, each)
            if live and any(is_ours(measure, each) for each in shown):
                st.button(
                    "Stop", key=f"stop_{measure.name}", icon=":material/stop:", on_click=stop, args=(measure, shown)
                )
        with found:
            results()

    refreshing(panel, REFRESH_SECONDS if live else None)()


def _show_standing(measure: Measure, shown: Shown) -> None:
    """Says where the work stands that is not done."""
    found = find_job(measure, shown.settings)
    if found is None or found.state == "done":
        return
    key, title = f"{measure.name}_{shown.title}", f"{shown.title}: "
    if found.view.error:
        show_user_error(UserError(*found.view.error))
    elif found.state == "stopped":
        st.markdown(f"{title}stopped before it was done.")
    elif found.state == "queued":
        show_progress(key, 0.0, f"{title}waiting for other work to end …")
    else:
        report = found.view.progress
        how_far = f"{report.done:,} of {report.total:,}" if report else "getting ready"
        show_progress(key, report.done / report.total if report else 0.0, f"{title}{how_far} …")


def _show_sampled(shown: Sequence[Shown]) -> None:
    done = [each for each in shown if (job := find_job(SAMPLING, each.settings)) and job.view.result]
    for column, each in zip(st.columns(max(1, len(done)), gap="medium"), done, strict=False):
        with column:
            found = find_job(SAMPLING, each.settings).view.result
            st.markdown(f"**{each.title}: {describe(each.settings)}**, from {found.pairs:,} pairs")
            st.markdown(expressibility_words(found, each.settings))
            st.markdown(entanglement_words(found, each.settings.qubits))
    if done:
        st.caption(
            "Expressibility is the Kullback-Leibler divergence, in nats, of the fidelities of pairs of states from "
            "those of random states; entangling capability the mean Meyer-Wallach Q (Sim, Johnson and Aspuru-Guzik, "
            "2019). All angles are random: trained ones over a whole turn, the picture's between −π/2 and π/2. "
            + STANDARD_ERROR
        )


def _show_curves(shown: Sequence[Shown]) -> None:
    curves = [(each.title, describe(each.settings), _points(each)) for each in shown]
    if not any(points for _, _, points in curves):
        return
    said = [f"**{title}: {name}.** {plateau_words(points)}" for title, name, points in curves if points]
    st.plotly_chart(
        plateau_figure([(title, points) for title, _, points in curves]),
        key="plateau_chart",
        config={"displayModeBar": False},
        alt=" ".join(said).replace("*", ""),
    )
    for sentence in said:
        st.markdown(sentence)
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "Ansatz": title,
                    "Qubits": point.qubits,
                    "Variance": point.variance,
                    "± standard error": point.error,
                    "Random settings": point.samples,
                }
                for title, _, points in curves
                for point in points
            ],
            hide_index=True,
        )
    st.caption(
        "The variance of ∂⟨Z⟩/∂θ over random angles, by the parameter-shift rule (McClean and others, 2018). Training "
        "starts from small angles, as its settings say, and so it may set out with stronger gradients than these. "
        + STANDARD_ERROR
    )


def _points(shown: Shown) -> tuple[PlateauPoint, ...]:
    found = find_job(PLATEAU, shown.settings)
    return found.view.result if found else ()

"""Repeat with many seeds, or over folds: how far it is, the spread as charts, and how much of a result is luck."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.drawing.plotly_parts import band_edges
from qtl_core.evaluation.cross_validation import CrossValidation
from qtl_core.evaluation.seed_spread import SeedBand, band_rows, best_rows
from qtl_core.export.tables import to_csv
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.published import PublishedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import figures_words
from qtl_core.training.cross_validation import folds_job
from qtl_core.training.repeat import FEWEST, MOST, USUAL, seeds_job
from qtl_core.training.transfer.beginning import kept_for
from ui.base import job_managers
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.base.theme import PUBLISHED, PUBLISHED_OPACITY, TRAINING, VALIDATION, epoch_ticks, plotly_layout
from ui.base.wording import duration, noun_of_settings
from ui.results.published_comparison import PUBLISHED_TOTAL, published_for
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.session.run_actions import shown_run
from ui.train.folds import FOLDS, SEEDS, folds_slider, show_folds
from ui.widgets.glossary import help_of
from ui.widgets.many_trainings import many_words
from ui.widgets.status import show_progress, show_stale
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

HEIGHT, COUNTS_HEIGHT = 420, 260
UPPER, LOWER = (0.56, 1.0), (0.0, 0.44)  # of the height
BAND_OPACITY = 0.22
AXES = {"accuracy": {"xaxis": "x", "yaxis": "y"}, "loss": {"xaxis": "x2", "yaxis": "y2"}}
FORMATS = {"accuracy": "%{y:.1%}", "loss": "%{y:.3f}"}
SPLITS = (("train", "Training", TRAINING), ("val", "Validation", VALIDATION))


def band_figure(band: SeedBand, published: PublishedRun | None = None) -> go.Figure:
    """Draws, for training and validation, the median over the seeds and where 90% of them lie, epoch by epoch.

    Args:
        band: The runs.
        published: A published run to draw faintly behind them.
    """
    traces = [trace for kind in AXES for each in SPLITS for trace in _band(band, kind, *each)]
    if published:
        traces = [*(_published(published, kind) for kind in AXES), *traces]
    return go.Figure(traces, _layout(band))


def counts_figure(band: SeedBand, published_count: int | None = None) -> go.Figure:
    """Draws how many seeds got how many validation pictures right, at the best epoch of each.

    Args:
        band: The runs.
        published_count: The published run's own count, to mark.
    """
    counts, seeds = np.unique(band.best_counts, return_counts=True)
    total = band.prepared.val_size
    bars = {
        "type": "bar",
        "x": counts,
        "y": seeds,
        "customdata": counts / total,
        "marker": {"color": VALIDATION},
        "hovertemplate": f"%{{x}} of {total} right (%{{customdata:.1%}}): %{{y}} seeds<extra></extra>",
    }
    layout = plotly_layout(height=COUNTS_HEIGHT, showlegend=False, hovermode="closest", bargap=0.15)
    layout["xaxis"] |= {
        "title": {"text": f"Validation {noun_of_settings(band.prepared.settings)} right, of {total}"},
        "fixedrange": True,
        "tickformat": "d",
    }
    layout["yaxis"] |= {"title": {"text": "Seeds"}, "fixedrange": True, "tickformat": "d"}
    marks = [] if published_count is None else [_mark(published_count)]
    return go.Figure([bars], layout | {"shapes": marks, "annotations": [_word(mark["x0"]) for mark in marks]})


def _band(band: SeedBand, kind: str, split: str, name: str, colour: str) -> list[dict[str, Any]]:
    low, middle, high = band.band(f"{split}_{kind}")
    epochs = np.arange(1, len(middle) + 1)
    common = {"x": epochs, "mode": "lines", "legendgroup": name, **AXES[kind]}
    return [
        *band_edges(low, high, colour, BAND_OPACITY, common),
        common
        | {
            "y": middle,
            "name": name,
            "showlegend": kind == "accuracy",
            "line": {"color": colour, "width": 2},
            "customdata": np.stack([low, high], axis=1),
            "hovertemplate": FORMATS[kind]
            + " ("
            + " to ".join(FORMATS[kind].replace("y", f"customdata[{end}]") for end in (0, 1))
            + ")",
        },
    ]


def _published(published: PublishedRun, kind: str) -> dict[str, Any]:
    return {
        "x": [epoch.epoch for epoch in published.epochs],
        "y": [getattr(epoch, f"val_{kind}") for epoch in published.epochs],
        "name": "Published validation",
        "legendgroup": "Published validation",
        "showlegend": kind == "accuracy",
        "mode": "lines",
        "opacity": PUBLISHED_OPACITY,
        "hovertemplate": FORMATS[kind],
        "line": {"color": PUBLISHED, "width": 1.5, "dash": "dash"},
        **AXES[kind],
    }


def _layout(band: SeedBand) -> dict[str, Any]:
    layout = plotly_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 48, "b": 40})
    epochs = band.curves["val_loss"].shape[1]
    x = layout.pop("xaxis") | {"range": [0.5, epochs + 0.5], "fixedrange": True}
    y = layout.pop("yaxis") | {"fixedrange": True}
    layout["legend"] |= {"y": 1.03}
    below = epoch_ticks(epochs) | {"anchor": "y2", "title": {"text": "Epoch", "standoff": 4}}
    return layout | {
        "xaxis": x | {"anchor": "y", "matches": "x2", "showticklabels": False},
        "xaxis2": x | below,
        "yaxis": y | {"domain": UPPER, "tickformat": ".0%", "title": {"text": "Accuracy"}},
        "yaxis2": y | {"domain": LOWER, "rangemode": "tozero", "anchor": "x2", "title": {"text": "Loss"}},
    }


def _mark(count: int) -> dict[str, Any]:
    line = {"color": PUBLISHED, "width": 2, "dash": "dash"}
    return {"type": "line", "x0": count, "x1": count, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def _word(count: int) -> dict[str, Any]:
    return {
        "x": count,
        "y": 1,
        "yref": "y domain",
        "yanchor": "bottom",
        "text": f"published: {count}",
        "showarrow": False,
        "font": {"size": 12, "color": PUBLISHED},
    }


REFRESH_SECONDS = 0.3
KEPT_FIGURES = 8


def show_seeds(on_screen: RunSettings) -> None:
    """Shows the panel.

    Args:
        on_screen: What a run started now would really use.
    """
    snapshot = _shown()
    if snapshot is None and session.screen.seeds_job:
        session.screen.lose_seeds_job()
    if session.screen.seeds_job_is_lost:
        st.info("The repetition over seeds that this link names is no longer on this server.")
    with st.expander("How much is luck? Repeat with other seeds", icon=":material/casino:", key=keys.SEEDS_OPEN):
        _show_controls(on_screen, _is_open(snapshot))
        if snapshot is not None:
            live = not snapshot.is_over
            refreshing(_panel, REFRESH_SECONDS if live else None)(on_screen, live)


def _show_controls(on_screen: RunSettings, running: bool) -> None:
    by = st.segmented_control(
        "Repeat with",
        [SEEDS, FOLDS],
        key=keys.REPEAT_BY,
        default=SEEDS,
        required=True,
        persist_state="session",
        help=f"Other seeds keep the pictures and change the luck; folds change which pictures are held out.\n\n"
        f"{help_of('cross-validation')}",
    )
    over_folds = by == FOLDS
    st.markdown(intro(on_screen.data.noun, over_folds=over_folds))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = folds_slider() if over_folds else _seeds_slider()
        words = f"Train {count} folds" if over_folds else f"Repeat with {count} seeds"
        icon = ":material/splitscreen:" if over_folds else ":material/casino:"
        st.button(words, icon=icon, on_click=guarded()(_start), args=(over_folds,), disabled=running)
        st.button("Stop repeating", icon=":material/stop:", on_click=_stop, disabled=not running)
    if said := many_words(on_screen, count):
        st.caption(f":material/timer: {said}")


def intro(noun: str, *, over_folds: bool) -> str:
    """Returns what the repetition changes, and what comes of it."""
    if over_folds:
        return (
            f"The {noun} are divided into folds. Each of them is held out once, from a training on all the others, and "
            f"judges it: so the figure hangs less on which {noun} happen to be held out."
        )
    return (
        f"The seed decides the first weights and the order of the {noun}. Trained again and again with other seeds, "
        "one setting gives not one figure but a band of them."
    )


def _seeds_slider() -> int:
    count: int = st.slider(
        "Seeds",
        FEWEST,
        MOST,
        USUAL,
        step=5,
        key=keys.SEEDS,
        persist_state="session",
        width=260,
        help=f"From {FEWEST} to {MOST}: fewer say nothing about a spread, more say it no better.",
    )
    return count


def _start(over_folds: bool) -> None:
    settings, view = session.screen.settings, shown.view if (shown := shown_run()) else None
    kept = kept_for(settings, view) if view else None
    jobs = job_managers.studio_jobs()
    if over_folds:
        started = jobs.submit(folds_job(settings, st.session_state[keys.FOLDS], session.owner, kept))
    else:
        started = jobs.submit(seeds_job(settings, st.session_state[keys.SEEDS], session.owner, kept))
    session.screen.show_seeds_job(started)


def _stop() -> None:
    if session.screen.seeds_job:
        job_managers.studio_jobs().stop(session.screen.seeds_job)


def _shown() -> JobSnapshot[JobView[SeedBand | CrossValidation]] | None:
    job_id = session.screen.seeds_job
    return job_managers.studio_jobs().snapshot(job_id) if job_id else None


def _is_open(snapshot: JobSnapshot[Any] | None) -> bool:
    return snapshot is not None and not snapshot.is_over


def _panel(on_screen: RunSettings, live: bool) -> None:
    snapshot = _shown()
    if snapshot is None or (live and snapshot.is_over):
        job_managers.forecasts().forget()  # features may be kept now
        st.rerun()
    if live:
        _show_progress(snapshot)
    elif snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot.view.result is None:
        st.markdown("**Stopped before all runs were done.**")
    elif isinstance(snapshot.view.result, CrossValidation):
        show_folds(snapshot.view.result, on_screen)
    else:
        _show_band(snapshot.id, snapshot.view.result, on_screen)


def _show_progress(snapshot: JobSnapshot[JobView[SeedBand | CrossValidation]]) -> None:
    if snapshot.state == "queued":
        show_progress("seeds", 0.0, waiting_words(job_managers.studio_jobs(), snapshot))
    else:
        show_job_report("seeds", snapshot)


def _show_band(job_id: str, band: SeedBand, on_screen: RunSettings) -> None:
    prepared = band.prepared
    ran, noun = prepared.settings, noun_of_settings(prepared.settings)
    show_stale(ran.changed(seed=on_screen.training.seed), on_screen)  # the band is over seeds: any one of them is in it
    st.subheader(band.count_in_words(noun), anchor=False, help=help_of("seed"))
    st.markdown(
        f"Best validation accuracy of {len(band.seeds)} runs: **{band.share_in_words()}**. "
        f"All of them took {duration(band.seconds)}"
        + (f", with features of {as_plain_text(prepared.backbone_title)}." if prepared.backbone_title else ".")
    )
    for note in prepared.notes:
        st.caption(as_plain_text(note))
    if said := band.tested_in_words(noun):
        st.markdown(said, help=help_of("test part"))
    if said := band.ended_early_in_words():
        st.caption(said)
    if said := band.diverged_in_words():
        st.warning(said)
    published = published_for(ran)
    curves, counts = _figures(job_id, band, published)
    if said := figures_words(ran):
        st.caption(said)
    st.markdown("**Median, and shaded the middle 90% of the seeds**")
    st.plotly_chart(curves, key="seed_band", config={"displayModeBar": False}, alt=band.share_in_words())
    st.markdown(f"**How many seeds got how many {noun} right, each at its best epoch**")
    st.plotly_chart(counts, key="seed_counts", config={"displayModeBar": False}, alt=band.count_in_words(noun))
    if published:
        st.markdown(_beside_published(band, round(published.best_val_accuracy * PUBLISHED_TOTAL)))
    with st.container(horizontal=True):
        for label, rows, name in (
            ("All runs as CSV", band_rows, "seeds.csv"),
            ("Best epochs as CSV", best_rows, "seeds_best.csv"),
        ):
            st.download_button(
                label, partial(_csv_of, rows, band), name, "text/csv", icon=":material/download:", on_click="ignore"
            )


def _csv_of(rows: Callable[[SeedBand], list[dict[str, float]]], band: SeedBand) -> str:
    return to_csv(rows(band))


@st.cache_data(max_entries=KEPT_FIGURES, show_spinner=False)
def _figures(job_id: str, _band: SeedBand, _published: PublishedRun | None) -> tuple[object, object]:
    """The job's identifier stands for the band: it does not change any more."""
    count = round(_published.best_val_accuracy * PUBLISHED_TOTAL) if _published else None
    return band_figure(_band, _published), counts_figure(_band, count)


def _beside_published(band: SeedBand, theirs: int) -> str:
    at_least = int((band.best_counts >= theirs).sum())
    return (
        f"**Beside the paper:** the published run got {theirs} of {PUBLISHED_TOTAL} photos right with its one seed; "
        f"{at_least} of these {len(band.seeds)} seeds got as many or more."
    )

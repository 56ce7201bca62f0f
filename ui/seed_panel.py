"""Repeat with many seeds: how many, how far it is, and what the spread says of how much of a result is luck."""

from __future__ import annotations

import streamlit as st

from qtl_core.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.published import PublishedRun
from qtl_core.seeds import SeedBand, band_rows
from qtl_core.settings import RunSettings
from qtl_core.tables import to_csv
from qtl_core.training.repeat import FEWEST, MOST, USUAL, seeds_job
from ui import managers
from ui.comparison import PUBLISHED_TOTAL, published_for
from ui.errors import as_plain_text, guarded, show_user_error
from ui.glossary import help_of
from ui.pace import refreshing
from ui.progress import show_progress
from ui.seed_charts import band_figure, counts_figure
from ui.session import keys, session
from ui.stale import show_stale
from ui.words import duration, noun_of_settings

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
        st.markdown(
            "The seed decides the first weights and the order of the pictures. Trained again and again with other "
            "seeds, one setting gives not one figure but a band of them."
        )
        _show_controls(_is_open(snapshot))
        if snapshot is not None:
            live = not snapshot.is_over
            refreshing(_panel, REFRESH_SECONDS if live else None)(on_screen, live)


def _show_controls(running: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.slider(
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
        st.button(f"Repeat with {count} seeds", icon=":material/casino:", on_click=guarded()(_start), disabled=running)
        st.button("Stop repeating", icon=":material/stop:", on_click=_stop, disabled=not running)


def _start() -> None:
    job = seeds_job(session.screen.settings, st.session_state[keys.SEEDS], session.owner)
    session.screen.show_seeds_job(managers.studio_jobs().submit(job))


def _stop() -> None:
    managers.studio_jobs().stop(session.screen.seeds_job)


def _shown() -> JobSnapshot[JobView[SeedBand]] | None:
    job_id = session.screen.seeds_job
    return managers.studio_jobs().snapshot(job_id) if job_id else None


def _is_open(snapshot: JobSnapshot | None) -> bool:
    return snapshot is not None and not snapshot.is_over


def _panel(on_screen: RunSettings, live: bool) -> None:
    snapshot = _shown()
    if snapshot is None or (live and snapshot.is_over):
        managers.forecasts().forget()  # features may be kept now
        st.rerun()
    if live:
        _show_progress(snapshot)
    elif snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot.view.result is None:
        st.markdown("**Stopped before all runs were done.**")
    else:
        _show_band(snapshot.id, snapshot.view.result, on_screen)


def _show_progress(snapshot: JobSnapshot[JobView[SeedBand]]) -> None:
    report = snapshot.view.progress
    if snapshot.state == "queued":
        show_progress("seeds", 0.0, "Waiting: another run is under way, and this one then starts by itself.")
    elif report is None or not report.total:
        show_progress("seeds", 0.0, f"{report.stage if report else 'Getting ready'} …")
    else:
        show_progress("seeds", report.done / report.total, f"{report.stage}: {report.done} of {report.total}.")


def _show_band(job_id: str, band: SeedBand, on_screen: RunSettings) -> None:
    prepared = band.prepared
    ran, noun = prepared.settings, noun_of_settings(prepared.settings)
    show_stale(ran.changed(seed=on_screen.training.seed), on_screen)  # the band is over seeds: any one of them is in it
    st.subheader(band.count_in_words(noun), anchor=False, help=help_of("seed"))
    st.markdown(
        f"Best validation accuracy of {len(band.seeds)} runs: **{band.share_in_words()}**. "
        f"All of them took {duration(band.seconds)}, seen through {as_plain_text(prepared.backbone_title)}."
    )
    for note in prepared.notes:
        st.caption(as_plain_text(note))
    if said := band.diverged_in_words():
        st.warning(said)
    published = published_for(ran)
    curves, counts = _figures(job_id, band, published)
    st.markdown("**Median and, shaded, where nine seeds in ten lie**")
    st.plotly_chart(curves, key="seed_band", config={"displayModeBar": False}, alt=band.share_in_words())
    st.markdown(f"**How many seeds got how many {noun} right, each at its best epoch**")
    st.plotly_chart(counts, key="seed_counts", config={"displayModeBar": False}, alt=band.count_in_words(noun))
    if published:
        st.markdown(_beside_published(band, round(published.best_val_accuracy * PUBLISHED_TOTAL)))
    st.download_button(
        "All runs as CSV",
        lambda: to_csv(band_rows(band)),
        "seeds.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


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

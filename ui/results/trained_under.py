"""A run beside its twin under the dial: what training with the noise on brought it, once both are kept."""

from __future__ import annotations

from functools import partial

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.compare.names import name_of
from qtl_core.compare.pairs import pair_of
from qtl_core.evaluation.metrics import percent
from qtl_core.readout.dial import DialRequest
from qtl_core.readout.inputs import why_no_readout
from qtl_core.readout.run_readout import RunReadout
from qtl_core.readout.twin import is_of_same_pictures, twin_among, twin_job
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import cached_run
from qtl_core.runs.view import TrainedRun
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.session import session
from ui.session.kept_runs import choosable_runs
from ui.widgets.waiting import show_once_over

NONE_YET = (
    "What training with this readout brings is not known of this run: none with the same settings and seed, trained "
    "so, is kept. Once there is one, both are compared here."
)
ONE_SEED = "It is one training each: with other seeds the difference may be another."


def show_trained_under(prepared: Prepared, request: DialRequest, reading: RunReadout, noun: str) -> None:
    """Shows a run beside its twin, both read as the dial says; without a twin, that nothing is known.

    Args:
        prepared: What the run was trained on.
        request: What the dial asked.
        reading: The run's answers so.
        noun: What its pictures are called.
    """
    if request.readout.is_exact:
        return
    twin, name = _twin(prepared, request)
    if twin is None:
        st.caption(NONE_YET)
        return
    key = "twin", twin.prepared, twin.epochs, request.readout, request.mitigate, request.seed
    make = partial(twin_job, twin, request.readout, request.mitigate, request.seed, session.owner)
    find = partial(job_managers.readouts().find_or_start, key, make)

    def show(found: RunReadout) -> None:
        st.markdown(as_plain_text(twin_words(twin.prepared, name, reading, found, noun)))

    show_once_over(find, show, lambda _: "Reading out the run that was trained otherwise …", "readout twin")


def _twin(prepared: Prepared, request: DialRequest) -> tuple[TrainedRun | None, str]:
    record = twin_among(choosable_runs(), prepared.settings, request.readout)
    if record is None:
        return None, ""
    try:
        view = cached_run(record.id, record.version)
    except UserError:
        return None, ""
    if why_no_readout(view) or not is_of_same_pictures(prepared, view.prepared):
        return None, ""
    return TrainedRun.of(view), name_of(record)


def twin_words(twin: Prepared, name: str, this: RunReadout, other: RunReadout, noun: str) -> str:
    """Says how a run and its twin differ under one readout.

    Args:
        twin: What the twin was trained on, and how.
        name: What the twin is called.
        this, other: What the run and its twin answer.
        noun: What the pictures are called.
    """
    settings = twin.settings
    how = "Trained exactly" if settings.reads_exactly else "Trained with this readout"
    pair = pair_of(this.evaluation, other.evaluation, ("this run", "the other"), noun)
    return (
        f"{how} ({name}, else the same settings and seed): {other.evaluation.correct} of {other.size} {noun} right "
        f"so, this run {this.evaluation.correct}. {pair.in_words()} Mean confidence {percent(other.mean_confidence)}, "
        f"this run {percent(this.mean_confidence)}. {ONE_SEED}"
    )

"""Results of a run: figures in words, an honest comparison, the matrix, the pictures, and the raw numbers."""

from __future__ import annotations

import math

import streamlit as st

from qtl_core.evaluation.class_figures import tested_in_words
from qtl_core.evaluation.diagnosis.finding import first_not_finite
from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.explain.plane import is_plane
from qtl_core.runs.events import EpochDone, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings.readout_words import figures_words
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text, guarded
from ui.base.wording import duration, noun_of
from ui.results.class_by_class import show_class_by_class
from ui.results.confusion import show_confusion
from ui.results.decision_map import show_map
from ui.results.diagnosis import show_findings, show_trainability
from ui.results.did_it_help import show_did_it_help
from ui.results.family import show_family
from ui.results.gallery import show_gallery
from ui.results.imported_head import show_head_results
from ui.results.next_steps import show_next_steps
from ui.results.other_device import show_other_device
from ui.results.published_comparison import comparison
from ui.results.raw_numbers import show_raw_numbers
from ui.results.readout_panel import show_readout
from ui.results.trained_version import show_trained_version
from ui.results.training_changes import show_training_changes
from ui.session import keys, session
from ui.widgets.glossary import help_of
from ui.widgets.status import show_notes, show_skipped_files, stand_ins

DIAL_TAB = "On a real machine"
LUCKY_EPOCH = f"The best epoch is in part the luckiest draw: “{DIAL_TAB}”, below, draws again."


def show_results(view: RunView, *, on_train: bool = True) -> None:
    """Shows the result of a run, or, while it goes on, the best so far.

    Nothing but notes is shown before the first epoch is done.

    Args:
        view: The run.
        on_train: Whether this is the Train page, where settings are.
    """
    if view.prepared is None:
        return
    if view.best is None:
        _show_notes(view.prepared)
        return
    run, best = TrainedRun.of(view), view.best
    if run.prepared.from_elsewhere:
        show_head_results(run)
        show_next_steps(view, on_train=on_train)
        _show_notes(run.prepared)
        return
    if broken := first_not_finite(view):
        st.warning(
            f"Training broke down in epoch {broken}: from then on its numbers are not finite, and figures made of them "
            "mean nothing. Train it again, with a lower learning rate or another weights file."
        )
    evaluation, noun = evaluation_of(view), noun_of(view)
    _headline(run, best, evaluation, noun)
    changes_first = show_next_steps(view, on_train=on_train)
    if changes_first:
        show_training_changes(view, is_open=True)
    show_family(run.prepared)
    show_did_it_help(view)
    show_findings(view)
    _show_notes(run.prepared)
    for sentence in comparison(run, evaluation):
        st.markdown(sentence)
    if not changes_first:
        show_training_changes(view)
    _parts(run, evaluation, noun)
    show_skipped_files(view.prepared.passed_over)
    show_raw_numbers(run, evaluation)


def _show_notes(prepared: Prepared) -> None:
    show_notes(prepared.notes, stand_ins(prepared.asked, prepared.settings))


def _headline(view: TrainedRun, best: EpochDone, evaluation: Evaluation, noun: str) -> None:
    prepared, done = view.prepared, len(view.epochs)
    is_numbers = prepared.settings.data.is_numbers
    when = (
        f"the best of {done}"
        if view.is_over
        else f"the best so far, {done} of {prepared.settings.training.epochs} done"
    )
    st.subheader(evaluation.count_in_words(noun), anchor=False)
    st.markdown(
        f"Validation after epoch {best.epoch}, {when}: {evaluation.share_in_words()}.",
        help=help_of("validation", "Wilson interval"),
    )
    if read := figures_words(prepared.settings):
        luck = f" {LUCKY_EPOCH}" if prepared.settings.readout.shots and done > 1 else ""
        st.markdown(f"{read}{luck}", help=help_of("shots", "noise"))
    if said := tested_in_words(view, noun):
        st.markdown(as_plain_text(said), help=help_of("test part"))
    if by_class := evaluation.by_class_in_words():
        st.markdown(as_plain_text(by_class))
    with st.container(horizontal=True, gap="medium"):
        _figure(
            "Validation loss",
            f"{best.val_loss:.3f}" if math.isfinite(best.val_loss) else "not known",
            f"Mean cross-entropy: 0 would be all of them right, and certain.\n\n{help_of('loss')}",
        )
        _figure(
            "Trained numbers",
            f"{prepared.trained_parameters or prepared.parameters:,}",
            "Weights of the linear layers and circuit angles, without those that stand still."
            f"\n\n{help_of('dressed network')}",
        )
        _figure("Training", duration(sum(epoch.seconds for epoch in view.epochs)), "All epochs so far.")
        ready = "Reading the numbers." if is_numbers else "Reading the pictures and computing features."
        _figure("Getting ready", duration(prepared.seconds_features), ready)
    st.caption(
        f"{prepared.train_size:,} {noun} to train on, {prepared.val_size:,} for validation{_test_count(prepared)}, "
        + _read_as(prepared)
    )
    show_trained_version(prepared.settings.data)


def _read_as(prepared: Prepared) -> str:
    """Says what the head read: features of an image network, or numbers as they are."""
    if not prepared.settings.data.is_numbers:
        how = f"on the {as_plain_text(prepared.device.upper())}" if prepared.device else "(features kept from before)"
        return f"seen through {as_plain_text(prepared.backbone_title)} {how}."
    shown = ", ".join(prepared.feature_names[:6]) + (", ..." if len(prepared.feature_names) > 6 else "")
    how = "standardised" if prepared.settings.training.standardise else "as they are"
    return f"{prepared.feature_size} numbers each ({as_plain_text(shown)}), {how}; no image network takes part."


def _test_count(prepared: Prepared) -> str:
    return f", {prepared.test_size} for the test" if prepared.test_size else ""


def _figure(label: str, value: str, help: str) -> None:
    st.metric(label, value, help=help, width="content")


# A fragment: leafing through pictures must not run the whole page again.
@st.fragment
@guarded()
def _parts(view: TrainedRun, evaluation: Evaluation, noun: str) -> None:
    if session.readout.opens:  # it was trained from a dial
        session.readout.opens = False
        st.session_state[keys.RESULT_TABS] = DIAL_TAB
    names = (
        "What is taken for what",
        "Class by class",
        f"All validation {noun}",
        "The map",
        "Is it learning?",
        DIAL_TAB,
        "On another device",
    )
    tabs = st.tabs(names, key=keys.RESULT_TABS, on_change="rerun")
    matrix, by_class, gallery, picture_map, learning, machine, device = tabs
    drawn, colours = view.prepared.settings.data.source == "drawn", colours_of(view.prepared)
    with matrix:
        show_confusion(evaluation, noun, drawn=drawn, colours=colours)
    if by_class.open:
        with by_class:
            show_class_by_class(view, noun)
    # What is not looked at is not made: a map takes a worker, and a grid of pictures delays the next change's chart.
    if gallery.open:
        with gallery:
            show_gallery(evaluation, noun, drawn=drawn, colours=colours)
    if picture_map.open:
        with picture_map:
            if is_plane(view.prepared):
                st.markdown("The plane above is all that this head knows: two numbers need no map made of angles.")
            else:
                show_map(view, noun)
    if learning.open:
        with learning:
            show_trainability(view)
    if machine.open:
        with machine:
            show_readout(view, noun)
    if device.open:
        with device:
            show_other_device(view, noun)

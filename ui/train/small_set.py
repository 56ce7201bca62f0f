"""The offer of settings for few pictures, before Start: how many steps they come to, and what the paper takes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.training_count import training_count
from qtl_core.settings import (
    DataSettings,
    RunSettings,
    TrainingSettings,
    is_small,
    numbers_training,
    small_set_training,
    steps_of,
)
from qtl_core.settings.presets import PAPER_FEATURES, PAPER_STEPS, is_slow_for, makes_few_steps, small_set_steps
from qtl_core.tables.usual_training import training_rows, usual_training
from ui.base.errors import guarded
from ui.base.wording import plain
from ui.session import session
from ui.train.head_size import sizes_of

NUMBERS_HELP = (
    "A step moves the sum over a row's numbers by about the learning rate times how many there are, so few numbers "
    "want a higher rate. The paper's steps, and the weights of the lowest validation loss."
)
SECONDS_KNOWN = 20  # a folder's pictures are counted again after that


def show_small_set(settings: RunSettings) -> None:
    """Offers them where few pictures are there, or used, and the settings on screen make too few steps."""
    if settings.data.is_numbers:
        _show_for_numbers(settings)
        return
    pictures = _pictures_of(settings)
    if not is_small(pictures) or any(session.screen.hides(name) for name in ("presets", "epochs")):
        return
    wanted = small_set_training(pictures, settings.training)
    steps = steps_of(settings.training, pictures)
    if settings.training == wanted:
        st.caption(
            f":material/check: Settings for few pictures: {steps:,} steps, weights of the lowest validation loss."
        )
    elif makes_few_steps(settings.training, pictures):
        with st.container(key="small_set", horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/lightbulb: {steps_words(pictures, settings.training)}")
            st.button(
                "Use the small-set settings",
                icon=":material/tune:",
                on_click=guarded()(session.screen.choose_settings),
                args=(replace(settings, training=wanted),),
                help=settings_words(pictures),
            )


def _show_for_numbers(settings: RunSettings) -> None:
    """Says which settings numbers are learnt with, where they follow the data, and offers the paper's; or these."""
    rows, features = _rows_of(settings.data)
    if not rows or any(session.screen.hides(name) for name in ("presets", "learning_rate", "epochs")):
        return
    wanted = numbers_training(rows, features, settings.training)
    if settings.training == wanted:
        said = f":material/check: {numbers_words(rows, features)}"
        label, other = "Use the paper's", usual_training(DataSettings(), settings.training)
    elif is_slow_for(settings.training, features):
        rate = plain(settings.training.learning_rate)
        said = (
            f":material/lightbulb: A learning rate of {rate} suits far more than {_columns(features)}: "
            f"{plain(wanted.learning_rate)} learns more here."
        )
        label, other = "Use the settings for numbers", wanted
    else:
        return
    with st.container(key="small_set", horizontal=True, vertical_alignment="center"):
        st.markdown(said)
        st.button(
            label,
            icon=":material/tune:",
            on_click=guarded()(session.screen.choose_settings),
            args=(replace(settings, training=other),),
            help=NUMBERS_HELP,
        )


def numbers_words(rows: int, features: int) -> str:
    """Says what the settings for numbers are."""
    training = numbers_training(rows, features)
    return (
        f"Settings for {_columns(features)}: learning rate {plain(training.learning_rate)}, {training.epochs} epochs. "
        f"The paper's rate, {plain(TrainingSettings().learning_rate)}, is made for {PAPER_FEATURES} numbers a picture."
    )


def _columns(features: int) -> str:
    return f"{features:,} number{'s' if features != 1 else ''} a row"


@st.cache_data(max_entries=64, ttl=SECONDS_KNOWN, show_spinner=False)
def _rows_of(data: DataSettings) -> tuple[int, int]:
    return training_rows(data)


def steps_words(pictures: int, training: TrainingSettings) -> str:
    """Says how many steps `training` makes of so many pictures, and how many there should be."""
    steps, possible = steps_of(training, pictures), small_set_steps(pictures)
    epochs = small_set_training(pictures).epochs
    are = "1 epoch is" if training.epochs == 1 else f"{training.epochs} epochs are"
    made = f"**{pictures} pictures to learn from**: {are} {steps:,} {'step' if steps == 1 else 'steps'}"
    if possible < PAPER_STEPS:
        return f"{made}; {epochs} epochs, the most there can be, are {possible:,} steps here."
    return f"{made}; the paper takes {PAPER_STEPS:,}, which is {epochs} epochs here."


def settings_words(pictures: int) -> str:
    """Says what the small-set settings are; the paper's number of steps only where so few pictures come to it."""
    paper = "learning rate and number of steps" if small_set_steps(pictures) >= PAPER_STEPS else "learning rate"
    return (
        f"The paper's {paper}, and the weights of the lowest validation loss, because few validation pictures cannot "
        "tell epochs apart."
    )


def _pictures_of(settings: RunSettings) -> int:
    """Returns how many training pictures are used, or 0 where nobody knows or all of a set that is not small are."""
    data, sizes = settings.data, sizes_of(settings.data)
    there = _own_pictures(data)
    if not data.per_class or sizes is None or data.is_numbers:
        return there
    taken = data.per_class * sizes[1]
    return min(there, taken) if there else taken


def _own_pictures(data: DataSettings) -> int:
    if data.source == "folder" and data.folder:
        return _in_folder(data.folder)
    return _count(data) if data.source == "dataset" and data.dataset else 0


@st.cache_data(max_entries=64, ttl=SECONDS_KNOWN, show_spinner=False)
def _in_folder(folder: str) -> int:
    return _count(DataSettings(source="folder", folder=folder))


def _count(data: DataSettings) -> int:
    try:
        return training_count(data)
    except UserError:
        return 0  # what is wrong with them is said elsewhere

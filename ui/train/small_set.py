"""The offer of settings for few pictures, before Start: how many steps they come to, and what the paper takes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.training_count import training_count
from qtl_core.settings import DataSettings, RunSettings, TrainingSettings, is_small, small_set_training, steps_of
from qtl_core.settings.presets import PAPER_STEPS, makes_few_steps, small_set_steps
from ui.base.errors import guarded
from ui.session import session
from ui.train.head_size import sizes_of

SECONDS_KNOWN = 20  # a folder's pictures are counted again after that


def show_small_set(settings: RunSettings) -> None:
    """Offers them where few pictures are there, or used, and the settings on screen make too few steps."""
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

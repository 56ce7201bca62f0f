"""The offer of settings for few pictures, before Start: how many steps they come to, and what the paper takes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.training_count import training_count
from qtl_core.settings import RunSettings, is_small, small_set_training, steps_of
from qtl_core.settings.presets import PAPER_STEPS
from ui.base.errors import guarded
from ui.session import session

SECONDS_KNOWN = 20  # a folder's pictures are counted again after that


def show_small_set(settings: RunSettings) -> None:
    """Offers them where the folder holds few pictures and the settings on screen make fewer steps than the paper's."""
    pictures = _pictures_of(settings)
    if not is_small(pictures) or any(session.screen.hides(name) for name in ("presets", "epochs")):
        return
    wanted = small_set_training(pictures, settings.training)
    steps = steps_of(settings.training, pictures)
    if settings.training == wanted:
        st.caption(
            f":material/check: Settings for few pictures: {steps:,} steps, weights of the lowest validation loss."
        )
    elif steps < PAPER_STEPS:
        with st.container(key="small_set", horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/lightbulb: **{pictures} pictures to learn from**: {settings.training.epochs} epochs are "
                f"{steps:,} steps; the paper takes {PAPER_STEPS:,}, which is {wanted.epochs} epochs here."
            )
            st.button(
                "Use the small-set settings",
                icon=":material/tune:",
                on_click=guarded()(session.screen.choose_settings),
                args=(replace(settings, training=wanted),),
                help="The paper's learning rate and number of steps, and the weights of the lowest validation loss, "
                "because few validation pictures cannot tell epochs apart.",
            )


def _pictures_of(settings: RunSettings) -> int:
    """Returns how many training pictures the folder has, or 0 where that is not known or is not small anyway."""
    if settings.data.source != "folder" or not settings.data.folder:
        return 0
    return _counted(settings.data.folder)


@st.cache_data(max_entries=64, ttl=SECONDS_KNOWN, show_spinner=False)
def _counted(folder: str) -> int:
    try:
        return training_count(folder)
    except UserError:
        return 0  # what is wrong with the folder is said elsewhere

"""The search among the image models of timm: more than a thousand names, sent to the browser when it is opened."""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.backbones.timm_installed import TIMM
from qtl_core.pictures.backbones.weights_files import find_weights, source_words, spec_of
from qtl_core.settings.backbone_names import is_timms
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.timm_models import PREFIX, find_timm_model, timm_names
from ui.base.errors import as_plain_text
from ui.session import keys, session


def show_timm_search() -> None:
    """Offers the search, and says of a chosen model what it is, its licence, and where its weights can be had."""
    label = f"Search timm's {len(timm_names()):,} models"
    box = st.popover(label, icon=":material/search:", key=keys.TIMM_OPEN, on_change="rerun", width="stretch")
    chosen = session.screen.settings.data.backbone
    if box.open:
        with box:
            _show_field()
    if is_timms(chosen):  # in the open box, too: a narrow screen cuts its lines off behind the name
        (box if box.open else st).caption(as_plain_text(about(spec_of(chosen))))


def _show_field() -> None:
    if why := TIMM.why_missing():
        st.caption(as_plain_text(f"None of them can be used here yet. {why}"))
        return
    st.selectbox(
        "A model of timm",
        timm_names(),
        None,
        format_func=option_words,
        placeholder="Part of a name: dinov2, clip, convnext",
        key=keys.TIMM_CHOICE,
        on_change=_take,
        help="Name, number of features, size of the weights file and what timm says of their licence.",
    )


def option_words(name: str) -> str:
    """Returns a line of the list."""
    model = find_timm_model(PREFIX + name)
    if model is None:
        return name
    size = 4 * model.parameters / 1e6
    return f"{name} · {model.features:,} features · {size:,.0f} MB · {model.licence or 'licence not stated'}"


def about(spec: BackboneSpec) -> str:
    """Returns what a chosen model is, and where its weights can be had if they are not here."""
    said = f"{spec.about} {spec.feature_size:,} features. Licence: {spec.licence}."
    if find_weights(spec.name) or session.screen.settings.data.weights:
        return said
    return f"{said} Its weights have to be brought ({source_words(spec)}): name their file as the weights file."


def _take() -> None:
    if name := st.session_state.pop(keys.TIMM_CHOICE, None):
        session.screen.choose("backbone", PREFIX + name)

"""Heat map of where it looked, over the picture, for a class or for one qubit's or hidden unit's value."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from qtl_core.common.progress import Progress
from qtl_core.explain.heatmap import (
    GRADIENT,
    METHODS,
    OCCLUSION,
    HeatMaps,
    blended,
    heatmap_job,
    mapped_units,
    ramp_colours,
    shows_nothing,
)
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from ui.base.assets import jpeg_address, stylesheet
from ui.base.errors import as_plain_text, guarded
from ui.session import keys, session
from ui.widgets.glossary import help_of
from ui.widgets.waiting import show_awaited

EDGE = 320  # pixels of a picture's side on a wide screen: the network is given 224


@dataclass(frozen=True)
class ShownPicture:
    """A picture to show: its pixels, uint8 (side, side, 3), and what it is, in plain text."""

    pixels: np.ndarray
    words: str


def show_pictures(pictures: Sequence[ShownPicture], *, scale: bool) -> None:
    """Shows pictures side by side, and below them what the colours of a map mean if `scale` says so."""
    body = "".join(map(_figure, pictures))
    columns = f"grid-template-columns: repeat({len(pictures)}, minmax(0, 1fr))"
    width = f"max-width: {EDGE * len(pictures)}px"
    below = f'<div class="heat-scale" style="{width}">not at all<i style="{_ramp()}"></i>most</div>' if scale else ""
    st.html(f'{stylesheet(__file__)}<div class="heat" style="{columns}; {width}">{body}</div>{below}')


def _figure(shown: ShownPicture) -> str:
    words = escape(shown.words)
    return f'<figure><img src="{_address(shown.pixels)}" alt="{words}"><figcaption>{words}</figcaption></figure>'


def _address(pixels: np.ndarray) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return jpeg_address(file.getvalue())


def _ramp() -> str:
    stops = (f"rgb({red:.0f},{green:.0f},{blue:.0f})" for red, green, blue in ramp_colours(np.linspace(0, 1, 9)))
    return f"background: linear-gradient(to right, {', '.join(stops)})"


OVER, BESIDE = "Over the picture", "Side by side"
NAMES = {GRADIENT: "By gradient (Grad-CAM)", OCCLUSION: "By covering parts"}
HOW = {
    GRADIENT: "It follows the gradient from what you chose back through the head to the image network's last maps "
    "(Grad-CAM), so it is coarse: {rows} × {columns} places, smoothed.",
    OCCLUSION: "A plain patch covers part after part of the picture; bright is where what you chose falls most when "
    "it is covered (occlusion), in {rows} × {columns} places, smoothed.",
}
RELATIVE = "Colours are relative to this map's own brightest place, so two maps cannot be compared by them."
FALLBACK = "This image network has no maps to follow a gradient to, so parts of the picture are covered instead. "

Target = tuple[str, int]  # "class", or "unit" for a qubit or hidden unit; and which


def show_heatmap(model: TrainedModel, explanation: Explanation) -> None:
    """Offers the heat map of one picture; it is made once it is asked for."""
    st.fragment(guarded()(_panel))(model, explanation)


def targets_of(explanation: Explanation) -> list[Target]:
    """Returns what there can be a map of: the answer, the other classes, then the qubits or hidden units."""
    classes = sorted(range(len(explanation.classes)), key=lambda label: label != _answer(explanation))
    return [*(("class", label) for label in classes), *(("unit", unit) for unit in mapped_units(explanation))]


def target_words(target: Target, explanation: Explanation) -> str:
    """Says what a map is of."""
    kind, index = target
    if kind == "class":
        return f"{explanation.classes[index]}{' (the answer)' if index == _answer(explanation) else ''}"
    measured = f", measured {_way(explanation, index)}" if explanation.model.spec.has_circuit else ""
    return f"{explanation.unit} {index}{measured} ({explanation.hidden[index]:+.2f})"


def _panel(model: TrainedModel, explanation: Explanation) -> None:
    if not st.toggle("Where it looked", key=keys.HEAT_SHOWN, persist_state="session"):
        return
    method = st.segmented_control(
        "How to find out",
        METHODS,
        default=GRADIENT,
        required=True,
        format_func=lambda each: NAMES[each],
        key=keys.HEAT_METHOD,
        help="The gradient takes a moment; covering parts asks the network some 150 times, and takes longer.\n\n"
        + help_of("heat map"),
    )
    show_awaited(
        ("heat map", model.key, hashlib.sha256(explanation.seen.tobytes()).digest(), method),
        lambda: heatmap_job(model, explanation, method, session.owner),
        partial(_show_made, explanation, method),
        _waiting_words,
    )


def _show_made(explanation: Explanation, asked: str, made: HeatMaps) -> None:
    target = st.selectbox(
        "Where it looked for",
        targets_of(explanation),
        format_func=lambda each: target_words(each, explanation),
        key=keys.heat_target_key(_answer(explanation)),
        width=360,
    )
    kind, index = target
    at = index if kind == "class" else mapped_units(explanation).index(index)
    places = (made.by_class if kind == "class" else made.by_unit)[at]
    if shows_nothing(places):
        st.markdown(_blank_words(target, explanation))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control("View", (OVER, BESIDE), default=OVER, required=True, key=keys.HEAT_VIEW)
        opacity = st.slider("Strength of the map", 0, 100, 55, format="%d%%", key=keys.HEAT_OPACITY, width=220)
    heat = ShownPicture(
        blended(explanation.seen, places, opacity / 100), f"Where it looked for {target_words(target, explanation)}"
    )
    show_pictures([ShownPicture(explanation.seen, "The picture"), heat] if view == BESIDE else [heat], scale=True)
    rows, columns = places.shape
    first = FALLBACK if made.method != asked else ""
    st.caption(
        f"{first}{_bright_words(target, explanation)} {HOW[made.method].format(rows=rows, columns=columns)} {RELATIVE}"
    )


def _waiting_words(so_far: Progress | None) -> str:
    if so_far is None:
        return "Looking where it looked …"
    return f"{so_far.stage} of the picture: {so_far.done} of {so_far.total} …"


def _bright_words(target: Target, explanation: Explanation) -> str:
    kind, index = target
    if kind == "class":
        return f"Bright: what speaks for {as_plain_text(explanation.classes[index])}."
    return f"Bright: what {_moves(explanation, index)}."


def _blank_words(target: Target, explanation: Explanation) -> str:
    kind, index = target
    what = as_plain_text(f"speaks for {explanation.classes[index]}") if kind == "class" else _moves(explanation, index)
    return f"The map is zero everywhere: found this way, no place in the picture {what}."


def _answer(explanation: Explanation) -> int:
    return explanation.classes.index(explanation.prediction.label)


def _moves(explanation: Explanation, unit: int) -> str:
    how = "the way it was measured" if explanation.model.spec.has_circuit else "the way its value went"
    return f"moves {explanation.unit} {unit} {_way(explanation, unit)}, {how}"


def _way(explanation: Explanation, unit: int) -> str:
    return "down" if explanation.hidden[unit] < 0 else "up"

"""The camera as a stream of answers: bars that move while one waves, and a picture held by a tap.

Frames go past the page to `POST /own/answer/{run}` (`ui/shell/routes/live_answers.py`); only a held picture comes here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import streamlit as st

from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import TrainedModel
from ui.base.assets import asset, script
from ui.base.base_path import base_path
from ui.base.class_colours import colours_of

LARGEST_HELD = (
    2 * 2**20
)  # bytes: one of 640 pixels has some 60 KB; a phone's file that its browser cannot read goes whole
NOT_KEPT = (
    "This run was not kept on this server, so it cannot answer live. Held pictures and files are answered as ever."
)
JOB = "job-"  # what the key of a run on screen begins with (`ui.widgets.model_choice`)

_show = st.components.v2.component(
    "live",
    html=asset("live.html"),
    css=asset("camera.css") + asset("live.css"),
    js=script("route_address", "send", "camera", "live"),
)


class HeldFrame:
    """A picture that was held before the camera.

    Args:
        identifier: What tells it from all others.
        content: Its file.
    """

    def __init__(self, identifier: str, content: bytes) -> None:
        self.id, self.content, self.size = identifier, content, len(content)

    def getvalue(self) -> bytes:
        """Returns the file."""
        return self.content


def show_live_camera(
    model: TrainedModel,
    key: str,
    *,
    temperature: float = 1.0,
    holds: bool = True,
) -> HeldFrame | None:
    """Shows what a run says of the camera's picture; returns one that was held just now.

    Args:
        model: The run. Whatever the page does, the camera stays open when another one takes its place.
        key: The component's key.
        temperature: That of its percentages.
        holds: Whether a picture can be held.
    """
    run_id = live_run_id(model)
    if not run_id:
        st.info(NOT_KEPT)
        return None
    prepared = model.run.prepared
    named = zip(prepared.classes, colours_of(prepared), strict=True)
    classes = [{"name": name, "colour": colour} for name, colour in named]
    data = {
        "run": run_id,
        "classes": classes,
        "base": base_path(),
        "temperature": temperature,
        "holds": holds,
    }
    result = _show(data=data, key=key, on_held_change=lambda: None)
    return held_frame(result.held)


def live_run_id(model: TrainedModel) -> str:
    """Returns what the route knows a run by; "" for one that is known to this page alone."""
    if model.key == RUN_ID:
        return RUN_ID
    ended = model.run.ended
    return (ended.run if ended else "") or model.key.removeprefix(JOB) * model.key.startswith(JOB)


def held_frame(told: Mapping[str, Any] | None) -> HeldFrame | None:
    """Returns the picture that the browser sent, or None where there is none or it is no such thing."""
    if not told or not isinstance(told.get("id"), str) or not isinstance(told.get("picture"), str):
        return None
    if len(told["picture"]) > LARGEST_HELD * 4 // 3 + 4:
        return None
    try:
        return HeldFrame(told["id"][:64], base64.b64decode(told["picture"], validate=True))
    except (binascii.Error, ValueError):
        return None

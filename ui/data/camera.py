"""The camera beside a class: bursts of small pictures, which go past the page to the route of all pictures."""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.datasets.limits import limits_now
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.base.assets import asset, script
from ui.base.base_path import base_path
from ui.data.collect import NO_COOKIE
from ui.session.visitor import is_known_again

_show = st.components.v2.component(
    "camera",
    html=asset("camera.html"),
    css=asset("camera.css"),
    js=script("route_address", "send", "camera", "camera_burst", "camera_box"),
)


def show_camera(dataset: DatasetRecord, klass: ClassRecord) -> bool:
    """Shows the camera that adds to a class; returns whether pictures have just arrived, once a burst.

    Each burst has one group, so that none is split between training and validation.

    Args:
        dataset: A set that this visitor may change.
        klass: One of its classes.
    """
    if not is_known_again():
        st.info(NO_COOKIE, icon=":material/cookie_off:")
        return False
    data = {
        "dataset": dataset.id,
        "classId": klass.id,
        "name": klass.name,
        "base": base_path(),
        "mostBytes": limits_now().picture_bytes,
        "tooLarge": "It is larger than what is kept of one picture.",
        "origin": "camera",
    }
    result = _show(data=data, key=f"camera_{dataset.id}_{klass.id}", on_arrived_change=lambda: None)
    return bool(result.arrived)

"""Pictures of one's own into a class: many files, a folder, a paste or a zip, sent by the browser to the app's routes.

A component and not `st.file_uploader`, which holds all files in the server's memory. What arrived is in the set
already when the page hears of it (`ui/shell/routes/pictures.py`); the component tells the page now and then.
"""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.datasets.limits import MEGABYTE, limits_now
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.base.assets import asset, script
from ui.base.base_path import base_path
from ui.session.visitor import is_known_again

NO_COOKIE = (
    "Your browser keeps no cookies here, so nothing could be kept as your own. Allow them, then reload the page; where "
    "it is shown within a page of another site, open it in a tab of its own."
)
_show_box = st.components.v2.component(
    "collect", html=asset("collect.html"), css=asset("collect.css"), js=script("route_address", "send", "collect")
)


def show_collect(dataset: DatasetRecord, klass: ClassRecord) -> None:
    """Shows where a class takes pictures; for whoever may change the set.

    The browser says that something arrived, which draws the page again: what came is in the set, or waits
    (`datasets.incoming.waiting_archives`).

    Args:
        dataset: The set.
        klass: The class of it.
    """
    if not is_known_again():
        st.info(NO_COOKIE, icon=":material/cookie_off:")
        return
    limits = limits_now()
    most, pixels = limits.picture_bytes // MEGABYTE, limits.kept_pixels // 1_000_000
    _show_box(
        data={
            "dataset": dataset.id,
            "classId": klass.id,
            "name": klass.name,
            "base": base_path(),
            "mostBytes": limits.picture_bytes,
            "tooLarge": f"It is larger than {most} MB, the most that one picture may have.",
            "note": f"Up to {most} MB each; kept up to {pixels} megapixels, without where and by whom they were taken.",
        },
        key=f"collect_{dataset.id}_{klass.id}",
        on_arrived_change=lambda: None,
        on_archive_change=lambda: None,
    )

"""Pictures of one's own into a class: many files, a folder, a paste or a zip, sent by the browser to the app's routes.

A component and not `st.file_uploader`, which holds all files in the server's memory. What arrived is in the set
already when the page hears of it (`ui/shell/routes/pictures.py`); the component tells the page now and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from qtl_core.pictures.datasets.incoming import arrived_archive
from qtl_core.pictures.datasets.limits import MEGABYTE, limits_now
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.base.assets import asset, script
from ui.session.visitor import is_known_again, owner

NO_COOKIE = (
    "Your browser keeps no cookies, so nothing could be kept as your own. Allow them here, then reload the page."
)
_show_box = st.components.v2.component(
    "collect", html=asset("collect.html"), css=asset("collect.css"), js=script("send", "collect")
)


@dataclass(frozen=True)
class ArrivedArchive:
    """A zip that was dropped, whole on the server's disk until it is taken over (`datasets.incoming.drop_archive`).

    Attributes:
        upload: Its identifier on the way.
        name: What the visitor calls it.
        path: The file.
    """

    upload: str
    name: str
    path: Path


@dataclass(frozen=True)
class Collected:
    """News since the page was drawn last.

    Attributes:
        pictures: Whether pictures were added to the class: what the page shows of it is older than that.
        archive: A zip that came, or None.
    """

    pictures: bool = False
    archive: ArrivedArchive | None = None


def show_collect(dataset: DatasetRecord, klass: ClassRecord) -> Collected:
    """Shows where a class takes pictures; for whoever may change the set.

    Args:
        dataset: The set.
        klass: The class of it.
    """
    if not is_known_again():
        st.info(NO_COOKIE, icon=":material/cookie_off:")
        return Collected()
    limits = limits_now()
    most, pixels = limits.picture_bytes // MEGABYTE, limits.kept_pixels // 1_000_000
    found = _show_box(
        data={
            "dataset": dataset.id,
            "classId": klass.id,
            "name": klass.name,
            "base": str(st.get_option("server.baseUrlPath") or "").strip("/"),
            "mostBytes": limits.picture_bytes,
            "tooLarge": f"It is larger than {most} MB, the most that one picture may have.",
            "note": f"Up to {most} MB each; kept up to {pixels} megapixels, without where and by whom they were taken.",
        },
        key=f"collect_{dataset.id}_{klass.id}",
        on_arrived_change=lambda: None,
        on_archive_change=lambda: None,
    )
    return Collected(found.arrived is not None, _archive(found.archive))


def _archive(told: Any) -> ArrivedArchive | None:
    """Checks what the browser says: it could say anything."""
    if not isinstance(told, dict) or not isinstance(told.get("upload"), str):
        return None
    path = arrived_archive(owner(), told["upload"])
    return ArrivedArchive(told["upload"], str(told.get("name", ""))[:200], path) if path else None

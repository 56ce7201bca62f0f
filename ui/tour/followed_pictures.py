"""The pictures that several stops show: the same as on the Home page, from the same job."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.answering import Model, named_model
from qtl_core.bundled import RUN_ID
from qtl_core.errors import UserError
from qtl_core.walks import Walk
from ui.errors import show_user_error
from ui.followed import followed
from ui.pace import refreshing

REFRESH_SECONDS = 0.4
WAITING = "Waking up the image network: the pictures follow as soon as it is ready …"

Walks = tuple[Walk, ...]


def model() -> Model:
    """Returns the run that answers on the tour until there is one of the visitor's own."""
    return named_model(RUN_ID)


def with_pictures(show: Callable[[Walks], None]) -> None:
    """Calls `show` with the pictures once they are all there; inside a fragment, so widgets there are quick."""
    waiting = not followed(model()).is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(show, waiting)


def _panel(show: Callable[[Walks], None], waiting: bool) -> None:
    snapshot = followed(model())
    if waiting and snapshot.is_over:
        st.rerun()
    if snapshot.error:
        show_user_error(UserError(*snapshot.error))
    elif snapshot.is_over:
        show(snapshot.view)
    else:
        st.markdown(WAITING)

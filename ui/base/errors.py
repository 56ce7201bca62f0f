"""Error messages for a person: a sentence, never a traceback."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.paths import search_roots
from ui.base.streamlit_internals import FragmentHandledException

LOGGER = logging.getLogger(__name__)
# An address is left as it is: Markdown makes a link of it, and signs put in would break the link.
_ADDRESS_OR_SIGN = re.compile(r"(https?://[\w.:/%-]+)|([\\`*_\[\]$~<>]|:(?=[A-Za-z]))")
# Streamlit makes links, icons and faces of these even behind a backslash; what stands between them cannot be seen.
_LINK_OR_ICON = re.compile(r"(?<=:)(?=//|\w)|(?<=\bwww)(?=\.)|(?=@)", re.IGNORECASE)
_UNSEEN = "\u2060"  # word joiner

_SYSTEM_WORDS = re.compile(r" ?\((?:<[^()]*>|\[Errno -?\d+\][^()]*)\)")


@contextmanager
def guarded() -> Iterator[None]:
    """Runs a page's body so that an error in it becomes a sentence on the page.

    Use it as `with guarded():` around a page's body, and as `@guarded()` under `@st.fragment`, whose refreshes run
    without the page around them. Streamlit's own control flow (rerun, stop) is no `Exception` and passes through.
    """
    try:
        yield
    except FragmentHandledException:
        raise  # a fragment inside has already shown its error
    except UserError as error:
        show_user_error(error)
    except Exception:
        reference = secrets.token_hex(3)  # short enough to be read out, and found in the log by searching for it
        LOGGER.exception("Unexpected error %s", reference)
        st.error(
            f"Something in the app went wrong that is not your doing (reference {reference}). "
            "Reload the page to go on; the server's log holds the details under this reference."
        )


def show_user_error(error: UserError) -> None:
    """Shows what happened, why, and what to do about it."""
    what, why, do = (as_plain_text(part) for part in (error.what, error.why, error.do))
    st.error("\n\n".join(part for part in (f"**{what}**", f"{why} {do}".strip()) if part))


def done_here(action: Callable[[], object]) -> None:
    """Does what a button was pressed for and has the page run again; why it cannot be done stands at this place.

    What a callback draws stands above the whole page instead, and pushes it down.
    """
    try:
        action()
    except UserError as error:
        show_user_error(error)
    else:
        st.rerun()  # all of the page


def as_plain_text(text: str) -> str:
    """Keeps names of files and classes such as `my_photos[1]` from being read as Markdown, and no server path in it."""
    return _ADDRESS_OR_SIGN.sub(lambda found: found[1] or f"\\{found[2]}", without_own_paths(text))


def as_name(text: str) -> str:
    """Returns what a person called a thing as it was typed: no colour, no icon and no link is made of it."""
    return as_plain_text(_LINK_OR_ICON.sub(_UNSEEN, text))


def without_own_paths(text: str) -> str:
    """Says the places of the app's own files as seen from its data folder; what a person typed stays as it is.

    Where that folder lies is the business of whoever runs the server: `python -m qtl_core info` names it. Runs that
    earlier versions kept have notes with whole paths, and with the system's words in brackets.
    """
    text = _SYSTEM_WORDS.sub("", text)
    for root in {str(root) for root in search_roots()} | {str(root.resolve()) for root in search_roots()}:
        if len(root) > 1:
            text = re.sub(rf"{re.escape(root)}/([^\s,;:)”]*[^\s,;:)”.])", r"\1 in the data folder", text)
            text = text.replace(root, "the data folder")
    return text

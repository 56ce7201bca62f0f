"""From the phone: a QR code beside a class, which lets any phone in the room add pictures to it for an hour."""

from __future__ import annotations

import math
import time

import streamlit as st

from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from qtl_core.pictures.datasets.tokens import TokenRecord, alive_tokens, find_token, make_token, revoke_tokens
from ui.base.assets import asset, script
from ui.base.base_path import address_below
from ui.base.errors import as_plain_text, guarded
from ui.base.theme import class_colour
from ui.session.refresh import refreshing
from ui.shell.qr_code import qr_code
from ui.shell.room_address import RoomAddress, page_address
from ui.shell.share import choose_origin, opening_words, why_no_address
from ui.widgets.pictures import Tile, show_tiles

REFRESH_SECONDS = 2.0
NEWEST = 8  # pictures that are shown as they come
_show_link = st.components.v2.component(
    "phone_link", html=asset("share.html"), css=asset("share.css"), js=script("share")
)


def show_phone(dataset: DatasetRecord, klass: ClassRecord) -> None:
    """Shows the code for phones of a class, or the button that makes one, and what came by it.

    Args:
        dataset: A set that this visitor may change.
        klass: One of its classes.
    """
    where = page_address()
    if not where.origins:
        _show_nobody_reaches_us(where)
        return
    token = _alive_token(dataset, klass)
    if token is None:
        _offer_code(dataset, klass)
        return
    _show_code(where, token)
    refreshing(_arrivals, REFRESH_SECONDS)(dataset.id, klass.id)
    _offer_revoking(dataset, klass)


def _show_nobody_reaches_us(where: RoomAddress) -> None:
    if not where.only_here:
        why = why_no_address(where, "it is on no network. Connect it to the phones' network.")
        st.info(f"**No phone reaches this computer**: {why}")
        return
    st.info(
        "**No phone reaches the app**: it answers to this computer alone (127.0.0.1). To open it to the room, "
        f"{opening_words(st.get_option('server.port'))}; SECURITY.md says more. Then a QR code stands here."
    )


def _key(dataset: DatasetRecord, klass: ClassRecord) -> str:
    return f"phone_token_{dataset.id}_{klass.id}"


def _alive_token(dataset: DatasetRecord, klass: ClassRecord) -> str | None:
    """Returns this session's code for the class, while it is good: elsewhere none can be read, not even on disk."""
    token = st.session_state.get(_key(dataset, klass))
    found = find_token(token) if token else None
    if found is not None and found.state() == "alive":
        return token
    if found is not None:
        st.caption("The last code has run out." if found.state() == "expired" else "The code was taken back.")
    return None


def _offer_code(dataset: DatasetRecord, klass: ClassRecord) -> None:
    others = alive_tokens(dataset.id, klass.id)
    st.markdown(
        f"A code lets every phone that scans it add pictures to **{as_plain_text(klass.name)}**, and do nothing else, "
        "for an hour."
    )
    st.button(
        "Make a code",
        icon=":material/qr_code_2:",
        key=f"phone_make_{dataset.id}_{klass.id}",
        on_click=_make,
        args=(dataset, klass),
    )
    if others:
        count = (
            "A code made elsewhere is good"
            if len(others) == 1
            else f"{len(others)} codes made elsewhere are good, the newest"
        )
        st.caption(f"{count} for another {_minutes(others[0])}.")
        _offer_revoking(dataset, klass)


@guarded()
def _make(dataset: DatasetRecord, klass: ClassRecord) -> None:
    st.session_state[_key(dataset, klass)] = make_token(dataset.id, klass.id)


@guarded()
def _revoke(dataset_id: str, class_id: int) -> None:
    revoke_tokens(dataset_id, class_id)


def _offer_revoking(dataset: DatasetRecord, klass: ClassRecord) -> None:
    count = len(alive_tokens(dataset.id, klass.id))
    st.button(
        "Take the code back" if count < 2 else f"Take all {count} codes back",
        icon=":material/block:",
        key=f"phone_revoke_{dataset.id}_{klass.id}",
        on_click=_revoke,
        args=(dataset.id, klass.id),
        help="From then on no phone adds anything to this class by any code made so far. What came stays.",
    )


def _show_code(where: RoomAddress, token: str) -> None:
    origin = choose_origin(where, key=f"phone_origin_{token[:12]}")
    link = f"{origin}{address_below('phone')}#{token}"
    _show_link(data={"link": link, "qr": qr_code(link)}, key=f"phone_link_{token[:12]}")
    st.caption(
        "For phones in the same network as this computer: no app, no account. Over https the page takes bursts; over "
        "plain http browsers keep the live camera to themselves, and the phone's own camera app opens instead."
    )


def _arrivals(dataset_id: str, class_id: int) -> None:
    """Shows for how long the code is good, and the newest pictures by phones, as they come."""
    alive = alive_tokens(dataset_id, class_id)
    if not alive:
        st.rerun()  # it has run out, or was taken back elsewhere
    pictures = [each for each in pictures_of(dataset_id, class_id) if each.origin == "phone"]
    count = {0: "No picture has come from a phone yet", 1: "1 picture came from phones"}.get(
        len(pictures), f"{len(pictures)} pictures came from phones"
    )
    code = "The code is good" if len(alive) == 1 else f"{len(alive)} codes are good, the newest"
    st.markdown(f"{count}. {code} for another **{_minutes(alive[0])}**.")
    klass = next((each for each in find_by_id(dataset_id).classes if each.id == class_id), None)
    newest = sorted(pictures, key=lambda each: each.id, reverse=True)[:NEWEST]
    if newest and klass:
        colour = class_colour(klass.colour)
        show_tiles([Tile(str(each.path), each.name, colour) for each in newest], drawn=False)


def _minutes(token: TokenRecord) -> str:
    left = max(1, math.ceil((token.expires - time.time()) / 60))
    return "minute" if left == 1 else f"{left} minutes"

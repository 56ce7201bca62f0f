"""`GET /phone`: the page that a phone opens by a QR code. `GET /own/phone`: what the phone's code is for.

The page is the same for everybody and light, a tenth of a second on a phone; the code is in the address behind `#` and
comes in the header `X-Qtl-Token`, so that it is in no log. Pictures go by the route of all pictures.
"""

from __future__ import annotations

import math
import secrets
import time
from string import Template
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from qtl_core.common.errors import UserError
from ui.base.assets import asset, script
from ui.base.pages import APP_NAME
from ui.base.theme import class_colour
from ui.shell.routes.access import check_own_site, token_of
from ui.shell.routes.answers import HEADERS, answer, in_words
from ui.shell.routes.receiving import in_thread

COLOURS = ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor")
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src blob: data:; media-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NO_CODE = "This address has no code. Scan the QR code beside the class once more."
RUN_OUT = "This code has run out: it is good for an hour. Ask for a new one."
TAKEN_BACK = "This code was taken back. Ask for a new one."
CLASS_GONE = "The class of this code is not there any more."


class CodeIsOver(UserError):
    """No later try will do with this code."""


async def phone_page(_request: Request) -> Response:
    """Returns the page."""
    nonce = secrets.token_urlsafe(16)
    page = Template(asset("phone.html")).substitute(
        app=APP_NAME,
        nonce=nonce,
        css=_theme() + asset("camera.css") + asset("phone.css"),
        camera=asset("camera.html"),
        js=script("route_address", "send", "camera", "camera_burst", "phone"),
    )
    return HTMLResponse(
        page,
        headers=HEADERS | {"Referrer-Policy": "no-referrer", "Content-Security-Policy": POLICY.format(nonce=nonce)},
    )


@in_words
async def phone_code(request: Request) -> Response:
    """Returns what the phone's code is for: names, how many pictures there are, for how long it still is good."""
    check_own_site(request)
    try:
        return answer(await in_thread(what_code_is_for, token_of(request)))
    except CodeIsOver as error:  # an answer to a question, and no fault of the page's
        return answer({"error": str(error), "over": True})


def what_code_is_for(token: str) -> dict[str, Any]:
    """Returns what the page shows of a code.

    Raises:
        CodeIsOver: It is none, has run out or was taken back, or its class is gone.
        UserError: It cannot be looked up now.
    """
    from qtl_core.pictures.datasets.creating import find_by_id
    from qtl_core.pictures.datasets.limits import limits_now
    from qtl_core.pictures.datasets.tokens import find_token

    found = find_token(token)
    if found is None:
        raise CodeIsOver(NO_CODE)
    if found.state() != "alive":
        raise CodeIsOver(RUN_OUT if found.state() == "expired" else TAKEN_BACK)
    try:
        dataset = find_by_id(found.dataset)
    except UserError as error:
        raise CodeIsOver(CLASS_GONE) from error
    klass = next((each for each in dataset.classes if each.id == found.class_id), None)
    if klass is None:
        raise CodeIsOver(CLASS_GONE)
    return {
        "dataset": dataset.id,
        "class_id": klass.id,
        "set_name": dataset.name,
        "class_name": klass.name,
        "colour": class_colour(klass.colour),
        "count": klass.count,
        "minutes": math.ceil((found.expires - time.time()) / 60),
        "most_bytes": limits_now().picture_bytes,
    }


def _theme() -> str:
    """Returns the theme's colours under the names that Streamlit gives them in a component."""
    lines = ["--st-font: system-ui, sans-serif;"]
    for name in COLOURS:
        dashed = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
        light, dark = (st.get_option(f"theme.{scheme}.{name}") for scheme in ("light", "dark"))
        lines.append(f"--st-{dashed}: light-dark({light}, {dark});")
    return ":root { color-scheme: light dark; " + " ".join(lines) + " }\n"


ROUTES = (Route("/phone", phone_code, methods=["GET"]),)

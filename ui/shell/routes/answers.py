"""The answers of the routes: JSON, a reason in the app's own words, and never a path or what a library says."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from qtl_core.common.errors import UserError
from ui.base.errors import without_own_paths

LOGGER = logging.getLogger(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]
# Nothing of a set is kept by a proxy or found by a search engine, and no answer is taken for a page.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}


class Refused(Exception):
    """A request that is not done.

    Args:
        status: The HTTP status.
        reason: A sentence or two for the person.
        again: Whether the same request may be done later, so that the browser tries by itself.
    """

    def __init__(self, status: int, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.status, self.reason, self.again = status, reason, again


def answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    """Returns what a route found."""
    return JSONResponse(content, status, HEADERS)


def in_words(endpoint: Endpoint) -> Endpoint:
    """Has whatever goes wrong in a route answered in words."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as error:
            return _refusal(error.status, error.reason, error.again)
        except UserError as error:
            return _refusal(422, without_own_paths(str(error)))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except Exception:
            reference = secrets.token_hex(3)
            LOGGER.exception("Unexpected error %s", reference)
            words = f"Something in the app went wrong that is not your doing (reference {reference})."
            return _refusal(500, words)

    return answered


def _refusal(status: int, reason: str, again: bool = False) -> JSONResponse:
    refusal = answer({"error": reason, "again": again}, status)
    if again:
        refusal.headers["Retry-After"] = "2"
    return refusal

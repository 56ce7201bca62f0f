"""The route of thumbnails: `GET /own/{dataset}/thumbnails/{sha256}.jpg`, for whoever knows the set's identifier."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

AT_ONCE = 2  # thumbnails that are made now; kept ones are read at once, and pages stay quick meanwhile
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_turn = asyncio.Semaphore(AT_ONCE)


async def show_thumbnail(request: Request) -> Response:
    """Answers with the JPEG, which never changes: its name is made of the picture's content."""
    from qtl_core.pictures.datasets.thumbnails import thumbnail

    async with _turn:
        content = await asyncio.to_thread(thumbnail, request.path_params["dataset"], request.path_params["sha256"])
    if not content:
        return Response("There is no such picture.", status_code=404, media_type="text/plain")
    return Response(content, media_type="image/jpeg", headers=_KEPT)


ROUTES = [Route("/{dataset}/thumbnails/{sha256}.jpg", show_thumbnail)]

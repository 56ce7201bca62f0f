"""`POST /own/answer/{run}`: a frame of a camera comes in; the answer of a kept run goes out, and when to send the next.

    POST /own/answer/RUN?temperature=1.3    X-Qtl-Client: who watches    a JPEG of at most 256 KB
    200 {"shares": [...], "label", "doubt", "why", "wait_ms", "watchers", "seconds"}
    400, 404, 409, 413, 422, 503 {"error": "...", "wait_ms"}    404: the run is gone, no later try will do

The header that names the watcher is one that no other site's page may send. Nothing is written, and nothing of a frame
is kept once it is answered.
"""

from __future__ import annotations

import asyncio
import math
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qtl_core.common.errors import UserError
from ui.base.errors import without_own_paths
from ui.shell.routes.access import check_own_site
from ui.shell.routes.answers import answer, in_words

CLIENT = "X-Qtl-Client"
TEMPERATURES = (0.05, 50.0)
BUSY_MS, REFUSED_MS = 1_000, 5_000  # until another frame is worth a try
_WATCHER = re.compile(r"[A-Za-z0-9_-]{8,64}")


@in_words
async def answer_frame(request: Request) -> Response:
    """Answers one frame."""
    from qtl_core.inference.live_answers import LARGEST_FRAME  # imported here, or the server would start later
    from ui.session.frame_queue import BusyError
    from ui.session.live_replies import QUEUE, find_live_run, live_reply

    check_own_site(request)
    watcher, temperature = request.headers.get(CLIENT, ""), _temperature(request.query_params.get("temperature", "1"))
    if not _WATCHER.fullmatch(watcher) or temperature is None:
        return _refused(400, "This is not how frames are sent.", REFUSED_MS)
    content = await _body(request, LARGEST_FRAME)
    if content is None:
        return _refused(413, "This picture is too large for a live answer.", REFUSED_MS)
    status = 404
    try:
        run = await asyncio.to_thread(find_live_run, request.path_params["run"])
        status = 409
        found = await asyncio.wrap_future(QUEUE.ask(watcher, run, content))
    except BusyError as error:
        return _refused(503, str(error), BUSY_MS)
    except UserError as error:
        return _refused(status, without_own_paths(str(error)), REFUSED_MS)
    if found.prediction is None:
        return _refused(422, f"The picture could not be read. {found.error}", BUSY_MS)
    return answer(live_reply(found, watcher, temperature))


async def _body(request: Request, most: int) -> bytes | None:
    """Returns the body, or None as soon as it is larger than allowed."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            return None
    return bytes(content)


def _temperature(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) and TEMPERATURES[0] <= value <= TEMPERATURES[1] else None


def _refused(status: int, reason: str, wait_ms: int) -> Response:
    return answer({"error": reason, "wait_ms": wait_ms}, status)


ROUTES = (Route("/answer/{run}", answer_frame, methods=["POST"]),)

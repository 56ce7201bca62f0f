"""`PUT /own/{dataset}/{class_id}/pictures?name=...`: one picture into a class of a data set that was made in the app.

The body is the file as it is. In the query: `name`, `group` (pictures of one burst), `origin`, `part` where it comes
out of a folder of training, validation or test pictures, and `upload`, an
identifier that the browser makes up, under which it may send the same file again if it heard nothing. Answered are
`{"added": true, "count": pictures in the class}` or `{"added": false, "reason": "..."}`; what is not done at all is
`{"error": "...", "again": whether to try later}`. A phone sends its token in the header `X-Qtl-Token`.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qtl_core.pictures.datasets.records import PARTS
from ui.base.errors import without_own_paths
from ui.shell.routes.access import NOT_YOURS, address, asker, check_own_site, may_change, token_of
from ui.shell.routes.answers import Refused, answer, in_words
from ui.shell.routes.receiving import bodies, in_large_thread, in_thread, large_turns, receive, turns

ORIGINS = frozenset({"file", "folder", "paste", "camera", "phone"})
LONGEST_WORD = 500  # characters of a name or a group; the store has narrower rules of its own
LARGE_PIXELS = 16_000_000  # a second of decoding, and ten times the memory of what is usual
GONE = "This class is not there any more: it, or its data set, was removed."
EMPTY = "The file is empty."
_uploads: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


@in_words
async def add_picture(request: Request) -> Response:
    """Answers the request."""
    check_own_site(request)
    set_id, class_id = request.path_params["dataset"], request.path_params["class_id"]
    asked = _asked(request)
    before = await in_thread(_before, set_id, class_id, token_of(request), request, asked["upload"])
    if before is not None:
        return answer(before)
    with bodies.one_more(asker(request), address(request)):
        return answer(await _receive_and_add(request, set_id, class_id, asked))


def _asked(request: Request) -> dict[str, str]:
    from qtl_core.pictures.datasets.incoming import UPLOAD

    asked = {name: request.query_params.get(name, "") for name in ("name", "group", "origin", "upload", "part")}
    if max(map(len, asked.values())) > LONGEST_WORD:
        raise Refused(400, "The name of the file is too long.")
    if asked["upload"] and not UPLOAD.fullmatch(asked["upload"]):
        raise Refused(400, "The identifier of the upload is none.")
    if asked["part"] not in ("", *PARTS):
        raise Refused(400, "There is no such part.")
    if asked["origin"] not in ORIGINS:
        asked["origin"] = "phone" if token_of(request) else "file"
    return asked


def _before(set_id: str, class_id: int, token: str, request: Request, upload: str) -> dict[str, Any] | None:
    """Checks that it may be added; returns what was answered before under this identifier, or None."""
    from qtl_core.pictures.datasets.creating import find_by_id
    from qtl_core.pictures.datasets.receipts import find_receipt
    from qtl_core.pictures.datasets.schema import UnknownDataset
    from qtl_core.pictures.datasets.tokens import may_add

    try:
        dataset = find_by_id(set_id)
    except UnknownDataset:
        raise Refused(404, GONE) from None
    if class_id not in [each.id for each in dataset.classes]:
        raise Refused(404, GONE)
    if not (may_add(token, set_id, class_id) if token else may_change(request, dataset)):
        raise Refused(403, _no_longer(token) if token else NOT_YOURS)
    receipt = find_receipt(set_id, upload) if upload else None
    return receipt.answer if receipt else None


def _no_longer(token: str) -> str:
    from qtl_core.pictures.datasets.tokens import find_token

    found = find_token(token)
    state = found.state() if found else ""
    words = {"expired": "This code has run out: it is good for an hour.", "revoked": "This code was taken back."}
    return words.get(state, "This code is for another class.") + " Ask for a new one."


async def _receive_and_add(request: Request, set_id: str, class_id: int, asked: dict[str, str]) -> dict[str, Any]:
    from qtl_core.pictures.datasets.incoming import incoming_picture
    from qtl_core.pictures.datasets.limits import MEGABYTE, limits_now

    most = limits_now().picture_bytes
    too_large = f"It is larger than {most // MEGABYTE} MB, the most that one picture may have."
    with incoming_picture() as (path, file):
        if not await receive(request, file, most, too_large):
            return {"added": False, "reason": EMPTY}
        async with _one_of_its_upload(set_id, asked["upload"]):
            if await in_thread(_is_large, path):
                async with large_turns.turn(asker(request)):
                    return await in_large_thread(_add, set_id, class_id, path, asked)
            async with turns.turn(asker(request)):
                return await in_thread(_add, set_id, class_id, path, asked)


def _one_of_its_upload(set_id: str, upload: str) -> AbstractAsyncContextManager[None]:
    """Lets what is sent twice at the same time in one after the other, so that the second finds the first's receipt."""
    if not upload:
        return nullcontext()
    return _uploads.setdefault(f"{set_id}/{upload}", asyncio.Lock())


def _is_large(path: Path) -> bool:
    """Returns whether a picture has so many pixels that decoding it would hold up the others, as its header says."""
    from qtl_core.pictures.decoding.limits import UnreadablePicture
    from qtl_core.pictures.decoding.reading import opened_picture

    with contextlib.suppress(UnreadablePicture, OSError), path.open("rb") as stream:
        width, height = opened_picture(stream).size
        return width * height > LARGE_PIXELS
    return False


def _add(set_id: str, class_id: int, path: Path, asked: dict[str, str]) -> dict[str, Any]:
    from qtl_core.pictures.datasets import adding
    from qtl_core.pictures.datasets.receipts import begin_receipt, find_receipt, finish_receipt

    upload, name = asked["upload"], asked["name"] or "picture"
    again = find_receipt(set_id, upload) if upload else None
    if again and again.answer:
        return again.answer  # sent twice at the same time
    if upload:
        begin_receipt(set_id, upload)
    try:
        part = next((each for each in PARTS if each == asked["part"]), None)
        added = adding.add_picture(
            set_id, class_id, path, name, group=asked["group"], origin=asked["origin"], part=part
        )
    except adding.NotKept as error:
        raise Refused(507, without_own_paths(str(error))) from error
    is_in = added.picture is not None or (again is not None and _came_since(set_id, class_id, name, again.begun))
    found: dict[str, Any] = {"added": True, "reason": ""} if is_in else {"added": False, "reason": added.reason}
    found["count"] = _count(set_id, class_id)
    if upload:
        finish_receipt(set_id, upload, found)
    return found


def _came_since(set_id: str, class_id: int, name: str, begun: float) -> bool:
    """Returns whether a picture of that name came into the class since, by a server that was killed then."""
    from qtl_core.pictures.datasets.names import kept_file_name
    from qtl_core.pictures.datasets.reading import pictures_of

    stem = Path(kept_file_name(name, "JPEG")).stem  # the store may give it another ending
    return any(each.added >= begun and Path(each.name).stem == stem for each in pictures_of(set_id, class_id))


def _count(set_id: str, class_id: int) -> int:
    from qtl_core.pictures.datasets.creating import find_by_id

    return next((each.count for each in find_by_id(set_id).classes if each.id == class_id), 0)


ROUTES = (Route("/{dataset:str}/{class_id:int}/pictures", add_picture, methods=["PUT"]),)

"""`/own/archives/{upload}`: an archive in pieces, so that one of a gigabyte goes on where its connection was lost.

    GET                                   {"received": bytes that have come}
    PUT ?offset=...&total=...             a piece; {"received": ..., "whole": whether that was all}
    DELETE                                the browser does not want it any more

`upload` is an identifier that the browser makes up; whose archive it is says the cookie. A piece whose connection is
lost counts for nothing: the browser asks how much there is and goes on from there. What is done with a whole archive
is the page's business (`qtl_core/pictures/datasets/incoming.py` finds it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qtl_core.common.environment import number_in
from ui.shell.routes.access import address, asker, check_own_site, owner_asking
from ui.shell.routes.answers import Refused, answer, in_words
from ui.shell.routes.receiving import bodies, in_thread, receive

if TYPE_CHECKING:
    from qtl_core.pictures.datasets.incoming import DropTarget

LONGEST_WORD = 200  # characters of what it is called
PIECE_BYTES = 16 * 2**20  # of one piece; the browser sends half of that
VARIABLE, USUAL_MB = "QTL_OWN_ARCHIVE_MB", 2_000
MEGABYTE = 1_000_000
ALL_TIMES = 5  # as much as so many of the largest archives wait for their people at a time, on an open server


@in_words
async def ask_received(request: Request) -> Response:
    """Answers how much has come."""
    from qtl_core.pictures.datasets.incoming import received_of

    check_own_site(request)
    owner, upload = owner_asking(request), request.path_params["upload"]
    return answer({"received": await in_thread(received_of, owner, upload)})


@in_words
async def take_piece(request: Request) -> Response:
    """Takes a piece in."""
    from qtl_core.pictures.datasets.incoming import finish_archive, incoming_archive, received_of

    check_own_site(request)
    owner, upload = owner_asking(request), request.path_params["upload"]
    offset, total = _number(request, "offset"), _number(request, "total")
    await in_thread(_check_room, owner, total)
    with bodies.one_more(asker(request), address(request)):
        if await in_thread(received_of, owner, upload) == total > 0:  # the last answer was lost
            return answer({"received": total, "whole": True})
        most = min(PIECE_BYTES, total - offset)
        with incoming_archive(owner, upload, offset) as file:
            received = offset + await receive(request, file, most, "The piece is larger than it said.")
        if received == total:
            await in_thread(finish_archive, owner, upload, _target(request))
    return answer({"received": received, "whole": received == total})


@in_words
async def drop(request: Request) -> Response:
    """Removes it."""
    from qtl_core.pictures.datasets.incoming import drop_archive

    check_own_site(request)
    await in_thread(drop_archive, owner_asking(request), request.path_params["upload"])
    return answer({})


def most_bytes() -> int:
    """Returns how large an archive may be, as the environment says."""
    return number_in(VARIABLE, USUAL_MB) * MEGABYTE


def _number(request: Request, name: str) -> int:
    said = request.query_params.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise Refused(400, f"{name} is not said as a number.")
    return int(said)


def _target(request: Request) -> DropTarget | None:
    from qtl_core.pictures.datasets.incoming import DropTarget

    said = request.query_params
    dataset, class_id = said.get("dataset", "")[:LONGEST_WORD], said.get("class", "")
    if not dataset or not (class_id.isascii() and class_id.isdecimal() and len(class_id) < 16):
        return None
    return DropTarget(said.get("name", "")[:LONGEST_WORD] or "archive.zip", dataset, int(class_id))


def _check_room(owner: str, total: int) -> None:
    from qtl_core.pictures.datasets.incoming import incoming_bytes

    most = most_bytes()
    if total > most:
        raise Refused(413, f"The archive is larger than {most // MEGABYTE:,} MB. Send its folders one after another.")
    if owner and incoming_bytes(owner) > 2 * most:
        raise Refused(429, "Archives of yours are waiting to be taken over. Take them over or drop them first.")
    if incoming_bytes() > ALL_TIMES * most:
        raise Refused(503, "Many archives are on their way to this server. Try again in an hour.")


_PATH = "/archives/{upload:str}"
ROUTES = (
    Route(_PATH, ask_received, methods=["GET"]),
    Route(_PATH, take_piece, methods=["PUT"]),
    Route(_PATH, drop, methods=["DELETE"]),
)

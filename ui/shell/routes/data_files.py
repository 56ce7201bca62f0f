"""`GET /own/{dataset}/file`: a data set as one file, for whoever knows its identifier; written while it travels.

A picture at a time is in memory, and nothing is put on the disk. What goes wrong before the first byte is answered in
words; afterwards the download breaks off, which the browser says, as the end of a zip is then missing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ui.shell.routes.access import check_own_site
from ui.shell.routes.answers import HEADERS, Refused, in_words
from ui.shell.routes.receiving import in_thread

GONE = "There is no such data set any more."


@in_words
async def send_file(request: Request) -> Response:
    """Answers with the file."""
    from qtl_core.pictures.archives.data_files import data_file_name, data_file_of, write_data_file
    from qtl_core.pictures.datasets.schema import UnknownDataset

    check_own_site(request)
    set_id = request.path_params["dataset"]
    try:
        data = await in_thread(data_file_of, await in_thread(_checked, set_id))
    except UnknownDataset:
        raise Refused(404, GONE) from None
    pieces = write_data_file(data)
    first = await in_thread(next, pieces)
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(data_file_name(data.name))}"}
    return StreamingResponse(_all(first, pieces), media_type="application/zip", headers=HEADERS | named)


def _checked(set_id: str) -> str:
    """Returns the identifier of a set that is there; a name is none, as names can be guessed."""
    from qtl_core.pictures.datasets.creating import find_by_id

    return find_by_id(set_id).id


async def _all(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    while (piece := await in_thread(next, pieces, b"")) != b"":
        yield piece


ROUTES = (Route("/{dataset:str}/file", send_file, methods=["GET"]),)

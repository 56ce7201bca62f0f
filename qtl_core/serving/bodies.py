"""Bodies of requests, read whole into a bounded part of memory and never to disk, and what they bring."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from qtl_core.common.errors import UserError
from qtl_core.inference.requests import ImageRequest
from qtl_core.pictures.decoding.open_picture import pixels_of
from qtl_core.serving.limits import MEGABYTE, Limits
from qtl_core.serving.refusals import Refused, busy, too_large
from qtl_core.serving.rows import JSON, MULTIPART

UNNAMED = "picture"
LONGEST_NAME = 200


class Bodies:
    """Counts the bytes of bodies that are on their way, or whose answers are.

    Args:
        limits: How many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits, self.held = limits, 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Reads a body, which counts as held until the end of the `async with`.

        Raises:
            Refused: It is too large or too slow, or there is no room for it now.
        """
        size = self._size(request)
        if self.held + size > self.limits.held_bytes:
            raise busy()
        self.held += size
        try:
            yield await self._read(request, size)
        finally:
            self.held -= size

    def _size(self, request: Request) -> int:
        """Returns how many bytes a body may have: as many as it says, or as many as one may where it does not say."""
        said = request.headers.get("content-length", "")
        if not said:
            return self.limits.request_bytes
        if int(said) > self.limits.request_bytes:  # digits: else the HTTP parser had refused it
            raise self._too_large()
        return int(said)

    async def _read(self, request: Request, most: int) -> bytes:
        content, waited = bytearray(), 0.0
        pieces = aiter(request.stream())
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(self.limits.idle_seconds):
                    piece = await anext(pieces, None)
            except TimeoutError:
                raise _too_slow() from None
            except ClientDisconnect:
                raise Refused(400, UserError("This request did not come whole.")) from None
            if piece is None:
                return bytes(content)
            content += piece
            if len(content) > most:
                raise self._too_large()
            waited += time.monotonic() - began
            if len(content) < self.limits.slowest * (waited - self.limits.idle_seconds):
                raise _too_slow()

    def _too_large(self) -> Refused:
        return too_large("This request is too large.", f"up to {self.limits.request_bytes // MEGABYTE} MB")


def _too_slow() -> Refused:
    return Refused(408, UserError("This request came too slowly.", "", "Send it again over a better connection."))


def content_type(request: Request) -> str:
    """Returns what a body says it is, without what is said of its signs."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def pictures_in(request: Request, content: bytes, limits: Limits) -> list[ImageRequest]:
    """Returns the pictures of a body: all files of a form, or the body itself.

    Raises:
        Refused: There is none, there are too many, or the form is damaged.
    """
    if content_type(request) == JSON:
        raise Refused(415, UserError("This run reads pictures.", "JSON holds none.", "Send a picture as the body."))
    if content_type(request) != MULTIPART:
        name = request.query_params.get("name", UNNAMED)
        found = [(name, content)] if content else []
    else:
        found = await _files_in(request, content, limits)
    if not found:
        do = "Send a picture as the body, or as the files of a form: curl -F picture=@photo.jpg"
        raise Refused(400, UserError("There is no picture in this request.", "", do))
    await asyncio.to_thread(_check_pixels, [file for _, file in found], limits)
    return [ImageRequest(str(at), name[:LONGEST_NAME], file) for at, (name, file) in enumerate(found)]


def _check_pixels(files: Sequence[bytes], limits: Limits) -> None:
    """Refuses what would keep everybody waiting while it is decoded; a file without a header is refused by itself."""
    if sum(map(pixels_of, files)) > limits.megapixels * 10**6:
        raise too_large("The pictures of this request have too many pixels.", f"{limits.megapixels} million")


async def _files_in(request: Request, content: bytes, limits: Limits) -> list[tuple[str, bytes]]:
    parser = MultiPartParser(
        request.headers, _one_piece(content), max_files=limits.pictures, max_fields=limits.pictures
    )
    parser.spool_max_size = limits.request_bytes  # what people upload is not written to disk
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if "Too many" in error.message:
            raise too_large("There are too many files in this request.", f"{limits.pictures} pictures") from error
        raise Refused(400, UserError("This form cannot be read.", "It is damaged or cut short.", "")) from error
    try:
        files = [each for _, each in form.multi_items() if isinstance(each, UploadFile)]
        return [(_as_named(each.filename), await each.read()) for each in files]
    finally:
        await form.close()


def _as_named(filename: str | None) -> str:
    """Returns a file's name as its owner has it: browsers escape just these three (WHATWG, multipart/form-data)."""
    return (filename or UNNAMED).replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


async def _one_piece(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content

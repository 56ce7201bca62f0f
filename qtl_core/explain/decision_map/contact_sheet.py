"""Small copies of many pictures in one JPEG, as a contact sheet: a tenth of the bytes and of the requests."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.jobs import JobSpec, JobView

EDGE = 96  # pixels of a copy's side: recognisable, and 800 copies are one picture of 2,784 pixels a side
QUALITY = 72
NO_PICTURES = (128, 128, 128)  # in the place of a picture that cannot be read


@dataclass(frozen=True)
class ContactSheet:
    """Square copies of the pictures' middles, row by row.

    Attributes:
        jpeg: The sheet.
        columns: Copies in a row.
        edge: Pixels of a copy's side.
    """

    jpeg: bytes
    columns: int
    edge: int


def sheet_job(files: tuple[str, ...], owner: str = "") -> JobSpec[JobView[ContactSheet]]:
    """Returns the job that makes the sheet in a worker."""
    return JobSpec("qtl_core.explain.decision_map.contact_sheet:run_sheet_job", files, owner)


def run_sheet_job(files: tuple[str, ...], emit: Callable[[ContactSheet], None], should_stop: ShouldStop) -> None:
    """Makes a sheet in a worker process."""
    emit(contact_sheet(files, should_stop))


def contact_sheet(files: Sequence[str], should_stop: ShouldStop = never_stop) -> ContactSheet:
    """Returns the sheet of these pictures, in their order; one that cannot be read leaves a grey place.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    from PIL import Image, ImageOps

    from qtl_core.pictures.decoding.open_picture import open_picture

    columns = math.ceil(math.sqrt(len(files)))
    rows = math.ceil(len(files) / columns)
    sheet = Image.new("RGB", (columns * EDGE, rows * EDGE), NO_PICTURES)
    for number, file in enumerate(files):
        if should_stop():
            raise StoppedByUser
        try:
            small = ImageOps.fit(open_picture(Path(file)), (EDGE, EDGE))
        except UserError:
            continue
        sheet.paste(small, (number % columns * EDGE, number // columns * EDGE))
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=QUALITY)
    return ContactSheet(written.getvalue(), columns, EDGE)

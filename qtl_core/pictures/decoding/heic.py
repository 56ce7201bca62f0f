"""HEIC and HEIF, which telephones take: by libheif, in the package pillow-heif.

The package is asked for when the first of them is read, so that a run's script, which carries this code along, needs it
for nothing else. The rotation is the picture's own (`irot`, `imir`), which libheif applies; EXIF is not asked.
"""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image

from qtl_core.pictures.decoding.limits import DAMAGED, OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.orientation import in_rgb

_NEEDS = "It is an HEIC picture; to read it, install the Python package pillow-heif, or save it as JPEG."
_ODD = "It is a HEIF picture packed in a way that is not read here; save it as JPEG."


def open_heic(stream: BinaryIO) -> OpenedPicture:
    """Reads the header of an HEIC or HEIF; of several pictures in it, the main one is taken."""
    try:
        from pillow_heif import open_heif
    except ImportError as error:
        raise UnreadablePicture(_NEEDS) from error
    try:
        image = open_heif(stream, convert_hdr_to_8bit=True)  # its pixels are decoded when they are asked for
    except MemoryError:
        raise
    except Exception as error:  # whatever libheif stumbles upon
        raise UnreadablePicture(_ODD if "upported" in str(error) else DAMAGED) from error
    return OpenedPicture("HEIF", image.size, lambda: _decode_heic(image.to_pillow()))


def _decode_heic(image: Image.Image) -> Image.Image:
    return in_rgb(image.convert("RGBA") if image.mode == "RGBa" else image)

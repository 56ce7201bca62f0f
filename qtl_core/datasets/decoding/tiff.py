"""TIFF: by Pillow where it has 8 bits a sample, by its own samples where it has more, or is signed."""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image, TiffImagePlugin

from qtl_core.datasets.decoding.opened import Opened, Unusable
from qtl_core.datasets.decoding.samples import shown
from qtl_core.datasets.decoding.tiff_samples import can_be_sampled, samples_of
from qtl_core.datasets.decoding.tiff_tags import Tags, tags_of
from qtl_core.datasets.decoding.upright import in_rgb, turned


def open_tiff(stream: BinaryIO) -> Opened:
    """Reads the tags of a TIFF's first page."""
    tags = tags_of(stream)
    if tags.is_raw:
        raise Unusable(
            "It is a camera's raw file (DNG, NEF, ARW or the like), which is not read here; save it as JPEG or PNG."
        )
    return Opened("TIFF", tags.size, lambda: _decode_tiff(stream, tags))


def _decode_tiff(stream: BinaryIO, tags: Tags) -> Image.Image:
    is_deep = max(tags.values.get("bits", (1,))) > 8 or tags.one("sample_format") != 1
    if is_deep and can_be_sampled(tags):
        return turned(shown(samples_of(stream, tags)), tags.one("orientation"))
    try:
        image = TiffImagePlugin.TiffImageFile(tags.without_metadata(stream))
    except (SyntaxError, KeyError, OSError) as error:  # no entry for it in Pillow's tables
        if can_be_sampled(tags):
            return turned(shown(samples_of(stream, tags)), tags.one("orientation"))
        raise Unusable(_rare(tags)) from error
    image.load()  # turns it upright, too
    if image.mode == "P" and max(tags.values.get("palette", (256,))) < 256:  # some writers put 8 bits where 16 belong
        image.putpalette(_interleaved(tags.values["palette"]))
    return in_rgb(image)


def _interleaved(palette: tuple[int, ...]) -> list[int]:
    """All red, then all green, then all blue values as red, green, blue of every colour."""
    count = len(palette) // 3
    return [palette[channel * count + number] for number in range(count) for channel in range(3)]


def _rare(tags: Tags) -> str:
    bits = "/".join(map(str, tags.values.get("bits", (1,))[:4]))
    return (
        f"It is a TIFF of a rare kind ({bits} bits a sample, colours of type {tags.one('photometric', 0)}, compression"
        f" {tags.one('compression')}), which is not read here; save it as PNG or JPEG."
    )

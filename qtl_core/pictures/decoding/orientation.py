"""A decoded picture becomes upright RGB: the camera's rotation applied, transparency laid on white.

Colour profiles (ICC) and gamma are not applied, as in the recipe: the image networks were trained on pictures as they
are stored. The rotation is the one that EXIF names, as in browsers; one that is damaged or out of range is none.
"""

from __future__ import annotations

import struct

from PIL import Image, ImageCms

_ORIENTATION = 0x0112  # the tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_in(exif: bytes) -> int:
    """Returns the orientation, 1 to 8, that a block of EXIF names; 1 where it cannot be understood."""
    block = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (count,) = struct.unpack_from(f"{order}H", block, start)
        for number in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if kind == 3 and value in _TURNS else 1  # 3: a short number
    except struct.error:
        pass
    return 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Returns the picture as it was seen."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def in_rgb(image: Image.Image) -> Image.Image:
    """Returns a decoded picture of 8 bits a channel in RGB, on white where it is seen through."""
    if image.mode == "LAB":
        profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
        assert converted is not None, "nothing comes back only where a picture is changed in place"
        return converted
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")  # another copy would be a quarter of a gigabyte
    layers = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(layers, mask=layers)
    return white

"""Pictures of every kind with all that cameras and editors write beside the pixels."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

SECRETS = (b"SecretCamera", b"SecretComment", b"SecretPlace", b"SecretAuthor")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(width: int = 96, height: int = 64) -> Image.Image:
    """A picture none of whose turned forms is like another."""
    ramp = np.linspace(0, 255, width * height).reshape(height, width)
    return Image.fromarray(np.stack([ramp, ramp[::-1], np.full_like(ramp, 90)], axis=-1).astype(np.uint8))


def telling(orientation: int = 6) -> bytes:
    """EXIF of a camera that knows where it is, beginning with "Exif"."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, "SecretCamera", "SecretAuthor"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.0), 29: "SecretPlace"})
    return exif.tobytes()


def jpeg(
    orientation: int = 6, *, thumbnail: bool = True, behind: bytes = b"SecretPlace in a video", **options
) -> bytes:
    """A JPEG with a JFIF thumbnail, EXIF, XMP, IPTC, a comment, a profile, and something behind its end."""
    content = stored(
        "JPEG", exif=telling(orientation), icc_profile=PROFILE, quality=90, comment="SecretComment", **options
    )
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SecretAuthor</x:xmpmeta>"
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x0cSecretAuthor"
    extra = b"".join(
        struct.pack(">BBH", 0xFF, mark, len(part) + 2) + part for mark, part in ((0xE1, xmp), (0xED, iptc))
    )
    small = b"JFIF\0\1\1\0\0\1\0\1\2\1" + b"SecretPlace"[:6] if thumbnail else b"JFIF\0\1\1\0\0\1\0\1\0\0"
    head = struct.pack(">BBH", 0xFF, 0xE0, len(small) + 2) + small
    return content[:2] + head + extra + content[2:] + behind


def png(orientation: int = 6, *, mode: str = "RGBA") -> bytes:
    """A PNG with texts of all three kinds, EXIF, a time and a profile."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "SecretAuthor")
    texts.add_text("Comment", "SecretComment", zip=False)
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SecretPlace</x:xmpmeta>")
    content = stored("PNG", photo().convert(mode), pnginfo=texts, exif=telling(orientation), icc_profile=PROFILE)
    time = b"tIME" + struct.pack(">H5B", 2026, 1, 2, 3, 4, 5)
    return (
        content[:33] + struct.pack(">I", 7) + time + struct.pack(">I", zlib.crc32(time)) + content[33:] + b"SecretPlace"
    )


def webp(orientation: int = 6, **options) -> bytes:
    """A WebP with EXIF, XMP and a profile."""
    return stored("WEBP", exif=telling(orientation), xmp=b"<x>SecretAuthor</x>", icc_profile=PROFILE, **options)


def tiff(orientation: int = 6, **options) -> bytes:
    """A TIFF with a camera, a place, an author, a description and a profile."""
    tags = {274: orientation, 271: "SecretCamera", 270: "SecretComment", 315: "SecretAuthor", 700: b"SecretPlace"}
    return stored("TIFF", tiffinfo=tags, icc_profile=PROFILE, **options)


def avif(**options) -> bytes:
    """An AVIF with EXIF and XMP."""
    return stored("AVIF", exif=telling(1), xmp=b"<x>SecretAuthor</x>", icc_profile=PROFILE, **options)


def heic(image: Image.Image | None = None, **options) -> bytes:
    """An HEIC with EXIF and XMP."""
    from pillow_heif import from_pillow

    made, file = from_pillow(image or photo()), io.BytesIO()
    made.save(file, quality=80, exif=telling(1), xmp=b"<x>SecretAuthor</x>", **options)
    return file.getvalue()


def stored(kind: str, image: Image.Image | None = None, **options) -> bytes:
    """Returns a picture as Pillow writes it."""
    file = io.BytesIO()
    (image or photo()).save(file, kind, **options)
    return file.getvalue()

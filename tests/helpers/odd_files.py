"""Files as strangers bring them: odd pictures that must be answered for, and things that must be turned down.

Every entry is made here, so that what it should come to is known. `picture()` is red on the left and blue on the right,
in a landscape frame: a picture that is read upright is so again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image, ImageDraw

SIZE = (96, 64)
ORIENTATION = 0x0112  # EXIF tag
# How a camera turned by each orientation stores an upright scene (Pillow's names; 1 is as it is).
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def picture(size: tuple[int, int] = SIZE) -> Image.Image:
    """Red on the left, blue on the right, green along the top."""
    image = Image.new("RGB", size, "blue")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 2, size[1]), fill="red")
    draw.rectangle((0, 0, size[0], size[1] // 4), fill="lime")
    return image


def stored(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of this kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def good_files() -> dict[str, bytes]:
    """Files that are pictures, every one of which looks like `picture()`, by what is odd about it."""
    image = picture()
    files = {kind: stored(image, kind) for kind in ("JPEG", "PNG", "BMP", "TIFF", "GIF")}
    files |= {"WEBP": stored(image, "WEBP", lossless=True), "AVIF": stored(image, "AVIF", quality=95)}
    files |= {f"EXIF orientation {number}": _turned(image, number) for number in range(1, 9)}
    files |= {"EXIF orientation 9": _turned(image, 9), "EXIF orientation 0": _turned(image, 0)}
    files["16 bit RGB"] = _sixteen_bit_png(image)
    files["CMYK TIFF"] = stored(image.convert("CMYK"), "TIFF")
    files["a telephone's two pictures in one"] = stored(image, "MPO", save_all=True, append_images=[image], quality=95)
    files["CMYK JPEG with Adobe's marker"] = stored(image.convert("CMYK"), "JPEG", quality=95)
    files["palette"] = stored(image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG")
    files["palette with transparency"] = stored(image.convert("RGBA").quantize(), "PNG", transparency=255)
    files["alpha"] = stored(image.convert("RGBA"), "PNG")
    files["progressive JPEG"] = stored(image, "JPEG", progressive=True, quality=95)
    files["interlace-free 100 dpi"] = stored(image, "PNG", dpi=(100, 100))
    files["broken EXIF"] = stored(image, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff garbage", quality=95)
    files["broken ICC"] = stored(image, "JPEG", icc_profile=b"no profile at all", quality=95)
    files["animated GIF"] = stored(image, "GIF", save_all=True, append_images=[Image.new("RGB", SIZE, "black")])
    files["animated WebP"] = stored(
        image, "WEBP", save_all=True, append_images=[Image.new("RGB", SIZE, "black")], lossless=True
    )
    files["many-page TIFF"] = stored(image, "TIFF", save_all=True, append_images=[Image.new("RGB", SIZE, "black")])
    files["bytes after the end"] = files["JPEG"] + b"<script>alert(1)</script>" * 20
    return files


def grey_files() -> dict[str, bytes]:
    """Files without colour: the left half is dark and the right half bright."""
    ramp = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    ramp[:, SIZE[0] // 2 :] = 255
    image = Image.fromarray(ramp)
    return {
        "greyscale": stored(image, "PNG"),
        "one bit BMP": stored(image.convert("1"), "BMP"),
        "palette and one transparent colour": _with_a_transparent_colour(ramp),
        "greyscale JPEG": stored(image, "JPEG"),
        "one bit": stored(image.convert("1"), "PNG"),
        "one bit TIFF": stored(image.convert("1"), "TIFF"),
        "16 bit": stored(Image.fromarray(ramp.astype(np.uint16) * 257), "PNG"),
        "16 bit TIFF": stored(Image.fromarray(ramp.astype(np.uint16) * 257), "TIFF"),
        "float TIFF": stored(Image.fromarray(ramp.astype(np.float32)), "TIFF"),
        "grey and alpha": stored(image.convert("LA"), "PNG"),
    }


def bad_files() -> dict[str, bytes]:
    """Files that are no pictures, or none that can be used."""
    jpeg, png = stored(picture(), "JPEG"), stored(picture(), "PNG")
    files = {f"JPEG cut at {tenth} tenths": jpeg[: len(jpeg) * tenth // 10] for tenth in range(1, 10)}
    files |= {f"PNG cut at {tenth} tenths": png[: len(png) * tenth // 10] for tenth in range(1, 10)}
    files |= {
        "no bytes": b"",
        "one byte": b"\xff",
        "zeros": bytes(4096),
        "HTML": b"<!doctype html><html><script>alert(1)</script></html>",
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "PDF": b"%PDF-1.7\n1 0 obj\n",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "ELF": b"\x7fELF\x02\x01\x01" + bytes(60),
        "zip": _zipped(jpeg),
        "text": "Grüße 🐝".encode(),
        "HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(100),
        "30000 x 30000 in a few bytes": _png_header(30_000, 30_000),
        "bomb: 2^31 pixels wide": _png_header(2**31 - 1, 1),
        "bomb: a GIF of 60000 x 60000": b"GIF89a"
        + struct.pack("<HH", 60_000, 60_000)
        + b"\x80\0\0"
        + bytes(6)
        + b"\x3b",
        "bomb: 100 MB of text in a PNG": _png_header(9, 9, _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))),
        "TIFF whose pages run in a circle": b"II*\0" + struct.pack("<IHI", 8, 0, 8),
        "strip of 1 x 30000": stored(Image.new("L", (1, 30_000)), "PNG"),
        "JPEG head, then noise": jpeg[:200] + bytes(range(256)) * 8,
        "PNG with a wrong checksum": png[:60] + bytes([png[60] ^ 255]) + png[61:],
    }
    return files


WRONG_ENDINGS = (".jpg", ".png", ".gif", ".txt", ".exe", "")


def hostile_names() -> list[str]:
    """Names that files are given to do harm, or that are odd; the page is told them, and a shell those it can have."""
    return [
        "🐝 🐜.jpg",
        "../../etc/passwd.jpg",
        "C:\\Windows\\a.jpg",
        "x" * 500 + ".jpg",
        "<script>document.title='taken over'</script>.jpg",
        "<img src=x onerror=document.title='taken_over'>.jpg",
        "[a link](javascript:alert(1)) **bold** `code` $x^2$ :red[red] :material/delete:.jpg",
        "=1+1.jpg",
        "first line\nsecond line.jpg",
        "\x1b[31mred\x07.jpg",
        "\u202egpj.exe",
        "-.jpg",
    ]


def corpus() -> dict[str, bytes]:
    """All odd files, each by a name whose ending is mostly wrong."""
    files = {**good_files(), **grey_files(), **bad_files()}
    return {
        f"{kind.replace('/', ' ')}{WRONG_ENDINGS[number % len(WRONG_ENDINGS)]}": files[kind]
        for number, kind in enumerate(files)
    }


def _turned(image: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    as_stored = image.transpose(STORED[orientation]) if orientation in STORED else image
    return stored(as_stored, "JPEG", exif=exif, quality=95)


def _zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../photo.jpg", content)
    return file.getvalue()


def _with_a_transparent_colour(ramp: np.ndarray) -> bytes:
    """The right half is of a colour that the palette says is seen through: white, laid on white."""
    image = Image.fromarray((ramp > 0).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 255, 0, 0])
    return stored(image, "PNG", transparency=1)


def _png_header(width: int, height: int, further: bytes = b"") -> bytes:
    """A PNG that says it has this size, followed by next to nothing."""
    return _png(width, height, 8, bytes(100), further)


def _sixteen_bit_png(image: Image.Image) -> bytes:
    """Three channels of 16 bits, which Pillow reads and cannot write."""
    rows = (np.asarray(image).astype(">u2") * 257).reshape(image.height, -1)
    return _png(*image.size, 16, b"".join(b"\0" + row.tobytes() for row in rows))


def _png(width: int, height: int, bits: int, pixels: bytes, further: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + further + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

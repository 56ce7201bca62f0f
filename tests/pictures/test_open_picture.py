"""Every kind of picture file a person may have, made here by Pillow, comes out upright and in its true colours."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qtl_core.common.errors import UserError
from qtl_core.pictures.decoding.limits import MAX_PIXELS
from qtl_core.pictures.decoding.open_picture import check_picture, open_picture
from tests.conftest import SHARED, needs_shared

RED, WHITE = (255, 0, 0), (255, 255, 255)
ORIENTATION = 0x0112


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int = 64, height: int = 48) -> Image.Image:
    """Noise, so that no format compresses it to nothing and a cut takes pixels away."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def near(found: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 6) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= tolerance


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF"])
def test_lossless_formats_come_back_pixel_for_pixel(kind: str) -> None:
    assert open_picture(encoded(photo(), kind, lossless=True)).tobytes() == photo().tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "AVIF", "GIF"])
def test_other_formats_come_back_in_colour(kind: str) -> None:
    picture = open_picture(encoded(Image.new("RGB", (40, 30), RED), kind))
    assert picture.mode == "RGB" and picture.size == (40, 30) and near(picture.getpixel((20, 15)), RED)


def test_a_path_bytes_and_a_stream_give_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(photo(), "PNG"))
    stream = io.BytesIO(encoded(photo(), "PNG"))
    assert open_picture(tmp_path / "a.png").tobytes() == open_picture(stream).tobytes() == photo().tobytes()
    assert not stream.closed


# Where the top left pixel of the stored picture belongs once it is upright, by EXIF orientation (40 x 20 stored).
UPRIGHT = {
    1: ((40, 20), "top left"),
    2: ((40, 20), "top right"),
    3: ((40, 20), "bottom right"),
    4: ((40, 20), "bottom left"),
    5: ((20, 40), "top left"),
    6: ((20, 40), "top right"),
    7: ((20, 40), "bottom right"),
    8: ((20, 40), "bottom left"),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_rotation_is_applied(orientation: int, kind: str) -> None:
    stored = Image.new("RGB", (40, 20), "white")
    stored.paste(RED, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture = open_picture(encoded(stored, kind, exif=exif))
    size, corner = UPRIGHT[orientation]
    assert picture.size == size
    x = 2 if "left" in corner else size[0] - 3
    y = 2 if "top" in corner else size[1] - 3
    assert near(picture.getpixel((x, y)), RED, 60)
    assert near(picture.getpixel((size[0] - 1 - x, size[1] - 1 - y)), WHITE, 20)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_does_not_lose_the_picture() -> None:
    assert open_picture(encoded(photo(), "JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff\x01")).size == (64, 48)


def test_transparency_is_laid_on_white() -> None:
    half = Image.new("RGBA", (10, 10), (255, 0, 0, 128))
    assert near(open_picture(encoded(half, "PNG")).getpixel((5, 5)), (255, 127, 127), 1)
    grey = Image.new("LA", (10, 10), (0, 0))
    assert open_picture(encoded(grey, "PNG")).getpixel((5, 5)) == WHITE


def test_a_palette_with_a_transparent_colour() -> None:
    drawing = Image.new("P", (10, 10), 0)
    drawing.putpalette([0, 0, 0, 255, 0, 0])
    drawing.putpixel((3, 3), 1)
    for kind in ("PNG", "GIF"):
        picture = open_picture(encoded(drawing, kind, transparency=0))
        assert picture.getpixel((0, 0)) == WHITE and picture.getpixel((3, 3)) == RED


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_and_black_and_white(mode: str) -> None:
    picture = open_picture(encoded(Image.new(mode, (8, 8), 255), "PNG"))
    assert picture.mode == "RGB" and picture.getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(20, axis=0)
    picture = open_picture(encoded(Image.fromarray(ramp), kind))
    assert np.abs(np.asarray(picture)[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_thirty_two_bits_span_black_to_white(dtype: type) -> None:
    ramp = (np.arange(100, dtype=dtype) * 1000 - 7)[None].repeat(10, axis=0)
    row = np.asarray(open_picture(encoded(Image.fromarray(ramp), "TIFF")))[0, :, 0].astype(int)
    assert row[0] == 0 and row[-1] == 255 and (np.diff(row) >= 2).all()


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])  # JPEG: stored inverted, as Adobe does
def test_cmyk_keeps_its_colours(kind: str) -> None:
    red = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    assert near(open_picture(encoded(red, kind)).getpixel((16, 16)), RED)
    assert b"Adobe" in encoded(red, "JPEG")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    assert near(open_picture(data).getpixel((10, 10)), RED)


def why_not(data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        open_picture(data)
    assert caught.value.what == "The picture cannot be used as a picture."
    return caught.value.why


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_file_cut_short_is_refused(kind: str, share: float) -> None:
    data = encoded(photo(), kind)
    assert why_not(data[: int(len(data) * share)]) in (
        "It is damaged or cut short.",
        "It is not a picture of a kind read here (JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF).",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n <!DOCTYPE HTML><html><body>404</body></html>", "It is a web page, not a picture."),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "It is damaged or cut short."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "It is not a picture of a kind read here"),
        (b"ants are not bees", "It is not a picture of a kind read here"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, reason: str) -> None:
    assert why_not(data).startswith(reason)


def claiming(width: int, height: int) -> bytes:
    """A small BMP whose header claims a size."""
    data = bytearray(encoded(Image.new("RGB", (1, 1)), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(8001, 8000), (12_000, 9_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    assert "64 million" in why_not(claiming(*size))
    assert size[0] * size[1] > MAX_PIXELS


def test_thirty_thousand_pixels_wide() -> None:
    assert open_picture(encoded(Image.new("RGB", (30_000, 1_800)), "PNG")).size == (30_000, 1_800)
    assert why_not(encoded(Image.new("RGB", (30_000, 100)), "PNG")).startswith("It is a strip of 30000 x 100 pixels")


def test_the_quick_look_agrees_with_decoding(tmp_path: Path) -> None:
    whole = encoded(photo(), "JPEG")
    for name, data in {
        "photo.jpg": whole,
        "png-named.jpg": encoded(photo(), "PNG"),
        "note-behind.jpg": whole + b"camera maker's note",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert check_picture(tmp_path / name) is None
    for name, data in {
        "cut.jpg": whole[:-300],
        "cut.png": encoded(photo(), "PNG")[:-300],
        "empty.jpg": b"",
        "page.jpg": b"<html></html>",
        "huge.bmp": claiming(20_000, 20_000),
        "strip.png": encoded(Image.new("RGB", (2100, 100)), "PNG"),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert check_picture(tmp_path / name) == why_not(data)


def test_a_gif_decodes_but_is_not_trained_on(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(encoded(photo(), "GIF"))
    assert "It is a GIF" in (check_picture(tmp_path / "a.gif") or "")
    assert open_picture(tmp_path / "a.gif").size == (64, 48)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    assert check_picture(tmp_path / "none.jpg") == "The file cannot be read. It is not there."
    with pytest.raises(UserError, match=r"none\.jpg cannot be used as a picture"):
        open_picture(tmp_path / "none.jpg")
    assert "cannot be read" in (check_picture(tmp_path) or "")


@pytest.mark.shared
@needs_shared
def test_the_public_archives_gif_is_the_one_file_passed_over() -> None:
    files = sorted((SHARED / "datasets/hymenoptera_data").rglob("*.*"))
    assert [path.name for path in files if check_picture(path)] == ["imageNotFound.gif"]

"""TIFFs of every layout and type of sample are shown as their twins of 8 bits, or refused by what they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.reading import read_picture
from tests.helpers.made_tiffs import BLACK_IS_ZERO, RGB, WHITE_IS_ZERO, assembled, tiff

HEIGHT, WIDTH = 37, 29
LARGEST = {
    "u1": 2**8 - 1,
    "u2": 2**16 - 1,
    "u4": 2**32 - 1,
    "u8": 2**64 - 1,
    "i1": 2**7 - 1,
    "i2": 2**15 - 1,
    "i4": 2**31 - 1,
    "i8": 2**63 - 1,
    "f2": 1,
    "f4": 1,
    "f8": 1,
}


def picture(channels: int) -> np.ndarray:
    """Noise from black to white with a grey square (45% of white) in it, uint8."""
    pixels = np.random.default_rng(channels).integers(0, 256, (HEIGHT, WIDTH, channels), dtype=np.uint8)
    pixels[0, 0], pixels[0, 1], pixels[9:20, 9:20] = 0, 255, 115
    return pixels


def as_type(pixels: np.ndarray, kind: str) -> np.ndarray:
    """The same picture from 0 to the largest value of a type."""
    if kind[0] == "f":
        return (pixels / 255).astype(kind)
    if LARGEST[kind] % 255 == 0:
        return pixels.astype(kind) * np.array(LARGEST[kind] // 255, kind)
    whole = [[round(int(value) * LARGEST[kind] / 255) for value in row] for row in pixels.reshape(len(pixels), -1)]
    return np.minimum(np.array(whole, object), LARGEST[kind]).astype(kind).reshape(pixels.shape)


def in_eight_bits(pixels: np.ndarray, photometric: int) -> np.ndarray:
    shown = 255 - pixels if photometric == WHITE_IS_ZERO else pixels
    return np.broadcast_to(shown[..., : 3 if photometric == RGB else 1], (HEIGHT, WIDTH, 3)).astype(int)


def read(data: bytes) -> np.ndarray:
    return np.asarray(read_picture(io.BytesIO(data))).astype(int)


@given(
    kind=st.sampled_from(list(LARGEST)),
    photometric=st.sampled_from([WHITE_IS_ZERO, BLACK_IS_ZERO, RGB]),
    order=st.sampled_from("<>"),
    planar=st.booleans(),
    tile=st.sampled_from([None, (16, 16), (32, 16), (16, 48)]),
    rows=st.sampled_from([1, 7, HEIGHT, 1000]),
    deflate=st.booleans(),
    is_predicted=st.booleans(),
    more=st.integers(0, 2),
    big=st.booleans(),
)
def test_every_layout_and_type_is_its_twin(
    kind, photometric, order, planar, tile, rows, deflate, is_predicted, more, big
):
    channels = (3 if photometric == RGB else 1) + more
    pixels = picture(channels)
    predictor = (3 if kind[0] == "f" else 2) if is_predicted and deflate else 1
    data = tiff(
        as_type(pixels, kind),
        photometric,
        order=order,
        planar=planar,
        tile=tile,
        rows_per_strip=rows,
        deflate=deflate,
        predictor=predictor,
        extra=(0,) * more,
        big=big,
    )
    assert np.abs(read(data) - in_eight_bits(pixels, photometric)).max() <= 1


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", ["u2", "u4", "f4"])
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO])
def test_a_grey_square_on_black_is_that_of_eight_bits(kind, photometric, order):
    """The issue's own picture: nothing in it is white."""
    stored = np.zeros((64, 64, 1), np.uint8)
    stored[16:48, 16:48] = 115
    if photometric == WHITE_IS_ZERO:
        stored = 255 - stored
    found = read(tiff(as_type(stored, kind), photometric, order=order))
    assert found[0, 2].tolist() == [0, 0, 0] and found[32, 32].tolist() == [115, 115, 115]


PACKED = [
    ("packbits", 1),
    *((name, number) for name in ("tiff_lzw", "tiff_adobe_deflate", "zstd") for number in (1, 2)),
]


@pytest.mark.parametrize(("compression", "predictor"), PACKED)
def test_what_libtiff_packed(compression, predictor):
    pixels = picture(1)
    file = io.BytesIO()
    Image.fromarray(as_type(pixels, "u2")[..., 0]).save(
        file, "TIFF", compression=compression, tiffinfo={317: predictor} if predictor > 1 else {}
    )
    assert np.array_equal(read(file.getvalue()), in_eight_bits(pixels, BLACK_IS_ZERO))


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("photometric", [BLACK_IS_ZERO, RGB])
def test_fewer_bits_in_sixteen(bits, photometric):
    pixels = picture(3 if photometric == RGB else 1)
    stored = np.round(pixels / 255 * (2**bits - 1)).astype(np.uint16)
    assert np.abs(read(tiff(stored, photometric)) - in_eight_bits(pixels, photometric)).max() <= 1


@pytest.mark.parametrize("bits", [10, 12, 14, 24])
@pytest.mark.parametrize("photometric", [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB])
def test_samples_packed_without_a_gap(bits, photometric):
    pixels = picture(3 if photometric == RGB else 1)
    channels = pixels.shape[2]
    stored = np.round(pixels / 255 * (2**bits - 1)).astype(np.uint32)
    single = (stored[..., None] >> np.arange(bits - 1, -1, -1) & 1).astype(np.uint8).reshape(HEIGHT, -1)
    tags = {
        256: (WIDTH,),
        257: (HEIGHT,),
        258: (bits,) * channels,
        259: (1,),
        262: (photometric,),
        277: (channels,),
        278: (HEIGHT,),
        279: (0,),
    }
    data = assembled(tags, [np.packbits(single, axis=1).tobytes()], 273, "<", big=False)
    assert np.abs(read(data) - in_eight_bits(pixels, photometric)).max() <= 1


@pytest.mark.parametrize("kind", ["f2", "f4", "f8"])
def test_infinities_go_to_the_ends_and_what_is_no_number_is_black(kind):
    pixels = picture(1)
    stored = as_type(pixels, kind)
    stored[5, :3, 0] = np.inf, -np.inf, np.nan
    wanted = in_eight_bits(pixels, BLACK_IS_ZERO)
    wanted[5, :3] = [[255], [0], [0]]
    assert np.abs(read(tiff(stored)) - wanted).max() <= 1


def test_alpha_is_laid_on_white_straight_or_premultiplied():
    pixels, opacity = picture(3), np.random.default_rng(9).integers(0, 256, (HEIGHT, WIDTH, 1), dtype=np.uint8)
    opacity[0, 0] = 255
    wanted = np.round((pixels * opacity.astype(float) + 255 * (255.0 - opacity)) / 255)
    straight = as_type(np.concatenate([pixels, opacity], axis=2), "u2")
    multiplied = np.concatenate([pixels / 255 * opacity / 255, opacity / 255], axis=2) * 65535
    assert np.abs(read(tiff(straight, RGB, extra=(2,))) - wanted).max() <= 1
    assert np.abs(read(tiff(multiplied.round().astype(np.uint16), RGB, extra=(1,))) - wanted).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 10))
def test_the_rotation_is_applied_to_deep_ones_as_to_those_of_eight_bits(orientation):
    pixels = picture(1)
    turned = {274: (orientation,)}
    deep, flat = tiff(as_type(pixels, "u2"), tags=turned), tiff(pixels, tags=turned)
    assert np.array_equal(read(deep), read(flat))
    assert read(deep).shape[:2] == ((WIDTH, HEIGHT) if orientation in (5, 6, 7, 8) else (HEIGHT, WIDTH))


def test_the_bits_of_bytes_may_be_stored_backwards():
    pixels = picture(1)
    data = bytearray(tiff(as_type(pixels, "u2"), rows_per_strip=HEIGHT, tags={266: (2,)}))
    start, length = 8, HEIGHT * WIDTH * 2
    data[start : start + length] = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data[start : start + length])
    assert np.array_equal(read(bytes(data)), in_eight_bits(pixels, BLACK_IS_ZERO))


def test_lab_comes_back_in_its_colours():
    colours = Image.new("RGB", (40, 30), (200, 40, 90))
    lab = ImageCms.profileToProfile(
        colours, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    file = io.BytesIO()
    lab.save(file, "TIFF")
    assert np.abs(read(file.getvalue())[15, 20] - (200, 40, 90)).max() <= 3


@pytest.mark.parametrize("widest", [255, 65535])
def test_a_palette_may_be_written_in_eight_bits_where_sixteen_belong(widest):
    colours = np.array([[0, 0, 0], [255, 0, 0], [10, 200, 90]])
    palette = np.zeros((256, 3), int)
    palette[:3] = colours
    numbers = np.random.default_rng(0).integers(0, 3, (HEIGHT, WIDTH, 1), dtype=np.uint8)
    data = tiff(numbers, 3, tags={320: tuple((palette * (widest // 255)).T.ravel().tolist())})
    assert np.array_equal(read(data), colours[numbers[..., 0]])


@pytest.mark.parametrize("kind", ["L", "RGB", "CMYK", "1", "P", "RGBA", "LA"])
def test_of_many_pages_the_first_is_shown(kind):
    first, second = Image.new("RGB", (20, 10), "white").convert(kind), Image.new("RGB", (20, 10), "black").convert(kind)
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=[second])
    assert (read(file.getvalue()) == 255).all()


def why_not(data: bytes) -> str:
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(io.BytesIO(data))
    return str(caught.value)


@pytest.mark.parametrize(
    "tags", [{50706: (1, 4, 0, 0)}, {262: (32803,)}, {262: (34892,)}, {254: (1,), 271: (5,), 330: (9, 9)}]
)
def test_a_camera_s_raw_file_is_not_shown_as_its_preview(tags):
    assert why_not(tiff(picture(1), tags=tags)).startswith("It is a camera's raw file (DNG")


def test_a_rare_kind_is_named_and_no_damage():
    reason = why_not(tiff(as_type(picture(3), "u2"), 9))  # ICC Lab
    assert reason.startswith("It is a TIFF of a rare kind (16/16/16 bits") and "save it as PNG" in reason


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("deflate", [False, True])
def test_a_file_cut_short_is_damaged(kind, deflate, share):
    data = tiff(as_type(picture(3), kind), RGB, deflate=deflate)
    assert why_not(data[: int(len(data) * share)]) == "It is damaged or cut short."


@given(st.data())
def test_a_file_with_a_changed_byte_is_read_or_refused(data):
    """Never an error of another kind, and never more pixels than are there."""
    file = bytearray(tiff(as_type(picture(1), "u2"), deflate=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_picture(io.BytesIO(bytes(file))).mode == "RGB"
    except UnreadablePicture as error:
        assert str(error).startswith(("It ", "There is not enough"))

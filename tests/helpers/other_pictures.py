"""Pictures that show no ant and no bee, made with Pillow, the same every time."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (320, 240)
RNG_SEED = 11


def other_pictures() -> dict[str, Image.Image]:
    """Three of each of eight kinds, by a name that begins with the kind."""
    rng = np.random.default_rng(RNG_SEED)
    kinds = (_noise, _blobs, _plain, _text, _house, _car, _face, _chart)
    return {f"{kind.__name__[1:]}-{number}": kind(rng) for kind in kinds for number in range(3)}


def as_png(picture: Image.Image) -> bytes:
    """Returns the file of a picture."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _noise(rng):
    return Image.fromarray(rng.integers(0, 256, (*SIZE[::-1], 3)).astype(np.uint8))


def _blobs(rng):
    few = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    return Image.fromarray(few).resize(SIZE, Image.Resampling.BICUBIC)


def _plain(rng):
    return Image.new("RGB", SIZE, _colour(rng))


def _text(rng):
    picture = Image.new("RGB", SIZE, "white")
    for line in range(11):
        words = " ".join(rng.choice(["weather", "invoice", "number", "total", "the", "of", "quick", "fox"], 9))
        ImageDraw.Draw(picture).text((4, 4 + 21 * line), words, fill="black", font=ImageFont.load_default(18))
    return picture


def _house(rng):
    picture = Image.new("RGB", SIZE, (150, 200, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 170, 320, 240), fill=(90, 150, 70))
    draw.rectangle((100, 100, 210, 190), fill=_colour(rng))
    draw.polygon([(88, 100), (155, 50), (222, 100)], fill=_colour(rng))
    draw.rectangle((145, 145, 168, 190), fill=_colour(rng))
    draw.rectangle((112, 115, 135, 138), fill=(230, 230, 160))
    return picture


def _car(rng):
    picture = Image.new("RGB", SIZE, (210, 220, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 180, 320, 240), fill=(90, 90, 95))
    draw.rounded_rectangle((60, 120, 250, 175), 14, fill=_colour(rng))
    draw.polygon([(100, 122), (125, 85), (195, 85), (220, 122)], fill=(190, 220, 240), outline="black")
    for x in (100, 205):
        draw.ellipse((x - 20, 157, x + 20, 197), fill=(25, 25, 25))
        draw.ellipse((x - 8, 169, x + 8, 185), fill=(190, 190, 190))
    return picture


def _face(rng):
    picture = Image.new("RGB", SIZE, _colour(rng))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 20, 260, 220), fill=(250, 210, 60), outline="black", width=3)
    for x in (125, 195):
        draw.ellipse((x - 10, 80, x + 10, 115), fill="black")
    draw.arc((110, 90, 210, 190), 20, 160, fill="black", width=6)
    return picture


def _chart(rng):
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    draw.line((30, 15, 30, 220, 310, 220), fill="black", width=2)
    for bar in range(7):
        x = 45 + 38 * bar
        draw.rectangle((x, 220 - int(rng.integers(20, 190)), x + 24, 220), fill=_colour(rng))
    return picture


def _colour(rng) -> tuple[int, ...]:
    return tuple(int(value) for value in rng.integers(20, 236, 3))

"""A camera that sees what we want: a file of frames for Chromium's `--use-file-for-fake-video-capture`.

Chromium reads the file when a page opens the camera, so another file of the same name is another scene. It goes round;
frames differ from one another, as those of a real camera do, or pictures of a burst would be copies of each other.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

FRAMES = 97  # a prime, at 30 a second: five pictures a second meet another frame each time round
SIZE = (640, 480)
SHAKE = 14  # pixels that the picture moves about


def write_scene(file: Path, pictures: Sequence[Image.Image]) -> None:
    """Writes a motion JPEG that shows these pictures one after another, from a hand that is not quite still."""
    width, height = SIZE
    large = [picture.convert("RGB").resize((width + SHAKE, height + SHAKE)) for picture in pictures]
    frames = io.BytesIO()
    for number in range(FRAMES):
        picture = large[number * len(large) // FRAMES]
        left, top = number % SHAKE, number // SHAKE
        picture.crop((left, top, left + width, top + height)).save(frames, "JPEG", quality=80)
    beside = file.with_suffix(".new")
    beside.write_bytes(frames.getvalue())
    beside.replace(file)


def camera_option(file: Path) -> str:
    """Returns the argument with which Chromium takes the file for its camera."""
    return f"--use-file-for-fake-video-capture={file}"

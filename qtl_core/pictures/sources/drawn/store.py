"""The drawn set on disk: unpacked once, checked at every use, made again if anything of it is missing or damaged.

It comes along packed (`shipped`); a picture that did not is drawn. Kept as JPEG (quality 90, about 8 MB in all, where
PNG would take several times that) at

    home()/datasets/drawn_ants_bees_v<VERSION>/{train,val}/<class>/<number>.jpg

beside a file `complete` with a SHA-256 over all of them. JPEG's integer transform gives the same bytes wherever
the same libjpeg-turbo is used, and that comes inside Pillow's wheels.
"""

from __future__ import annotations

import functools
import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.file_lock import locked
from qtl_core.common.paths import existing, home, writable
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.sources.dataset import Dataset, Picture, Split
from qtl_core.pictures.sources.drawn.contents import CLASSES, VERSION, all_pictures, file_name
from qtl_core.pictures.sources.drawn.shipped import shipped_pictures

FOLDER = f"datasets/drawn_ants_bees_v{VERSION}"
SEAL = "complete"
DRAWN_NOTE = "These pictures are drawn by this app; they are not photographs."


def load_drawn(
    progress: Callable[[int, int], None] = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Dataset:
    """Returns the drawn ants-and-bees set, making its 397 pictures first where they are not kept yet.

    Args:
        progress: Told after every picture how many of how many are there; not called when all are kept.
        should_stop: Asked before every picture.

    Raises:
        StoppedByUser: `should_stop` said so; nothing half-made is left behind.
        UserError: The disk is full or fails.
    """
    for folder in existing(FOLDER):
        if _is_whole(folder):
            return _dataset(folder)
    try:
        parent = writable("datasets")
    except UserError:
        return _load_unkept(progress, should_stop)
    return _dataset(_make(parent / Path(FOLDER).name, progress, should_stop))


def _load_unkept(progress: Callable[[int, int], None], should_stop: Callable[[], bool]) -> Dataset:
    """The set in a temporary folder, for a home that cannot be written."""
    folder = Path(_temporary().name) / Path(FOLDER).name
    if not _is_whole(folder):
        _make(folder, progress, should_stop)
    return _dataset(folder, f"They are drawn again at every start, because nothing can be kept in {home()}.")


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    """One temporary folder for as long as this process lives; it is removed with the process."""
    return tempfile.TemporaryDirectory(prefix="qtl-drawn-")


def _make(folder: Path, progress: Callable[[int, int], None], should_stop: Callable[[], bool]) -> Path:
    """Draws the set beside `folder` and moves it there in one step; whoever asks meanwhile waits for it."""
    try:
        with locked(folder, should_stop):
            if not _is_whole(folder):
                _make_alone(folder, progress, should_stop)
    except OSError as error:
        raise _not_kept(folder, error) from error
    return folder


def _make_alone(folder: Path, progress: Callable[[int, int], None], should_stop: Callable[[], bool]) -> None:
    """Does so as the only one, which is why whatever an earlier one left half-made can go."""
    prefix = f".{folder.name}-"
    for leftover in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        made = beside / folder.name  # a folder of its own: mkdtemp's can be read by this user only
        _draw_all(made, progress, should_stop)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _not_kept(folder: Path, error: OSError) -> UserError:
    do = "Free about 20 MB, or set the environment variable QTL_HOME to a folder on another disk."
    return UserError(f"The drawn pictures cannot be kept in {folder.parent}.", reason_of(error), do)


def _draw_all(folder: Path, progress: Callable[[int, int], None], should_stop: Callable[[], bool]) -> None:
    """Unpacks or draws every picture into the folder and seals it."""
    keys = list(all_pictures())
    with shipped_pictures() as content:
        for done, key in enumerate(keys, start=1):
            if should_stop():
                raise StoppedByUser
            file = folder / file_name(*key)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content(file_name(*key)) or drawn_jpeg(*key))
            progress(done, len(keys))
    (folder / SEAL).write_text(_digest(folder))


def drawn_jpeg(split: Split, class_name: str, number: int) -> bytes:
    """Draws a picture and returns it as it is kept."""
    from qtl_core.pictures.sources.drawn.compose import draw_picture

    jpeg = io.BytesIO()  # Pillow's own writing to a file hides why it failed
    draw_picture(split, class_name, number).save(jpeg, "JPEG", quality=90)
    return jpeg.getvalue()


def _is_whole(folder: Path) -> bool:
    """Returns whether every picture is there and is what was drawn."""
    try:
        return (folder / SEAL).read_text() == _digest(folder)
    except OSError:
        return False


def _digest(folder: Path) -> str:
    """SHA-256 over the contents of all pictures in their order (8 MB: a few hundredths of a second)."""
    digest = hashlib.sha256()
    for key in all_pictures():
        digest.update(hashlib.sha256((folder / file_name(*key)).read_bytes()).digest())
    return digest.hexdigest()


def _dataset(folder: Path, *notes: str) -> Dataset:
    pictures = [
        Picture(folder / file_name(split, class_name, number), CLASSES.index(class_name), split)
        for split, class_name, number in all_pictures()
    ]
    return Dataset(
        name="Ants and bees, drawn by this app",
        kind="drawn",
        classes=CLASSES,
        train=tuple(picture for picture in pictures if picture.split == "train"),
        val=tuple(picture for picture in pictures if picture.split == "val"),
        notes=(DRAWN_NOTE, *notes),
    )

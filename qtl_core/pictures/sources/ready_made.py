"""Ready-made classes: pictures that the app has or draws, to begin a data set with or to fill a class from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.names import is_nothing
from qtl_core.pictures.sources import photos
from qtl_core.pictures.sources.drawn.contents import COUNTS, file_name
from qtl_core.pictures.sources.drawn.neither import COUNT as NEITHER_COUNT

MOST_AT_ONCE = 120


@dataclass(frozen=True)
class ReadyClass:
    """Pictures of one kind.

    Attributes:
        key: Its name in requests.
        title: Its name on screen.
        class_name: What a class made of it is called.
        count: How many there are.
        is_drawn: Whether the app drew them.
    """

    key: str
    title: str
    class_name: str
    count: int
    is_drawn: bool = True


DRAWN_ANTS = ReadyClass("drawn_ants", "Drawn ants", "ants", COUNTS["train"]["ants"])
DRAWN_BEES = ReadyClass("drawn_bees", "Drawn bees", "bees", COUNTS["train"]["bees"])
NEITHER = ReadyClass("neither", "Drawn, neither of the two", "neither", NEITHER_COUNT)


def ready_classes() -> tuple[ReadyClass, ...]:
    """Returns the classes that can be had on this computer now: photos only where they are."""
    found = [DRAWN_ANTS, DRAWN_BEES, NEITHER]
    if photos.find_photos() is not None:
        found += [
            ReadyClass("photos_ants", "Photos of ants", "ants", 123, is_drawn=False),
            ReadyClass("photos_bees", "Photos of bees", "bees", 121, is_drawn=False),
        ]
    return tuple(found)


def likely_for(class_name: str, ready: Sequence[ReadyClass]) -> ReadyClass:
    """Returns the ready-made class for a class of this name: of its own name where there is one, else the first."""
    wanted = NEITHER.class_name if is_nothing(class_name) else class_name.strip().casefold()
    return next((each for each in ready if each.class_name == wanted), ready[0])


@dataclass(frozen=True)
class FillRequest:
    """A request to fill a class.

    Attributes:
        dataset, class_id: Into which class of which set.
        ready: The ready-made class, by its key.
        count: How many pictures, the first ones that the class does not have yet.
    """

    dataset: str
    class_id: int
    ready: str
    count: int


@dataclass(frozen=True)
class Filled:
    """The outcome: how many pictures came in, and why the others did not, if so."""

    added: int
    reason: str = ""


def fill_job(request: FillRequest, owner: str) -> JobSpec[JobView[Filled]]:
    """Returns the job that fills a class."""
    return JobSpec("qtl_core.pictures.sources.ready_made:run_fill_job", request, owner)


def run_fill_job(request: FillRequest, emit: Callable[[Progress | Filled], None], should_stop: ShouldStop) -> None:
    """Fills a class (in a worker).

    Raises:
        UserError: There are no such pictures here.
        StoppedByUser: `should_stop` said so; what came in by then stays.
    """
    added, reason, wanted = 0, "", min(request.count, MOST_AT_ONCE)
    for name, content in _pictures(request.ready):
        if should_stop():
            raise StoppedByUser
        if added == wanted:
            break
        origin = f"ready-made: {request.ready}"
        found = add_picture(request.dataset, request.class_id, content, name, origin=origin)
        if found.picture is not None:
            added += 1
            emit(Progress("Adding pictures", added, wanted))
        else:
            reason = found.reason
    emit(Filled(added, "" if added == wanted else reason))


def _pictures(key: str) -> Iterator[tuple[str, bytes]]:
    """Yields name and bytes of each picture of a ready-made class, in a fixed order."""
    if key == NEITHER.key:
        yield from _neither()
    elif key in (DRAWN_ANTS.key, DRAWN_BEES.key):
        yield from _drawn(key.removeprefix("drawn_"))
    elif key in ("photos_ants", "photos_bees"):
        yield from _photos(key.removeprefix("photos_"))
    else:
        raise UserError(f"There are no ready-made pictures called {key!r}.")


def _neither() -> Iterator[tuple[str, bytes]]:
    from qtl_core.pictures.sources.drawn.neither import draw_neither

    for number in range(NEITHER_COUNT):
        jpeg = io.BytesIO()
        draw_neither(number).save(jpeg, "JPEG", quality=90)
        yield f"neither_{number:03d}.jpg", jpeg.getvalue()


def _drawn(class_name: str) -> Iterator[tuple[str, bytes]]:
    from qtl_core.pictures.sources.drawn.shipped import shipped_pictures
    from qtl_core.pictures.sources.drawn.store import drawn_jpeg

    with shipped_pictures() as content:
        for number in range(COUNTS["train"][class_name]):
            packed = content(file_name("train", class_name, number))
            yield f"drawn_{class_name}_{number:03d}.jpg", packed or drawn_jpeg("train", class_name, number)


def _photos(class_name: str) -> Iterator[tuple[str, bytes]]:
    if photos.find_photos() is None:
        raise UserError("The photos of ants and bees are not on this computer.", "", photos.how_to_get())
    dataset = photos.load_photos()
    label = dataset.classes.index(class_name)
    for picture in dataset.train:
        if picture.label == label:
            yield picture.path.name, Path(picture.path).read_bytes()

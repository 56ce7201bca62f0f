"""A way out of a run: what it is for, what it is called, why there may be none, and how its file or folder is made."""

from __future__ import annotations

import io
import tempfile
import zipfile
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.network.parameter_rows import DEMO
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import TrainedRun

FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name: equal folders give equal bytes


class Group(Enum):
    """A purpose for which a run is taken along; the value is its heading, `about` a sentence."""

    OPEN = "Open it here or elsewhere"
    PROGRAM = "Program with it"
    LOG = "Put it where people log"

    @property
    def about(self) -> str:
        """The sentence below its heading."""
        return _ABOUT[self]


_ABOUT = {
    Group.OPEN: "For people who want to look at it, or ask it something, without writing a line.",
    Group.PROGRAM: "For people who write programs: each answers as this app does.",
    Group.LOG: "For the programs in which teams keep their trainings and models.",
}


@dataclass(frozen=True)
class Taken:
    """A run that somebody takes along.

    Attributes:
        record: Its row of the table of runs.
        view: The run.
        weights: A file of its image network's weights, where they lie elsewhere than when it was trained.
        layout: Whose code is to load its head; see `network.parameter_rows.LAYOUTS`.
        pictures: Whether the pictures it was trained on come along.
    """

    record: RunRecord
    view: TrainedRun = field(repr=False)
    weights: str = ""
    layout: str = DEMO
    pictures: bool = False


def _never(_view: TrainedRun) -> str:
    return ""


def _nothing(_taken: Taken) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """A way out of a run.

    Attributes:
        key: The command line's option without its dashes.
        title: What its button says.
        group: What it is for, roughly.
        what_for: What it is for, as a plain sentence or two.
        named: Returns what to call it.
        mime: What kind of file is downloaded.
        is_quick: Whether it is made while a button is pressed; else a worker makes it, watched, and can be stopped.
        takes_weights: Whether the image network's weights are in it.
        why_not: Returns the sentences that say why a run cannot go this way here, or "".
        remarks: Returns what has to be said to whoever takes it along.
    """

    key: str
    title: str
    group: Group
    what_for: str
    named: Callable[[Taken], str]
    mime: str = "application/octet-stream"
    is_quick: bool = False
    takes_weights: bool = False
    why_not: Callable[[TrainedRun], str] = _never
    remarks: Callable[[Taken], tuple[str, ...]] = _nothing

    @abstractmethod
    def content(self, taken: Taken) -> bytes:
        """Returns the file that is downloaded.

        Raises:
            UserError: There is none, for the reason of `why_not` or because something is missing on this machine.
        """


@dataclass(frozen=True, kw_only=True)
class FileWay(WayOut):
    """A way out as one file.

    Attributes:
        write: Makes its content.
    """

    write: Callable[[Taken], bytes]

    def content(self, taken: Taken) -> bytes:
        """Returns the file."""
        return self.write(taken)


@dataclass(frozen=True, kw_only=True)
class FolderWay(WayOut):
    """A way out as a folder, which is downloaded as a zip.

    Attributes:
        fill: Writes into a folder, which is there.
        is_shared: Whether the folder is one for many runs: one that holds others is written to as well.
        then: What to do with it, with {folder} in it.
    """

    fill: Callable[[Taken, Path], None]
    is_shared: bool = False
    then: str = ""

    def content(self, taken: Taken) -> bytes:
        """Returns the folder as a zip."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.fill(taken, Path(folder))
                return zipped(Path(folder))
        except OSError as error:
            raise UserError(f"{self.title}: the folder cannot be written.", reason_of(error)) from error


def zipped(folder: Path) -> bytes:
    """Returns a folder's files as a zip, in the order of their names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = zipfile.ZipInfo(file.relative_to(folder).as_posix(), FIRST_DATE)
            archive.writestr(name, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()

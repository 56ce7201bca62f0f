"""A way out of a run: what it is for, what it is called, why there may be none, and how its file or folder is made."""

from __future__ import annotations

import io
import shlex
import tempfile
import zipfile
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.inference.bundled import RUN_ID, TITLE
from qtl_core.network.parameter_rows import DEMO
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import TrainedRun

FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name: equal folders give equal bytes
UNPACK = "python -m zipfile -e {zip} {folder}"  # on every system that has Python


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
        record: Its row of the table of runs; None of the head that comes along, which is in none.
        view: The run.
        weights: A file of its image network's weights, where they lie elsewhere than when it was trained.
        layout: Whose code is to load its head; see `network.parameter_rows.LAYOUTS`.
        pictures: Whether the pictures it was trained on come along.
    """

    record: RunRecord | None
    view: TrainedRun = field(repr=False)
    weights: str = ""
    layout: str = DEMO
    pictures: bool = False

    @property
    def id(self) -> str:
        """Its identifier."""
        return self.record.id if self.record else RUN_ID

    @property
    def name(self) -> str:
        """The name that a person gave it, or ""."""
        return self.record.name if self.record else TITLE

    @property
    def kept(self) -> RunRecord:
        """Its row, for what takes along how it was trained.

        Raises:
            UserError: It is the head that comes along.
        """
        if self.record is None:
            do = "Take it along in a way that answers, as --onnx or --page, or train a run of your own."
            raise UserError(
                "The head that comes along is no kept run.", "Its training is not here, only what it learnt.", do
            )
        return self.record


def _never(_view: TrainedRun) -> str:
    return ""


def _nothing(_taken: Taken) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next, in words and as a command.

    Attributes:
        words: What it does, as a sentence that ends before the command.
        command: The command, with {place} where the name of a file or folder, or of the run, stands.
    """

    words: str
    command: str

    def command_for(self, place: str) -> str:
        """Returns the command for a file, a folder or a run of this name."""
        return self.command.format(place=shlex.quote(place))


def always(words: str, command: str) -> Callable[[Taken], NextStep]:
    """Returns what gives the same next step for every run; see `NextStep`."""
    return lambda _taken: NextStep(words, command)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way for a run to be of use elsewhere.

    Attributes:
        key: What tells it from the others.
        title: What it is called.
        group: What it is for, roughly.
        what_for: What it is for, as a plain sentence or two.
        then: Returns what to do next.
        why_not: Returns the sentences that say why a run cannot go this way here, or "".
    """

    key: str
    title: str
    group: Group
    what_for: str
    then: Callable[[Taken], NextStep]
    why_not: Callable[[TrainedRun], str] = _never


@dataclass(frozen=True, kw_only=True)
class CommandWay(Way):
    """A way that is a command alone, which takes the run by its name: nothing is downloaded."""


@dataclass(frozen=True, kw_only=True)
class WayOut(Way):
    """A way out of a run as something to download; its key is the command line's option without its dashes.

    Attributes:
        named: Returns what to call it.
        mime: What kind of file is downloaded.
        is_quick: Whether it is made while a button is pressed; else a worker makes it, watched, and can be stopped.
        takes_weights: Whether the image network's weights are in it.
        remarks: Returns what has to be said to whoever takes it along.
    """

    named: Callable[[Taken], str]
    mime: str = "application/octet-stream"
    is_quick: bool = False
    takes_weights: bool = False
    remarks: Callable[[Taken], tuple[str, ...]] = _nothing

    @abstractmethod
    def download_name(self, taken: Taken) -> str:
        """Returns the name of the file that is downloaded."""

    @abstractmethod
    def commands(self, taken: Taken) -> str:
        """Returns what to type next where the download lies, a command a line."""

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

    def download_name(self, taken: Taken) -> str:
        """Returns the file's own name."""
        return self.named(taken)

    def commands(self, taken: Taken) -> str:
        """Returns the command."""
        return self.then(taken).command_for(self.named(taken))

    def content(self, taken: Taken) -> bytes:
        """Returns the file."""
        return self.write(taken)


@dataclass(frozen=True, kw_only=True)
class FolderWay(WayOut):
    """A way out as a folder, which is downloaded as a zip.

    Attributes:
        mime: That of a zip.
        fill: Writes into a folder, which is there.
        is_shared: Whether the folder is one for many runs: one that holds others is written to as well.
    """

    fill: Callable[[Taken, Path], None]
    mime: str = "application/zip"
    is_shared: bool = False

    def download_name(self, taken: Taken) -> str:
        """Returns the zip's name."""
        return f"{self.named(taken)}.zip"

    def commands(self, taken: Taken) -> str:
        """Returns what unpacks the zip, and the command."""
        folder = self.named(taken)
        return f"{UNPACK.format(zip=self.download_name(taken), folder=folder)}\n{self.then(taken).command_for(folder)}"

    def content(self, taken: Taken) -> bytes:
        """Returns the folder as a zip."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.fill(taken, Path(folder))
                return zipped(Path(folder))
        except OSError as error:
            raise UserError(f"{self.title}: the folder cannot be written.", reason_of(error)) from error


def zipped(folder: Path) -> bytes:
    """Returns a folder's files as a zip, in the order of their names, but hidden ones: those are locks."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(each for each in folder.rglob("[!.]*") if each.is_file()):
            name = zipfile.ZipInfo(file.relative_to(folder).as_posix(), FIRST_DATE)
            archive.writestr(name, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()

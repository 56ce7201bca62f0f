"""The image that the Dockerfile describes, as far as it can be made without Docker: its folder and its start."""

from __future__ import annotations

import shutil
from pathlib import Path

import dockerfile
import pathspec

from tests.conftest import PROJECT

DOCKERFILE = PROJECT / "Dockerfile"
STEPS = dockerfile.parse_file(str(DOCKERFILE))
STARTS = [place for place, step in enumerate(STEPS) if step.cmd == "FROM"]
LEFT_OUT = pathspec.PathSpec.from_lines("gitignore", (PROJECT / ".dockerignore").read_text().splitlines())
LAST_STAGE = STEPS[STARTS[-1] :]


def copies(steps: tuple[dockerfile.Command, ...] = STEPS) -> list[tuple[list[str], str]]:
    """Returns what is copied from the project, and where to; what comes from another stage is left out."""
    taken = [step.value for step in steps if step.cmd == "COPY" and not step.flags]
    return [(list(sources), target) for *sources, target in taken]


def environment() -> dict[str, str]:
    """Returns the variables that are set for whatever runs in it."""
    words = [word for step in LAST_STAGE if step.cmd == "ENV" for word in step.value]
    return dict(zip(words[::2], words[1::2], strict=True))


def command(name: str) -> list[str]:
    """Returns the words of its last CMD or HEALTHCHECK."""
    found = [step.value for step in LAST_STAGE if step.cmd == name][-1]
    return [word for word in found if word != "CMD"]


def is_sent(path: str) -> bool:
    """Returns whether .dockerignore lets Docker have a file of the project."""
    return not LEFT_OUT.match_file(path)


def make_folder(folder: Path) -> Path:
    """Makes the folder that the image starts in, with what the last stage copies there and nothing else."""
    for sources, target in copies(LAST_STAGE):
        for source in sources:
            _copy(PROJECT / source, folder / target)
    return folder


def _copy(source: Path, target: Path) -> None:
    """Copies as Docker does: of a folder its contents, what .dockerignore leaves out aside."""
    files = [source] if source.is_file() else [each for each in source.rglob("*") if each.is_file()]
    for file in files:
        if is_sent(file.relative_to(PROJECT).as_posix()):
            place = target / (file.name if file == source else file.relative_to(source))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)

"""Pictures that a session wants answers for, and how many of them go to a worker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from qtl_core.common.errors import Unavailable
from qtl_core.inference.requests import ImageRequest
from ui.base.uploads import placeholder_content

PART_PICTURES = 32
PART_BYTES = 32 * 2**20  # of pictures on the way to the worker; one that is larger goes alone


class Upload(Protocol):
    """An uploaded file, as Streamlit gives it."""

    size: int

    def getvalue(self) -> bytes:
        """Returns the file."""


@dataclass(frozen=True)
class UploadedPicture:
    """A picture that an answer is wanted for.

    Attributes:
        id: Tells it from all others of the session.
        name: What its owner calls it.
        source: The upload, or a file on this machine.
    """

    id: str
    name: str
    source: Upload | Path

    @property
    def size(self) -> int:
        """The number of its bytes that go to the worker; a file is read there."""
        return 0 if isinstance(self.source, Path) else self.source.size

    @property
    def known(self) -> np.ndarray | Unavailable | None:
        """The content of the placeholder: what the networks see of it, or why nothing; None before it was asked."""
        return None if isinstance(self.source, Path) else placeholder_content(self.source.getvalue())

    def asked(self) -> ImageRequest:
        """Returns it as the worker takes it."""
        if isinstance(self.source, Path):
            return ImageRequest(self.id, self.name, self.source)
        known = self.known
        return ImageRequest(self.id, self.name, known if isinstance(known, np.ndarray) else self.source.getvalue())


def first_part(pictures: Sequence[UploadedPicture]) -> list[UploadedPicture]:
    """Returns as many of the pictures, the first ones, as go to a worker at a time."""
    part: list[UploadedPicture] = []
    size = 0
    for picture in pictures[:PART_PICTURES]:
        size += picture.size
        if part and size > PART_BYTES:
            break
        part.append(picture)
    return part

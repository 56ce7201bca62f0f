"""The place of everything about a set made in the app, below the home folder.

own_data/<id>/set.sqlite                                    the truth: classes, pictures, parts, versions
own_data/<id>/pictures/<sha256>/<file name>                 a picture as it is kept
own_data/<id>/versions/<number>/<part>/<class>/<file name>  hard links to what was trained on
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from qtl_core.common.paths import home

FOLDER = "own_data"
ID = re.compile(r"[0-9a-f]{12}")


def new_id() -> str:
    """Returns an identifier that nobody can guess."""
    return secrets.token_hex(6)


def root() -> Path:
    """Returns the folder of all sets; it need not exist yet."""
    return home() / FOLDER


def set_folder(set_id: str) -> Path:
    """Returns the folder of a set; `set_id` is one, as `ID` says."""
    return root() / set_id


def set_file(set_id: str) -> Path:
    """Returns the SQLite file of a set."""
    return set_folder(set_id) / "set.sqlite"


def pictures_folder(set_id: str) -> Path:
    """Returns the folder of a set's pictures."""
    return set_folder(set_id) / "pictures"


def picture_file(set_id: str, sha256: str, name: str) -> Path:
    """Returns the file of a picture."""
    return pictures_folder(set_id) / sha256 / name


def version_folder(set_id: str, number: int) -> Path:
    """Returns the folder of a version, laid out as every folder of pictures."""
    return set_folder(set_id) / "versions" / str(number)


def all_ids() -> Iterator[str]:
    """Yields the identifiers of all sets on disk, deleted ones too."""
    try:
        found = sorted(folder.name for folder in root().iterdir())
    except OSError:
        return
    yield from (name for name in found if ID.fullmatch(name) and set_file(name).is_file())

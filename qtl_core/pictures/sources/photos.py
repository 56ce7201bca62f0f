"""The real ants and bees: found in a copy on disk, compared with the public archive file by file, or downloaded.

The list of names and SHA-256 beside this file was made by `tools/make_manifest.py` from a complete copy.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import locked
from qtl_core.common.hashing import sha256_of
from qtl_core.common.paths import existing, home, writable
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.fetching.download import download
from qtl_core.pictures.fetching.unpack import unpack
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.folder_walk import files_below

MANIFEST = Path(__file__).with_name("hymenoptera_manifest.json")
NAMED = 3  # file names in a sentence; the rest is counted


@dataclass(frozen=True)
class Difference:
    """The difference between a folder and the archive; each name is a path below the folder, with forward slashes."""

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Returns one plain sentence for each kind of difference, none where there is none."""
        kinds = (
            (self.missing, "of the public archive missing"),
            (self.changed, "that differ from the public archive"),
            (self.extra, "that the public archive does not have"),
        )
        return tuple(f"Files {said}: {_listed(names)}." for names, said in kinds if names)


def compare_with_manifest(folder: Path) -> Difference:
    """Compares every file below `folder`, hidden ones aside, with the manifest."""
    wanted = read_manifest()
    found = found_in(folder)
    shared = sorted(wanted.keys() & found.keys())
    return Difference(
        missing=tuple(sorted(wanted.keys() - found.keys())),
        changed=tuple(name for name in shared if _is_changed(found[name], wanted[name])),
        extra=tuple(sorted(found.keys() - wanted.keys())),
    )


def read_manifest() -> dict[str, str]:
    """Returns path below the folder -> SHA-256 in hexadecimal."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))["files"]


def found_in(folder: Path) -> dict[str, Path]:
    """Returns path below the folder -> file, of every file that a person sees there."""
    return {each.relative_to(folder).as_posix(): each for each in files_below(folder) if isinstance(each, Path)}


def _is_changed(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) != sha256
    except UserError:  # what cannot be read is not as it was published
        return True


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


ARCHIVE_FOLDER = "hymenoptera_data"  # the folder inside the archive
FOLDER = f"datasets/{ARCHIVE_FOLDER}"
NAME = "Ants and bees, real photos"
PHOTOS_URL = "https://download.pytorch.org/tutorial/hymenoptera_data.zip"
SOURCE = (
    "The ants and bees of PyTorch's transfer learning tutorial, a small subset of ImageNet. "
    "The archive holds no licence: the rights stay with the photographers, and ImageNet's terms allow "
    "non-commercial research and teaching. The photos are downloaded by you and are no part of this project."
)


def photos_url() -> str:
    """Returns the address of the archive: `QTL_PHOTOS_URL` (a mirror of one's own), or else the public address."""
    return os.environ.get("QTL_PHOTOS_URL") or PHOTOS_URL


def by_hand(url: str) -> str:
    """The sentence that says how to put the photos in place without this program."""
    return f"Fetch {url} by other means and unpack it so that {home() / FOLDER / 'train'} exists."


def how_to_get() -> str:
    """The sentence for a computer that has no photos yet."""
    return f"Download them in the app, or do it by hand. {by_hand(photos_url())}"


def find_photos() -> Path | None:
    """Returns the folder of the photos, in home or in a shared copy, or None."""
    return next((path for path in existing(FOLDER) if (path / "train").is_dir() and (path / "val").is_dir()), None)


def load_photos(progress: ProgressCallback = no_progress, should_stop: ShouldStop = never_stop) -> Dataset:
    """Reads the photos; where they differ from the public archive, the notes say how.

    Raises:
        UserError: The photos are not here, or their folder cannot be read.
        StoppedByUser: `should_stop` said so.
    """
    folder = find_photos()
    if folder is None:
        raise UserError("The photos of ants and bees are not on this computer.", "", how_to_get())
    differences = compare_with_manifest(folder).sentences()
    # The archive's own photos were compared when its manifest was written: none is there twice.
    dataset = read_folder(folder, progress=progress, should_stop=should_stop, comparing=bool(differences))
    return replace(dataset, name=NAME, kind="photos", notes=dataset.notes + differences)


def download_photos(
    progress: ProgressCallback = no_progress, should_stop: ShouldStop = never_stop, url: str | None = None
) -> Path:
    """Downloads and unpacks the photos into home, unless they are there; returns their folder.

    Args:
        progress: Called with bytes and bytes in all: of the download first, then of the unpacking.
        should_stop: Looked at ten times a second; what has arrived is kept for the next attempt.
        url: The archive's address; by default `photos_url()`.

    Raises:
        UserError: No network, a bad archive, a full disk; the sentence ends with how to do it by hand.
        StoppedByUser: `should_stop` said so.
    """
    url = url or photos_url()
    folder = writable("datasets") / ARCHIVE_FOLDER
    with locked(folder, should_stop):
        if (found := find_photos()) is not None:  # another process may have been first
            return found
        if folder.exists():
            raise UserError(f"The folder {folder} has no train and val.", "", "Move it away and download again.")
        archive = folder.with_name(f"{ARCHIVE_FOLDER}.zip")
        download(url, archive, progress=progress, should_stop=should_stop, by_hand=by_hand(url))
        try:
            unpack(archive, folder, top=ARCHIVE_FOLDER, progress=progress, should_stop=should_stop)
        except UserError as error:
            archive.unlink(missing_ok=True)  # or the same bad archive would be unpacked for ever
            raise UserError(error.what, error.why, by_hand(url)) from error
        archive.unlink()
    return folder

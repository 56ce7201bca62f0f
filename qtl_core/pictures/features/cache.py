"""Features kept on disk between runs, by the contents of the picture files: one SQLite file per network and transform.

A row holds the features of one view of one picture under the picture's own SHA-256, with a checksum.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from qtl_core.common import paths
from qtl_core.common.disk_cache import DiskCache
from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.features.shipped import content_name, shipped_features
from qtl_core.pictures.sources.dataset import Picture


def digests_of(pictures: Sequence[Picture], should_stop: ShouldStop) -> list[str]:
    """Returns the SHA-256 of every picture's bytes, or "" for a file that cannot be read."""
    digests = []
    for picture in pictures:
        if should_stop():
            raise StoppedByUser
        digests.append(_digest(picture.path))
    return digests


def _digest(path: Path) -> str:
    try:
        if paths.may_read(path) and path.is_file():  # a run from elsewhere may name a device that never ends
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        pass
    return ""


Key = tuple[str, int]  # SHA-256 of the picture's bytes; view: 0 is the recipe's, 1, 2, ... are augmented

AT_ONCE = 500  # pictures asked for in one statement; SQLite allows at least 999 parameters

# A machine without power may lose the last commits, which cost seconds to compute again.
_BEGIN = """PRAGMA synchronous=NORMAL; CREATE TABLE IF NOT EXISTS features
    (picture TEXT, view INTEGER, checksum INTEGER, vector BLOB, PRIMARY KEY (picture, view))"""


DAMAGED = "The file of kept features was damaged; it was moved aside and is made again."
NOT_KEPT = (
    "The features are not kept for next time: the disk may be full, or the app's folder may only be read. They are "
    "computed again."
)


class FeatureCache(DiskCache):
    """A store of features from one network and transform; use it as a context manager, in one thread.

    Args:
        resolved: The network.
        use_shipped: Whether features that come with the project count as kept.
    """

    def __init__(self, resolved: ResolvedBackbone, use_shipped: bool = True) -> None:
        self._size = resolved.spec.feature_size
        self._resolved, self._use_shipped = resolved, use_shipped
        place = Path("features") / f"{content_name(resolved)}.sqlite"
        super().__init__(place, _BEGIN, damaged=DAMAGED, not_kept=NOT_KEPT)

    def read(self, keys: Iterable[Key]) -> dict[Key, np.ndarray]:
        """Returns those of `keys` that are kept or came along, and are undamaged, each float32 (feature_size,)."""
        wanted = set(keys)
        pictures, views = sorted({picture for picture, _ in wanted}), {view for _, view in wanted}
        found: dict[Key, np.ndarray] = {}
        if wanted:
            with self.survived():
                for start in range(0, len(pictures), AT_ONCE):
                    rows = self._rows(pictures[start : start + AT_ONCE], max(views))
                    found.update((key, vector) for key, vector in rows if key in wanted)
        if self._use_shipped:
            missing = [picture for picture, view in wanted - found.keys() if view == 0]
            found.update({(digest, 0): row for digest, row in shipped_features(self._resolved, missing).items()})
        return found

    def known(self, digests: Sequence[str]) -> set[str]:
        """Returns those of the pictures whose features in the recipe's own view are kept or came along.

        Nothing but names is read, so a damaged row counts as kept: whoever needs the features computes it again.
        """
        found: set[str] = set()
        with self.survived():
            for start in range(0, len(digests), AT_ONCE):
                found.update(self._names(digests[start : start + AT_ONCE]))
        missing = [digest for digest in digests if digest not in found]
        return found | set(shipped_features(self._resolved, missing) if self._use_shipped else ())

    def write(self, vectors: Mapping[Key, np.ndarray]) -> None:
        """Keeps `vectors` at once, so that a stop or a crash loses nothing of what was done before it."""
        if self.connection is None:
            return
        blobs = [(*key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        rows = [(picture, view, zlib.crc32(blob), blob) for picture, view, blob in blobs]
        with self.survived(), self.connection:
            self.connection.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)", rows)

    def _rows(self, pictures: Sequence[str], last_view: int) -> Iterator[tuple[Key, np.ndarray]]:
        if self.connection is None:
            return
        marks = ",".join("?" * len(pictures))
        query = f"SELECT picture, view, checksum, vector FROM features WHERE picture IN ({marks}) AND view <= ?"
        for picture, view, checksum, blob in self.connection.execute(query, (*pictures, last_view)):
            if isinstance(blob, bytes) and len(blob) == 4 * self._size and zlib.crc32(blob) == checksum:
                yield (picture, view), np.frombuffer(blob, "<f4")

    def _names(self, digests: Sequence[str]) -> Iterator[str]:
        if self.connection is None:
            return
        marks = ",".join("?" * len(digests))
        query = f"SELECT picture FROM features WHERE view = 0 AND picture IN ({marks})"
        yield from (picture for (picture,) in self.connection.execute(query, tuple(digests)))

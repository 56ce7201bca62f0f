"""Features in one file that all worker processes map: they share its pages, however many they are."""

from __future__ import annotations

import mmap
import pickle
from pathlib import Path

from qtl_core.studies.chunks import SharedFeatures

ALIGNED = 64  # bytes: as numpy likes its arrays


def write_shared(shared: SharedFeatures, file: Path) -> None:
    """Writes features where `read_shared` finds them: the arrays' bytes, then the rest as a pickle, then its place.

    Raises:
        OSError: The file cannot be written.
    """
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(shared, protocol=5, buffer_callback=arrays.append)
    new = file.with_suffix(".new")
    with new.open("wb") as out:
        places = []
        for array in arrays:
            out.write(b"\0" * (-out.tell() % ALIGNED))
            with array.raw() as content:
                places.append((out.tell(), content.nbytes))
                out.write(content)
        at = out.tell()
        pickle.dump((rest, places), out)
        out.write(at.to_bytes(8, "little"))
    new.replace(file)


def read_shared(file: Path) -> SharedFeatures:
    """Returns the features; what is written into their arrays stays in this process, copied page by page.

    The kernels are compiled for arrays that can be written to, so that a read-only map would be copied for each chunk.
    """
    with file.open("rb") as source:
        content = memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_COPY))
    at = int.from_bytes(content[-8:], "little")
    rest, places = pickle.loads(content[at:-8])
    found: SharedFeatures = pickle.loads(rest, buffers=[content[begin : begin + size] for begin, size in places])
    return found

"""Writes `qtl_core/pictures/sources/hymenoptera_manifest.json` from a complete copy of the public archive.

Run from the project's folder:  python -m tools.make_manifest PATH/TO/hymenoptera_data
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from qtl_core.common.hashing import sha256_of
from qtl_core.pictures.sources.photos import MANIFEST, PHOTOS_URL, found_in


def main() -> None:
    """Lists every file with its SHA-256, in alphabetical order."""
    files = {name: sha256_of(path) for name, path in sorted(found_in(Path(sys.argv[1])).items())}
    MANIFEST.write_text(json.dumps({"source": PHOTOS_URL, "files": files}, indent=1) + "\n", encoding="utf-8")
    print(f"{len(files)} files listed in {MANIFEST}")


if __name__ == "__main__":
    main()

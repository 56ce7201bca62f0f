"""Writes `qtl_core/publish/onnxruntime_web` from the npm package of onnxruntime-web.

    npm pack onnxruntime-web@1.30.0
    python -m tools.make_web_runtime onnxruntime-web-1.30.0.tgz

Only what a page needs is taken, compressed by xz to a sixth. The licence is the package's MIT, written out by hand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import tarfile
from pathlib import Path

from qtl_core.publish.runtime import FILES, FOLDER


def main() -> None:
    """Reads the package that is named and writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="What `npm pack onnxruntime-web` wrote.")
    write(parser.parse_args().package, FOLDER)


def write(package: Path, folder: Path) -> None:
    """Writes the files, compressed, and the manifest.

    Args:
        package: The npm package.
        folder: Where.
    """
    with tarfile.open(package) as archive:
        about = json.loads(member(archive, "package.json"))
        contents = {name: member(archive, f"dist/{name}") for name in FILES}
    for name, content in contents.items():
        (folder / f"{name}.xz").write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = {"version": about["version"], "licence": about["license"], "sha256": sha256}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def member(archive: tarfile.TarFile, name: str) -> bytes:
    """Returns a file of the package."""
    stream = archive.extractfile(f"package/{name}")
    assert stream is not None, f"{name} is a file"
    return stream.read()


if __name__ == "__main__":
    main()

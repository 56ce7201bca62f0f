"""Writes `qtl_core/publish/onnxruntime_web` from the npm package of onnxruntime-web.

    npm pack onnxruntime-web@1.30.0
    python -m pip download --no-deps onnxruntime==1.30.0
    python -m tools.make_web_runtime onnxruntime-web-1.30.0.tgz onnxruntime-1.30.0-*.whl

Only what a page needs is taken, compressed by xz to a sixth. The licence is the package's MIT, written out by hand; the
notices on what is compiled into it are in Python's package of the same version alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

from qtl_core.publish.runtime import FILES, FOLDER, NOTICES


def main() -> None:
    """Reads the package that is named and writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="What `npm pack onnxruntime-web` wrote.")
    parser.add_argument("wheel", type=Path, help="What `pip download onnxruntime` of the same version wrote.")
    arguments = parser.parse_args()
    write(arguments.package, arguments.wheel, FOLDER)


def write(package: Path, wheel: Path, folder: Path) -> None:
    """Writes the files, compressed, and the manifest.

    Args:
        package: The npm package.
        wheel: Python's package of the same version.
        folder: Where.
    """
    with tarfile.open(package) as archive:
        about = json.loads(member(archive, "package.json"))
        contents = {name: member(archive, f"dist/{name}") for name in FILES}
    assert f"-{about['version']}-" in wheel.name, "both packages are of one version"
    with zipfile.ZipFile(wheel) as archive_of_python:
        contents[NOTICES] = archive_of_python.read(f"onnxruntime/{NOTICES}")
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

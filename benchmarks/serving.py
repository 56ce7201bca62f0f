"""Requests a second and waiting times of `qtl serve` under ApacheBench, in batches and one by one: SERVING.md.

    make serve-load                 # or python -m benchmarks.serving; a minute; needs `ab` (Debian: apache2-utils)

The head that comes along answers for one JPEG, sent by so many clients at once over 127.0.0.1; server and clients share
this machine's cores. ApacheBench's own percentages: half of the requests took at most "50%", and so on.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.machine import facts, load
from qtl_core.serving.limits import Limits

OUT = Path(__file__).parent / "SERVING.md"
CLIENTS = (1, 8, 32)
BATCHES = {"in batches": Limits().batch, "one by one": 1}
SHARES = ("50%", "95%", "99%")


def main(words: Sequence[str]) -> None:
    """Measures and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description="load on `qtl serve`")
    parser.add_argument("--requests", type=int, default=300, help="sent by each number of clients")
    chosen = parser.parse_args(words)
    if shutil.which("ab") is None:
        sys.exit("ApacheBench (`ab`) is not here; on Debian: apt install apache2-utils")
    before = load()
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for name, batch in BATCHES.items() for row in _measured(Path(folder), name, batch, chosen.requests)]
    page = _page(rows, f"{before:.1f} to {load():.1f}")
    print(page)
    OUT.write_text(page, encoding="utf-8")


def _measured(folder: Path, name: str, batch: int, requests: int) -> Iterator[tuple[str, ...]]:
    picture = _photo(folder)
    with _server(folder, batch) as url:
        _ab(url, picture, 16, 4)  # the first requests warm what is warmed by none
        for clients in CLIENTS:
            said = _ab(url, picture, requests, clients)
            shares = [_found(rf"{share}\s+(\d+)", said) for share in SHARES]
            failed = int(_found(r"Failed requests:\s+(\d+)", said)) + int(_found(r"Non-2xx responses:\s+(\d+)", said))
            yield name, str(clients), _found(r"Requests per second:\s+([\d.]+)", said), *shares, str(failed)


def _photo(folder: Path) -> Path:
    """Writes a picture as large as those of ants and bees: 500 x 375 pixels, some 60 KB."""
    import numpy as np
    from PIL import Image

    file, dice = folder / "photo.jpg", np.random.default_rng(0)
    small = Image.fromarray(dice.integers(0, 256, (75, 100, 3), np.uint8))
    small.resize((500, 375), Image.Resampling.BICUBIC).save(file, quality=90)
    return file


@contextmanager
def _server(folder: Path, batch: int) -> Iterator[str]:
    command = [sys.executable, "-m", "qtl_core", "serve", "bundled", "--port", "0", "--json", "--batch", str(batch)]
    environment = os.environ | {"QTL_HOME": str(folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


def _ab(url: str, picture: Path, requests: int, clients: int) -> str:
    asked = ["ab", "-q", "-n", str(requests), "-c", str(clients), "-p", str(picture), "-T", "image/jpeg"]
    return subprocess.run([*asked, f"{url}predict"], check=True, capture_output=True, text=True).stdout


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "0"


def _page(rows: Sequence[tuple[str, ...]], loads: str) -> str:
    head = "| answered | clients | requests a second | 50% (ms) | 95% (ms) | 99% (ms) | failed |"
    told = "\n".join(f"- {name}: {value}" for name, value in facts("python -m benchmarks.serving").items())
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        "# A run behind HTTP, under load\n\n"
        f"{(__doc__ or '').strip()}\n\n"
        f"{told}\n- Load before and after: {loads}\n\n"
        f"{head}\n| --- | --- | --- | --- | --- | --- | --- |\n{lines}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])

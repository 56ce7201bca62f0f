"""What libraries say never reaches people; what this project says always does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import PROJECT

NOISE = """
import logging, os, warnings
warnings.simplefilter("always")  # as some packages do when they are imported
warnings.warn("a warning")
logging.getLogger("PIL.TiffImagePlugin").warning("a record")
os.write(2, b"machine code\\n")
"""
PROGRAM = """
import sys
from qtl_core.common.quiet import only_our_words
only_our_words(tracebacks={tracebacks})
{noise}
print("our words", file=sys.stderr)
try: 1 / 0
except ZeroDivisionError: logging.getLogger("qtl_core.some").exception("our record")
"""


def err_of(*words: str, **more: object) -> str:
    done = subprocess.run([sys.executable, *words], cwd=PROJECT, capture_output=True, text=True, check=False, **more)
    return done.stderr


@pytest.mark.parametrize("flags", [[], ["-W", "error"], ["-W", "default"], ["-OO"]])
def test_libraries_are_silent_and_we_are_not(flags):
    program = PROGRAM.format(noise=NOISE, tracebacks=False)
    assert err_of(*flags, "-c", program) == "our words\nour record\n"


def test_a_server_s_log_has_our_own_tracebacks_alone():
    lines = err_of("-c", PROGRAM.format(noise=NOISE, tracebacks=True)).splitlines()
    assert (lines[:3], lines[-1]) == (
        ["our words", "our record", "Traceback (most recent call last):"],
        "ZeroDivisionError: division by zero",
    )


def test_developers_hear_all_of_it():
    told = err_of("-X", "dev", "-c", PROGRAM.format(noise=NOISE, tracebacks=False))
    assert all(words in told for words in ("a warning", "a record", "machine code", "our words"))


def test_a_worker_keeps_its_libraries_out_of_the_log(tmp_path):
    (tmp_path / "noisy.py").write_text(NOISE + 'import sys; print("our words", file=sys.stderr); os._exit(0)')
    worker = subprocess.Popen(
        [sys.executable, "-m", "qtl_core.jobs.worker", "noisy"],
        cwd=PROJECT,
        env={"PYTHONPATH": f"{PROJECT}:{tmp_path}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stderr.read() == "our words\n"
    worker.stdin.close()
    assert worker.wait(60) == 0


def damaged(file: Path, **options: object) -> None:
    """Saves a picture and turns every hundredth byte of its data over."""
    noise = np.random.default_rng(0).integers(0, 255, (200, 200), dtype=np.uint8)
    Image.fromarray(noise).convert("1").save(file, **options)
    content = bytearray(file.read_bytes())
    for place in range(200, len(content) - 300, 100):
        content[place] ^= 0xFF
    file.write_bytes(content)


def test_strangers_pictures_are_answered_by_sentences_alone(tmp_path):
    """Each of these makes Pillow or libtiff speak: to a warning, to a log, or to descriptor 2 by itself."""
    damaged(tmp_path / "fax.tif", compression="group4")
    damaged(tmp_path / "zip.tif", compression="tiff_adobe_deflate")
    picture = Image.new("RGB", (300, 200), "green")
    picture.save(tmp_path / "exif.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x0f\x01")
    picture.convert("P").save(tmp_path / "palette.png", transparency=b"\x00\x80\xff")
    Image.new("1", (12_000, 9_000)).save(tmp_path / "large.png")
    words = ["-m", "qtl_core", "predict", "--run", "bundled", str(tmp_path)]
    done = subprocess.run([sys.executable, *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 5

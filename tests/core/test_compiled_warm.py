"""The compiled code is kept where it can be, and got ready in the background."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from qtl_core.training.compiled import cache, warm

PROJECT = Path(__file__).parents[2]
COMPILE = """
import numpy as np
from qtl_core.training.compiled.cache import FOLDER
from qtl_core.training.compiled.head_kernels import dot
print(FOLDER, dot(np.ones(3), np.ones(3)))
"""


def compile_with(home: Path) -> str:
    """Compiles one kernel in a fresh process with that home; returns what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    told = subprocess.run(
        [sys.executable, "-c", COMPILE],
        cwd=PROJECT,
        env={**environment, "QTL_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_compiled_code_is_kept_under_home(tmp_path):
    folder, value = compile_with(tmp_path).rsplit(" ", 1)
    assert value == "3.0"
    assert Path(folder).parent == tmp_path / "compiled"
    assert list(Path(folder).rglob("*.nbi"))


def test_a_home_that_cannot_be_written_still_compiles(tmp_path):
    (tmp_path / "file").touch()
    assert compile_with(tmp_path / "file") == "None 3.0"


def test_warming_up_makes_the_engine_ready_and_happens_once():
    thread = warm.warm_up()
    assert warm.warm_up() is thread
    thread.join()
    assert warm.is_ready()
    assert cache.FOLDER is None or (cache.FOLDER / warm.DONE).exists()


def test_asking_whether_it_is_ready_needs_no_numba():
    code = "import sys; from qtl_core.training.compiled import warm; print(warm.is_ready(), 'numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False False"

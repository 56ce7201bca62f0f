"""The source that each test holds: the rooms that are tried. A room's tests mirror its modules by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parents[2]
EVERYWHERE = "tests/test_records.py"  # what holds of the records of all rooms


@dataclass(frozen=True)
class Room:
    """Source that is changed and tests that are to notice.

    Attributes:
        sources: Patterns of its files.
        tests: Patterns of the test files.
        environment: What these tests need set.
    """

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def files(self) -> list[str]:
        """Returns its source files, relative to the project."""
        return _matching(self.sources)

    def test_files(self) -> list[str]:
        """Returns its test files, relative to the project."""
        return _matching((*self.tests, EVERYWHERE))


ROOMS = {
    "network": Room(
        ("qtl_core/network/*.py", "qtl_core/network/simulators/*.py"),
        ("tests/network/test_*.py", "tests/training/test_compiled_circuit.py"),
    ),
    "calibration": Room(("qtl_core/evaluation/calibration.py",), ("tests/evaluation/test_calibration.py",)),
    "ood": Room(("qtl_core/evaluation/ood*.py",), ("tests/evaluation/test_ood*.py",)),
    "metrics": Room(("qtl_core/evaluation/metrics.py",), ("tests/evaluation/test_metrics.py",)),
    "diagnosis": Room(("qtl_core/evaluation/diagnosis/*.py",), ("tests/evaluation/test_diagnosis*.py",)),
    # Without test_store_killed.py, which takes half a minute of killed processes.
    "store": Room(("qtl_core/runs/store/*.py",), ("tests/runs/test_store.py", "tests/runs/test_store_[!k]*.py")),
    "run_files": Room(("qtl_core/exchange/run_files/*.py",), ("tests/exchange/test_run_files*.py",)),
    "heads": Room(("qtl_core/exchange/heads/*.py",), ("tests/exchange/test_heads*.py", "tests/cli/test_heads.py")),
    "training": Room(
        ("qtl_core/training/*.py",),
        ("tests/training/test_[!c]*.py", "tests/training/test_checkpoints.py", "tests/runs/test_divergence.py"),
    ),
    # The compiler's own cache would hide a change, and compiling anew takes half a minute: tried as plain Python.
    "kernels": Room(
        (
            "qtl_core/training/compiled/*kernels.py",
            "qtl_core/training/compiled/training_loop.py",
            "qtl_core/training/compiled/program.py",
            "qtl_core/training/compiled/states.py",
        ),
        ("tests/training/test_compiled_circuit.py", "tests/training/test_compiled_engine.py"),
        {"NUMBA_DISABLE_JIT": "1"},
    ),
}


def _matching(patterns: tuple[str, ...]) -> list[str]:
    found = {str(file.relative_to(PROJECT)) for pattern in patterns for file in PROJECT.glob(pattern)}
    return sorted(found)

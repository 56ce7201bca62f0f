"""Which tests hold which source: the rooms that are tried. A room's tests mirror its modules by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parents[2]
EVERYWHERE = "tests/core/test_records.py"  # what holds of the records of all rooms


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
    "circuit": Room(("qtl_core/circuit/*.py",), ("tests/core/test_circuit*.py", "tests/core/test_compiled_circuit.py")),
    "calibration": Room(("qtl_core/calibration.py",), ("tests/core/test_calibration.py",)),
    "doubt": Room(("qtl_core/doubt.py",), ("tests/core/test_doubt.py",)),
    "evaluation": Room(("qtl_core/evaluation.py",), ("tests/core/test_evaluation.py",)),
    "diagnosis": Room(("qtl_core/diagnosis/*.py",), ("tests/core/test_diagnosis*.py",)),
    # Without test_store_killed.py, which takes half a minute of killed processes.
    "store": Room(("qtl_core/store/*.py",), ("tests/core/test_store.py", "tests/core/test_store_[!k]*.py")),
    "archive": Room(("qtl_core/archive/*.py",), ("tests/core/test_archive*.py",)),
    "heads": Room(("qtl_core/heads/*.py",), ("tests/core/test_heads*.py", "tests/core/test_cli_heads.py")),
    "training": Room(
        ("qtl_core/training/*.py",),
        (
            "tests/core/test_ablation.py",
            "tests/core/test_divergence.py",
            "tests/core/test_model.py",
            "tests/core/test_prepar*.py",
            "tests/core/test_published_backbone.py",
            "tests/core/test_run.py",
            "tests/core/test_schedule.py",
            "tests/core/test_seeds.py",
            "tests/core/test_starting.py",
            "tests/core/test_task.py",
            "tests/core/test_torch_engine.py",
            "tests/core/test_training*.py",
        ),
    ),
    # The compiler's own cache would hide a change, and compiling anew takes half a minute: tried as plain Python.
    "kernels": Room(
        (
            "qtl_core/training/compiled/*kernels.py",
            "qtl_core/training/compiled/loop.py",
            "qtl_core/training/compiled/program.py",
            "qtl_core/training/compiled/states.py",
        ),
        ("tests/core/test_compiled_circuit.py", "tests/core/test_compiled_engine.py"),
        {"NUMBA_DISABLE_JIT": "1"},
    ),
}


def _matching(patterns: tuple[str, ...]) -> list[str]:
    found = {str(file.relative_to(PROJECT)) for pattern in patterns for file in PROJECT.glob(pattern)}
    return sorted(found)

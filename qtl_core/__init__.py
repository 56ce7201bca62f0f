"""Quantum transfer learning without a browser: everything the studio's pages show is computed here.

The main names can be imported from here; each is loaded when it is first asked for, so `import qtl_core` takes less
than a tenth of a second and no program pays for torch, PennyLane or numba before it uses them. To add a name:
one line in `_WHERE`, one in the imports for type checkers below it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qtl_core.common.moved import keep_old_names

if TYPE_CHECKING:  # what type checkers and editors see; a test holds it to `_WHERE`
    from qtl_core.common.errors import DivergedError, InputError, StoppedByUser, UserError
    from qtl_core.drawing.svg import draw_svg
    from qtl_core.drawing.text import draw_text
    from qtl_core.estimator.classifier import QuantumTransferClassifier
    from qtl_core.evaluation.calibration import Calibration, calibration_of
    from qtl_core.evaluation.metrics import Evaluation, evaluation_of
    from qtl_core.evaluation.seed_spread import SeedBand
    from qtl_core.exchange.heads.writing import head_bytes
    from qtl_core.exchange.run_files.writing import archive_bytes
    from qtl_core.export import FORMATS
    from qtl_core.inference.predictor import Predictor
    from qtl_core.network.ansatz import build_circuit
    from qtl_core.network.entanglement import bloch_vectors
    from qtl_core.network.gates import Circuit, Gate
    from qtl_core.network.model import DressedQuantumNet
    from qtl_core.network.simulators.trace import state_after, steps_of
    from qtl_core.pictures.decoding.open_picture import open_picture
    from qtl_core.pictures.sources.catalogue import load_dataset
    from qtl_core.pictures.sources.dataset import Dataset, Picture
    from qtl_core.runs.store import keep_run, list_runs, load_run
    from qtl_core.runs.view import RunView
    from qtl_core.settings import CircuitSettings, DataSettings, RunSettings, SettingsError, TrainingSettings
    from qtl_core.training.engines import ENGINES
    from qtl_core.training.repeat import train_seeds
    from qtl_core.training.run import RunRequest, run, train
    from qtl_core.training.task import KeptFeatures, TrainingTask

__version__ = "1.0.0"  # read from here by the package's build, `--version` and `info`; CITATION.cff names it as well

_WHERE = {
    "common.errors": ("DivergedError", "InputError", "StoppedByUser", "UserError"),
    "drawing.svg": ("draw_svg",),
    "drawing.text": ("draw_text",),
    "estimator.classifier": ("QuantumTransferClassifier",),
    "evaluation.calibration": ("Calibration", "calibration_of"),
    "evaluation.metrics": ("Evaluation", "evaluation_of"),
    "evaluation.seed_spread": ("SeedBand",),
    "exchange.heads.writing": ("head_bytes",),
    "exchange.run_files.writing": ("archive_bytes",),
    "export": ("FORMATS",),
    "inference.predictor": ("Predictor",),
    "network.ansatz": ("build_circuit",),
    "network.entanglement": ("bloch_vectors",),
    "network.gates": ("Circuit", "Gate"),
    "network.model": ("DressedQuantumNet",),
    "network.simulators.trace": ("state_after", "steps_of"),
    "pictures.decoding.open_picture": ("open_picture",),
    "pictures.sources.catalogue": ("load_dataset",),
    "pictures.sources.dataset": ("Dataset", "Picture"),
    "runs.store": ("keep_run", "list_runs", "load_run"),
    "runs.view": ("RunView",),
    "settings": ("CircuitSettings", "DataSettings", "RunSettings", "SettingsError", "TrainingSettings"),
    "training.engines": ("ENGINES",),
    "training.repeat": ("train_seeds",),
    "training.run": ("RunRequest", "run", "train"),
    "training.task": ("KeptFeatures", "TrainingTask"),
}
_MODULES = {name: f"{__name__}.{module}" for module, names in _WHERE.items() for name in names}

keep_old_names()

__all__ = [
    "ENGINES",
    "FORMATS",
    "Calibration",
    "Circuit",
    "CircuitSettings",
    "DataSettings",
    "Dataset",
    "DivergedError",
    "DressedQuantumNet",
    "Evaluation",
    "Gate",
    "InputError",
    "KeptFeatures",
    "Picture",
    "Predictor",
    "QuantumTransferClassifier",
    "RunRequest",
    "RunSettings",
    "RunView",
    "SeedBand",
    "SettingsError",
    "StoppedByUser",
    "TrainingSettings",
    "TrainingTask",
    "UserError",
    "archive_bytes",
    "bloch_vectors",
    "build_circuit",
    "calibration_of",
    "draw_svg",
    "draw_text",
    "evaluation_of",
    "head_bytes",
    "keep_run",
    "list_runs",
    "load_dataset",
    "load_run",
    "open_picture",
    "run",
    "state_after",
    "steps_of",
    "train",
    "train_seeds",
]


def __getattr__(name: str) -> Any:
    """Loads one of the main names when it is first asked for (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(importlib.import_module(_MODULES[name]), name)  # asked for but once
    return found


def __dir__() -> list[str]:
    """Lists the main names beside what is loaded."""
    return sorted({*globals(), *__all__})

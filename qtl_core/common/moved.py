"""Old names of modules that scripts of others import: they lead to where the code lies now, with a warning.

Only what the README or a published script named before version 1.0 is here. Nothing in the project imports these.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "qtl_core.datasets": "qtl_core.pictures.sources.catalogue",
    "qtl_core.datasets.decode": "qtl_core.pictures.decoding.open_picture",
    "qtl_core.diagnosis": "qtl_core.evaluation.diagnosis.checks",
    "qtl_core.prediction": "qtl_core.inference.predictor",
    "qtl_core.store": "qtl_core.runs.store",
    "qtl_core.training.view": "qtl_core.runs.view",
}


class _Forwarding(Loader):
    """Fills a module of an old name with what the new one holds."""

    def exec_module(self, module: ModuleType) -> None:
        new = MOVED[module.__name__]
        warnings.warn(f"{module.__name__} is now {new}.", DeprecationWarning, stacklevel=2)
        held = vars(importlib.import_module(new))
        vars(module).update({name: value for name, value in held.items() if not name.startswith("__")})


class _OldNames(MetaPathFinder):
    """Finds modules by their old names; asked only after all files were looked through."""

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, _Forwarding(), is_package=True) if fullname in MOVED else None


def keep_old_names() -> None:
    """Lets old names be imported in this process."""
    if not any(isinstance(finder, _OldNames) for finder in sys.meta_path):
        sys.meta_path.append(_OldNames())

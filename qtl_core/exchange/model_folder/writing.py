"""Writes a run as a model folder.

The image network is named by its SHA-256 and fetched from its publisher: its licence and its size stay theirs. Only
tensors that are the run's own are in the folder: the head's, and those of the image network that changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

import qtl_core
from qtl_core.common.errors import UserError
from qtl_core.drawing.confusion import confusion_png
from qtl_core.evaluation.class_figures import part_figures
from qtl_core.exchange.model_folder.card import model_folder_card
from qtl_core.export.onnx_words import shareable
from qtl_core.export.run_script import script_body, script_head
from qtl_core.export.run_source import RunSource, arrays_of, run_source
from qtl_core.export.script_parts import FILED_ARRAYS
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import checked_head, why_no_head
from qtl_core.runs.view import TrainedRun

WEIGHTS, CONFIG, CARD, SCRIPT = "model.safetensors", "config.json", "README.md", "inference.py"


REFUSED = "This run cannot be written as a model folder."


def why_no_model_folder(view: TrainedRun) -> str:
    """Returns the sentence that says why a run cannot be written as a model folder, or ""."""
    if not (why := why_no_head(view)) and view.prepared.settings.data.is_numbers:
        return "It learnt from numbers, and the folder's script reads pictures."
    return why


def fill_model_folder(view: TrainedRun, name: str, folder: Path) -> None:
    """Writes the files.

    Args:
        view: A run with at least one epoch; its best one is taken.
        name: What it is called, or "".
        folder: An empty folder.

    Raises:
        UserError: There is none of this run; see `why_no_model_folder`.
        OSError: The folder cannot be written.
    """
    checked_head(view, REFUSED)
    if why := why_no_model_folder(view):
        raise UserError(REFUSED, why)
    arrays = {key: np.ascontiguousarray(values) for key, values in arrays_of(view).items()}
    save_file(arrays, folder / WEIGHTS, {"format": "pt"})
    parts = _with_safetensors(run_source(view))
    texts = {
        CONFIG: json.dumps(_config(view), indent=2, ensure_ascii=False),
        CARD: model_folder_card(view, name, parts.packages),
        SCRIPT: "\n".join([script_head(view, parts, f"in {WEIGHTS}"), script_body(parts, FILED_ARRAYS)]),
    }
    for file, text in texts.items():
        (folder / file).write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    for part, figures in part_figures(view).items():
        picture = confusion_png(figures.evaluation.confusion, figures.evaluation.classes)
        (folder / f"confusion_{part}.png").write_bytes(picture)


def _with_safetensors(parts: RunSource) -> RunSource:
    """Returns the parts of a script that reads its trained numbers from the file beside it."""
    imports = (*parts.imports, "from safetensors.torch import load_file")
    return replace(parts, packages=f"{parts.packages} safetensors", imports=imports)


def _config(view: TrainedRun) -> dict[str, Any]:
    prepared = view.prepared
    spec = spec_of(prepared.settings.data.backbone)
    return {
        "model_type": "quantum-transfer",
        "app_version": qtl_core.__version__,
        "id2label": dict(enumerate(prepared.classes)),
        "label2id": {name: label for label, name in enumerate(prepared.classes)},
        "transform": asdict(spec.transform),
        "backbone": {"name": spec.name, "title": spec.title, "sha256": prepared.weights_sha256},
        "settings": shareable(prepared),
    }

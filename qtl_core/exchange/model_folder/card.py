"""The card of a model folder (README.md): metadata as the Hub reads them, and what a person should know.

Its words are those of the Predict page's model card, its figures those of the run's results.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from qtl_core.evaluation.class_figures import PartFigures, part_figures
from qtl_core.evaluation.metrics import percent, wilson_interval
from qtl_core.export.markdown import plain
from qtl_core.export.run_source import weights_option, weights_to_name
from qtl_core.inference.doubts import doubts
from qtl_core.inference.model_card import NOUNS, limits_elsewhere, model_card
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.readout_words import exact_words

TASK = "image-classification"
LICENCE = (
    "Nobody has chosen a licence for the trained numbers yet: whoever trained them may write one in place of "
    "`unknown` in the first lines of this file."
)


def model_folder_card(view: TrainedRun, name: str, packages: str) -> str:
    """Returns the card.

    Args:
        view: The run.
        name: What it is called, or "".
        packages: What its script needs, as pip is told.
    """
    title = " ".join(name.split()) or "A hybrid quantum-classical image classifier"
    lines = ["---", *_metadata(view, title), "---", "", f"# {plain(title)}", "", *_body(view, packages)]
    return "\n".join(lines) + "\n"


def _metadata(view: TrainedRun, title: str) -> Iterator[str]:
    """Yields the metadata; each value is JSON, which YAML reads as it is."""
    circuit = ["quantum-machine-learning", "pennylane"] if view.prepared.settings.model.spec.has_circuit else []
    known: dict[str, Any] = {
        "license": "unknown",
        "library_name": "pytorch",
        "pipeline_tag": TASK,
        "tags": ["image-classification", "transfer-learning", *circuit],
    }
    results = [_result(view, part, figures) for part, figures in part_figures(view).items()]
    if results:
        known["model-index"] = [{"name": title, "results": results}]
    yield from (f"{key}: {json.dumps(value)}" for key, value in known.items())


def _result(view: TrainedRun, part: str, figures: PartFigures) -> dict[str, Any]:
    data = view.prepared.settings.data
    name = f"{', '.join(view.prepared.classes)} ({NOUNS[data.source]})"
    dataset = {"name": name, "type": "imagefolder", "split": part}
    right, total = figures.evaluation.correct, figures.evaluation.total
    accuracy = {"type": "accuracy", "value": right / total, "name": f"Accuracy ({_share(right, total)})"}
    metrics: list[dict[str, Any]] = [accuracy]
    if math.isfinite(figures.macro_f1):
        metrics.append({"type": "f1", "value": figures.macro_f1, "name": "F1, mean over the classes"})
    return {"task": {"type": TASK}, "dataset": dataset, "metrics": metrics}


def _share(right: int, total: int) -> str:
    low, high = wilson_interval(right, total)
    return f"{right:,} of {total:,}, with 95% confidence {percent(low)} to {percent(high)}"


def _body(view: TrainedRun, packages: str) -> Iterator[str]:
    yield from (f"{plain(sentence)}\n" for sentence in (*model_card(view), *doubts(view)))
    yield "## Limits\n"
    for sentence in filter(None, (limits_elsewhere(view), exact_words(view.prepared.settings))):
        yield f"{plain(sentence)}\n"
    for part, figures in part_figures(view).items():
        yield from _table(part, figures)
    yield "## Ask it\n"
    yield f"```sh\npip install {packages}\npython inference.py PICTURE [PICTURE ...]{weights_option(view)}\n```\n"
    if named := weights_to_name(view):
        yield f"FILE is {plain(named)}. It is not in this folder: put it beside the script first.\n"
    yield "## What is in it\n"
    yield "- `model.safetensors`: the trained numbers; `config.json`: classes, settings, how a picture is prepared."
    yield "- `inference.py`: rebuilds the network from them and answers, without the app that made them.\n"
    yield from _network(view)
    yield f"{LICENCE} Made by the Quantum transfer studio."


def _table(part: str, figures: PartFigures) -> Iterator[str]:
    evaluation = figures.evaluation
    yield f"## On the {part} part\n"
    yield f"Right: {_share(evaluation.correct, evaluation.total)}.\n"
    yield "| class | pictures | precision | recall |"
    yield "| --- | --- | --- | --- |"
    for each in figures.classes:
        precision = _with_interval(each.precision, each.precision_interval)
        recall = _with_interval(each.recall, each.recall_interval)
        yield f"| {plain(each.name)} | {each.support:,} | {precision} | {recall} |"
    yield f"\nIntervals are of 95% confidence.\n\n![What it took for what](confusion_{part}.png)\n"


def _with_interval(value: float, interval: tuple[float, float]) -> str:
    if not math.isfinite(value):
        return "not known"
    return f"{percent(value)} ({percent(interval[0])} to {percent(interval[1])})"


def _whence(view: TrainedRun, spec: BackboneSpec) -> str:
    """Returns the sentence that says where the script has the image network's weights from."""
    sha256 = view.prepared.weights_sha256
    if weights_to_name(view):
        whose = "a weights file of its own" if sha256 else "weights of which nothing is known here"
        return f"It was trained with {whose}: name that file with `--weights`."
    if spec.url:
        return "The script fetches it once from its publisher, or takes the file that `--weights` names."
    return "It comes with a Python package, or is the file that `--weights` names."


def _network(view: TrainedRun) -> Iterator[str]:
    spec = spec_of(view.prepared.settings.data.backbone)
    yield "## The image network\n"
    changed = ", but for numbers that changed" if view.checkpoint.best_backbone_state else ""
    yield f"{spec.title} is not in this folder{changed}. {_whence(view, spec)}"
    if view.prepared.weights_sha256:
        yield f"SHA-256 of its weights: `{plain(view.prepared.weights_sha256)}`."
    yield f"Its licence: {spec.licence_of(view.prepared.weights_sha256)}\n"

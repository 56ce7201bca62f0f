"""A model card in sentences, before a run is asked anything: its classes, what it learnt from, how good it is.

The term is that of M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

import numpy as np

from qtl_core.evaluation.metrics import percent, wilson_interval
from qtl_core.inference.bundled import PHOTOS, PHOTOS_RIGHT
from qtl_core.inference.false_alarms import false_alarms_in_words, false_alarms_of
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.head_words import counted, head_in_words

FLAGS = "Pictures far from all it learnt from are flagged."
NAMES_ONE = "Whatever it is shown, it names one of these classes."
NOUNS = {
    "drawn": "drawings",
    "photos": "photos",
    "folder": "pictures",
    "dataset": "pictures",
    "points": "points of a plane",
    "table": "rows of a table",
}


def model_card(run: TrainedRun, *, is_bundled: bool = False) -> tuple[str, ...]:
    """Returns what a run is, as sentences of plain text: what it learnt from, how good it is, what looks and decides.

    Args:
        run: The run.
        is_bundled: Whether it is the head that comes along, which was measured with real photos, too.
    """
    measured = [_learnt_from(run), _accuracy(run)]
    if is_bundled:
        low, high = wilson_interval(PHOTOS_RIGHT, PHOTOS)
        measured.append(
            f"Of {PHOTOS} real photos of ants and bees it gets {PHOTOS_RIGHT} right "
            f"({percent(PHOTOS_RIGHT / PHOTOS)}, with 95% confidence {percent(low)} to {percent(high)})."
            f"{_seen_before(run.prepared)}"
        )
    return (*measured, _made_of(run))


def limits_in_words(run: TrainedRun, *, is_bundled: bool = False) -> str:
    """Returns what a run does with pictures of something else, and how often it flags the wrong ones."""
    if run.prepared.settings.data.is_numbers:
        return "Whatever numbers it is given, it names one of these classes."
    found = false_alarms_of(run.prepared, is_bundled=is_bundled)
    if found is None:
        return NAMES_ONE if run.prepared.from_elsewhere else f"{NAMES_ONE} {FLAGS}"
    return f"{NAMES_ONE} {FLAGS} {false_alarms_in_words(found, run.prepared.settings.data.backbone)}"


def limits_elsewhere(run: TrainedRun) -> str:
    """Returns what a run does with something else where this app is not around to flag it."""
    if run.prepared.settings.data.is_numbers:
        return limits_in_words(run)
    return f"{NAMES_ONE} Outside the app nothing flags a picture that is far from all it learnt from."


def constant_answer(run: TrainedRun) -> str:
    """Returns the class that a run names for every validation picture though they are of several; "" for none."""
    best, prepared = run.best, run.prepared
    if best is None or len(set(prepared.val_labels)) < 2 or not np.isfinite(best.val_probabilities).all():
        return ""
    said = set(np.argmax(best.val_probabilities, axis=1).tolist())
    return prepared.classes[said.pop()] if len(said) == 1 else ""


def _learnt_from(run: TrainedRun) -> str:
    prepared = run.prepared
    classes = _apart(prepared.classes)
    fails = bool(constant_answer(run))
    does = f"It was trained to tell {classes}, which it does not do" if fails else f"It tells {classes}"
    if prepared.from_elsewhere:
        return f"{does}. It was trained elsewhere: what it learnt from is not known here."
    noun = NOUNS[prepared.settings.data.source]
    return f"{does}. It {'was shown' if fails else 'learnt that from'} {prepared.train_size:,} {noun}."


def _accuracy(run: TrainedRun) -> str:
    prepared = run.prepared
    right = prepared.pictures_right(run.checkpoint.best_val_accuracy)
    if right is None or not prepared.val_size:
        return "How good it is was not measured."
    low, high = wilson_interval(right, prepared.val_size)
    chose = " They also chose the moment of training kept, which flatters it." if len(run.epochs) > 1 else ""
    return (
        f"Of {prepared.val_size:,} {NOUNS[prepared.settings.data.source]} kept for checking it gets {right:,} right "
        f"({percent(right / prepared.val_size)}, with 95% confidence {percent(low)} to {percent(high)})."
        f"{chose}{_seen_before(prepared) if prepared.settings.data.source == 'photos' else ''}"
    )


def _seen_before(prepared: Prepared) -> str:
    """Returns a sentence, with a space before it, on real photos that the image network may know already."""
    seen = spec_of(prepared.settings.data.backbone).pretrained_on(prepared.weights_sha256)
    return f" Its image network learnt from {seen} before, perhaps from some of these, too." if seen else ""


def _made_of(run: TrainedRun) -> str:
    prepared = run.prepared
    if prepared.settings.data.is_numbers:
        columns = ", ".join(prepared.feature_names[:6]) + (", ..." if prepared.feature_size > 6 else "")
        return (
            f"It reads {prepared.feature_size} numbers ({columns}), without an image network; "
            f"{_head_words(prepared)}, {_numbers_words(prepared)}, decides."
        )
    spec = spec_of(prepared.settings.data.backbone)
    return (
        f"The image network {spec.title} ({spec.size_mb:.0f} MB, not trained here) looks at a picture; "
        f"{_head_words(prepared)}, {_numbers_words(prepared)}, decides."
    )


def _head_words(prepared: Prepared) -> str:
    """Returns what decides, for example "a circuit of 4 qubits and 6 layers with the linear layers around it"."""
    settings = prepared.settings
    if not settings.model.spec.has_circuit:
        return f"a {head_in_words(settings, prepared.feature_size, len(prepared.classes))}, without a circuit"
    circuit = settings.circuit
    still = ", its angles left at random," if settings.model.spec.fixed else ""
    parts = f"{counted(circuit.qubits, 'qubit')} and {counted(circuit.depth, 'layer')}"
    return f"a circuit of {parts}{still} with the linear layers around it"


def _numbers_words(prepared: Prepared) -> str:
    still = prepared.parameters - prepared.trained_parameters if prepared.trained_parameters else 0
    if still:
        return f"{prepared.parameters:,} numbers in all, of which {still:,} stood still"
    return f"{prepared.parameters:,} trained numbers in all"


def _apart(classes: tuple[str, ...]) -> str:
    *first, last = classes
    if len(first) <= 1:
        return " from ".join(classes)
    return f"{', '.join(first)} and {last} apart"

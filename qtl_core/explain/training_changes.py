"""Changes by training in a run's head: how far each part moved, and what the validation pictures owe to that.

The head is a linear layer (`pre_net`), the circuit's trained angles (`q_params`) and another linear layer
(`post_net`), or fewer of these (`settings.heads`). Where training began is made again from the run's seed, or kept with
it where it was carried over from another run. Then one part at a time is set back to there, the others stay as trained,
and the same validation pictures are asked again: nothing is trained anew, so a figure says what this network owes to a
part's training, not what a network could learn without it. Sentences: `training_change_words`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.evaluation.mcnemar import exact_p
from qtl_core.explain.gate_importance import CircuitScore
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.head_scores import class_scores, log_softmax
from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings, ModelSettings, RunSettings
from qtl_core.settings.parameters import DRESSED, PARAMETERS

LAYER_BEFORE, ANGLES, LAYER_AFTER = "pre_net", "q_params", "post_net"
PARTS = {
    LAYER_BEFORE: ("pre_net.weight", "pre_net.bias"),
    ANGLES: ("q_params",),
    LAYER_AFTER: ("post_net.weight", "post_net.bias"),
}
EVERYTHING, ZERO_ANGLES, NO_CNOTS = "everything", "zero_angles", "no_cnots"


@dataclass(frozen=True)
class Movement:
    """The movement of one part of the head by training.

    Attributes:
        numbers: How many it has.
        rms: Root mean square of their changes; radians for the circuit's angles.
        most: The largest change of a single one.
        start_rms: Root mean square of the numbers themselves before training.
    """

    numbers: int
    rms: float
    most: float
    start_rms: float

    @property
    def relative(self) -> float:
        """The change as a share of the start, both root mean squares; infinity from a start at zero."""
        return self.rms / self.start_rms if self.start_rms else math.inf if self.rms else 0.0


@dataclass(frozen=True)
class Reset:
    """The answers for the validation pictures with a part set back, paired with those as trained.

    Attributes:
        score: What is right then.
        differ: Pictures whose answer is another one then.
        lost: Pictures that are right as trained and wrong then.
        won: Pictures that are wrong as trained and right then.
        loss_change: By how much the mean loss is higher then, nats.
        loss_error: Standard error of that paired difference, nats.
    """

    score: CircuitScore
    differ: int
    lost: int
    won: int
    loss_change: float
    loss_error: float

    @property
    def p_value(self) -> float:
        """The exact McNemar test's: how often luck alone splits the pictures at least as unevenly."""
        return exact_p(self.lost, self.won)


@dataclass(frozen=True, eq=False)
class TrainingChanges:
    """The changes by training in one run.

    Attributes:
        moved: How far each of the head's `PARTS` moved; empty where that is not known.
        angles: By how much each trained angle changed, radians, shape (weight_count,); NaN where not known.
        trained: What is right with the weights as trained; None where no validation pictures were asked.
        resets: With each of the parts that learn, and with `EVERYTHING`, back at its start; with all angles zero while
            the CNOTs stay (`ZERO_ANGLES`), and with the CNOTs taken out while the angles stay (`NO_CNOTS`). Of a head
            of a single part `EVERYTHING` alone.
        why_unknown: Why it is not known how far they moved, to follow a colon; "" where it is.
        model: The kind of head.
        still: Those of the parts that were to stand still, and did.
    """

    moved: Mapping[str, Movement]
    angles: np.ndarray = field(repr=False)
    trained: CircuitScore | None = None
    resets: Mapping[str, Reset] = field(default_factory=dict)
    why_unknown: str = ""
    model: ModelSettings = DRESSED
    still: tuple[str, ...] = ()


def parts_of(model: ModelSettings) -> dict[str, tuple[str, ...]]:
    """Returns those of `PARTS` that a kind of head has."""
    names = {name for part in model.spec.parts for name in PARAMETERS[part]}
    return {part: mine for part, mine in PARTS.items() if names.issuperset(mine)}


def start_weights(prepared: Prepared, kept: Arrays | None = None) -> dict[str, np.ndarray] | None:
    """Returns the head as it was before the first step; None where that is not known.

    Args:
        prepared: What was trained.
        kept: The start that is kept with a run which carried it over from another (`Checkpoint.start_weights`); where
            there is none, it is made again from the run's seed.
    """
    if prepared.from_elsewhere:
        return None
    if kept:
        return dict(kept)
    settings = prepared.settings
    sizes = prepared.feature_size, len(prepared.classes), settings.circuit
    return initial_weights(*sizes, settings.training.q_delta, settings.training.seed, settings.model)


def movements_of(view: RunView) -> TrainingChanges:
    """Returns how far a run's parts have moved, at once; nothing is asked of pictures.

    The weights are the best epoch's once the run is over, the last epoch's while it trains.

    Raises:
        UserError: No epoch of it is finished.
    """
    run = TrainedRun.of(view)
    now = run.checkpoint.best_weights if run.is_over else run.checkpoint.weights
    return weight_changes(start_weights(run.prepared, run.checkpoint.start_weights), now, run.prepared.settings)


def weight_changes(start: Arrays | None, now: Arrays, settings: RunSettings | None = None) -> TrainingChanges:
    """Returns how far every part moved from one set of the head's weights, by parameter name, to another.

    Args:
        start, now: The weights.
        settings: The run's, which say what its head is and what was to stand still; usual ones where not given.
    """
    model = settings.model if settings else DRESSED
    parts, angles = parts_of(model), np.size(now.get("q_params", ()))
    unknown = TrainingChanges({}, np.full(angles, np.nan), model=model)
    if not all(name in now for names in parts.values() for name in names):
        return replace(unknown, why_unknown="its weights are not kept.")
    if not is_finite(now, model):
        return replace(unknown, why_unknown="its weights stopped being finite.")
    if start is None:
        return replace(unknown, why_unknown="it was trained elsewhere.")
    moved = {part: _movement(_flat(start, names), _flat(now, names)) for part, names in parts.items()}
    turned = _flat(now, ("q_params",)) - _flat(start, ("q_params",)) if ANGLES in parts else np.zeros(0)
    held = _held(settings) if settings else frozenset()
    still = tuple(part for part in parts if part in held and moved[part].numbers and not moved[part].most)
    return TrainingChanges(moved, turned, model=model, still=still)


def _held(settings: RunSettings) -> frozenset[str]:
    """Returns the parts that were to stand still: by the kind of head, or as was chosen."""
    held = {*settings.model.spec.fixed, *settings.transfer.frozen_parts}
    return frozenset(part for part, names in PARTS.items() if any(names == PARAMETERS[each] for each in held))


def is_finite(head: Arrays, model: ModelSettings = DRESSED) -> bool:
    """Returns whether all weights of a head are there and are numbers: those of a training that broke down are not."""
    names = [name for mine in parts_of(model).values() for name in mine]
    return all(name in head and bool(np.isfinite(head[name]).all()) for name in names)


def training_changes(
    settings: RunSettings, start: Arrays | None, now: Arrays, features: np.ndarray, labels: np.ndarray
) -> TrainingChanges:
    """Returns how far every part moved, and what the answers owe to each.

    Args:
        settings: The run's.
        start: The head before training, by parameter name, or None where it is not known.
        now: The trained head.
        features: Of the validation pictures, shape (pictures, features).
        labels: Their true classes, shape (pictures,).
    """
    found = weight_changes(start, now, settings)
    if not is_finite(now, settings.model):
        return found  # such a head has no answers
    trained = _logs(settings.circuit, settings.model, now, features)
    resets = {
        name: _compared(trained, _logs(circuit, settings.model, head, features), labels)
        for name, (circuit, head) in _heads(settings, start, now, found.still).items()
    }
    return replace(found, trained=_score(trained, labels), resets=resets)


Payload = tuple[Prepared, Arrays | None, Arrays]  # what was trained, where it began, and where it ended


def changes_payload(view: TrainedRun) -> Payload:
    """Returns what `run_training_changes_job` takes of a run."""
    checkpoint = view.checkpoint
    return view.prepared, start_weights(view.prepared, checkpoint.start_weights), checkpoint.best_weights


def training_changes_job(view: TrainedRun, owner: str = "") -> JobSpec[JobView[TrainingChanges]]:
    """Returns the job that finds a run's `TrainingChanges` in a worker, where its features are kept.

    Args:
        view: A run for which `validation_angles.why_no_answers` says nothing.
        owner: Whose job it is.
    """
    return JobSpec("qtl_core.explain.training_changes:run_training_changes_job", changes_payload(view), owner)


def run_training_changes_job(
    payload: Payload, emit: Callable[[TrainingChanges], None], should_stop: ShouldStop
) -> None:
    """Finds them in a worker process.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import restore_preparation

    prepared, start, now = payload
    refused = "The run's validation pictures cannot be asked again."
    features = restore_preparation(prepared, should_stop, refused).features.val
    emit(training_changes(prepared.settings, start, now, features, np.array(prepared.val_labels)))


def _heads(
    settings: RunSettings, start: Arrays | None, now: Arrays, still: tuple[str, ...]
) -> dict[str, tuple[CircuitSettings, Arrays]]:
    """The circuit and the head of every comparison; those that have nothing to change are left out."""
    circuit, parts = settings.circuit, parts_of(settings.model)
    heads: dict[str, tuple[CircuitSettings, Arrays]] = {}
    if start is not None:
        learning = {part: names for part, names in parts.items() if part not in still and len(parts) > 1}
        for part, names in learning.items():
            heads[part] = circuit, {**now, **{name: start[name] for name in names}}
        heads[EVERYTHING] = circuit, {**now, **{name: start[name] for names in parts.values() for name in names}}
    if settings.model.spec.has_circuit:
        heads |= _without_parts_of_the_circuit(circuit, now)
    if not circuit.weight_count:
        heads.pop(ANGLES, None)
    return heads


def _without_parts_of_the_circuit(circuit: CircuitSettings, now: Arrays) -> dict[str, tuple[CircuitSettings, Arrays]]:
    heads: dict[str, tuple[CircuitSettings, Arrays]] = {}
    if circuit.weight_count:
        heads[ZERO_ANGLES] = circuit, {**now, "q_params": np.zeros_like(now["q_params"])}
    if circuit.depth and circuit.entangler != "none" and circuit.qubits > 1:
        heads[NO_CNOTS] = replace(circuit, entangler="none"), now
    return heads


def _logs(circuit: CircuitSettings, model: ModelSettings, head: Arrays, features: np.ndarray) -> np.ndarray:
    """Logarithms of the class probabilities, shape (pictures, classes)."""
    return log_softmax(class_scores(circuit, head, features, model))


def _losses(logs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return -np.asarray(logs[np.arange(len(logs)), labels])


def _score(logs: np.ndarray, labels: np.ndarray) -> CircuitScore:
    return CircuitScore(int((logs.argmax(axis=1) == labels).sum()), len(labels), float(_losses(logs, labels).mean()))


def _compared(trained: np.ndarray, other: np.ndarray, labels: np.ndarray) -> Reset:
    before, then = trained.argmax(axis=1), other.argmax(axis=1)
    growth = _losses(other, labels) - _losses(trained, labels)
    error = float(growth.std(ddof=1) / math.sqrt(len(growth))) if len(growth) > 1 else math.nan
    return Reset(
        score=_score(other, labels),
        differ=int((before != then).sum()),
        lost=int(((before == labels) & (then != labels)).sum()),
        won=int(((before != labels) & (then == labels)).sum()),
        loss_change=float(growth.mean()),
        loss_error=error,
    )


def _flat(head: Arrays, names: tuple[str, ...]) -> np.ndarray:
    return np.concatenate([np.asarray(head[name], dtype=np.float64).reshape(-1) for name in names])


def _movement(start: np.ndarray, now: np.ndarray) -> Movement:
    change = now - start
    return Movement(change.size, _rms(change), float(np.abs(change).max(initial=0.0)), _rms(start))


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean())) if values.size else 0.0

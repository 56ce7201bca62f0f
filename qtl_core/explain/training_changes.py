"""Changes by training in a run's head: how far each part moved, and what the validation pictures owe to that.

The head is a linear layer (`pre_net`), the circuit's trained angles (`q_params`) and another linear layer
(`post_net`). Where training began is made again from the run's seed. Then one part at a time is set back to there, the
others stay as trained, and the same validation pictures are asked again: nothing is trained anew, so a figure says what
this network owes to a part's training, not what a network could learn without it. Sentences: `training_change_words`.
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
from qtl_core.settings import CircuitSettings

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
        moved: How far each of `PARTS` moved; empty where that is not known.
        angles: By how much each trained angle changed, radians, shape (weight_count,); NaN where not known.
        trained: What is right with the weights as trained; None where no validation pictures were asked.
        resets: With each of `PARTS`, and with `EVERYTHING`, back at its start; with all angles zero while the CNOTs
            stay (`ZERO_ANGLES`), and with the CNOTs taken out while the angles stay (`NO_CNOTS`).
        why_unknown: Why it is not known how far they moved, to follow a colon; "" where it is.
    """

    moved: Mapping[str, Movement]
    angles: np.ndarray = field(repr=False)
    trained: CircuitScore | None = None
    resets: Mapping[str, Reset] = field(default_factory=dict)
    why_unknown: str = ""


def start_weights(prepared: Prepared) -> dict[str, np.ndarray] | None:
    """Returns the head as it was before the first step, made again from the run's seed; None where not known."""
    if prepared.from_elsewhere:
        return None
    training = prepared.settings.training
    sizes = prepared.feature_size, len(prepared.classes), prepared.settings.circuit
    return initial_weights(*sizes, training.q_delta, training.seed)


def movements_of(view: RunView) -> TrainingChanges:
    """Returns how far a run's parts have moved, at once; nothing is asked of pictures.

    The weights are the best epoch's once the run is over, the last epoch's while it trains.

    Raises:
        UserError: No epoch of it is finished.
    """
    run = TrainedRun.of(view)
    now = run.checkpoint.best_weights if run.is_over else run.checkpoint.weights
    return weight_changes(start_weights(run.prepared), now)


def weight_changes(start: Arrays | None, now: Arrays) -> TrainingChanges:
    """Returns how far every part moved from one set of the head's weights, by parameter name, to another."""
    unknown = np.full(np.size(now.get("q_params", ())), np.nan)
    if not all(name in now for names in PARTS.values() for name in names):
        return TrainingChanges({}, unknown, why_unknown="its weights are not kept.")
    if not is_finite(now):
        return TrainingChanges({}, unknown, why_unknown="its weights stopped being finite.")
    if start is None:
        return TrainingChanges({}, unknown, why_unknown="it was trained elsewhere.")
    moved = {part: _movement(_flat(start, names), _flat(now, names)) for part, names in PARTS.items()}
    return TrainingChanges(moved, _flat(now, ("q_params",)) - _flat(start, ("q_params",)))


def is_finite(head: Arrays) -> bool:
    """Returns whether all weights of a head are there and are numbers: those of a training that broke down are not."""
    return all(name in head and bool(np.isfinite(head[name]).all()) for names in PARTS.values() for name in names)


def training_changes(
    settings: CircuitSettings, start: Arrays | None, now: Arrays, features: np.ndarray, labels: np.ndarray
) -> TrainingChanges:
    """Returns how far every part moved, and what the answers owe to each.

    Args:
        settings: The circuit.
        start: The head before training, by parameter name, or None where it is not known.
        now: The trained head.
        features: Of the validation pictures, shape (pictures, features).
        labels: Their true classes, shape (pictures,).
    """
    if not is_finite(now):
        return weight_changes(start, now)  # such a head has no answers
    trained = _logs(settings, now, features)
    resets = {
        name: _compared(trained, _logs(circuit, head, features), labels)
        for name, (circuit, head) in _heads(settings, start, now).items()
    }
    return replace(weight_changes(start, now), trained=_score(trained, labels), resets=resets)


def training_changes_job(view: TrainedRun, owner: str = "") -> JobSpec[JobView[TrainingChanges]]:
    """Returns the job that finds a run's `TrainingChanges` in a worker, where its features are kept.

    Args:
        view: A run for which `validation_angles.why_no_inputs` says nothing.
        owner: Whose job it is.
    """
    payload = view.prepared, view.checkpoint.best_weights
    return JobSpec("qtl_core.explain.training_changes:run_training_changes_job", payload, owner)


def run_training_changes_job(
    payload: tuple[Prepared, Arrays], emit: Callable[[TrainingChanges], None], should_stop: ShouldStop
) -> None:
    """Finds them in a worker process.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import restore_preparation

    prepared, now = payload
    refused = "The run's validation pictures cannot be asked again."
    features = restore_preparation(prepared, should_stop, refused).features.val
    labels = np.array(prepared.val_labels)
    emit(training_changes(prepared.settings.circuit, start_weights(prepared), now, features, labels))


def _heads(settings: CircuitSettings, start: Arrays | None, now: Arrays) -> dict[str, tuple[CircuitSettings, Arrays]]:
    """The circuit and the head of every comparison; those that have nothing to change are left out."""
    heads: dict[str, tuple[CircuitSettings, Arrays]] = {}
    if start is not None:
        for part, names in PARTS.items():
            heads[part] = settings, {**now, **{name: start[name] for name in names}}
        heads[EVERYTHING] = settings, start
    heads[ZERO_ANGLES] = settings, {**now, "q_params": np.zeros_like(now["q_params"])}
    if not settings.weight_count:
        heads.pop(ANGLES, None)
        del heads[ZERO_ANGLES]
    if settings.depth and settings.entangler != "none" and settings.qubits > 1:
        heads[NO_CNOTS] = replace(settings, entangler="none"), now
    return heads


def _logs(settings: CircuitSettings, head: Arrays, features: np.ndarray) -> np.ndarray:
    """Logarithms of the class probabilities, shape (pictures, classes)."""
    return log_softmax(class_scores(settings, head, features))


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

"""Questions that are ready to be asked of whatever pictures are chosen: each makes the plan of a study.

To add one: a `Question` in `QUESTIONS`, with what is compared with what in its `about`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.machines.placing import readable_circuit_of
from qtl_core.network.simulators.density_matrix import MOST_DENSITY_WIRES
from qtl_core.pictures.sources.dataset import labels_of
from qtl_core.pictures.sources.part_counts import part_counts
from qtl_core.runs.store import newest_runs
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings import DataSettings, ReadoutSettings, RunSettings, TransferSettings
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.heads import CIRCUIT, PRE_NET
from qtl_core.studies.axes import GATE_ERRORS, VARIANT, WITHOUT_GATES, Axis
from qtl_core.studies.plan import BASE, LONGEST_NAME, READING, StudyPlan
from qtl_core.training.parts import with_test_part
from qtl_core.training.transfer.chosen_classes import ChosenClasses, chosen_classes, new_head
from qtl_core.training.transfer.facts import HeadFacts, facts_before
from qtl_core.training.transfer.plan import plan_transfer
from qtl_core.training.transfer.recipes import fitted_to

AMOUNTS = (5, 10, 20, 40, 80)  # pictures a class
DRAWS = 60  # of so few pictures: now and then a circuit learns nothing from them, and the differences spread widely
FACTORS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32)  # of the learning rate chosen
ERRORS = (0.0, 0.003, 0.01, 0.03, 0.1, 0.2)  # of a CNOT: 0.01 to 0.03 is what machines of the 2020s have
LOOKED_AT = 200  # kept runs among which one to start from is looked for
LEAST = 10  # of each class: with fewer pictures nothing is left to take away

Planned = Callable[[RunSettings], StudyPlan]
WhyNot = Callable[[RunSettings], str]


@dataclass(frozen=True)
class Question:
    """A question that is ready to be asked.

    Attributes:
        name: What it is called on a command line.
        title: The question.
        about: What is compared with what, as a sentence or two.
        planned: Makes the plan of settings for which `refused` says nothing.
        refused: Says why it cannot be asked of settings, as a sentence, or "".
    """

    name: str
    title: str
    about: str
    planned: Planned
    refused: WhyNot

    def plan(self, base: RunSettings) -> StudyPlan:
        """Returns the study that answers it for these settings.

        Raises:
            UserError: It cannot be asked of them.
        """
        if why := self.why_not(base):
            raise UserError(f"“{self.title}” cannot be asked of these settings.", why, "")
        return self.planned(base)

    def why_not(self, base: RunSettings) -> str:
        """Returns why it cannot be asked of these settings, as a sentence, or ""."""
        if base.training.backbone_mode == "published":
            return "As published, the image network runs again at every batch; choose the truly frozen network."
        if not base.reads_exactly and self.name not in ("luck", "noise"):
            return "Training with shots or noise takes minutes a run; choose exact averages."
        return self.refused(base)


def question(name: str) -> Question:
    """Returns the question of this name.

    Raises:
        UserError: There is none.
    """
    found = next((each for each in QUESTIONS if each.name == name), None)
    if found is None:
        raise UserError(f"There is no question {name!r}.", "", f"Questions are {', '.join(q.name for q in QUESTIONS)}.")
    return found


def _study(title: str, base: RunSettings, axes: Sequence[Axis], seeds: int, **more: Any) -> StudyPlan:
    return StudyPlan(title[:LONGEST_NAME], base, tuple(axes), seeds, **more)


def _fresh(base: RunSettings, **changes: Any) -> RunSettings:
    """Returns the settings with a start that carries nothing: other heads and circuits could not take it over."""
    return replace(base, transfer=TransferSettings()).changed(**changes)


def _always(base: RunSettings) -> str:
    return ""


# Is the quantum part doing anything?


def _quantum_part(base: RunSettings) -> StudyPlan:
    variants = ("dressed", "dressed_fixed", WITHOUT_GATES, "bottleneck", "linear")
    return _study(QUANTUM_PART, _fresh(base), [Axis(VARIANT, variants)], 50)


def _why_no_gates(base: RunSettings) -> str:
    return "" if base.circuit.depth else "The circuit chosen has no trained gates (depth 0); choose a depth from 1 on."


# How many qubits, how deep?


def _size(base: RunSettings) -> StudyPlan:
    qubits = sorted({1, 2, 3, 4, 6, base.circuit.qubits})
    depths = sorted({0, 1, 2, 4, 6, 10, base.circuit.depth})
    axes = [Axis("qubits", tuple(qubits)), Axis("depth", tuple(depths))]
    return _study(SIZE, _fresh(base, head=_with_circuit(base)), axes, 20, compare=BASE)


def _with_circuit(base: RunSettings) -> str:
    return base.model.head if base.model.spec.has_circuit else "dressed"


# Does entanglement help?


def _entanglement(base: RunSettings) -> StudyPlan:
    tied = base.circuit.entangler if base.circuit.entangler != "none" else str(FIELDS["entangler"].default)
    axes = [Axis("entangler", (tied, "none")), Axis("depth", tuple(sorted({1, 2, base.circuit.depth})))]
    return _study(ENTANGLEMENT, _fresh(base, head=_with_circuit(base)), axes, 50)


def _why_not_tied(base: RunSettings) -> str:
    if base.circuit.qubits < 2:
        return "The circuit chosen has one qubit, which there is nothing to entangle with; choose two or more."
    return _why_no_gates(base)


# Who wins with little data?


def _little_data(base: RunSettings) -> StudyPlan:
    axes = [Axis(VARIANT, ("dressed", "linear", WITHOUT_GATES)), Axis("per_class", _amounts(base.data))]
    return _study(LITTLE_DATA, _fresh(base), axes, DRAWS, measure=_chose_nothing(base))


def _chose_nothing(base: RunSettings) -> str:
    return "test_accuracy" if base.data.test_share else "last_val_accuracy"


def _why_too_few(base: RunSettings) -> str:
    there = smallest_class(base.data)
    if there is not None and there < LEAST:
        return f"The smallest class has {there} {base.data.noun} to learn from; it takes {LEAST} to leave some out."
    return _why_no_gates(base)


def _amounts(data: DataSettings, wanted: Sequence[int] = AMOUNTS) -> tuple[int, ...]:
    there = smallest_class(data)
    return tuple(each for each in wanted if there is None or each <= there)


def smallest_class(data: DataSettings) -> int | None:
    """Returns how many examples of the smallest class there are to learn from; None where that is not known yet."""
    try:
        if data.is_numbers:
            from qtl_core.tables.catalogue import load_numbers

            labels = np.array(labels_of(with_test_part(load_numbers(data).dataset, data).train))
            return int(np.bincount(labels).min())
        counts = part_counts(data)
    except UserError:
        return None  # said in its own words when training gets ready
    if not counts.train:
        return None
    taken = data.test_share if data.test_from == "training" and not counts.has_test else 0.0
    return int(min(counts.train.values()) * (1 - taken))


# Does what was learnt travel?


def _travel(base: RunSettings) -> StudyPlan:
    start = start_for(base)
    if start is None:
        raise UserError("There is no run to start from.", NO_START, "")
    fitted = replace(fitted_to(_facts(start), base), transfer=TransferSettings())
    parts = (PRE_NET, CIRCUIT) if _facts(start).settings.model.spec.has_circuit else (PRE_NET,)
    fitted = fitted.changed(carry=",".join(parts))
    axes = [Axis("start_from", (start.id, "")), Axis("per_class", (*_amounts(base.data, (5, 10, 20, 50)), 0))]
    return _study(TRAVEL, fitted, axes, 20, measure=_chose_nothing(base))


NO_START = (
    "There is no kept run of another task whose first layer fits these settings: train one on other pictures, through "
    "the same image network, with a head that has a circuit or a hidden layer."
)


def _why_no_start(base: RunSettings) -> str:
    try:
        return "" if start_for(base) else NO_START
    except UserError as error:
        return f"{error.what} {error.why}".strip()


def start_for(base: RunSettings) -> RunRecord | None:
    """Returns the kept run to start from: the one chosen, or the newest of another task whose first layer fits.

    Raises:
        UserError: The pictures chosen, or the store of runs, cannot be used.
    """
    chosen = chosen_classes(base.data)
    return next((each for each in _candidates(base) if _travels(each, base, chosen)), None)


def _candidates(base: RunSettings) -> Iterator[RunRecord]:
    asked = base.transfer.start_from
    for each in islice(newest_runs(), LOOKED_AT):
        if each.id == asked if asked else _task(each.settings.data) != _task(base.data):
            yield each


def _task(data: DataSettings) -> tuple[object, ...]:
    """Returns what makes one task of pictures or numbers another one."""
    names = {"folder": ("folder",), "dataset": ("dataset",), "points": ("shape", "turns"), "table": ("table", "label")}
    return (data.source, *(getattr(data, name) for name in names.get(data.source, ())))


def _travels(run: RunRecord, base: RunSettings, chosen: ChosenClasses) -> bool:
    if not run.best_epoch or PRE_NET not in run.settings.model.spec.parts:
        return False
    there = _facts(run)
    settings = fitted_to(there, base)
    if not base.data.is_numbers and settings.data.backbone != base.data.backbone:
        return False
    started = replace(settings, transfer=TransferSettings(run.id, carry=PRE_NET))
    plan = plan_transfer(there, new_head(started, chosen))
    return plan.refusal is None and plan.part(PRE_NET).how == "whole"


def _facts(run: RunRecord) -> HeadFacts:
    if not run.settings.data.is_numbers or run.settings.data.source == "points":
        return facts_before(run.settings, run.classes)
    numbers = chosen_classes(run.settings.data)
    return facts_before(run.settings, run.classes, len(numbers.columns), numbers.columns)


# How much noise can it take?


def _noise(base: RunSettings) -> StudyPlan:
    exact = replace(_fresh(base, head=_with_circuit(base)), readout=ReadoutSettings())
    return _study(NOISE, exact, [Axis(GATE_ERRORS, ERRORS)], 20, compare=BASE, noise_at=READING)


def _why_no_noise(base: RunSettings) -> str:
    if base.circuit.qubits > MOST_DENSITY_WIRES:
        return (
            f"What noise does to {base.circuit.qubits} qubits can only be estimated, which takes minutes a run; choose "
            f"{MOST_DENSITY_WIRES} qubits or fewer."
        )
    readable_circuit_of(base.circuit, ReadoutSettings())
    return ""


# Which learning rate?


def _learning_rate(base: RunSettings) -> StudyPlan:
    spec, chosen = FIELDS["learning_rate"], base.training.learning_rate
    rates = dict.fromkeys(float(f"{chosen * factor:.2g}") if factor != 1 else chosen for factor in FACTORS)
    allowed = tuple(rate for rate in rates if spec.low <= rate <= spec.high)
    return _study(LEARNING_RATE, base, [Axis("learning_rate", allowed)], 20, compare=BASE)


# How much is luck?


def _luck(base: RunSettings) -> StudyPlan:
    return _study(LUCK, base, [], 100 if base.reads_exactly else 10)


QUANTUM_PART = "Is the quantum part doing anything?"
SIZE = "How many qubits, how deep?"
ENTANGLEMENT = "Does entanglement help?"
LITTLE_DATA = "Who wins with little data?"
TRAVEL = "Does what was learnt travel?"
NOISE = "How much noise can it take?"
LEARNING_RATE = "Which learning rate?"
LUCK = "How much is luck?"
QUESTIONS: tuple[Question, ...] = (
    Question(
        "quantum-part",
        QUANTUM_PART,
        "The circuit chosen against the same with its angles left at random, without trained gates, a bottleneck with "
        "as many numbers to learn, and a linear layer: each with each, over 50 seeds.",
        _quantum_part,
        _why_no_gates,
    ),
    Question(
        "size",
        SIZE,
        "Circuits of 1 to 6 qubits and of depth 0 to 10, each against the one chosen, over 20 seeds.",
        _size,
        _always,
    ),
    Question(
        "entanglement",
        ENTANGLEMENT,
        "The circuit with its CNOTs against the same without any, at several depths, over 50 seeds.",
        _entanglement,
        _why_not_tied,
    ),
    Question(
        "little-data",
        LITTLE_DATA,
        "The circuit, a linear layer and qubits without trained gates, each with each, learning from 5 to 80 of each "
        "class: 60 draws, the same for all of them.",
        _little_data,
        _why_too_few,
    ),
    Question(
        "travel",
        TRAVEL,
        "The head of a kept run of another task, whose first layer and circuit are carried over and learn on, against "
        "a fresh start of the same head: from 5 of each class up to all, over 20 seeds. It takes the run that is "
        "chosen to start from, or the newest that fits.",
        _travel,
        _why_no_start,
    ),
    Question(
        "noise",
        NOISE,
        "The circuit trained exactly, then read out with gates that err, up to one CNOT in five: each rate of errors "
        "against none, for the same 20 trained heads. Training under noise is another question, and takes hours.",
        _noise,
        _why_no_noise,
    ),
    Question(
        "learning-rate",
        LEARNING_RATE,
        "Rates from an eighth of the one chosen up to 32 times it, each against the one chosen, over 20 seeds.",
        _learning_rate,
        _always,
    ),
    Question(
        "luck",
        LUCK,
        "The settings chosen over 100 seeds: nothing is compared, it shows how far chance alone moves the result.",
        _luck,
        _always,
    ),
)

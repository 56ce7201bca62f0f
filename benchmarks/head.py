"""Section 1: training the head, engine against engine, at the paper's circuit and at ten qubits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.bench import Bench, say
from benchmarks.clock import in_turns
from benchmarks.contenders import (
    COMPILED,
    CONTENDERS,
    LIGHTNING,
    PUBLISHED,
    TORCH,
    batches_in,
    epoch_seconds,
    fitting_share,
    shared_out,
)
from benchmarks.report import Section, Table, seconds, times
from qtl_core.settings import CircuitSettings
from qtl_core.training.task import TrainingTask

WIDE = CircuitSettings(qubits=10)


def measure(bench: Bench) -> Section:
    """Times an epoch with every engine."""
    recipe, recipe_table = _compare(bench, bench.task(), CONTENDERS)
    names = CONTENDERS if bench.effort.whole else (LIGHTNING, COMPILED)
    wide, wide_table = _compare(bench, bench.task(WIDE), names)
    return Section(
        "Head training, seconds an epoch",
        f"{bench.materials}; features kept, batch 4, validation included, one thread for every engine. "
        f"First 4 qubits, depth 6 (the recipe), then 10 qubits, depth 6. Best of {bench.effort.rounds} turns "
        "after a warm-up; where only some batches of an epoch were measured, the time is scaled up.",
        (recipe_table, wide_table),
        figures={
            "compiled_vs_published": recipe[PUBLISHED] / recipe[COMPILED],
            "torch_vs_published": recipe[PUBLISHED] / recipe[TORCH],
            "compiled_vs_lightning_10q": wide[LIGHTNING] / wide[COMPILED],
        },
        where={"compiled_vs_published": "Where an epoch's time goes stands under the physical floor."},
    )


def _compare(bench: Bench, task: TrainingTask, names: Iterable[str]) -> tuple[dict[str, float], Table]:
    """Returns seconds an epoch by engine, and the table that shows them."""
    say(f"Head training, {task.circuit.qubits} qubits: how long a turn takes ...")
    shares = {name: fitting_share(CONTENDERS[name], task, bench.effort.budget) for name in names}
    say(f"Head training, {task.circuit.qubits} qubits: {shares} of {batches_in(task)} batches ...")
    turns = {name: lambda name=name: _epoch(name, task, shares[name]) for name in names}
    found = in_turns(turns, bench.effort.rounds)
    return found, _table(found, shares, batches_in(task))


def _epoch(name: str, task: TrainingTask, share: int) -> float:
    smaller, scale = shared_out(task, share)
    return epoch_seconds(CONTENDERS[name], smaller) * scale


def _table(found: Mapping[str, float], shares: Mapping[str, int], whole: int) -> Table:
    slowest = max(found.values())
    rows = [
        (CONTENDERS[name].title, seconds(time), times(slowest / time), f"{shares[name]} of {whole}")
        for name, time in found.items()
    ]
    return Table(("engine", "an epoch", "faster than the slowest", "batches measured"), rows)

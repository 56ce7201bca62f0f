"""Section 7: the arithmetic that the recipe's head training cannot do without, against what this core can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.arithmetic import epoch_flops
from benchmarks.bench import Bench, say
from benchmarks.clock import in_turns
from benchmarks.contenders import COMPILED, CONTENDERS, epoch_seconds
from benchmarks.peak import sgemm_flops
from benchmarks.report import Section, Table, amount, seconds, times
from qtl_core.training.task import KeptFeatures

ROUNDS = 5


def measure(bench: Bench) -> Section:
    """Counts operations, measures the core's best, and sets the compiled engine beside both."""
    say("The physical floor ...")
    source = bench.source
    parts = epoch_flops(
        bench.settings.circuit.qubits,
        bench.settings.circuit.depth,
        source.feature_size,
        source.classes,
        train=len(source.train),
        val=len(source.val),
        batch_size=bench.settings.training.batch_size,
    )
    peak, found = sgemm_flops(1), _times(bench)
    floor = sum(parts.values()) / peak
    ratio = found["whole"] / floor
    spent = (
        f"Without the circuit's {bench.settings.circuit.depth} trained layers it takes {seconds(found['shallow'])}, "
        f"with one feature in place of {source.feature_size:,} {seconds(found['narrow'])}, with both left out "
        f"{seconds(found['bare'])}."
    )
    return Section(
        "The physical floor",
        "Additions and multiplications (a fused multiply-add counts as two; a division or square root as one) that an "
        "epoch of the recipe needs, with real amplitudes and the adjoint gradient, over the rate at which one core "
        "multiplies large matrices in single precision (the better of numpy's and torch's). Loading, storing, tanh, "
        "softmax and shuffling count nothing, so no program reaches it. Compiled epoch: best of "
        f"{ROUNDS} turns.",
        (_table(parts, peak),),
        (
            f"The core does {amount(peak / 1e9)} GFLOP/s; the floor is {seconds(floor)} an epoch.",
            f"The compiled engine takes {seconds(found['whole'])}: {times(ratio)} the floor.",
            spent,
        ),
        figures={"floor_ratio": ratio},
    )


def _times(bench: Bench) -> dict[str, float]:
    """Returns seconds of a compiled epoch: whole, without the circuit's layers, with a single feature, with neither."""
    whole, source = bench.task(), bench.source
    one = (source.train[:, :1].copy(), source.val[:, :1].copy(), source.train_labels, source.val_labels)
    narrow, shallow = KeptFeatures(*one, classes=source.classes), replace(whole.circuit, depth=0)
    tasks = {
        "whole": whole,
        "shallow": replace(whole, circuit=shallow),
        "narrow": replace(whole, source=narrow),
        "bare": replace(whole, circuit=shallow, source=narrow),
    }
    compiled = CONTENDERS[COMPILED]
    return in_turns({name: lambda task=task: epoch_seconds(compiled, task) for name, task in tasks.items()}, ROUNDS)


def _table(parts: Mapping[str, int], peak: float) -> Table:
    rows = [(name, amount(flops / 1e6), seconds(flops / peak)) for name, flops in parts.items()]
    return Table(("an epoch", "MFLOP", "at the core's best"), rows)

"""Section 3: many runs at once, on one core and on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.bench import Bench, say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.machine import cores
from benchmarks.peak import sgemm_flops
from benchmarks.report import Section, Table, amount, seconds, times
from qtl_core.common.progress import never_stop
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import TrainingTask

ALONE = 50  # runs one after another, of which the mean is taken: a single one is over too soon

Times = Mapping[tuple[int, int], float]  # seconds by (runs at once, threads)


def measure(bench: Bench) -> Section:
    """Trains the seeds 0..k-1 of the recipe for every k."""
    effort = bench.effort
    tasks = _seeds(bench, max(effort.runs))
    threads = tuple(sorted({1, cores()})) if effort.whole else (cores(),)
    turns = {(0, 1): lambda: _one_after_another(tasks[:ALONE])} | {
        (k, n): lambda k=k, n=n: seconds_of(lambda: train_many(tasks[:k], never_stop, threads=n))
        for k in effort.runs
        for n in threads
    }
    say(f"Many runs at once: {list(effort.runs)} ...")
    found = in_turns(turns, effort.rounds)
    alone, most = found[0, 1], max(effort.runs)
    hundred = 100 if 100 in effort.runs else most
    gain = alone * most / found[most, cores()]
    ceiling = sgemm_flops(cores()) / sgemm_flops(1)
    return Section(
        "Many runs at once",
        f"{effort.run_epochs} epochs each of the recipe, compiled engine, one seed a run, all of them over the same "
        f"kept features. Best of {effort.rounds} turns; a run alone is the mean of {min(ALONE, len(tasks))} one after "
        "another on one core.",
        (_table(found, effort.runs, threads),),
        (
            f"A run alone takes {seconds(alone)}; among {most:,} at once on {cores()} cores, "
            f"{seconds(found[most, cores()] / most)}.",
            f"For comparison, matrix products, which need little but their core, gain {times(ceiling)} from {cores()} "
            "threads.",
        ),
        figures={"seeds_100_seconds": found[hundred, cores()] * 100 / hundred, "runs_1000_per_run_gain": gain},
        where={
            "seeds_100_seconds": f"A run alone takes {seconds(alone)} on one core.",
            "runs_1000_per_run_gain": f"For comparison, matrix products gain {times(ceiling)} from all cores.",
        },
    )


def _seeds(bench: Bench, count: int) -> list[TrainingTask]:
    training = replace(bench.settings.training, epochs=bench.effort.run_epochs)
    return [bench.task(training=replace(training, seed=seed)) for seed in range(count)]


def _one_after_another(tasks: list[TrainingTask]) -> float:
    """Returns the mean seconds of a run that has the machine to itself."""
    return seconds_of(lambda: [train_many([task], never_stop, threads=1) for task in tasks]) / len(tasks)


def _table(found: Times, runs: tuple[int, ...], threads: tuple[int, ...]) -> Table:
    """Returns runs per second by number of runs and threads, and what the threads gain."""
    head = ("runs at once", *(f"runs/s, {n} thread{'s' if n > 1 else ''}" for n in threads))
    rates = {k: [k / found[k, n] for n in threads] for k in runs}
    if len(threads) == 1:
        return Table(head, [(f"{k:,}", amount(rate)) for k, (rate,) in rates.items()])
    rows = [(f"{k:,}", amount(one), amount(more), times(more / one)) for k, (one, more) in rates.items()]
    return Table((*head, "gain"), rows)

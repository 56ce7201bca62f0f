"""Section 2: how time and memory grow with qubits and with depth, and which engine wins where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.bench import Bench, say
from benchmarks.cell import Cell, Found, measured
from benchmarks.contenders import CONTENDERS
from benchmarks.report import Section, Table, amount, seconds, times

QUBITS, DEPTHS = (2, 4, 6, 8, 10, 12), (1, 2, 4, 6, 10, 15, 20)
PAPER_QUBITS, PAPER_DEPTH = 4, 6
CELL_SECONDS = 3.0  # each of some sixty cells may take this long, after as long again for starting

Row = Mapping[str, Found]  # by contender


def measure(bench: Bench) -> Section:
    """Measures every engine at every size."""
    tiny = bench.effort.budget == 0
    wide = {n: _row(bench, n, PAPER_DEPTH) for n in (QUBITS[:1] if tiny else QUBITS)}
    deep = {d: _row(bench, PAPER_QUBITS, d) for d in (DEPTHS[:1] if tiny else DEPTHS)}
    tables = [
        _table(axis, rows, written)
        for axis, rows in (("qubits", wide), ("depth", deep))
        for written in (lambda found: seconds(found.seconds), _memory)
    ]
    return Section(
        "How cost grows",
        "Seconds an epoch and peak memory in MiB (in brackets: how much more than for one qubit), against qubits at "
        f"depth {PAPER_DEPTH} and against depth at {PAPER_QUBITS} qubits. Each cell ran once in a process of its own, "
        f"on random features shaped as the real ones, for about {CELL_SECONDS:g} s: the slow engines did only a share "
        "of an epoch, at least one batch, and their time is scaled up.",
        tables,
        [_winners("qubits", wide), _winners("depth", deep), _growth("qubits", wide), _growth("depth", deep)],
    )


def _row(bench: Bench, qubits: int, depth: int) -> Row:
    say(f"Growth: {qubits} qubits, depth {depth} ...")
    shape = (len(bench.dataset.train), len(bench.dataset.val), bench.resolved.spec.feature_size)
    budget = min(CELL_SECONDS, bench.effort.budget)
    cell = (qubits, depth, *shape, len(bench.dataset.classes), budget)
    return {name: measured(Cell(name, *cell)) for name in CONTENDERS}


def _table(axis: str, rows: Mapping[int, Row], written: Callable[[Found], str]) -> Table:
    return Table((axis, *CONTENDERS), [(str(size), *map(written, row.values())) for size, row in rows.items()])


def _winners(axis: str, rows: Mapping[int, Row]) -> str:
    """Returns a sentence on which engine is quickest at each size."""
    by_engine: dict[str, list[int]] = {}
    for size, row in rows.items():
        by_engine.setdefault(min(row, key=lambda name, row=row: row[name].seconds), []).append(size)
    parts = [f"{name} at {', '.join(map(str, sizes))}" for name, sizes in by_engine.items()]
    return f"Quickest by {axis}: {'; '.join(parts)}."


def _growth(axis: str, rows: Mapping[int, Row]) -> str:
    """Returns a sentence on how many times more the largest size takes than the smallest."""
    first, last = min(rows), max(rows)
    parts = [f"{name} {times(rows[last][name].seconds / rows[first][name].seconds)}" for name in CONTENDERS]
    return f"From {first} to {last} ({axis}) an epoch takes: {', '.join(parts)} as long."


def _memory(found: Found) -> str:
    return f"{found.peak:.0f} (+{amount(found.peak - found.before)})"

"""One run read out in many ways: exactly, from shots, on ibmqx4 and on machines of today, into benchmarks/READOUT.md.

    make readout-table      # or python -m benchmarks.readout; some minutes; needs the photos and the extra `hardware`

Ants and bees through MobileNetV2 by the paper's recipe, and the paper's spirals beside them: one run each, seed 0. The
The table of docs/machines.md is made of the same figures, between its two marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np

from benchmarks.bench import say
from benchmarks.homes import PROJECT, home
from qtl_core.common.progress import never_stop
from qtl_core.machines.catalogue import PAPERS_MACHINE, machine_named
from qtl_core.machines.fake_backends import fake_machine, fake_names, require_hardware
from qtl_core.machines.laid_circuit import laid_circuit
from qtl_core.machines.layouts import best_layout, figures_of, worst_layout
from qtl_core.readout.draws import ShotSource
from qtl_core.readout.draws import figures_of as figures_of_draws
from qtl_core.readout.inputs import ReadoutInputs, validation_inputs
from qtl_core.readout.machine_report import SHOTS, layout_text
from qtl_core.readout.run_readout import RunReadout, readout_of
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import PRESETS, ReadoutSettings, RunSettings
from qtl_core.training.run import train

OUT, PAGE = Path(__file__).parent / "READOUT.md", PROJECT / "docs/machines.md"
BEGIN, END = "<!-- readout table: made by make readout-table -->\n", "<!-- end of readout table -->\n"
TODAY = ("fake_fez", "fake_marrakesh", "fake_torino")  # the newest of Qiskit Runtime's with a real calibration
DRAWS = 200
RUNS = {
    "ants and bees": RunSettings().changed(backbone="mobilenet_v2", source="photos", seed=0),
    "spirals": PRESETS[2].applied_to(RunSettings()).changed(seed=0),
}


@dataclass(frozen=True)
class Way:
    """A way to read a run out: its words, its readout, and how its errors are mitigated."""

    words: str
    readout: ReadoutSettings
    mitigate: tuple[str, ...] = ()


def ways_of(inputs: ReadoutInputs) -> list[Way]:
    """Returns the rows of the table; what does not fit on ibmqx4 is not there."""
    machine = machine_named(PAPERS_MACHINE)
    best, worst = (layout_text(each(inputs.circuit, machine).layout) for each in (best_layout, worst_layout))

    def on(layout: str, shots: int = 0) -> ReadoutSettings:
        return ReadoutSettings(machine=PAPERS_MACHINE, layout=layout, shots=shots)

    every = map(layout_text, permutations(range(len(machine.qubits)), inputs.circuit.qubits))
    luckiest = max(every, key=lambda layout: readout_of(inputs, on(layout)).evaluation.correct)

    return [
        Way("exactly", ReadoutSettings()),
        Way(f"{SHOTS:,} shots, no noise", ReadoutSettings(shots=SHOTS)),
        Way(f"ibmqx4, layout of least error ({best})", on(best)),
        Way(f"ibmqx4, layout of most error ({worst})", on(worst)),
        Way(f"ibmqx4, layout with the most right of all ({luckiest}), picked by these answers", on(luckiest)),
        Way("ibmqx4, least error, readout corrected", on(best), ("readout",)),
        Way(f"ibmqx4, least error, {SHOTS:,} shots", on(best, SHOTS)),
        Way(f"ibmqx4, least error, {SHOTS:,} shots, readout corrected", on(best, SHOTS), ("readout",)),
        *(Way(title_of(name), ReadoutSettings(machine=name)) for name in TODAY),
    ]


def title_of(name: str) -> str:
    """Returns a machine's title with its day."""
    machine = machine_named(name)
    return f"{machine.title}, {machine.measured}"


def row_of(inputs: ReadoutInputs, way: Way) -> list[str]:
    """Returns a row: right answers, confidence, margin, answers changed; of shots the band of many draws as well."""
    found = readout_of(inputs, way.readout, mitigate=way.mitigate)
    right = f"{found.evaluation.correct} of {found.size}"
    if way.readout.shots:
        low, high = _band(inputs, way, found)
        right = f"{right} ({low} to {high} in 90% of {DRAWS} draws)"
    shares = (found.mean_confidence, float(found.margins.mean()))
    return [way.words, right, *(f"{each:.2f}" for each in shares), str(len(found.changed))]


def _band(inputs: ReadoutInputs, way: Way, found: RunReadout) -> tuple[int, int]:
    source = ShotSource(inputs, way.readout, way.mitigate)
    read = source.expectations(way.readout.shots, DRAWS, np.random.default_rng(1))
    figures = figures_of_draws(inputs, read, found.exact_evaluation.predicted)
    low, high = np.quantile(figures.accuracy, (0.05, 0.95)) * inputs.size
    return round(low), round(high)


def table(inputs: ReadoutInputs, noun: str) -> list[str]:
    """Returns the table of one run, as lines of Markdown."""
    lines = [
        f"| {noun} | right | mean confidence | mean margin | answers changed |",
        "| --- | --- | --- | --- | --- |",
    ]
    for way in ways_of(inputs):
        say(f"{noun}: {way.words} ...")
        lines.append("| " + " | ".join(row_of(inputs, way)) + " |")
    return lines


def small_machines(inputs: ReadoutInputs) -> Iterator[str]:
    """Yields a line for each five-qubit machine of Qiskit Runtime's, with what transpiling made of the circuit."""
    yield "| machine | measured | right | mean confidence | gates | two-qubit gates | depth |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name in fake_names():
        if len(fake_machine(name).qubits) != 5:
            continue
        say(f"{name} ...")
        laid, found = laid_circuit(inputs.circuit, name), readout_of(inputs, ReadoutSettings(machine=name))
        was, now = laid.before, laid.after
        counts = (f"{was.gates} → {now.gates}", f"{was.two_qubit} → {now.two_qubit}", f"{was.depth} → {now.depth}")
        machine, right = laid.machine, f"{found.evaluation.correct} of {found.size}"
        yield f"| {machine.title} | {machine.measured} | {right} | {found.mean_confidence:.2f} | {' | '.join(counts)} |"


def layouts_in_words(inputs: ReadoutInputs) -> str:
    """Returns what layouts cost on ibmqx4, the two of the project's first sketch among them."""
    machine = machine_named(PAPERS_MACHINE)
    best, worst = (each(inputs.circuit, machine).layout for each in (best_layout, worst_layout))
    heads = ("layout", "CNOTs", "SWAPs", "turned", "CNOTs survive", "turning leaves", "readings leave of each ⟨Z⟩")
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for layout in (best, (1, 0, 2, 4), (0, 1, 2, 3), worst):
        each = figures_of(inputs.circuit, machine, layout)
        reading = ", ".join(f"{share:.2f}" for share in each.reading)
        routed = each.routed
        lines.append(
            f"| {'-'.join(map(str, layout))} | {routed.cnots} | {routed.swaps} | {routed.turned} | {each.cnots:.2f} "
            f"| {each.turning:.2f} | {reading} |"
        )
    return "\n".join(lines)


def report(tables: Sequence[str], layouts: str, small: Sequence[str]) -> str:
    """Returns all of READOUT.md."""
    return (
        "\n\n".join(
            (
                "# What machines make of the answers",
                "One run each (seed 0): ants and bees through MobileNetV2 by the paper's recipe, and the paper's "
                "spirals. Numbers are averages over noise and endless shots unless shots are named: then one draw, and "
                f"the band of {DRAWS} further ones. Margin: how far an answer's probability is above the next one's. "
                "Answers changed: other ones than exactly. Least error: the layout with the highest product of what "
                "its CNOTs, their turning and its readings leave, which need not get the most right. Made by "
                "`make readout-table`.",
                *tables,
                "## Layouts of four wires on ibmqx4",
                layouts,
                "## Five-qubit machines of Qiskit Runtime, ants and bees",
                "Gates as written, and as Qiskit lays them on the machine (its rz take no time and do not err). "
                "Fractional is Lima over again, with its figures and other gates: fifteen machines in sixteen rows.",
                "\n".join(small),
            )
        )
        + "\n"
    )


def with_table(text: str, table_text: str) -> str:
    """Returns the page's text with another table between its two marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the page has no marks for this table")
    return f"{before}{BEGIN}\n{table_text}\n\n{END}{after}"


def main() -> None:
    """Writes the tables into READOUT.md and docs/machines.md."""
    require_hardware()
    with home():
        found = {noun: validation_inputs(TrainedRun.of(train(wanted)), never_stop) for noun, wanted in RUNS.items()}
    tables = ["\n".join(table(inputs, noun)) for noun, inputs in found.items()]
    photos = next(iter(found.values()))
    OUT.write_text(report(tables, layouts_in_words(photos), list(small_machines(photos))), "utf-8")
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), "\n\n".join(tables)), "utf-8")
    say(OUT.read_text("utf-8"))


if __name__ == "__main__":
    main()

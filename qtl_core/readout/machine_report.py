"""One head on one machine: its pictures exactly, on the layouts of least and most error, from shots, and corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.layouts import Layout, best_layout, worst_layout
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.run_readout import RunReadout, readout_of
from qtl_core.settings.readout import ReadoutSettings

SHOTS = 1_024
STAGE = "Running the head on the machine"


@dataclass(frozen=True)
class ReportRequest:
    """A question for a worker.

    Attributes:
        inputs: The pictures and the head.
        machine: The machine's name.
        layout: A layout to look at beside these two, as "1,0,2,4"; "" for none.
        gate_times: What the machine's assumed gate times are multiplied by.
        seed: Decides what shots give.
    """

    inputs: ReadoutInputs = field(repr=False)
    machine: str
    layout: str = ""
    gate_times: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ReportRow:
    """One way to run the head: what it is called, and what came of it."""

    title: str
    found: RunReadout


def layout_text(layout: Layout) -> str:
    """Returns a layout as the setting has it: "1,0,2,4"."""
    return ",".join(map(str, layout))


def _dashed(text: str) -> str:
    return text.replace(",", "-")


def rows_of(request: ReportRequest, emit: Callable[[Progress], None], should_stop: ShouldStop) -> tuple[ReportRow, ...]:
    """Returns all rows, the exact one first.

    Raises:
        UserError: There is no such machine, or the circuit does not fit on it.
        StoppedByUser: `should_stop` said so.
    """
    asked, rows = _asked(request), []
    for at, (title, readout, mitigate) in enumerate(asked):
        if should_stop():
            raise StoppedByUser
        emit(Progress(STAGE, at, len(asked)))
        rows.append(ReportRow(title, readout_of(request.inputs, readout, seed=request.seed, mitigate=mitigate)))
    return tuple(rows)


def report_job(request: ReportRequest, owner: str = "") -> JobSpec[JobView[tuple[ReportRow, ...]]]:
    """Returns the job that finds the rows in a worker."""
    return JobSpec("qtl_core.readout.machine_report:run_report_job", request, owner)


def run_report_job(
    request: ReportRequest, emit: Callable[[tuple[ReportRow, ...] | Progress], None], should_stop: ShouldStop
) -> None:
    """Finds the rows in a worker process; raises as `rows_of` does."""
    emit(rows_of(request, emit, should_stop))


def _asked(request: ReportRequest) -> list[tuple[str, ReadoutSettings, tuple[str, ...]]]:
    machine, circuit = machine_named(request.machine), request.inputs.circuit
    if machine.needs_aer:
        raise UserError(f"{machine.title} is laid out by Qiskit, so there is no layout of least or most error to show.")
    best, worst = (layout_text(each(circuit, machine).layout) for each in (best_layout, worst_layout))

    def on(layout: str, shots: int = 0) -> ReadoutSettings:
        return ReadoutSettings(shots=shots, machine=machine.name, layout=layout, gate_times=request.gate_times)

    rows: list[tuple[str, ReadoutSettings, tuple[str, ...]]] = [
        ("Exactly", ReadoutSettings(), ()),
        (f"Least error, {_dashed(best)}", on(best), ()),
        (f"Most error, {_dashed(worst)}", on(worst), ()),
    ]
    chosen = request.layout
    if chosen and chosen not in (best, worst):
        rows.append((f"Your layout, {_dashed(chosen)}", on(chosen), ()))
    laid, whose = (chosen, "Yours") if chosen else (best, "Least error")
    rows += [
        (f"{whose}, {SHOTS:,} shots", on(laid, SHOTS), ()),
        (f"{whose}, {SHOTS:,} shots, corrected", on(laid, SHOTS), ("readout",)),
    ]
    return rows

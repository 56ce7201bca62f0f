"""Measures a request in batches: what is kept is not run, what comes is kept at once, what fails is said at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.request import DeviceRequest, check_choice

STAGE = "Circuits measured"
GIVE_UP = 2  # batches that fail one after another: a third would most likely fail, too, and may be paid for


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Measured:
    """Results that have come.

    Attributes:
        places: The circuits' places in the request, shape (circuits,).
        expectations: <Z> of every qubit, shape (circuits, qubits).
        seconds: How long they took; 0 for kept ones.
        notes: Sentences on what could not be kept.
    """

    places: np.ndarray
    expectations: np.ndarray = field(repr=False)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


DeviceView = JobView[tuple[Measured, ...]]


def measuring_job(request: DeviceRequest, owner: str = "") -> JobSpec[DeviceView]:
    """Returns the job that measures in a worker, which can be ended whatever the device does.

    Its results come in parts, those that are kept first; they stay where it fails or is stopped.
    """
    return JobSpec(
        "qtl_core.readout.devices.measuring:run_measuring_job",
        request,
        owner,
        view=JobView(result=()),
        fold=JobView.collect,
    )


def run_measuring_job(
    request: DeviceRequest, emit: Callable[[Measured | Progress], None], should_stop: ShouldStop
) -> None:
    """Measures in a worker process; raises as `measure` does."""
    done = 0
    for measured in measure(request, should_stop):
        done += len(measured.places)
        emit(measured)
        emit(Progress(STAGE, done, request.size))


def measure(request: DeviceRequest, should_stop: ShouldStop) -> Iterator[Measured]:
    """Measures, and yields results as they come, those that are kept first.

    A batch that fails does not end it, unless another fails right after it.

    Raises:
        UserError: The choice cannot be had; or, once all else has come, some circuits have no result.
        StoppedByUser: `should_stop` said so.
    """
    check_choice(request.choice)
    with KeptResults() as kept:
        known = kept.read(request.keys)
        there = [place for place, key in enumerate(request.keys) if key in known]
        missing = [place for place, key in enumerate(request.keys) if key not in known]
        rows = [known[request.keys[place]] for place in there]
        yield _measured(there, np.array(rows).reshape(len(there), request.circuit.wires), 0.0, kept)
        if missing:
            yield from _measure(request, missing, kept, should_stop)


def _measure(
    request: DeviceRequest, missing: list[int], kept: KeptResults, should_stop: ShouldStop
) -> Iterator[Measured]:
    from qtl_core.readout.devices.opening import DeviceFailed, OpenDevice  # imports PennyLane

    device = OpenDevice(request.choice, request.circuit)
    size, lost, in_a_row, last = request.choice.batch, 0, 0, None
    for start in range(0, len(missing), size):
        if should_stop():
            raise StoppedByUser
        places, began = missing[start : start + size], time.perf_counter()
        try:
            values = device.run(request.angles[places], request.weights, places[0])
        except DeviceFailed as error:
            lost, in_a_row, last = lost + len(places), in_a_row + 1, error
            if in_a_row == GIVE_UP:
                lost += len(missing[start + size :])
                break
            continue
        in_a_row = 0
        good = np.isfinite(values).all(axis=1)
        lost += int((~good).sum())
        came = [place for place, is_good in zip(places, good, strict=True) if is_good]
        kept.write({request.keys[place]: row for place, row in zip(came, values[good], strict=True)})
        yield _measured(came, values[good], time.perf_counter() - began, kept)
    if lost:
        raise _incomplete(request, lost, last)


def _measured(places: list[int], values: np.ndarray, seconds: float, kept: KeptResults) -> Measured:
    return Measured(np.array(places, dtype=np.int64), values, seconds, tuple(kept.notes))


def _incomplete(request: DeviceRequest, lost: int, last: UserError | None) -> UserError:
    """Returns the words for circuits without a result, with why the last batch failed if one did."""
    what = f"{lost:,} of {request.size:,} circuits gave no result."
    if lost == request.size and last is not None:
        return UserError(f"{last.what} No circuit gave a result.", last.why, last.do)
    why = f"{last.what} {last.why}" if last else f"{request.choice.name} left them out."
    return UserError(what, why, "The others are kept. Go on: only those that are missing are run again.")


def gathered(request: DeviceRequest, parts: tuple[Measured, ...]) -> np.ndarray:
    """Returns all results that have come, shape (circuits, qubits), NaN where none has."""
    found = np.full((request.size, request.circuit.wires), np.nan)
    for part in parts:
        found[part.places] = part.expectations
    return found

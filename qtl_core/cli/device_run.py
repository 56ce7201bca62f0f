"""Circuits measured on a device from a shell: in a worker process, so that a hanging device ends when it is told to."""

from __future__ import annotations

import math

import numpy as np

from qtl_core.cli.output import note
from qtl_core.cli.process import StopAsked
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY
from qtl_core.jobs import JobManager
from qtl_core.readout.devices.catalogue import check_device
from qtl_core.readout.devices.device_readout import calibration_requests, confusion_of, device_readout, device_request
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.measuring import gathered, measuring_job
from qtl_core.readout.devices.request import DeviceChoice, DeviceRequest, check_choice, cost_of
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.run_readout import RunReadout


def measured_on_device(
    inputs: ReadoutInputs, choice: DeviceChoice, asked: StopAsked, *, is_corrected: bool
) -> RunReadout:
    """Measures pictures on a device and says before what that costs, and in the end what is missing.

    Raises:
        UserError: The device cannot be had, or nothing came.
        StoppedByUser: It was stopped before anything came.
    """
    check_choice(choice)
    request = device_request(inputs, choice)
    calibration = calibration_requests(choice, request.circuit.wires) if is_corrected else ()
    with KeptResults() as kept:
        cost = cost_of(request, kept.read(request.keys))
    note(f"On {choice.name}: {cost.in_words()}{' Two more circuits for the correction.' if is_corrected else ''}")
    if cost.circuits and not check_device(choice.name).is_local:
        note("It reaches beyond this computer, and may wait in a queue. Ctrl-C stops it; what has come is kept.")
    manager = JobManager(slots=1)
    try:
        confusion = None
        if calibration:
            zero, one = (_measured(manager, each, asked, is_whole=True)[0] for each in calibration)
            confusion = confusion_of(zero, one)
        found = _measured(manager, request, asked)
    finally:
        manager.close()
    return device_readout(inputs, choice, found, confusion)


def _measured(manager: JobManager, request: DeviceRequest, asked: StopAsked, *, is_whole: bool = False) -> np.ndarray:
    """Returns what came; says why the rest did not."""
    job, report, shown = manager.submit(measuring_job(request)), ProgressLine(), None
    while not (seen := manager.wait(job, LOOK_EVERY)) or not seen.is_over:
        if asked.by:
            manager.stop(job)
        if seen and seen.view.progress not in (None, shown) and not is_whole:
            shown = seen.view.progress
            report(shown)
    if seen.view.progress and not is_whole:
        report(seen.view.progress)
    parts = seen.view.result or ()
    for sentence in dict.fromkeys(sentence for part in parts for sentence in part.notes):
        note(f"Note: {sentence}")
    found = gathered(request, parts)
    missing = math.ceil(np.isnan(found).any(axis=1).sum())
    if missing == request.size or (missing and is_whole):
        if asked.by:
            raise StoppedByUser
        raise UserError(*(seen.view.error or ("No circuit gave a result.", "", "")))
    if seen.view.error:
        note(" ".join(str(UserError(*seen.view.error)).split()))
    elif missing:
        note(f"{missing:,} of {request.size:,} circuits have no result yet; the same command goes on with them.")
    return found

"""A device and circuits run on it: the choice with no key on the page, what is kept, start, progress and Stop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot
from qtl_core.jobs.retention import GOES_ON_SECONDS
from qtl_core.readout.devices.catalogue import PACKAGES, check_device, usable_devices
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.measuring import DeviceView, gathered, measuring_job
from qtl_core.readout.devices.options import Options, read_options
from qtl_core.readout.devices.request import DeviceChoice, DeviceRequest, check_choice, cost_of
from qtl_core.settings.readout import MOST_SHOTS
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.waiting import show_job_wait

WAIT_SECONDS, REFRESH_SECONDS = 0.5, 0.5
USUAL_SHOTS, MOST_SEED = 1_024, 2**31 - 1
FIRST = "default.mixed"  # always there, and quick


def choose_device(place: str) -> DeviceChoice | None:
    """Shows what can be chosen; returns it where it can be had, and says why where not.

    Args:
        place: Tells the widgets of one page from those of another.
    """
    devices = {each.name: each for each in usable_devices()}
    names = list(devices)
    left, middle, right = st.columns([2, 1, 1], gap="small")
    with left:
        name = st.selectbox("Device", names, index=names.index(FIRST) if FIRST in names else 0, key=f"{place}_name")
    shots = middle.number_input(
        "Shots",
        0,
        MOST_SHOTS,
        USUAL_SHOTS,
        key=f"{place}_shots",
        help="Of each circuit; 0 for exact averages of a simulator.",
    )
    seed = right.number_input(
        "Seed", 0, MOST_SEED, 0, key=f"{place}_seed", help="Repeats a simulator's shots; another one measures again."
    )
    st.text_input(
        "Options",
        key=f"{place}_options",
        placeholder="method=density_matrix",
        on_change=_check_options,
        args=(place,),
        help="What the device is made with: name=value, with spaces between. Never a key: see below.",
    )
    where = "a simulator on this computer" if devices[name].is_local else "it may reach beyond this computer"
    st.caption(f"{as_plain_text(name)} comes with {as_plain_text(devices[name].package)}: {where}.")
    _show_access(set(names))
    try:
        choice = DeviceChoice(check_device(name).name, _options(place), int(shots), int(seed))
        check_choice(choice)
    except UserError as error:
        show_user_error(error)
        return None
    return choice


def _options(place: str) -> Options:
    """Returns the options that are typed; those that were refused are gone already, and the refusal is raised.

    Raises:
        UserError: They are none.
    """
    refused = st.session_state.get(f"{place}_refused")
    if refused:
        raise UserError(*refused)
    return read_options(str(st.session_state.get(f"{place}_options") or "").split())


def _check_options(place: str) -> None:
    """Takes what may be a key off the page at once: nothing of it is kept, in this session or anywhere."""
    st.session_state[f"{place}_refused"] = None
    try:
        read_options(str(st.session_state[f"{place}_options"] or "").split())
    except UserError as error:
        st.session_state[f"{place}_refused"] = (error.what, error.why, error.do)
        st.session_state[f"{place}_options"] = ""


def _show_access(installed: set[str]) -> None:
    missing = {
        start: package for start, package in PACKAGES.items() if not any(each.startswith(start) for each in installed)
    }
    with st.expander("Other devices, and access to a provider's", icon=":material/extension:"):
        st.markdown(
            "**Access** is set up where the provider's own plugin looks for it, in its configuration file or the "
            "environment of this server: no key belongs on this page, and none is taken."
        )
        if missing:
            rows = "\n".join(
                f"| {start.rstrip('.')} … | `pip install {package}` |" for start, package in missing.items()
            )
            st.markdown(
                "Not installed here; the app finds them when it is started again:"
                f"\n\n| devices | what to install |\n| --- | --- |\n{rows}"
            )
        st.markdown("[PennyLane's list](https://pennylane.ai/devices) has more.")


def follow_run(request: DeviceRequest, place: str, show_found: Callable[[np.ndarray], None]) -> None:
    """Shows what a run takes, its start or how far it is, and what came; again and again while it is under way.

    Args:
        request: The circuits.
        place: As for `choose_device`.
        show_found: Shows the results, shape (circuits, qubits), NaN where none has come.
    """
    job = job_managers.device_runs().find(_run_key(request))
    if job is not None and not job.is_over:
        job_managers.device_jobs().wait(job.id, WAIT_SECONDS)
    running = is_running(request)
    refreshing(_show_run, REFRESH_SECONDS if running else None)(request, place, running, show_found)


def _show_run(request: DeviceRequest, place: str, running: bool, show_found: Callable[[np.ndarray], None]) -> None:
    if running and not is_running(request):
        st.rerun()  # without the refreshing
    job = job_managers.device_runs().find(_run_key(request))
    with KeptResults() as kept:
        there = kept.read(request.keys)
    found = _all_found(request, there, job)
    st.markdown(f"**What it takes**: {cost_of(request, there).in_words()}")
    if running and job is not None:
        _show_device_progress(job, place)
    else:
        missing = int(np.isnan(found).any(axis=1).sum())
        _show_start(request, missing, place)
        if job is not None and job.view.error:
            show_user_error(UserError(*job.view.error))
        elif why := early_words(job, request.size - missing, request.size):
            st.markdown(why)
        for sentence in _notes_of(job):
            st.caption(sentence)
    show_found(found)


def _run_key(request: DeviceRequest) -> tuple[str, str, int]:
    """Returns what tells one visitor's run of a request from all others."""
    return session.owner, hashlib.sha256("".join(request.keys).encode()).hexdigest(), request.choice.batch


def is_running(request: DeviceRequest) -> bool:
    """Returns whether this visitor's run of a request is under way."""
    job = job_managers.device_runs().find(_run_key(request))
    return job is not None and not job.is_over


def _all_found(request: DeviceRequest, there: dict[str, np.ndarray], job: JobSnapshot[DeviceView] | None) -> np.ndarray:
    """Returns all that came: what is kept, and what this job found where nothing can be kept."""
    found = gathered(request, (job.view.result or ()) if job is not None else ())
    for place, key in enumerate(request.keys):
        if key in there:
            found[place] = there[key]
    return found


def early_words(job: JobSnapshot[DeviceView] | None, came: int, size: int) -> str:
    """Says why a run ended before all was measured, where no error says it; "" of one that did not.

    Args:
        job: The visitor's last run of these circuits, which is over; None where this server knows of none.
        came: Circuits with a result.
        size: All circuits.
    """
    if came == size or (job is None and not came):
        return ""
    if job is None:
        return (
            f"{came:,} of {size:,} were measured by another run of these circuits: from before the app or the page was "
            "opened anew, or another visitor's."
        )
    kept = f"with {came:,} of {size:,} measured, which are kept" if came else "before anything was measured"
    return (
        f"It was stopped {kept}: by its Stop, or because nobody had looked at it for {GOES_ON_SECONDS // 3600} hours."
    )


def _notes_of(job: JobSnapshot[DeviceView] | None) -> list[str]:
    """Returns the sentences on what could not be kept."""
    parts = (job.view.result or ()) if job is not None else ()
    return list(dict.fromkeys(note for part in parts for note in part.notes))


def _show_start(request: DeviceRequest, missing: int, place: str) -> None:
    """Shows the button that begins, or goes on with what has no result yet.

    Args:
        request: The circuits.
        missing: How many of them have no result; the button is not there where none is.
        place: As for `choose_device`.
    """
    key = _run_key(request)
    if not missing:
        return
    begun = missing < request.size
    label = f"Go on with the other {missing:,}" if begun else "Run it there"
    if st.button(label, type="primary", icon=":material/play_arrow:", key=f"{place}_start"):
        job_managers.device_runs().restart(key, lambda: measuring_job(request, session.owner))
        job = job_managers.device_runs().find(key)
        if job is not None:  # a provider's queue takes longer than people look
            job_managers.device_jobs().go_on(job.id, True)
        st.rerun()


def _show_device_progress(job: JobSnapshot[DeviceView], place: str) -> None:
    """Shows how far a run is, and Stop; the place is as for `choose_device`."""
    progress = job.view.progress
    words = f"{progress.done:,} of {progress.total:,} circuits measured" if progress else "Opening the device …"
    if job.state == "queued":
        words = f"Waiting for its turn, number {job.place} …"
    show_job_wait(job, words, "other device")
    if st.button("Stop", icon=":material/stop:", key=f"{place}_stop", help="What came is kept; go on whenever."):
        job_managers.device_jobs().stop(job.id)
        job_managers.device_jobs().wait(job.id, 2.0)
        st.rerun()

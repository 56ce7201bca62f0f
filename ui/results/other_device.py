"""A run's pictures measured on any device that PennyLane reaches: its cost first, then progress, and what changed."""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.jobs import JobSnapshot
from qtl_core.readout.devices.catalogue import PACKAGES, check_device, usable_devices
from qtl_core.readout.devices.device_readout import accuracy_band, device_readout, device_request
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.measuring import DeviceView, gathered, measuring_job
from qtl_core.readout.devices.options import Options, read_options
from qtl_core.readout.devices.request import DeviceChoice, DeviceRequest, check_choice, cost_of
from qtl_core.readout.inputs import ReadoutInputs, inputs_job, why_no_readout
from qtl_core.readout.run_readout import RunReadout
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings.readout import MOST_SHOTS
from ui.base import job_managers
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.base.theme import class_colour
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.glossary import help_of
from ui.widgets.pictures import Tile, show_tiles
from ui.widgets.waiting import show_job_wait, show_once_over

NAME, OPTIONS, SHOTS, SEED, REFUSED = (
    f"other_device_{each}" for each in ("name", "options", "shots", "seed", "refused")
)
WAIT_SECONDS, REFRESH_SECONDS = 0.5, 0.5
USUAL_SHOTS, MOST_SEED = 1_024, 2**31 - 1
MOST_TILES = 12
FIRST = "default.mixed"  # always there, and quick


def show_other_device(view: RunView, noun: str) -> None:
    """Shows the choice of a device, and what a run's validation pictures become on it.

    Args:
        view: The run.
        noun: What its pictures are called.
    """
    if why := why_no_readout(view):
        st.markdown(why)
        return
    run = TrainedRun.of(view)
    key = run.prepared, run.epochs
    find = partial(job_managers.readouts().find_or_start, ("inputs", *key), lambda: inputs_job(run, session.owner))
    job_managers.express_jobs().wait(find().id, WAIT_SECONDS)
    drawn = run.prepared.settings.data.source == "drawn"
    show_once_over(find, lambda found: _show(found, noun, drawn), lambda _: f"Finding the {noun} …", "readout inputs")


@st.fragment
@guarded()
def _show(inputs: ReadoutInputs, noun: str, drawn: bool) -> None:
    st.markdown(
        "The same circuits, run by any device that PennyLane reaches: a simulator on this computer, or a provider's "
        "machine. Each result is kept as it comes, so a cut loses little and a second look runs nothing."
    )
    choice = _choose()
    if choice is None:
        return
    request = device_request(inputs, choice)
    key = _key(request)
    job = job_managers.device_runs().find(key)
    if job is not None and not job.is_over:
        job_managers.device_jobs().wait(job.id, WAIT_SECONDS)
    running = _is_running(key)
    refreshing(_show_run, REFRESH_SECONDS if running else None)(inputs, request, key, running, noun, drawn)


def _choose() -> DeviceChoice | None:
    """Shows what can be chosen; returns it where it can be had, and says why where not."""
    devices = {each.name: each for each in usable_devices()}
    names = list(devices)
    left, middle, right = st.columns([2, 1, 1], gap="small")
    with left:
        name = st.selectbox("Device", names, index=names.index(FIRST) if FIRST in names else 0, key=NAME)
    shots = middle.number_input(
        "Shots", 0, MOST_SHOTS, USUAL_SHOTS, key=SHOTS, help="Of each circuit; 0 for exact averages of a simulator."
    )
    seed = right.number_input(
        "Seed", 0, MOST_SEED, 0, key=SEED, help="Repeats a simulator's shots; another one measures again."
    )
    st.text_input(
        "Options",
        key=OPTIONS,
        placeholder="method=density_matrix",
        on_change=_check_options,
        help="What the device is made with: name=value, with spaces between. Never a key: see below.",
    )
    where = "a simulator on this computer" if devices[name].is_local else "it may reach beyond this computer"
    st.caption(f"{as_plain_text(name)} comes with {as_plain_text(devices[name].package)}: {where}.")
    _show_access(set(names))
    try:
        choice = DeviceChoice(check_device(name).name, _options(), int(shots), int(seed))
        check_choice(choice)
    except UserError as error:
        show_user_error(error)
        return None
    return choice


def _options() -> Options:
    """Returns the options that are typed; those that were refused are gone already, and the refusal is raised.

    Raises:
        UserError: They are none.
    """
    refused = st.session_state.get(REFUSED)
    if refused:
        raise UserError(*refused)
    return read_options(str(st.session_state.get(OPTIONS) or "").split())


def _check_options() -> None:
    """Takes what may be a key off the page at once: nothing of it is kept, in this session or anywhere."""
    st.session_state[REFUSED] = None
    try:
        read_options(str(st.session_state[OPTIONS] or "").split())
    except UserError as error:
        st.session_state[REFUSED] = (error.what, error.why, error.do)
        st.session_state[OPTIONS] = ""


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
            rows = "\n".join(f"| {start}… | `pip install {package}` |" for start, package in missing.items())
            st.markdown(
                "Not installed here; the app finds them when it is started again:"
                f"\n\n| device | |\n| --- | --- |\n{rows}"
            )
        st.markdown("[PennyLane's list](https://pennylane.ai/devices) has more.")


def _key(request: DeviceRequest) -> tuple[str, str, int]:
    """Tells one visitor's run of a request from all others."""
    return session.owner, hashlib.sha256("".join(request.keys).encode()).hexdigest(), request.choice.batch


def _is_running(key: tuple[str, str, int]) -> bool:
    job = job_managers.device_runs().find(key)
    return job is not None and not job.is_over


def _show_run(
    inputs: ReadoutInputs, request: DeviceRequest, key: tuple[str, str, int], running: bool, noun: str, drawn: bool
) -> None:
    if running and not _is_running(key):
        st.rerun()  # without the refreshing
    job = job_managers.device_runs().find(key)
    with KeptResults() as kept:
        there = kept.read(request.keys)
    found = _found(request, there, job)
    st.markdown(f"**What it takes**: {cost_of(request, there).in_words()}")
    if running and job is not None:
        _show_progress(job)
    else:
        missing = int(np.isnan(found).any(axis=1).sum())
        _show_start(request, key, missing)
        if job is not None and job.view.error:
            show_user_error(UserError(*job.view.error))
        for sentence in _notes(job):
            st.caption(sentence)
    if np.isfinite(found).all(axis=1).any():
        _show_result(inputs, device_readout(inputs, request.choice, found), noun, drawn)


def _found(request: DeviceRequest, there: dict[str, np.ndarray], job: JobSnapshot[DeviceView] | None) -> np.ndarray:
    """Returns all that came: what is kept, and what this job found where nothing can be kept."""
    found = gathered(request, (job.view.result or ()) if job is not None else ())
    for place, key in enumerate(request.keys):
        if key in there:
            found[place] = there[key]
    return found


def _notes(job: JobSnapshot[DeviceView] | None) -> list[str]:
    parts = (job.view.result or ()) if job is not None else ()
    return list(dict.fromkeys(note for part in parts for note in part.notes))


def _show_start(request: DeviceRequest, key: tuple[str, str, int], missing: int) -> None:
    if not missing:
        return
    begun = missing < request.size
    label = f"Go on with the other {missing:,}" if begun else "Run it there"
    if st.button(label, type="primary", icon=":material/play_arrow:", key="other_device_start"):
        job_managers.device_runs().restart(key, lambda: measuring_job(request, session.owner))
        job = job_managers.device_runs().find(key)
        if job is not None:  # a provider's queue takes longer than people look
            job_managers.device_jobs().go_on(job.id, True)
        st.rerun()


def _show_progress(job: JobSnapshot[DeviceView]) -> None:
    progress = job.view.progress
    words = f"{progress.done:,} of {progress.total:,} circuits measured" if progress else "Opening the device …"
    if job.state == "queued":
        words = f"Waiting for its turn, number {job.place} …"
    show_job_wait(job, words, "other device")
    if st.button("Stop", icon=":material/stop:", key="other_device_stop", help="What came is kept; go on whenever."):
        job_managers.device_jobs().stop(job.id)
        job_managers.device_jobs().wait(job.id, 2.0)
        st.rerun()


def _show_result(inputs: ReadoutInputs, run: RunReadout, noun: str, drawn: bool) -> None:
    asked = inputs.size
    st.subheader(run.evaluation.count_in_words(noun), anchor=False)
    if run.size < asked:
        st.markdown(f"Of {asked:,} {noun}, {run.size:,} have a result so far; {asked - run.size:,} are missing.")
    if run.kind == "draw":
        low, high = accuracy_band(inputs, run)
        st.markdown(
            f"One draw of {run.readout.shots:,} shots: each ⟨Z⟩ is sure to ±{run.reading.errors.mean():.3f} on average "
            f"(one standard error); with these errors accuracy would lie between {percent(low)} and {percent(high)} in "
            "90% of further draws.",
            help=help_of("shots"),
        )
    else:
        st.markdown("Averages without shots, as the device computes them.")
    with st.container(horizontal=True, gap="medium"):
        _metric("Right", percent(run.accuracy), percent(run.exact_accuracy))
        _metric("Mean confidence", percent(run.mean_confidence), percent(run.exact_mean_confidence))
        _metric("Answers changed", f"{len(run.changed)} of {run.size}", "0")
        _metric("⟨Z⟩ off by", f"{run.mean_error:.4f}", "0")
    if not len(run.changed):
        st.markdown(f"None of these {run.size:,} {noun} gets another answer than exactly.")
        return
    st.markdown("**Answers that changed**, those of the smallest exact margin first:")
    order = sorted(run.changed.tolist(), key=lambda at: run.exact_margins[at])
    show_tiles([_tile(run, at) for at in order[:MOST_TILES]], drawn=drawn)
    if len(order) > MOST_TILES:
        st.caption(f"{MOST_TILES} of {len(order)} are shown.")


def _metric(label: str, value: str, exact: str) -> None:
    with st.container(width="content"):
        st.metric(label, value, width="content")
        st.caption(f"exact: {exact}")


def _tile(run: RunReadout, at: int) -> Tile:
    said, was = int(run.evaluation.predicted[at]), int(run.exact_evaluation.predicted[at])
    return Tile(
        path=run.files[at],
        caption=f"{run.classes[said]}, exactly {run.classes[was]}",
        colour=class_colour(said),
        note=f"exact margin {percent(float(run.exact_margins[at]))}",
        mark="right" if said == run.labels[at] else "wrong",
    )

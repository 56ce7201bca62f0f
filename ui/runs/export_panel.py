"""Downloads of a run: all of it in one file, a script that predicts, the head alone, or the whole network as ONNX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from qtl_core.exchange.heads.writing import remarks
from qtl_core.exchange.jobs import head_file_job, onnx_file_job
from qtl_core.exchange.run_files.pictures import why_no_pictures
from qtl_core.exchange.run_files.writing import archive_bytes, run_file_name
from qtl_core.export.onnx_words import why_no_onnx
from qtl_core.export.run_script import run_script, why_no_script
from qtl_core.inference.requests import kept_model
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.parameter_rows import DEMO
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import RunView, TrainedRun
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.runs.head_layout import choose_taken_along
from ui.session import keys

PATIENCE = 180.0  # seconds that a download waits for a worker, which may have to start on a busy machine

ONE_FILE = (
    "Everything: settings, history, weights, predictions, circuit and script. It opens here or in another copy of this "
    "app."
)
SCRIPT = "One Python file that says what a picture shows, without this app; its first lines name the packages it needs."
PICTURES = "The one file names the pictures and where they lie on this machine; the pictures themselves stay here."
WITH_PICTURES = (
    "Puts the pictures it was trained on into the file, so that it can be trained again elsewhere. Whoever gets the "
    "file sees them: ask those who are in them first."
)
HEAD = "The trained layers alone, as the PennyLane demo's own code loads them, or the paper's."
PLAIN_HEAD = "The trained layers alone, as torch's own modules load them."
ONNX = (
    "The whole network for other programs: ONNX Runtime runs it in Python, C++, C#, Java, on phones and in browsers. "
    "Class names, and what is done to a picture first, are in its metadata."
)


def show_take_along(run: RunRecord) -> None:
    """Shows a button for each, with a sentence on what it is for.

    Raises:
        UserError: The run's files are damaged.
    """
    if not run.epochs:
        st.caption("There is nothing to take along before the first epoch is done.")
        return
    view = kept_model(run.id, run.version).run
    whole, script, head = st.columns(3)
    with whole:
        pictures = bool(st.session_state.get(keys.TAKE_PICTURES)) and not why_no_pictures(view)
        make = partial(archive_bytes, run.id, pictures=pictures)
        _offer("One file", ONE_FILE, make, run_file_name(run.name, run.id), "application/zip")
        if run.settings.data.source == "dataset":
            _ask_for_pictures(view)
    with script:
        why = why_no_script(view)
        _offer(
            "Script", why or SCRIPT, None if why else partial(run_script, view), f"predict_{run.id}.py", "text/x-python"
        )
    with head:
        button = st.container()
        has_circuit = run.settings.model.spec.has_circuit
        layout = choose_taken_along(run.settings.circuit.depth) if has_circuit else DEMO
        name = f"head_{run.id}.pt" if layout == DEMO else f"head_{run.id}_{layout}.pt"
        with button:
            _offer(
                "Head",
                HEAD if has_circuit else PLAIN_HEAD,
                partial(_head, view, layout),
                name,
                "application/octet-stream",
            )
    _offer_onnx(view, run.id)
    for remark in remarks(view, layout=layout):
        st.caption(as_plain_text(remark))
    if view.prepared.is_measured and not pictures:
        st.caption(PICTURES)


def _ask_for_pictures(view: TrainedRun) -> None:
    """Asks whether the pictures of its data set come along; off unless somebody says so."""
    why = why_no_pictures(view)
    st.checkbox("With its pictures", key=keys.TAKE_PICTURES, help=WITH_PICTURES, disabled=bool(why))
    if why:
        st.caption(as_plain_text(why))


def _offer(label: str, what_for: str, make: Callable[[], str | bytes] | None, name: str, mime: str) -> None:
    """Shows a button and what it is for, or, without anything to make, why there is nothing."""
    with st.container(gap="xxsmall"):
        st.download_button(
            label,
            make or "",
            file_name=name,
            mime=mime,
            key=f"take_along_{label}",
            icon=":material/download:",
            on_click="ignore",
            disabled=make is None,
        )
        st.caption(as_plain_text(what_for))


def _offer_onnx(view: TrainedRun, run_id: str) -> None:
    why = why_no_onnx(view)
    make = None if why else partial(_by_worker, onnx_file_job(view), "ONNX file")
    _offer("ONNX", why or ONNX, make, f"run_{run_id}.onnx", "application/octet-stream")


def _head(view: RunView, layout: str = DEMO) -> bytes:
    return _by_worker(head_file_job(TrainedRun.of(view), layout), "head")


def _by_worker(spec: JobSpec[JobView[bytes]], what: str) -> bytes:
    """Has a worker write a file, where torch is loaded already; called once the button is pressed, on a thread."""
    jobs = job_managers.express_jobs()
    job = jobs.submit(spec)
    snapshot = jobs.wait(job, PATIENCE)
    jobs.drop(job)
    if snapshot is None or snapshot.view.result is None:
        why = snapshot and (snapshot.view.error or snapshot.state)
        raise RuntimeError(f"the {what} could not be written: {why}")
    return snapshot.view.result

"""The field for files that are brought in: a run in one file, or a head trained with the paper's or the demo's code."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.moments import moment
from qtl_core.exchange.heads.head_file import LONGEST_CLASS_NAMES, MOST_CLASSES, HeadQuestions, HeadRequest, class_names
from qtl_core.exchange.jobs import ImportResult, RunFileRequest, head_job, run_file_job
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.backbones.weights_files import brought_models
from qtl_core.runs.store import find_run
from qtl_core.settings import CircuitSettings, spec_of
from qtl_core.settings.backbone_names import title_of
from qtl_core.settings.backbones import BACKBONES, DEFAULT
from qtl_core.state_dicts.signatures import holds_state_dict
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.streamlit_internals import UploadedFile
from ui.runs.head_layout import ask_layout, chosen_layout
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.session.runs import Outcome
from ui.session.visitor import maker, owner
from ui.widgets.waiting import show_job_report

REFRESH_SECONDS = 0.4
HEAD_KINDS = ("pt", "pth", "pth.tar", "bin", "ckpt", "safetensors")  # the names; what a file is, its contents say
DEMO_CLASSES = "ants, bees"
KINDS = {"": "As the file says", "mlp": "Two layers, ReLU", "bottleneck": "Two layers, tanh"}


def show_import() -> str:
    """Shows the field, what has to be asked about a head, and what became of the last file.

    Returns:
        The run that was brought in last in this session, or "".
    """
    _show_outcome()
    busy = bool(session.imports.job)  # the field stays meanwhile, or Streamlit would let go of its file
    upload = st.file_uploader(
        "Drop a run (.qtl.zip) or a head (.pt, .pth, .ckpt, .bin, .safetensors) here",
        type=["zip", *HEAD_KINDS],
        key=f"{keys.IMPORT_FILE}_{session.imports.round}",
        on_change=session.imports.forget_outcome,
        disabled=busy,
        help="A run that was taken along from here or elsewhere is opened as it was. A head trained with the paper's "
        "own code or the PennyLane demo's, alone or with its ResNet around it, becomes a run. Larger files come in "
        "from a shell: `python -m qtl_core import-head` and `runs import`.",
    )
    if busy:
        refreshing(_show_on_its_way, REFRESH_SECONDS)()
    elif upload is None:
        return _last()
    elif upload.name.lower().endswith(".zip") and not holds_state_dict(upload.getvalue()):
        st.button("Open this run", key="bring_in_run", type="primary", on_click=_open_run, args=(upload,))
    else:
        _ask_about_head(upload)
    return _last()


def _last() -> str:
    outcome = session.imports.outcome
    return outcome.run if outcome else ""


def _show_outcome() -> None:
    outcome = session.imports.outcome
    if outcome and not session.imports.job:
        first, *others = outcome.sentences
        (st.success if outcome.run else st.error)(as_plain_text(first))
        for warning in outcome.warnings:
            st.warning(as_plain_text(warning))
        for sentence in others:
            if sentence not in outcome.warnings:
                st.caption(as_plain_text(sentence))


def _open_run(upload: UploadedFile) -> None:
    _submit(run_file_job(RunFileRequest(upload.getvalue(), upload.name, owner(), maker()), session.owner))


def _ask_about_head(upload: UploadedFile) -> None:
    depth = spec_of(CircuitSettings, "depth")
    st.markdown("A head does not say all of itself. The published answers are filled in:")
    left, middle, right, last = st.columns(4)
    left.text_input(
        "Classes",
        DEMO_CLASSES,
        key=keys.IMPORT_CLASSES,
        persist_state="session",
        max_chars=LONGEST_CLASS_NAMES + 2 * MOST_CLASSES,
        help="What its outputs stand for, in their order, with commas.",
    )
    chosen_depth = middle.number_input(
        "Depth",
        int(depth.low),
        int(depth.high),
        int(depth.default),
        key=keys.IMPORT_DEPTH,
        persist_state="session",
        help="How many layers its circuit has. Published heads have 6, whether they hold 6 rows of angles or 15.",
    )
    names = [*BACKBONES, *brought_models()]
    right.selectbox(
        "Image network",
        names,
        names.index(DEFAULT),
        key=keys.IMPORT_BACKBONE,
        persist_state="session",
        format_func=title_of,
        help="Whose features it was trained on.",
    )
    last.selectbox(
        "Head",
        list(KINDS),
        key=keys.IMPORT_HEAD,
        persist_state="session",
        format_func=KINDS.__getitem__,
        help="A circuit and a single linear layer are told by the file. Of two linear layers no file says what bends "
        "the hidden units between them: choose it.",
    )
    ask_layout(upload, chosen_depth)
    st.caption(
        "It is opened without running any code in it. Where pictures of its classes and the network's weights are on "
        "this machine, it is measured with the validation pictures chosen on the Train page."
    )
    st.button("Bring in this head", key="bring_in_head", type="primary", on_click=_open_head, args=(upload,))


def _open_head(upload: UploadedFile) -> None:
    """Reads the answers as they are now: one may have been typed by the very click that brought us here."""
    told = st.session_state
    classes, depth = told[keys.IMPORT_CLASSES], told[keys.IMPORT_DEPTH]
    backbone, data = told[keys.IMPORT_BACKBONE], session.screen.settings.data
    weights = data.weights if data.backbone == backbone else ""
    try:
        asked = HeadQuestions(
            class_names(classes), depth, backbone, layout=chosen_layout(upload, depth), head=told[keys.IMPORT_HEAD]
        )
        request = HeadRequest(upload.getvalue(), upload.name, asked, weights, data)
    except UserError as error:
        session.imports.refuse(str(error))
    else:
        _submit(head_job(request, session.owner))


def _submit(spec: JobSpec[JobView[ImportResult]]) -> None:
    """A stranger's file is opened in a worker: whatever it does there, the pages go on."""
    if session.imports.job:  # a second click that was on its way already
        return
    try:
        session.imports.job = job_managers.express_jobs().submit(spec)
    except UserError as error:
        session.imports.refuse(str(error))


def _show_on_its_way() -> None:
    jobs, job = job_managers.express_jobs(), session.imports.job
    snapshot = jobs.snapshot(job) if job else None
    if snapshot is not None and not snapshot.is_over:
        show_job_report("bring_in", snapshot, "Opening the file")
        st.button("Stop", key="bring_in_stop", on_click=jobs.stop, args=(job,))
        return
    session.imports.job = ""
    if snapshot is not None:
        jobs.drop(job)
        if imported := snapshot.view.result:
            sentences = (_outcome(imported), *imported.notes)
            session.imports.succeed(Outcome(imported.run, sentences, imported.warnings))
        elif snapshot.view.error:
            session.imports.refuse(str(UserError(*snapshot.view.error)))
    st.rerun()


def _outcome(imported: ImportResult) -> str:
    record = find_run(imported.run)
    kind = "head" if record.origin == "head" else "run"
    name = f"“{record.name}”" if record.name else moment(record.created).strftime("of %d %b %Y, %H:%M")
    is_measured = kind == "head" and record.val_size
    score = f" {record.right} of {record.val_size} validation pictures right." if is_measured else ""
    return f"The {kind} {name} {'is here already' if imported.was_here else 'was brought in'}.{score}"

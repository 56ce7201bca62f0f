"""The body of the page "The paper on its own machine": a head's pictures under the calibration of ibmqx4."""

from __future__ import annotations

from functools import partial

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.machines.catalogue import PAPERS_MACHINE, machine_named
from qtl_core.machines.layouts import check_fits, layout_of
from qtl_core.readout.inputs import why_no_readout
from qtl_core.readout.machine_report import STAGE, ReportRequest, ReportRow, report_job
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.groups import FIELDS
from ui.base import job_managers
from ui.base.errors import guarded, show_user_error
from ui.paper_machine.words import PAPER, UNKNOWN, kind_of_row, noise_words, verdict_words
from ui.results.readout_jobs import show_with_inputs
from ui.session import keys, session
from ui.widgets.glossary import word
from ui.widgets.layout_map import show_layout_map
from ui.widgets.model_choice import choose_model
from ui.widgets.waiting import show_once_over

WAIT_SECONDS = 0.5
EXPLAINED = ("qubit", "validation", "depth")


def show_machine() -> None:
    """Shows all of the page below its title."""
    model = choose_model(keys.MACHINE_MODEL, *EXPLAINED)
    st.page_link("pages/runs.py", label="Bring in the paper's own head, on the Runs page", icon=":material/upload:")
    with st.expander("What the paper did, and what is not known of it"):
        st.markdown(f"{PAPER}\n\n{UNKNOWN}")
    run, circuit = model.run, model.run.prepared.settings.circuit
    if why := why_no_readout(run):
        st.info(why)
        return
    try:
        check_fits(circuit, machine_named(PAPERS_MACHINE))
    except UserError as error:
        show_user_error(error)
        return
    _show_board(model, run)


@st.fragment
@guarded()
def _show_board(model: TrainedModel, run: TrainedRun) -> None:
    """Shows the map beside the table: what is laid on the map concerns these two alone."""
    machine, circuit = machine_named(PAPERS_MACHINE), run.prepared.settings.circuit
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.subheader("Where the wires lie", anchor=False)
        st.caption(
            f"{machine.title}, as measured on {machine.measured}. Qubits: how often each is read wrongly. Lines: "
            "errors of the CNOTs, arrows from control to target. Choose a wire, then the qubit that carries it."
        )
        layout = _layout_for(circuit.qubits)
        show_layout_map(circuit, machine.name, layout, key=keys.MACHINE_MAP, take=_take_layout)
        times = st.slider(
            FIELDS["gate_times"].label,
            0.0,
            3.0,
            1.0,
            0.25,
            key=keys.MACHINE_TIMES,
            help="What the assumed gate times are multiplied by. Errors stay as measured; the longer a gate takes, the "
            "more of its error is relaxation.",
        )
        with st.expander("Where these figures come from"):
            st.markdown(f"{machine.source}\n\n{machine.notes}\n\n{noise_words()}")
    with right:
        noun = run.prepared.settings.data.noun
        st.subheader(f"What becomes of the {noun}", anchor=False)
        key = model.key, run.prepared
        show_with_inputs(
            run,
            key,
            noun,
            lambda inputs: _show_report(ReportRequest(inputs, machine.name, layout, times, 0), key, noun),
        )


def _show_report(request: ReportRequest, key: tuple[object, ...], noun: str) -> None:
    asked = ("machine", *key, request.machine, request.layout, request.gate_times)
    find = partial(job_managers.readouts().find_or_start, asked, lambda: report_job(request, session.owner))
    started: JobSnapshot[JobView[tuple[ReportRow, ...]]] = find()
    job_managers.express_jobs().wait(started.id, WAIT_SECONDS)
    show_once_over(find, lambda rows: _show_rows(rows, noun), lambda _: f"{STAGE} …", "machine report")


def _show_rows(rows: tuple[ReportRow, ...], noun: str) -> None:
    st.markdown(verdict_words(rows, noun))
    st.dataframe(
        {
            "": [row.title for row in rows],
            "Right": [f"{row.found.evaluation.correct} of {row.found.size}" for row in rows],
            "Confidence": [percent(row.found.mean_confidence) for row in rows],
            "Margin": [percent(float(row.found.margins.mean())) for row in rows],
            "Changed": [len(row.found.changed) for row in rows],
            "Kind": [kind_of_row(row) for row in rows],
        },
        hide_index=True,
        width="stretch",
    )
    st.caption(
        "Confidence and margin are means. An answer changes only where its margin is small, so they tell of losses "
        f"that accuracy does not show. An average is over all noise and endless {word('shots')}; a draw is what one "
        "evening's shots would give, and another one differs."
    )


def _layout_for(qubits: int) -> str:
    """Returns the layout of this session, or "" where it is one of another circuit."""
    layout = str(st.session_state.get(keys.MACHINE_LAYOUT, ""))
    try:
        if layout:
            layout_of(layout, machine_named(PAPERS_MACHINE), qubits)
    except UserError:
        return ""
    return layout


def _take_layout(layout: str) -> None:
    st.session_state[keys.MACHINE_LAYOUT] = layout

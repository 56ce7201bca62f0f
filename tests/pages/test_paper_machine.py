"""The page "The paper on its own machine": a real little run on ibmqx4, with its map, its table and what is said."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.progress import never_stop
from qtl_core.readout.inputs import validation_inputs
from qtl_core.readout.machine_report import ReportRequest, rows_of
from qtl_core.runs.store import keep_run
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from tests.conftest import PROJECT
from tests.helpers.page_words import until, words
from ui.paper_machine.words import UNKNOWN, verdict_words
from ui.session import keys

pytestmark = pytest.mark.usefixtures("own_managers")


def trained(**settings) -> RunView:
    return train(RunSettings().changed(source="points", shape="spirals", epochs=3, **settings))


def opened(run_id: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.session_state[keys.MACHINE_MODEL] = run_id
    return app.switch_page("pages/paper_machine.py").run()


def test_a_run_is_shown_on_the_paper_s_machine():
    view = trained()
    keep_run(view)
    app = opened(view.ended.run)
    assert UNKNOWN in words(app)
    assert "On **4-2-0-1** the 18 CNOTs survive with 0.54. 6 of them run the wrong way" in words(app)
    inputs = validation_inputs(TrainedRun.of(view), never_stop)
    rows = rows_of(ReportRequest(inputs, "ibmqx4"), lambda _: None, never_stop)
    until(app, verdict_words(rows, view.prepared.settings.data.noun))
    table = app.dataframe[0].value
    assert list(table["Right"]) == [f"{row.found.evaluation.correct} of {row.found.size}" for row in rows]
    assert list(table["Kind"]) == ["exact", "average", "average", "draw", "draw"]
    app.button(key=f"{keys.MACHINE_MAP}_worst").click().run()
    assert "14 SWAPs, of three CNOTs each" in words(app)
    until(app, "On its layout of least error")
    assert app.session_state[keys.MACHINE_LAYOUT] == "1,4,0,3"


def test_a_circuit_that_does_not_fit_is_said():
    view = trained(qubits=6)
    keep_run(view)
    assert "has 5 qubits, and the circuit 6" in words(opened(view.ended.run))

"""The ansatz at a glance on the Circuit page, measured by a real worker, and the words and chart of its figures."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.network.analysis.barren_plateaus import PlateauPoint
from qtl_core.network.analysis.expressibility import SampledStates, sample
from qtl_core.network.analysis.resources import count
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings
from tests.helpers.page_words import LIMIT_SECONDS, until
from tests.pages.test_circuit import keyed, opened, words
from ui.base import job_managers, theme
from ui.circuit.ansatz_measures import plateau_figure
from ui.circuit.ansatz_sentences import (
    cone_words,
    describe,
    entanglement_words,
    expressibility_words,
    fading,
    plateau_words,
    with_error,
)
from ui.session import keys

SAMPLE, FADE = "Measure expressibility and entanglement", "Measure how gradients fade"


pytestmark = pytest.mark.usefixtures("own_managers")


def small(**settings: object) -> AppTest:
    """The Circuit page with two qubits and two layers on the table."""
    app = opened()
    for name, value in ({"qubits": 2, "depth": 2} | settings).items():
        keyed(app, "slider", f"field_{name}").set_value(value).run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    return app


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def said(app: AppTest) -> str:
    assert not app.exception
    assert not app.error
    return words(app)


def compare(app: AppTest, **settings: object) -> AppTest:
    keyed(app, "toggle", keys.ANSATZ_COMPARED).set_value(True).run()
    for name, value in settings.items():
        kind = "slider" if name == "depth" else "selectbox"
        keyed(app, kind, keys.other_ansatz_key(name)).set_value(value).run()
    return app


def test_the_counts_are_there_at_once():
    app = opened()
    assert "| Gates | 50 (4 × Hadamard gate, 28 × Rotation about Y, 18 × Controlled NOT) |" in said(app)
    assert "| Trained angles | 24 |" in said(app)
    assert "Every output can depend on all 4 embedded angles." in said(app)
    assert job_managers.ansatz_samplings().ids == {}  # nothing is sampled unasked


def test_another_ansatz_stands_beside_it():
    app = compare(opened(), entangler="all", rotation="rot", depth=3)
    assert "On the table: Brick, RY, depth 6" in said(app)
    assert "Compared with: All pairs, Full rotation, depth 3" in said(app)
    assert "| Trained angles | 36 |" in said(app)


def test_the_same_ansatz_is_no_comparison():
    app = compare(opened(), entangler="brick")
    assert "Choose something else to compare it with." in said(app)
    assert "Compared with:" not in said(app)


def test_what_was_measured_is_shown_and_kept_by_the_settings():
    app = press(small(), SAMPLE)
    shown = until(app, "Expressibility:")
    found = sample(build_circuit(CircuitSettings(qubits=2, depth=2)), 5000)
    assert f"**Expressibility: {with_error(found.divergence, found.divergence_error)}.**" in shown
    assert f"**Entangling capability: {with_error(found.entanglement, found.entanglement_error)}.**" in shown
    assert SAMPLE not in labels(app)
    keyed(app, "slider", "field_depth").set_value(1).run()
    assert "Expressibility:" not in said(app)
    keyed(app, "slider", "field_depth").set_value(2).run()
    assert "Expressibility:" in said(app)
    assert len(job_managers.ansatz_samplings().ids) == 1


def test_both_curves_are_in_one_chart():
    app = compare(press_and_wait_for_curve(small()), entangler="none")
    press(app, FADE)  # only the other one is still to be measured
    shown = until(app, "**Compared with: None, RY, depth 2.** The variance goes")  # the curve on the table is there
    assert len(job_managers.ansatz_samplings().ids) == 2
    assert "**On the table: Brick, RY, depth 2.** The variance goes" in shown
    assert FADE not in labels(app)


def press_and_wait_for_curve(app: AppTest) -> AppTest:
    until(press(app, FADE), "to 10 qubits, all else the same")
    until(app, "for every further qubit")
    deadline = time.monotonic() + LIMIT_SECONDS
    while job_managers.express_jobs().active():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return app.run()


def test_what_takes_long_says_so_first_and_can_be_stopped():
    app = small(qubits=12, depth=20)
    keyed(app, "selectbox", "field_rotation").set_value("rot").run()
    assert "The circuit is large: with the usual 5,000 pairs it would take too long." in said(app)
    press(app, SAMPLE)
    until(press(app, "Stop"), "stopped before it was done")
    assert job_managers.express_jobs().active() == []
    assert SAMPLE in labels(app)


def test_somebody_elses_measuring_is_shown_but_not_theirs_to_stop():
    first = small(qubits=12, depth=20)
    press(first, SAMPLE)
    second = small(qubits=12, depth=20)
    assert SAMPLE not in labels(second)
    assert "Stop" in labels(first)
    assert "Stop" not in labels(second)


def test_without_a_trained_layer_there_is_no_gradient():
    app = small(depth=0)
    assert "no trained layer, and so no gradient" in said(app)
    assert FADE not in labels(app)


def made(**changes: object) -> SampledStates:
    usual = {
        "pairs": 5000,
        "divergence": 0.1,
        "divergence_error": 0.005,
        "divergence_of_chance": 0.004,
        "entanglement": 0.7,
        "entanglement_error": 0.001,
        "entanglement_of_chance": 0.8235,
        "is_blind": False,
        "seconds": 1.0,
    }
    return SampledStates(**(usual | changes))


def test_expressibility_is_called_random_only_within_its_error():
    settings = CircuitSettings(rotation="rot")
    assert "some kinds of states more than others" in expressibility_words(made(), settings)
    assert "cannot be told from random" in expressibility_words(made(divergence=0.012), settings)
    assert "hardly tells" in expressibility_words(made(is_blind=True), replace(settings, qubits=10))
    assert "real number" not in expressibility_words(made(), settings)
    assert "real number" in expressibility_words(made(), CircuitSettings())


def test_entanglement_is_beside_that_of_random_states():
    assert "**Entangling capability: 0.700 ± 0.001.**" in entanglement_words(made(), 4)
    assert "of 4 qubits have 0.824" in entanglement_words(made(), 4)
    assert "no other" in entanglement_words(made(), 1)


@pytest.mark.parametrize(
    ("value", "error", "wanted"),
    [
        (0.7634, 0.00124, "0.763 ± 0.001"),
        (0.99318, 0.000042, "0.9932 ± less than 0.0001"),
        (64.76, 0.0, "64.7600 ± "),
        (1.2, 0.3, "1.20 ± 0.30"),
    ],
)
def test_a_figure_has_no_more_decimals_than_its_error_bears(value, error, wanted):
    assert with_error(value, error).startswith(wanted)


def falling(factor: float, last: int = 6) -> list[PlateauPoint]:
    return [PlateauPoint(qubits, factor**qubits, 0.02 * factor**qubits, 2000) for qubits in range(2, last + 1)]


def test_the_curve_in_words():
    found = fading(falling(0.5))
    assert (found.first, found.last, found.factor) == (2, 6, pytest.approx(0.5))
    assert found.error == pytest.approx(0.5 * 0.02 / np.sqrt(10))  # of a slope over five points: sum of squares 10
    assert found.miss == pytest.approx(0, abs=1e-6)
    assert "barren plateau" in plateau_words(falling(0.5))
    assert "from 0.250 at 2 qubits to 0.016 at 6" in plateau_words(falling(0.5))
    assert "less than by half" in plateau_words(falling(0.8))
    assert "does not fade" in plateau_words(falling(1.0))
    assert "Not enough" in plateau_words(falling(0.5, 2))


def test_a_factor_is_said_only_where_it_holds():
    """A curve that is flat from seven on, as the paper's circuit's: the fall before says nothing of wider circuits."""
    variances = [0.230, 0.119, 0.072, 0.052, 0.038, 0.032, 0.0322, 0.0318, 0.0321]
    points = [PlateauPoint(qubits, value, 0.04 * value, 2000) for qubits, value in enumerate(variances, 2)]
    found = fading(points)
    assert (found.first, found.last) == (7, 10)
    assert found.factor == pytest.approx(1, abs=0.02)
    assert "Only from 7 to 10 qubits does one factor a qubit fit" in plateau_words(points)
    assert "does not fade" in plateau_words(points)
    jumping = [PlateauPoint(qubits, 0.1 if qubits % 2 else 0.01, 0.001, 2000) for qubits in range(2, 11)]
    assert fading(jumping) is None
    assert "No one factor" in plateau_words(jumping)


def test_the_chart_holds_both_curves_with_their_errors():
    first, second = falling(0.5), falling(0.8)
    figure = plateau_figure([("On the table", first), ("Compared with", second)])
    for trace, points in zip(figure.data, (first, second), strict=True):
        assert list(trace.x) == [2, 3, 4, 5, 6]
        assert list(trace.y) == [point.variance for point in points]
        assert list(trace.error_y.array) == [point.error for point in points]
    assert [trace.line.color for trace in figure.data] == [theme.ANSATZ, theme.OTHER_ANSATZ]
    assert len({trace.line.dash for trace in figure.data} | {trace.marker.symbol for trace in figure.data}) == 4
    assert [text for trace in figure.data for text in trace.text if text] == ["On the table", "Compared with"]
    assert [trace.textposition for trace in figure.data] == ["bottom left", "top right"]  # away from each other
    assert figure.layout.yaxis.type == "log"


def test_a_circuits_choices_and_reach_in_words():
    assert describe(CircuitSettings(reuploading=True)) == "Brick, RY, depth 6, re-uploading"
    shallow = count(build_circuit(CircuitSettings(qubits=8, depth=1)))
    assert "between 2 and 4 of the 8 embedded angles" in cone_words(shallow)
    apart = count(build_circuit(CircuitSettings(qubits=3, entangler="none")))
    assert "on 1 of the 3 embedded angles" in cone_words(apart)

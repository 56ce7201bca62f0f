"""Re-uploading circuits: values and slopes are PennyLane's, runs are counted, and a descent can be stopped."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.descent import descend
from qtl_core.learn.reuploading import Reuploading


@pytest.mark.parametrize(("wires", "layers"), [(2, 1), (2, 3), (3, 2)])
def test_values_and_slopes_are_pennylanes(wires, layers):
    circuit, dice = Reuploading(wires, layers), np.random.default_rng(3)
    points, weights = dice.normal(size=(2, 3, wires)), dice.normal(size=(2, circuit.angles))

    @qml.qnode(qml.device("default.qubit", wires=wires), interface="autograd", diff_method="parameter-shift")
    def answer(angles, point):
        left = iter(range(circuit.angles))
        for _ in range(layers):
            for wire in range(wires):
                qml.RY(point[wire], wires=wire)
            for wire in range(wires):
                qml.RZ(angles[next(left)], wires=wire)
                qml.RY(angles[next(left)], wires=wire)
            for wire in range(wires - 1):
                qml.CZ(wires=(wire, wire + 1))
        qml.RZ(angles[next(left)], wires=0)
        qml.RY(angles[next(left)], wires=0)
        return qml.expval(qml.PauliZ(0))

    values, slopes = circuit.slopes(points, weights)
    assert values == pytest.approx(circuit.values(points, weights), abs=1e-12)
    for row, at in np.ndindex(2, 3):
        angles = qml.numpy.array(weights[row], requires_grad=True)
        assert values[row, at] == pytest.approx(float(answer(angles, points[row, at])), abs=1e-10)
        assert slopes[:, row, at] == pytest.approx(qml.grad(answer, argnums=0)(angles, points[row, at]), abs=1e-10)


def test_a_step_runs_each_point_once_and_twice_for_every_angle():
    circuit = Reuploading(2, 3)
    assert circuit.angles == 14
    assert circuit.evaluations(20) == 20 * 29


def test_a_descent_finds_the_lowest_point_looks_on_the_way_and_stops_when_told():
    start, asked = np.array([[3.0, -2.0], [0.5, 1.0]]), iter(range(100))
    end, seen = descend(
        start,
        lambda weights, _: 2 * weights,
        lambda weights: np.square(weights).sum(axis=1),
        rate=0.1,
        steps=200,
        every=50,
        should_stop=lambda: False,
    )
    assert seen.shape == (2, 5)
    assert seen[:, 0] == pytest.approx([13.0, 1.25])
    assert end == pytest.approx(np.zeros((2, 2)), abs=1e-2)
    with pytest.raises(StoppedByUser):
        descend(
            start,
            lambda weights, _: weights,
            lambda weights: weights[:, 0],
            rate=0.1,
            steps=200,
            every=50,
            should_stop=lambda: next(asked) == 3,
        )
    assert next(asked) == 4

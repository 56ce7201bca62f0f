"""Mitigation against closed forms, PennyLane and the inverse of the whole confusion matrix."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from qtl_core.common.errors import InputError, UserError
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.noisy_circuit import with_rates
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities, z_signs
from qtl_core.network.simulators.shots import draw
from qtl_core.readout.methods import METHODS
from qtl_core.readout.mitigation import corrected, folded, measured_confusion, read_mitigated, zero_weights
from qtl_core.readout.reading import Reading
from qtl_core.settings import CircuitSettings, ReadoutSettings
from tests.readout.conftest import made_inputs

NOISY = ReadoutSettings(depolarizing_one=0.01, depolarizing_two=0.02, readout_flip=0.08)


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("scale", [1, 3, 5])
def test_without_noise_folding_changes_nothing(rotation, scale):
    rng = np.random.default_rng(1)
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, reuploading=True)
    noisy = with_rates(build_circuit(settings), ReadoutSettings())
    angles, weights = rng.uniform(-1.5, 1.5, (2, 3)), rng.normal(size=settings.weight_count)
    many = folded(noisy, scale)
    assert len(many.circuit.gates) == scale * len(noisy.circuit.gates)
    wanted = noisy_expectations(noisy, angles, weights)
    np.testing.assert_allclose(noisy_expectations(many, angles, weights), wanted, atol=1e-12)


def test_folding_brings_each_gates_depolarising_so_many_times():
    """Of one qubit: H, RY(a), RY(w) and depolarising after each; <Z> shrinks by 1 - 4p/3 at every gate."""
    settings, rate = CircuitSettings(qubits=1, depth=1), 0.03
    circuit = build_circuit(settings)
    noisy = with_rates(circuit, ReadoutSettings(depolarizing_one=rate))
    exact = noisy_expectations(with_rates(circuit, ReadoutSettings()), np.array([[0.7]]), np.array([0.4]))
    for scale in (1, 3, 5):
        read = noisy_expectations(folded(noisy, scale), np.array([[0.7]]), np.array([0.4]))
        np.testing.assert_allclose(read, exact * (1 - 4 * rate / 3) ** (3 * scale), atol=1e-12)


def test_even_folds_are_refused():
    with pytest.raises(InputError, match="odd"):
        folded(with_rates(build_circuit(CircuitSettings(qubits=1, depth=1)), ReadoutSettings()), 2)


def test_weights_at_zero_are_those_of_the_books():
    """Richardson's through 1, 3, 5 are 15/8, -5/4, 3/8; both give back what is a line, and only one a parabola."""
    line, parabola = (zero_weights((1, 3, 5), is_line=is_line) for is_line in (True, False))
    np.testing.assert_allclose(parabola, [15 / 8, -5 / 4, 3 / 8], atol=1e-12)
    np.testing.assert_allclose(line, np.polyfit(np.array([1, 3, 5]), np.eye(3), 1)[1], atol=1e-12)
    scales = np.array([1, 3, 5])
    assert line @ (2 - 0.3 * scales) == pytest.approx(2)
    assert parabola @ (2 - 0.3 * scales + 0.05 * scales**2) == pytest.approx(2)
    assert line @ scales**2 != pytest.approx(0)


def test_correction_is_the_inverse_of_the_whole_matrix():
    """The confusion of all three bits as one 8 x 8 matrix, inverted, on probabilities of bit strings."""
    inputs = made_inputs(5)
    readout = ReadoutSettings(depolarizing_two=0.05, readout_flip=0.08)
    noisy = with_rates(build_circuit(inputs.circuit), readout)
    noisy.confusion[1] = [[0.9, 0.1], [0.3, 0.7]]
    read = outcome_probabilities(noisy, inputs.angles, inputs.trained)
    whole = functools.reduce(np.kron, noisy.confusion)  # [b, r] of all bits
    wanted = read @ np.linalg.inv(whole) @ z_signs(3)
    reading = Reading(read @ z_signs(3), np.full((5, 3), 0.01), "average")
    found = corrected(reading, noisy.confusion)
    np.testing.assert_allclose(found.expectations, wanted, atol=1e-12)
    np.testing.assert_allclose(found.errors[0], 0.01 / np.array([0.84, 0.6, 0.84]), atol=1e-12)


def test_correction_is_that_of_mthree():
    """A second program's: of shots in which all bit strings were seen, so that it leaves none of them out."""
    mthree = pytest.importorskip("mthree")
    rng = np.random.default_rng(4)
    confusion = np.array([[[0.9, 0.1], [0.3, 0.7]], [[0.97, 0.03], [0.05, 0.95]], [[0.85, 0.15], [0.2, 0.8]]])
    counts = draw(rng.dirichlet(np.ones(8), size=1), 20_000, rng)
    assert (counts.counts > 0).all()
    found = corrected(Reading(counts.expectations(), counts.errors(), "draw"), confusion)
    other = mthree.M3Mitigation(None)
    other.single_qubit_cals = [each.T.astype(np.float32) for each in confusion]  # as [read, true]
    strings = {format(number, "03b"): int(count) for number, count in enumerate(counts.counts[0])}
    shares = other.apply_correction(strings, [2, 1, 0], method="direct")  # its first bit is the last one written
    values = [sum(share * (1 - 2 * int(bits[output])) for bits, share in shares.items()) for output in range(3)]
    np.testing.assert_allclose(found.expectations[0], values, atol=1e-5)  # it computes in single precision


def test_a_bit_that_is_read_by_chance_cannot_be_corrected(inputs):
    with pytest.raises(UserError, match="cannot be corrected"):
        read_mitigated(inputs, ReadoutSettings(readout_flip=0.5), mitigate=["readout"])


def test_readout_correction_takes_wrong_readings_back_and_leaves_the_gates_noise(inputs):
    gates_alone, _ = read_mitigated(inputs, ReadoutSettings(depolarizing_one=0.01, depolarizing_two=0.02))
    found, cost = read_mitigated(inputs, NOISY, mitigate=["readout"])
    np.testing.assert_allclose(found.expectations, gates_alone.expectations, atol=1e-12)
    assert (cost.circuits, cost.shots) == (inputs.size + 2, 0)
    assert cost.error_factor == pytest.approx(1 / 0.84)


def test_extrapolation_comes_nearer_and_the_parabola_nearest(inputs):
    exact = inputs.exact_expectations()
    away = {
        methods: np.abs(read_mitigated(inputs, NOISY, mitigate=methods)[0].expectations - exact).mean()
        for methods in ((), ("readout",), ("readout", "zne_linear"), ("readout", "zne_richardson"))
    }
    assert list(away.values()) == sorted(away.values(), reverse=True), away
    assert away["readout", "zne_richardson"] < away[()] / 5


def test_the_standard_error_said_is_that_of_repeated_draws(inputs):
    readout = ReadoutSettings(shots=200, depolarizing_two=0.05, readout_flip=0.05)
    methods = ("readout", "zne_richardson")
    draws = [read_mitigated(inputs, readout, seed=seed, mitigate=methods)[0] for seed in range(150)]
    spread = np.std([each.expectations for each in draws], axis=0)
    said = np.sqrt(np.mean([each.errors**2 for each in draws], axis=0))
    np.testing.assert_allclose(spread, said, rtol=0.25)  # 150 draws tell a standard deviation to 6%
    _, cost = read_mitigated(inputs, readout, mitigate=methods)
    assert cost.error_factor == pytest.approx(np.sqrt((15 / 8) ** 2 + (5 / 4) ** 2 + (3 / 8) ** 2) / 0.9)
    assert (cost.circuits, cost.shots, cost.gates) == (3 * 12 + 2, (3 * 12 + 2) * 200, 9)


def test_the_circuits_get_the_same_shots_with_correction_as_without(inputs):
    readout = ReadoutSettings(shots=50, readout_flip=0.1)
    (plain, _), (mended, _) = (read_mitigated(inputs, readout, seed=4, mitigate=m) for m in ((), ("readout",)))
    assert plain.expectations.size
    for before, after in zip(
        plain.expectations.T, mended.expectations.T, strict=True
    ):  # a line a qubit, to the last bit
        np.testing.assert_allclose(np.polyval(np.polyfit(before, after, 1), before), after, atol=1e-12)


def test_measured_confusion_is_drawn_and_exact_without_shots(inputs):
    noisy = with_rates(build_circuit(inputs.circuit), ReadoutSettings(readout_flip=0.1))
    np.testing.assert_array_equal(measured_confusion(noisy, 0, 1), noisy.confusion)
    measured = measured_confusion(noisy, 400, 1)
    np.testing.assert_allclose(measured.sum(axis=2), 1)
    assert 0 < np.abs(measured - noisy.confusion).max() < 5 * np.sqrt(0.1 * 0.9 / 400)


@pytest.mark.parametrize("wrong", [("mitiq",), ("zne_linear", "zne_richardson")])
def test_what_is_no_method_is_refused(inputs, wrong):
    with pytest.raises(InputError):
        read_mitigated(inputs, NOISY, mitigate=wrong)
    assert all(method.title and method.about.endswith(".") for method in METHODS.values())

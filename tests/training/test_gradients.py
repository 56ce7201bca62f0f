"""The size of an epoch's gradients, read off Adam's memory, against a memory that is made step by step."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.runs.events import Checkpoint
from qtl_core.settings import CircuitSettings
from qtl_core.training.checkpoints import layer_gradients

CIRCUIT = CircuitSettings(2, 3)  # three layers of two angles


def after(steps: int, memory: np.ndarray | None) -> Checkpoint:
    return Checkpoint(1, {}, {}, {} if memory is None else {"q_params": memory}, steps)


def remembered(memory: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    for gradient in gradients:
        memory = 0.999 * memory + 0.001 * gradient**2
    return memory


def test_of_an_even_gradient_it_is_that_gradient_layer_by_layer():
    gradient = np.array([3.0, 4.0, 0.0, 2.0, 1.0, 1.0])
    expected = [np.sqrt(12.5), np.sqrt(2.0), 1.0]
    first = remembered(np.zeros(6), np.tile(gradient, (61, 1)))
    assert layer_gradients(CIRCUIT, after(0, None), after(61, first)) == pytest.approx(expected)
    second = remembered(first, np.tile(2 * gradient, (61, 1)))
    assert layer_gradients(CIRCUIT, after(61, first), after(122, second)) == pytest.approx(2 * np.array(expected))


def test_rounding_below_nothing_is_nothing_and_without_a_layer_there_is_none():
    before = np.full(6, 1.0)
    assert layer_gradients(CIRCUIT, after(10, before), after(11, 0.999 * before - 1e-12)) == (0.0, 0.0, 0.0)
    assert layer_gradients(CircuitSettings(2, 0), after(0, None), after(1, None)) == ()

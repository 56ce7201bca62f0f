import numpy as np
import pytest
import torch

from qtl_core.learn.adam import Adam, tensorflow_adam

RATE, STEPS = 0.1, 40
WITHIN = 1e-12  # both add up in double precision


def _slopes(numbers):
    return 2 * numbers * np.array([1.0, 30.0, 0.01])


@pytest.mark.parametrize("keep_squares", [0.99, 0.999])
def test_it_steps_as_torch_does(keep_squares):
    ours, adam = np.array([1.0, -2.0, 3.0]), Adam(RATE, keep_squares=keep_squares)
    theirs = torch.tensor(ours, requires_grad=True)
    optimiser = torch.optim.Adam([theirs], lr=RATE, betas=(0.9, keep_squares))
    for _ in range(STEPS):
        theirs.grad = torch.tensor(_slopes(theirs.detach().numpy()))
        optimiser.step()
        ours = adam.stepped(ours, _slopes(ours))
    np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=WITHIN)


def test_tensorflow_adds_its_epsilon_before_the_squares_are_corrected():
    """By slopes as small as epsilon, where it matters; the formula as TensorFlow's own documentation has it."""
    slopes, mean, squares, theirs = np.array([3e-8, -1e-9]), 0.0, 0.0, np.zeros(2)
    ours, adam = np.zeros(2), tensorflow_adam(RATE)
    for step in range(1, STEPS + 1):
        mean, squares = 0.9 * mean + 0.1 * slopes, 0.999 * squares + 0.001 * slopes**2
        theirs = theirs - RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step) * mean / (np.sqrt(squares) + 1e-8)
        ours = adam.stepped(ours, slopes)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert not np.allclose(ours, Adam(RATE).stepped(np.zeros(2), slopes) * STEPS, rtol=0.1)


def test_rows_learn_as_they_would_alone():
    starts = np.random.default_rng(3).normal(size=(5, 3))
    together, alone = Adam(RATE), [Adam(RATE) for _ in starts]
    rows, single = starts, list(starts)
    for _ in range(STEPS):
        rows = together.stepped(rows, _slopes(rows))
        single = [each.stepped(row, _slopes(row)) for each, row in zip(alone, single, strict=True)]
    np.testing.assert_array_equal(rows, single)

"""What is let in, and how a refusal names the argument, what it was and what it should be."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from qtl_core.common import checks
from qtl_core.common.errors import DivergedError, InputError, UserError

ROWS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    "given",
    [
        ROWS,
        ROWS.tolist(),
        ROWS.astype(np.float64),
        ROWS.astype(np.float16),
        ROWS.astype(np.int32),
        ROWS.astype(">f4"),
        np.asfortranarray(ROWS),
        np.repeat(ROWS, 2, axis=1)[:, ::2],
        ROWS[::-1, ::-1][::-1, ::-1],
        np.frombuffer(ROWS.tobytes(), np.float32).reshape(2, 3),
        torch.from_numpy(ROWS.copy()),
        torch.from_numpy(ROWS.copy()).requires_grad_(),
        torch.from_numpy(ROWS.copy()).bfloat16(),
        torch.from_numpy(ROWS.copy()).double().T.contiguous().T,
    ],
    ids=str,
)
def test_numbers_of_every_kind_and_order_come_in_alike(given):
    found = checks.real_array("x", given, (None, None))
    assert found.tolist() == ROWS.tolist()
    assert found.flags.c_contiguous
    assert found.dtype in (np.float32, np.float64)
    assert found.dtype.isnative


def test_what_is_right_already_is_not_copied():
    assert np.shares_memory(checks.real_array("x", ROWS, (None, 3)), ROWS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.array([[1.0, np.nan]]), "x holds nan at [0, 1]. It should be finite numbers"),
        (np.array([[1.0], [-np.inf]]), "x holds -inf at [1, 0]."),
        (np.array([[1.0, np.inf]], np.float16), "x holds inf at [0, 1]."),
        (np.array([[1e39, 1.0, 1e39]]), "x holds 1e+39 at [0, 0] and 1 more like it."),
        (np.zeros((2, 0)), "x is empty. It should be an array of shape (rows, columns), here (any, any)."),
        (np.zeros(3), "x has shape (3,). It should be an array of shape (rows, columns), here (any, any)."),
        (np.zeros((1, 1), complex), "x holds complex numbers."),
        ([["a"]], "x holds text."),
        ([[None]], "x holds Python objects."),
        ([[1.0], [1.0, 2.0]], "x cannot be read as an array (list)."),
        (np.array([["2026-01-01"]], "datetime64[D]"), "x holds values of type datetime64[D]."),
        (torch.empty(1, 1, device="meta"), "x is a Tensor without plain numbers."),
        (torch.eye(2).to_sparse(), "x cannot be read as an array (Tensor)."),
    ],
)
def test_a_refusal_names_the_argument_what_it_was_and_what_it_should_be(given, said):
    with pytest.raises(InputError) as refused:
        checks.real_array("x", given, (None, None), says="(rows, columns)")
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("given", [[0, 1, 1], [0.0, 1.0, 1.0], np.array([0, 1, 1], ">i2"), torch.tensor([0, 1, 1])])
def test_labels_become_new_integers(given):
    found = checks.class_labels("labels", given, 3, 2)
    assert found.tolist() == [0, 1, 1]
    assert found.dtype == np.int64
    assert not (isinstance(given, np.ndarray) and np.shares_memory(found, given))


@pytest.mark.parametrize("bad", [-1, 2, 10**6, 0.5, np.nan, np.inf, 2**63, True + 1])
def test_a_label_that_is_no_class_is_refused_with_its_place(bad):
    with pytest.raises(InputError, match=r"^labels holds .+ at \[1\]\. It should be class indices from 0 to 1\.$"):
        checks.class_labels("labels", [0, bad, 1], 3, 2)


@pytest.mark.parametrize("bad", [0, 11, -1, 2.0, True, "3", None, np.nan])
def test_a_number_that_is_not_whole_or_out_of_range_is_refused(bad):
    with pytest.raises(InputError, match=r"^n is .+ It should be a whole number from 1 to 10\.$"):
        checks.whole_number("n", bad, 1, 10)


def test_whole_numbers_of_numpy_are_numbers():
    assert checks.whole_number("n", np.int64(3), 0) == 3
    assert type(checks.whole_number("n", np.uint8(3), 0)) is int


def test_errors_are_both_ours_and_python_s_and_travel_between_processes():
    wrong, broken = InputError("x", "is 3", "4"), DivergedError(7, "training loss")
    assert isinstance(wrong, UserError) and isinstance(wrong, ValueError)
    assert isinstance(broken, UserError) and isinstance(broken, ArithmeticError)
    for error in (wrong, broken):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert "epoch 7" in str(broken) and "learning rate" in broken.do

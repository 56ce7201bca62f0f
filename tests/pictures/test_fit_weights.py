"""Weights files: every shape they come in, and those that are refused."""

from __future__ import annotations

import os

import pytest
import torch
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.fit_weights import fit, read_state_dict


def network():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


@pytest.fixture
def state():
    """What a trained network with a classifier (`fc`) would have saved."""
    torch.manual_seed(1)
    trained = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    trained.add_module("fc", nn.Linear(4, 10))
    return trained.state_dict()


@pytest.fixture
def saved(tmp_path):
    def save(content):
        torch.save(content, tmp_path / "weights.pth")
        return tmp_path / "weights.pth"

    return save


def fitted(path):
    with torch.device("meta"):
        module = network()
    fit(module, read_state_dict(path), "fc.", path)
    return module


def variants():
    """Each way a good state dict may be written, by name."""
    return {
        "as it is": lambda state: state,
        "wrapped": lambda state: {"state_dict": state, "epoch": 3},
        "from DataParallel": lambda state: {f"module.{name}": value for name, value in state.items()},
        "without its classifier": lambda state: {n: v for n, v in state.items() if not n.startswith("fc.")},
        "with another classifier": lambda state: state | {"fc.weight": torch.zeros(2, 4), "fc.extra": torch.zeros(1)},
        "double precision": lambda state: {n: v.double() if v.is_floating_point() else v for n, v in state.items()},
        "without batch counts": lambda state: {n: v for n, v in state.items() if "num_batches" not in n},
    }


@pytest.mark.parametrize("variant", variants())
def test_a_state_dict_is_taken_however_it_was_saved(variant, state, saved):
    module = fitted(saved(variants()[variant](state)))
    assert module.state_dict()
    for name, value in module.state_dict().items():
        assert value.device.type == "cpu"
        torch.testing.assert_close(value, state[name])


def test_what_is_missing_unknown_or_of_another_shape_is_named_and_counted(state, saved):
    del state["0.weight"]
    state["1.weight"] = torch.zeros(7)
    state |= {f"other.{number}": torch.zeros(1) for number in range(6)}
    with pytest.raises(UserError) as caught:
        fitted(saved(state))
    assert "weights.pth" in caught.value.what
    assert caught.value.why == (
        "1 entry is missing: 0.weight. "
        "6 entries are unknown: other.0, other.1, other.2, other.3, …. "
        "1 entry is of another shape: 1.weight (7,) where (4,) is needed."
    )


class Malicious:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_a_pickle_that_would_run_code_is_refused_and_not_run(tmp_path, saved):
    with pytest.raises(UserError, match="state dict"):
        read_state_dict(saved({"a": Malicious(tmp_path / "proof")}))
    assert not (tmp_path / "proof").exists()


@pytest.mark.parametrize("content", [b"", b"not a torch file", b"PK\x03\x04 cut short", b"\x80\x02}q\x00."])
def test_a_file_that_is_no_weights_file_is_refused(content, tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"weights\.pth cannot be read as weights"):
        read_state_dict(path)


def test_a_whole_model_or_a_lone_tensor_is_refused(saved):
    for content in (network(), torch.zeros(3), {"a": torch.zeros(1), "b": "text"}):
        with pytest.raises(UserError, match="state dict"):
            read_state_dict(saved(content))


def test_a_file_cut_short_is_refused(state, saved):
    path = saved(state)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UserError, match="cannot be read as weights"):
        read_state_dict(path)

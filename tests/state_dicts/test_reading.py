"""One network's weights in every wrapping, prefix, precision and container there is: the same numbers come out."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
from collections import OrderedDict
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save as as_safetensors
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.fitting import fitted, told_apart
from qtl_core.exchange.heads.head_file import NAMES, HeadQuestions
from qtl_core.exchange.heads.reading import read_state
from qtl_core.pictures.backbones.fit_weights import fit, read_state_dict
from qtl_core.state_dicts import refusals
from qtl_core.state_dicts.reading import named_tensors, tensors_of
from qtl_core.state_dicts.refusals import Refused
from tests.helpers.made_heads import as_on_cuda, demo_head, saved


def network() -> nn.Module:
    """A small network with batch norms, in which a layer lies in a block."""
    block = nn.Sequential(OrderedDict(conv=nn.Conv2d(4, 4, 1, bias=False), norm=nn.BatchNorm2d(4)))
    return nn.Sequential(OrderedDict(stem=nn.Conv2d(3, 4, 3), norm=nn.BatchNorm2d(4), block=block))


def trained(seed: int = 0) -> dict[str, torch.Tensor]:
    """Its state dict, with a classifier, from numbers that half precision holds exactly."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        whole = network()
        whole.add_module("fc", nn.Linear(4, 7))
        return {
            name: torch.randint(-64, 64, value.shape).to(value.dtype) / (32 if value.is_floating_point() else 1)
            if value.is_floating_point()
            else torch.tensor(3 + seed)
            for name, value in whole.state_dict().items()
        }


class Settings:
    """An object of a training program's own, as Lightning keeps it beside the weights."""

    def __init__(self) -> None:
        self.lr, self.nested = 0.1, {"optimiser": torch.optim.Adam}


def lightning(state: dict) -> dict:
    """All that a `.ckpt` of Lightning holds."""
    adam = torch.optim.Adam([nn.Parameter(value.clone().float()) for value in state.values()])
    for group in adam.param_groups:
        for parameter in group["params"]:
            parameter.grad = torch.ones_like(parameter)
    adam.step()
    return {
        "epoch": 3,
        "global_step": 99,
        "pytorch-lightning_version": "2.4.0",
        "state_dict": state,
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 4}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'val_loss'}": {"best_model_score": torch.tensor(0.3)}},
        "optimizer_states": [adam.state_dict()],
        "lr_schedulers": [],
        "hparams_name": "kwargs",
        "hyper_parameters": Settings(),
        "hyper_parameters_2": SimpleNamespace(lr=0.1, name="x"),
        "numpy": np.float64(0.5),
        "rng_state": torch.get_rng_state(),
    }


KEYS = ["state_dict", "model", "model_state_dict", "net", "network", "module", "weights", "backbone", "encoder", "own"]
WRAPPERS = {
    "nothing": lambda state: state,
    **{
        key: lambda state, key=key: {"epoch": 3, "arch": "net", key: state, "best_acc1": torch.tensor(0.9)}
        for key in KEYS
    },
    "ema": lambda state: {"ema": state},
    "two": lambda state: {"checkpoint": {"state_dict": state, "optimizer": {"state": {0: {"step": torch.tensor(1)}}}}},
    "list": lambda state: [state, {"lr": 0.1}],
    "lightning": lightning,
    "ordered": lambda state: OrderedDict(state),
}
PREFIXES = ["module.", "_orig_mod.", "model.", "backbone.", "net.", "encoder.", "student.", "my_own_name.", "0."]
PRECISIONS = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float64": torch.float64, "float32": torch.float32}
NAMES_OF_FILES = ["w.pth", "w.safetensors", "w.ckpt", "w.bin", "w.pth.tar", "w", "w.weird"]


def as_safetensors_flat(state) -> bytes:
    return as_safetensors({name: value.contiguous() for name, value in state.items()})


CONTAINERS = {
    "zip": saved,
    "legacy": lambda state: saved(state, legacy=True),
    "cuda": lambda state: as_on_cuda(saved(state, legacy=True)),
    "protocol 5": lambda state: _saved_with(state, 5),
    "protocol 4 legacy": lambda state: _saved_with(state, 4, _use_new_zipfile_serialization=False),
    "without checksums": lambda state: _without_checksums(state),
    "safetensors": as_safetensors_flat,
}


def _saved_with(state, protocol: int, **options) -> bytes:
    file = io.BytesIO()
    torch.save(state, file, pickle_protocol=protocol, **options)
    return file.getvalue()


def _without_checksums(state) -> bytes:
    torch.serialization.set_crc32_options(False)
    try:
        return saved(state)
    finally:
        torch.serialization.set_crc32_options(True)


def in_precision(state: dict, precision: str) -> dict:
    kind = PRECISIONS[precision]
    return {name: value.to(kind) if value.is_floating_point() else value for name, value in state.items()}


def fitted_network(content: bytes, folder, name: str = "w.pth") -> nn.Module:
    path = folder / name
    path.write_bytes(content)
    with torch.device("meta"):
        made = network()
    fit(made, read_state_dict(path), "fc.", path)
    return made


@settings(max_examples=120)
@given(
    wrapper=st.sampled_from(list(WRAPPERS)),
    prefixes=st.lists(st.sampled_from(PREFIXES), max_size=4),
    precision=st.sampled_from(list(PRECISIONS)),
    container=st.sampled_from(list(CONTAINERS)),
    name=st.sampled_from(NAMES_OF_FILES),
    counts=st.booleans(),
    classifier=st.booleans(),
)
def test_an_image_network_s_weights_come_out_of_any_wrapping(
    tmp_path_factory, wrapper, prefixes, precision, container, name, counts, classifier
):
    state = trained()
    kept = {
        each: value
        for each, value in state.items()
        if (counts or "num_batches" not in each) and (classifier or not each.startswith("fc."))
    }
    named = {"".join(prefixes) + each: value for each, value in in_precision(kept, precision).items()}
    given = named if container == "safetensors" else WRAPPERS[wrapper](named)
    found = fitted_network(CONTAINERS[container](given), tmp_path_factory.mktemp("w"), name).state_dict()
    assert len(found) == len(state) - 2
    for each, value in found.items():
        expected = state[each] if counts or "num_batches" not in each else torch.tensor(0)
        assert value.dtype == expected.dtype
        assert torch.equal(value, expected), each


@settings(max_examples=120)
@given(
    wrapper=st.sampled_from(list(WRAPPERS)),
    prefixes=st.lists(st.sampled_from([*PREFIXES, "fc."]), max_size=4),
    precision=st.sampled_from(list(PRECISIONS)),
    container=st.sampled_from(list(CONTAINERS)),
    name=st.sampled_from(NAMES_OF_FILES),
    seed=st.integers(0, 9),
)
def test_a_head_comes_out_of_any_wrapping(wrapper, prefixes, precision, container, name, seed):
    head = demo_head(seed).state_dict()
    named = {"".join(prefixes) + each: value for each, value in in_precision(head, precision).items()}
    given = named if container == "safetensors" else WRAPPERS[wrapper](named)
    found = fitted(told_apart(read_state(CONTAINERS[container](given), name)), HeadQuestions())
    assert set(NAMES) <= set(found.weights)
    for each in NAMES:
        assert np.array_equal(found.weights[each], in_precision(head, precision)[each].float().numpy()), each


def test_a_network_made_a_row_of_its_children_is_known_by_their_places(tmp_path):
    state = trained()
    row = nn.Sequential(*network().children())
    places = dict(zip(row.state_dict(), network().state_dict(), strict=True))
    assert places["0.weight"] == "stem.weight"
    assert places["2.conv.weight"] == "block.conv.weight"
    for front in ("", "model.features."):
        given = {f"{front}{place}": state[name] for place, name in places.items()}
        found = fitted_network(saved(given), tmp_path).state_dict()
        assert all(torch.equal(value, state[name]) for name, value in found.items())
        with pytest.raises(UserError, match=r"1 entry is unknown: block\.more\.weight"):
            fitted_network(saved(given | {f"{front}2.more.weight": torch.zeros(2)}), tmp_path)


def test_names_that_torch_compile_and_ddp_put_into_the_middle(tmp_path):
    state = trained()
    odd = {name.replace("block.", "block._orig_mod.module."): value for name, value in state.items()}
    assert any("_orig_mod.module" in name for name in odd)
    found = fitted_network(saved(odd), tmp_path).state_dict()
    assert all(torch.equal(value, state[name]) for name, value in found.items())


def test_of_two_networks_the_trained_one_is_taken_and_not_its_moving_average(tmp_path):
    state, average = trained(), trained(seed=1)
    for both in (
        {"state_dict_ema": average, "state_dict": state},
        {"model": {f"teacher.{n}": v for n, v in average.items()} | {f"student.{n}": v for n, v in state.items()}},
    ):
        found = fitted_network(saved(both), tmp_path).state_dict()
        assert torch.equal(found["stem.weight"], state["stem.weight"])


def test_two_networks_that_nothing_tells_apart_are_said_and_equal_ones_taken(tmp_path):
    with pytest.raises(UserError, match=r"2 different sets of weights.*“left”, “right”"):
        fitted_network(saved({"left": trained(), "right": trained(seed=1)}), tmp_path)
    assert fitted_network(saved({"left": trained(), "right": trained()}), tmp_path)


def test_a_network_and_a_head_in_one_file_each_go_where_they_belong(tmp_path):
    head = demo_head().state_dict()
    state = {name: value for name, value in trained().items() if not name.startswith("fc.")}
    for both in (
        {"backbone": state, "head": dict(head)},
        {f"backbone.{n}": v for n, v in state.items()} | dict(head),
        {f"model.{n}": v for n, v in state.items()} | {f"model.fc.{n}": v for n, v in head.items()},
    ):
        found = fitted_network(saved(both), tmp_path).state_dict()
        assert torch.equal(found["block.conv.weight"], state["block.conv.weight"])
        told = told_apart(read_state(saved(both), "both.pth"))
        assert all(np.array_equal(told.head[name], values.numpy()) for name, values in head.items())


def test_views_of_one_storage_become_tensors_of_their_own(tmp_path):
    state = trained()
    row = torch.zeros(1000)
    row[:16] = state["block.conv.weight"].reshape(-1)
    state["block.conv.weight"] = row[:16].reshape(4, 4).t().contiguous().t().reshape(4, 4, 1, 1)
    state["norm.weight"] = torch.ones(1).expand(4)
    state["norm.bias"] = state["norm.weight"]
    found = fitted_network(saved(state), tmp_path)
    assert torch.equal(found.block.conv.weight, state["block.conv.weight"])
    with torch.no_grad():
        found.norm.weight[0] = 5
    assert found.norm.weight.tolist() == [5, 1, 1, 1]
    assert found.norm.bias.tolist() == [1, 1, 1, 1]


def test_float8_is_read_exactly(tmp_path):
    state = trained()
    state["stem.weight"] = state["stem.weight"].to(torch.float8_e4m3fn)
    found = fitted_network(saved(state), tmp_path).stem.weight
    assert torch.equal(found, state["stem.weight"].float())


NOT_FINITE = {
    "NaN": (torch.float32, float("nan"), "2 of the 108 in stem.weight are NaN"),
    "infinite": (torch.float32, float("-inf"), "2 of the 108 in stem.weight are infinite"),
    "half": (torch.float16, float("inf"), "2 of the 108 in stem.weight are infinite"),
    "brain": (torch.bfloat16, float("nan"), "2 of the 108 in stem.weight are NaN"),
    "too large": (torch.float64, 1e300, "2 of the 108 in stem.weight are too large for single precision"),
}


@pytest.mark.parametrize("case", NOT_FINITE)
@pytest.mark.parametrize("more", [False, True])
def test_numbers_that_are_not_finite_are_refused_by_name_and_count(tmp_path, case, more):
    kind, value, words = NOT_FINITE[case]
    state = in_precision(trained(), str(kind).removeprefix("torch."))
    state["stem.weight"].view(-1)[[5, 77]] = value
    if more:
        state["norm.bias"][0] = value
    with pytest.raises(UserError, match=words) as caught:
        fitted_network(saved(state), tmp_path)
    assert ("1 more of its tensors" in caught.value.why) is more
    state = dict(demo_head().state_dict())
    state["q_params"] = state["q_params"].to(kind)
    state["q_params"].data[3] = value
    with pytest.raises(UserError, match=r"1 of the 24 in q_params is .* Take the file from before"):
        fitted(told_apart(read_state(saved(state), "head.pt")), HeadQuestions())


def test_what_is_not_used_may_be_anything(tmp_path):
    state = trained() | {"fc.weight": torch.full((2, 4), float("nan")), "fc.bias": torch.zeros(3).to_sparse()}
    extra = {"score": torch.tensor(float("inf")), "complex": torch.zeros(2, dtype=torch.complex64)}
    assert fitted_network(saved({"model": state, **extra}), tmp_path)


UNUSABLE = {
    "sparse": lambda value: value.to_sparse(),
    "meta": lambda value: value.to("meta"),
    "complex": lambda value: value.to(torch.complex64),
    "nested": lambda value: torch.nested.nested_tensor([value, value]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", UNUSABLE)
def test_tensors_of_a_kind_that_no_weights_are_kept_in_are_refused(tmp_path, kind):
    state = trained()
    state["stem.weight"] = UNUSABLE[kind](state["stem.weight"])
    with pytest.raises(UserError) as caught:
        fitted_network(saved(state), tmp_path)
    assert "kind" in str(caught.value) or "stem.weight ()" in str(caught.value)


def test_another_network_s_weights_are_named(tmp_path):
    from qtl_core.pictures.backbones.networks import ARCHITECTURES

    other = ARCHITECTURES["squeezenet1_0"].build().state_dict()
    with pytest.raises(UserError, match=r"entries are missing: stem\.weight.*it fits SqueezeNet 1\.0\."):
        fitted_network(saved({"model": dict(other)}), tmp_path)
    with pytest.raises(UserError, match="It is a head"):
        fitted_network(saved(demo_head().state_dict()), tmp_path)


def test_a_layer_within_the_network_that_it_does_not_know_is_refused_and_one_beside_it_is_not(tmp_path):
    with pytest.raises(UserError, match=r"1 entry is unknown: block\.attention\.weight"):
        fitted_network(saved(trained() | {"block.attention.weight": torch.zeros(3)}), tmp_path)
    assert fitted_network(saved(trained() | {"criterion.weight": torch.zeros(3)}), tmp_path)


def test_a_head_with_more_than_its_own_beside_it_is_refused():
    state = dict(demo_head().state_dict())
    for name in ("extra", "norm.weight", "pre_net.scale", "pre_net.0.weight"):
        with pytest.raises(UserError, match=f"{name} is no part"):
            told_apart(read_state(saved(state | {name: torch.zeros(4)}), "head.pt"))
    assert told_apart(read_state(saved(state | {"criterion.weight": torch.ones(2)}), "head.pt"))


def test_a_big_endian_file():
    file = io.BytesIO()
    torch.save({"a": torch.tensor([1.5, -2.0])}, file)
    content = file.getvalue()
    assert content.count(b"little") == 1
    swapped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(swapped, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("byteorder"):
                data = b"big"
            if "/data/" in name:
                data = np.frombuffer(data, "<u4").byteswap().tobytes()
            new.writestr(name, data)
    (value,) = tensors_of(named_tensors(swapped.getvalue())).values()
    assert value.tolist() == [1.5, -2.0]


class Recorder:
    """Leaves a mark when anything of it is called while a file is read."""

    called: ClassVar[list[str]] = []

    def __init__(self, *_):
        self.called.append("init")

    def __setstate__(self, _):
        self.called.append("setstate")

    def __reduce__(self):
        return Recorder, (1,), {"a": 1}


def test_nothing_of_a_stranger_s_is_called_and_the_tensors_beside_it_are_read():
    content = saved({"state_dict": trained(), "callback": Recorder(), "kept": {"deep": [Recorder()]}})
    Recorder.called.clear()
    assert set(trained()) == {name.removeprefix("state_dict.") for name in named_tensors(content)}
    assert Recorder.called == []


def test_a_pickle_cannot_change_what_reads_it():
    """BUILD sets attributes of whatever it is given: of our own functions, if these were not out of reach."""
    from qtl_core.state_dicts import torch_files

    program = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x08\x00\x00\x00functionK\x01sb."
    before = torch_files._MAKERS["_rebuild_tensor_v2"].function
    with pytest.raises(Refused):
        named_tensors(_old_file(program))
    assert torch_files._MAKERS["_rebuild_tensor_v2"].function is before


def _old_file(program: bytes) -> bytes:
    magic, version, system = (pickle.dumps(each, 2) for each in (torch_files_magic(), 1001, {"little_endian": True}))
    return magic + version + system + program + pickle.dumps([], 2)


def torch_files_magic() -> int:
    from qtl_core.state_dicts.torch_files import MAGIC

    return MAGIC


BOMBS = {
    "a memo at the end of all memory": b"\x80\x02}r\xff\xff\xff\xff.",
    "a text longer than the file": b"\x80\x02X\xff\xff\xff\x7f.",
    "bytes that claim a terabyte": b"\x80\x05\x96" + (1 << 40).to_bytes(8, "little") + b".",
    "a number of a megabyte": b"\x80\x02\x8b" + (1 << 20).to_bytes(4, "little") + b"\xff" * (1 << 20) + b".",
    "a key that takes ages to hash": b"\x80\x02}" + b")" + b"\x85" * 2 + b"2\x86" * 60 + b"K\x01s.",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "lists in each other without end": b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".",
    "nothing on the stack": b"\x80\x02.",
    "a mark that is none": b"\x80\x02(((t.",
    "more steps than any list": b"\x80\x02" + b"]0" * (refusals.MOST_STEPS // 2 + 1) + b"}.",
    "an extension": b"\x80\x02\x82\x01.",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_pickle_made_to_hurt_is_refused(bomb):
    with pytest.raises(Refused):
        named_tensors(_old_file(BOMBS[bomb]))


def test_parts_of_an_archive_that_lie_over_each_other_take_no_more_memory_than_the_file_may():
    parts, file = 30, io.BytesIO(saved({str(n): torch.zeros(1) for n in range(30)} | {"big": torch.zeros(100_000)}))
    with zipfile.ZipFile(file) as archive:
        big = archive.getinfo(f"archive/data/{parts}")
    changed = bytearray(file.getvalue())
    for number in range(parts):  # every entry of the list at the archive's end points to the largest one's numbers
        (found,) = re.finditer(rb"PK\x01\x02.{42}archive/data/%d(?!\d)" % number, changed, re.DOTALL)
        at = found.start()
        changed[at + 16 : at + 20] = big.CRC.to_bytes(4, "little")
        changed[at + 20 : at + 28] = big.file_size.to_bytes(4, "little") * 2
        changed[at + 42 : at + 46] = big.header_offset.to_bytes(4, "little")
    with pytest.raises(Refused, match="lie over each other"):
        tensors_of(named_tensors(bytes(changed)))


def test_a_name_that_would_be_repeated_five_thousand_times():
    state = {"x" * 1_000_000: {str(number): torch.zeros(1) for number in range(2_000)}}
    with pytest.raises(Refused, match="name"):
        named_tensors(saved(state))


def test_a_dict_in_itself_a_thousand_times_is_walked_once():
    held: dict = {"a": torch.zeros(2)}
    for _ in range(20):
        held = {str(number): held for number in range(1)} | {f"again {number}": held for number in range(50)}
    assert len(named_tensors(saved(held))) == 1

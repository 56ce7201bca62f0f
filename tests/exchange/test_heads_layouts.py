"""Which rows of `q_params` are used: both published codes beside each other, over sizes, and against the app."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest
from qtl_core.exchange.heads.importing import LAYOUT, import_head, read_head
from qtl_core.exchange.heads.misreading import ImportedHead
from qtl_core.exchange.heads.writing import head_bytes, remarks
from qtl_core.exchange.run_files.manifest import described, read_described
from qtl_core.network.parameter_rows import DEMO, LAYOUTS, PAPER, layout_of, on_earlier_reading
from qtl_core.runs.provenance import provenance_here
from qtl_core.runs.store import keep_run, load_run, provenance_of
from qtl_core.settings import DataSettings, SettingsError
from qtl_core.settings.backbones import BACKBONES
from tests.exchange.test_heads import HEADS, brought_in, features, scores
from tests.helpers import oracle
from tests.helpers.made_heads import demo_head, paper_head, saved

EXACT = 1e-5  # of scores, in single precision
BOTH = 1e-6  # two writings of the same circuit in double precision, cast to single


def brought(content: bytes, **asked) -> ImportedHead:
    """Brings a head in where there are no pictures of its classes."""
    return read_head(HeadRequest(content, "head.pt", HeadQuestions(**asked), data=DataSettings(source="folder")))


def by_matrices(state: dict[str, torch.Tensor], angles: np.ndarray, given: torch.Tensor) -> np.ndarray:
    """Scores from full matrices in numpy; `angles` are those that the layers use, (depth, qubits)."""
    tensors = {name: values.double().numpy() for name, values in state.items()}
    turned = np.tanh(given.double().numpy() @ tensors["pre_net.weight"].T + tensors["pre_net.bias"]) * np.pi / 2
    values = [oracle.expectations(row, angles[..., None].astype(float), "brick", "ry", False) for row in turned]
    return np.array(values) @ tensors["post_net.weight"].T + tensors["post_net.bias"]


@pytest.mark.parametrize(("qubits", "depth"), [*itertools.product((1, 2, 4), (1, 6)), (5, 2)])
def test_the_two_codes_written_here_use_the_rows_that_they_are_said_to(qubits, depth):
    """Each against matrices, and beside the other: the same angles, one row further down, give the same scores."""
    paper, demo = paper_head(qubits=qubits, depth=depth), demo_head(qubits=qubits, depth=depth)
    rows = paper.state_dict()["q_params"].reshape(15, qubits)
    used = rows[1 : depth + 1]
    demo.load_state_dict(paper.state_dict() | {"q_params": used.reshape(-1)})
    theirs = paper(features(3)).detach().numpy()
    assert np.abs(theirs - by_matrices(paper.state_dict(), used.numpy(), features(3))).max() < EXACT
    assert np.abs(theirs - demo(features(3)).detach().numpy()).max() < BOTH


def test_the_rows_matter():
    """Else no test here could tell one layout from the other."""
    head = paper_head()
    wrong = brought(saved(head.state_dict()), layout=DEMO).view
    assert np.abs(scores(wrong, features()) - head(features()).detach().numpy()).max() > 0.1


def test_row_0_and_those_beyond_the_depth_change_nothing_in_the_paper_s_layout():
    head = paper_head()
    state = head.state_dict()
    before = scores(brought(saved(state)).view, features())
    rows = state["q_params"].reshape(15, 4).clone()
    rows[0], rows[7:] = 9.0, -9.0
    assert np.array_equal(scores(brought(saved(state | {"q_params": rows.reshape(-1)})).view, features()), before)


@settings(max_examples=15)
@given(
    code=st.sampled_from(list(HEADS)),
    qubits=st.integers(1, 5),
    depth=st.integers(1, 8),
    classes=st.integers(2, 4),
    more=st.integers(1, 9),
    seed=st.integers(0, 99),
    layout=st.sampled_from(["demo", "paper"]),
)
def test_either_code_s_heads_answer_here_and_in_either_code_again(code, qubits, depth, classes, more, seed, layout):
    held = {"max_layers": depth + more} if code == "paper" else {}
    sizes = {"qubits": qubits, "depth": depth, "classes": classes}
    head = HEADS[code](seed, **sizes, **held)
    view = brought(saved(head.state_dict()), depth=depth, classes=tuple(f"class {n}" for n in range(classes))).view
    wanted = head(features(2)).detach().numpy()
    assert np.abs(scores(view, features(2)) - wanted).max() < EXACT
    theirs = HEADS[layout](seed + 1, **sizes)
    theirs.load_state_dict(torch.load(io.BytesIO(head_bytes(view, ".pt", layout=layout)), weights_only=True))
    assert np.abs(theirs(features(2)).detach().numpy() - wanted).max() < EXACT


@settings(max_examples=60)
@given(
    qubits=st.integers(1, 12),
    depth=st.integers(0, 20),
    more=st.integers(0, 15),
    classes=st.integers(2, 6),
    rotation=st.sampled_from(["ry", "rot"]),
    backbone=st.sampled_from(list(BACKBONES)),
    seed=st.integers(0, 99),
    suffix=st.sampled_from([".pt", ".safetensors"]),
    flat=st.booleans(),
    asked_layout=st.sampled_from(["", "demo"]),
    out=st.sampled_from(["demo", "paper"]),
)
def test_a_round_trip_over_sizes(
    qubits, depth, more, classes, rotation, backbone, seed, suffix, flat, asked_layout, out
):
    """Any head comes in, goes out and comes in again with the same bits in the rows that are used."""
    each = 3 if rotation == "rot" else 1
    dice, size, held = np.random.default_rng(seed), BACKBONES[backbone].feature_size, max(depth + more, 1)
    shapes = {
        "pre_net.weight": (qubits, size),
        "pre_net.bias": (qubits,),
        "post_net.bias": (classes,),
        "q_params": (held * qubits * each,) if flat else (held, qubits * each),
        "post_net.weight": (classes, qubits),
    }
    state = {name: torch.tensor(dice.standard_normal(shape), dtype=torch.float32) for name, shape in shapes.items()}
    asked = {
        "depth": depth,
        "rotation": rotation,
        "backbone": backbone,
        "classes": tuple(f"class {number}" for number in range(classes)),
    }
    view = brought(saved(state), layout=asked_layout, **asked).view
    first = 1 if held > depth and not asked_layout else 0
    used = state["q_params"].numpy().reshape(held, -1)[first : first + depth]
    assert np.array_equal(view.checkpoint.best_weights["q_params"], used.reshape(-1))
    content = head_bytes(view, suffix, layout=out)
    if not depth and out == "demo":  # no angle at all is left to write
        return
    request = HeadRequest(content, f"head{suffix}", HeadQuestions(**asked), data=DataSettings(source="folder"))
    again = read_head(request).view
    for name, values in view.checkpoint.best_weights.items():
        assert np.array_equal(again.checkpoint.best_weights[name], values), name
    assert again.prepared.settings.circuit == view.prepared.settings.circuit
    assert again.prepared.parameters == sum(values.size for values in again.checkpoint.best_weights.values())


@pytest.mark.parametrize(
    ("rows", "depth", "asked", "expected"),
    [
        (6, 6, "", DEMO),
        (15, 6, "", PAPER),
        (7, 6, "", PAPER),
        (15, 15, "", DEMO),
        (16, 15, "", PAPER),
        (1, 0, "", PAPER),
        (0, 0, "", DEMO),
        (15, 6, DEMO, DEMO),
        (7, 6, DEMO, DEMO),
        (7, 6, PAPER, PAPER),
        (6, 6, DEMO, DEMO),
        (0, 0, PAPER, PAPER),
    ],
)
def test_which_layout_so_many_rows_are(rows, depth, asked, expected):
    assert layout_of(rows, depth, asked) == expected


@pytest.mark.parametrize(("rows", "asked"), [(15, {"depth": 15}), (6, {}), (1, {"depth": 1}), (4, {"depth": None})])
def test_the_paper_s_layout_needs_a_row_more_than_layers(rows, asked):
    content = saved(demo_head(depth=rows).state_dict())
    with pytest.raises(UserError, match=rf"takes {rows + 1} rows.*row 0 is never used; the file holds {rows}"):
        brought(content, layout=PAPER, **asked)


@pytest.mark.parametrize(
    ("rows", "layout", "depth", "read"),
    [
        (4, "", 4, DEMO),
        (6, "", 6, DEMO),
        (15, "", 6, PAPER),
        (10, "", 6, PAPER),
        (7, PAPER, 6, PAPER),
        (15, DEMO, 6, DEMO),
        (25, "", 6, PAPER),
    ],
)
def test_a_depth_that_nobody_named(rows, layout, depth, read):
    found = brought(saved(demo_head(depth=rows).state_dict()), depth=None, layout=layout)
    assert (found.head.circuit.depth, found.head.layout, found.head.rows) == (depth, read, rows)
    words = " ".join(found.view.prepared.notes)
    assert (f"No depth was named, so the recipe's {depth} was taken." in words) is (rows != depth)
    assert (f"name the depth {rows}" in words) is (rows not in (depth, 15, 25))


@pytest.mark.parametrize(("rows", "depth"), [(3, 3), (6, 6), (9, 9), (15, 6)])
def test_angles_in_rows_are_a_row_a_layer_but_for_the_paper_s_fifteen(rows, depth):
    state = demo_head(depth=rows).state_dict()
    found = brought(saved(state | {"q_params": state["q_params"].reshape(rows, 4)}), depth=None)
    assert found.head.circuit.depth == depth


def test_a_layout_that_there_is_not():
    with pytest.raises(SettingsError, match=r"layout = 'first' is not allowed.*demo, paper"):
        HeadQuestions(layout="first")
    view = brought_in(saved(demo_head().state_dict()))
    with pytest.raises(SettingsError, match="demo, paper"):
        head_bytes(view, ".pt", layout="first")


@pytest.mark.parametrize(
    ("layout", "used", "other"), [("", "rows 1 to 6", "rows 0 to 5"), (DEMO, "rows 0 to 5", "rows 1 to 6")]
)
def test_how_the_rows_were_read_is_said_and_kept(layout, used, other):
    request = HeadRequest(saved(paper_head().state_dict()), "a.pt", HeadQuestions(layout=layout))
    run_id, found = import_head(request)
    said = next(note for note in found.view.prepared.notes if "15 rows" in note)
    assert said.index(used) < said.index(other)
    assert load_run(run_id).prepared.notes == found.view.prepared.notes
    assert provenance_of(run_id).versions[LAYOUT] == f"{layout or PAPER}: {used} of 15"


@pytest.mark.parametrize(
    ("layout", "depth", "words"),
    [(DEMO, 0, "no row"), (DEMO, 1, "row 0"), (PAPER, 1, "row 1"), (DEMO, 2, "rows 0 to 1"), (PAPER, 6, "rows 1 to 6")],
)
def test_rows_in_words(layout, depth, words):
    assert LAYOUTS[layout].in_words(depth) == words


def test_rows_of_which_none_is_used_are_said_to_be_so():
    found = brought(saved(paper_head().state_dict()), depth=0)
    assert "The file holds 15 rows of angles, and a circuit of depth 0 uses none." in found.view.prepared.notes


@pytest.mark.parametrize(
    ("sizes", "layout", "constants"),
    [
        ({}, DEMO, ""),
        ({}, PAPER, ""),
        ({"depth": 4}, PAPER, "q_depth = 4."),
        ({"qubits": 5}, DEMO, "n_qubits = 5."),
        ({"depth": 15}, DEMO, "q_depth = 15."),
        ({"depth": 15}, PAPER, "q_depth = 15, max_layers = 16."),
    ],
)
def test_what_has_to_be_changed_in_the_published_code_is_said(sizes, layout, constants):
    view = brought(saved(demo_head(**sizes).state_dict()), depth=sizes.get("depth", 6)).view
    assert remarks(view, layout=layout) == () or remarks(view, layout=layout)[0].endswith(constants)
    assert bool(remarks(view, layout=layout)) is bool(constants)


def test_rows_that_no_layer_uses_go_out_as_zeros():
    view = brought(saved(demo_head().state_dict())).view
    state = torch.load(io.BytesIO(head_bytes(view, ".pt", layout=PAPER)), weights_only=True)
    rows = state["q_params"].reshape(15, 4)
    assert torch.count_nonzero(rows[0]) == torch.count_nonzero(rows[7:]) == 0
    assert torch.count_nonzero(rows[1:7]) == 24


BEFORE = "The file holds 15 layers of angles, of which the first 6 are used."


def test_a_run_that_an_earlier_version_read_wrongly_says_so():
    view = brought(saved(demo_head().state_dict())).view
    old = replace(view, prepared=replace(view.prepared, notes=("Before.", BEFORE, "After.")))
    before, said, after = load_run(keep_run(old, origin="head")).prepared.notes
    assert (before, after) == ("Before.", "After.")
    assert "rows 0 to 5 (counted from 0) of the 15 rows" in said
    assert "rows 1 to 6" in said
    assert "bring the file in again" in said


def test_so_does_one_that_comes_out_of_a_run_s_file():
    view = brought(saved(demo_head().state_dict())).view
    old = replace(view, prepared=replace(view.prepared, notes=(BEFORE, "After.")))
    told = described(old, provenance_here(None), name="", note="", tags=(), created=0.0)
    said, after = read_described(json.loads(told)).prepared.notes
    assert after == "After."
    assert said == on_earlier_reading(BEFORE) != BEFORE


@pytest.mark.parametrize("note", ["", "The file holds 15 layers.", BEFORE + " ", f"x{BEFORE}"])
def test_other_notes_stay_as_they_are(note):
    assert on_earlier_reading(note) == note

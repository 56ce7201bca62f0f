"""The notebooks of `examples/`: they run from top to bottom with public names alone, and show what such a run gave.

Here they train on a few noisy pictures. A cell is compiled and executed as it stands, in one namespace; only what a
notebook's last line of a cell shows by itself is not shown.
"""

from __future__ import annotations

import ast
import json
import re

import numpy as np
import pytest
import torch

import qtl_core
from tests.conftest import PROJECT
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.shell import shell

NOTEBOOK = PROJECT / "examples/from_python.ipynb"
CODE = [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
NETWORK = "mobilenet_v3_small"  # the quickest
A_PATH = re.compile(r"/(home|root|tmp|work|Users)/")


@pytest.fixture(scope="module")
def parameters(tmp_path_factory) -> dict[str, object]:
    """What takes the place of the values in the cell that is tagged "parameters"."""
    folder = noisy_pictures(tmp_path_factory.mktemp("pictures"), train=6, val=4)
    weights = made_weights(NETWORK, tmp_path_factory.mktemp("weights"))
    source = {"source": "folder", "folder": str(folder), "backbone": NETWORK, "weights": str(weights)}
    return {"SOURCE": source, "EPOCHS": 2, "SEEDS": 5}


def test_it_trains_looks_inside_predicts_sweeps_and_exports(parameters, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, cell in enumerate(CODE):
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", ()):
            assert parameters.keys() <= names.keys()
            names |= parameters
    said = capsys.readouterr().out
    run, told = names["run"], names["told"]
    assert [record.id for record in qtl_core.list_runs()] == [run.ended.run]
    assert said.count("training loss") == len(run.epochs) == 2
    assert names["state"].shape == (16,)
    assert np.linalg.norm(names["state"]) == pytest.approx(1)
    assert names["expectations"] == pytest.approx(told.expectations, abs=1e-5)
    assert names["gradient"].numpy() == pytest.approx(names["by_shifts"], abs=1e-5)
    assert np.abs(names["by_shifts"]).max() > 1e-3
    assert sum(told.prediction.probabilities.values()) == pytest.approx(1)
    assert {depth: band.prepared.settings.circuit.depth for depth, band in names["bands"].items()} == {
        depth: depth for depth in (0, 1, 3, 6)
    }
    assert all(band.seeds == (1, 2, 3, 4, 5) for band in names["bands"].values())
    assert said.count("95% interval") == 3

    written = tmp_path / "from_python"
    assert torch.load(written / "head.pt")["q_params"].numpy() == pytest.approx(names["weights"])
    assert f"ry({float(told.angles[0])!r}) q[0];" in (written / "circuit.qasm3").read_text()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "elsewhere"))
    done = shell(capsys, "runs", "import", written / "run.qtl.zip", "--json")
    assert json.loads(done.stdout)["run"] == run.ended.run


def test_it_asks_for_public_names_alone():
    trees = [ast.parse("".join(cell["source"])) for cell in CODE]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    ours = {alias.name for node in imports if getattr(node, "module", "") == "qtl_core" for alias in node.names}
    assert len(ours) >= 10 and ours <= set(qtl_core.__all__)
    others = {getattr(node, "module", None) or node.names[0].name for node in imports} - {"qtl_core"}
    assert others <= {"numpy", "torch", "PIL", "pathlib"}


def test_its_outputs_are_those_of_one_run_from_top_to_bottom_and_name_no_machine():
    assert [cell["execution_count"] for cell in CODE] == list(range(1, len(CODE) + 1))
    outputs = [output for cell in CODE for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} == {"stream", "execute_result"}
    assert not A_PATH.search(json.dumps(outputs))
    shown = [output["data"].keys() for output in outputs if output["output_type"] == "execute_result"]
    assert any("image/svg+xml" in kinds for kinds in shown) and any("image/png" in kinds for kinds in shown)
    assert NOTEBOOK.stat().st_size < 300_000


def test_the_document_on_python_leads_to_it():
    assert f"](../{NOTEBOOK.relative_to(PROJECT).as_posix()})" in (PROJECT / "docs/python.md").read_text("utf-8")

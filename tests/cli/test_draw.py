"""`draw` from a shell: every format, a kept run, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.__main__ import main
from qtl_core.drawing.angles import run_angles, untrained_angles
from qtl_core.export import FORMATS
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.model import DressedQuantumNet
from qtl_core.runs.store import keep_run
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_run

SMALL = ["--qubits", "2", "--depth", "1", "--seed", "5"]


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_written_and_where_is_said(format_name, tmp_path, capsys):
    settings = RunSettings().changed(qubits=2, depth=1, seed=5)
    assert main(["draw", *SMALL, "--format", format_name, "--angles", "0.5,1", "--output", str(tmp_path / "it")]) == 0
    assert capsys.readouterr() == (f"Written to {tmp_path / 'it'}.\n", "")
    written = FORMATS[format_name].write(build_circuit(settings.circuit), [0.5, 1.0], untrained_angles(settings))
    assert (tmp_path / "it").read_bytes() == (written if isinstance(written, bytes) else written.encode())


def test_standard_output_takes_a_drawing_in_any_locale():
    command = [sys.executable, "-m", "qtl_core", "draw", *SMALL]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, env={"LC_ALL": "C"}, check=True)
    assert done.stdout.decode().splitlines()[0].startswith("0: ──H──RY(0.00)─╭●")


def test_a_kept_run_is_drawn_with_its_best_angles(tmp_path, capsysbinary):
    view = made_run(tmp_path)
    best = np.linspace(-1, 1, 24, dtype=np.float32)
    checkpoint = replace(view.checkpoint, best_weights={"q_params": best})
    view = replace(view, epochs=(*view.epochs[:-1], replace(view.epochs[-1], checkpoint=checkpoint)))
    assert main(["draw", "--run", keep_run(view), "--format", "pennylane"]) == 0
    found = {}
    exec(capsysbinary.readouterr().out.decode().partition("device")[0].replace("import", "#"), found)
    assert np.array_equal(np.array(found["weights"], np.float32), best)
    assert np.array_equal(run_angles(view)[1], untrained_angles(RunSettings()))


def test_untrained_angles_are_those_that_training_starts_from():
    settings = RunSettings().changed(seed=3, rotation="rot")
    model = DressedQuantumNet(512, 2, settings.circuit, q_delta=settings.training.q_delta, seed=3)
    assert np.array_equal(untrained_angles(settings), model.q_params.detach().numpy())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--angles", "1,2,3"], "2 finite numbers"),
        (["--angles", "1,nan"], "2 finite numbers"),
        (["--angles", "1,x"], "2 finite numbers"),
        (["--output", "/no/such/folder/it"], "/no/such/folder/it"),
        (["--run", "20200101-000000-abcdef"], "--run"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(words, named, capsys):
    assert main(["draw", *SMALL, *words]) == 2
    refusal = capsys.readouterr().err
    assert named in refusal
    assert len(refusal.splitlines()) == 1


@pytest.mark.parametrize("format_name", ["qasm2", "qasm3", "latex", "quirk", "svg"])
@pytest.mark.parametrize("head", [name for name, spec in HEADS.items() if not spec.has_circuit])
def test_a_head_without_a_circuit_has_none_to_write_in_any_format(head, format_name, tmp_path, capsys):
    """Neither of settings nor of a kept run, and the sentence says what the head is instead."""
    kept = keep_run(made_run(tmp_path, settings=RunSettings().changed(head=head)))
    for words in (["--head", head], ["--run", kept]):
        assert main(["draw", *words, "--format", format_name]) == 2
        out, said = capsys.readouterr()
        assert not out
        assert "There is no circuit to draw." in said
        assert HEADS[head].title[1:] in said


def test_a_circuit_left_at_random_is_drawn_with_the_angles_it_has(capsys):
    assert main(["draw", *SMALL, "--head", "dressed_fixed"]) == 0
    fixed = capsys.readouterr().out
    assert main(["draw", *SMALL]) == 0
    assert capsys.readouterr().out == fixed

"""What is exported is run by the program it is for, and must come to the textbook's expectation values."""

from __future__ import annotations

import ast
import json
import runpy
import subprocess
import sys
from importlib.util import find_spec
from urllib.parse import unquote

import numpy as np
import pennylane as qml
import pytest
from qiskit import QuantumCircuit
from qiskit import qasm2 as qiskit_qasm2
from qiskit import qasm3 as qiskit_qasm3
from qiskit.quantum_info import Pauli, Statevector

from qtl_core.export import FORMATS
from qtl_core.export.quirk import ADDRESS
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings
from tests.helpers import oracle
from tests.helpers.made_circuits import CIRCUITS, expected, name, numbers

EXACT, SINGLE = 1e-10, 1e-6
every_circuit = pytest.mark.parametrize("settings", CIRCUITS, ids=name)


def written(format_name: str, settings: CircuitSettings) -> str:
    return FORMATS[format_name].write(*numbers(settings))


def by_qiskit(circuit: QuantumCircuit) -> np.ndarray:
    state = Statevector(circuit.remove_final_measurements(inplace=False))
    return np.array([state.expectation_value(Pauli("Z"), [wire]).real for wire in range(circuit.num_qubits)])


@every_circuit
def test_the_pennylane_script(settings, tmp_path):
    file = tmp_path / "script.py"
    file.write_text(written("pennylane", settings))
    names = runpy.run_path(str(file))
    values = np.array(names["circuit"](names["angles"], names["weights"]))
    assert np.abs(values - expected(settings)).max() < EXACT


@every_circuit
def test_the_qiskit_script(settings, tmp_path):
    file = tmp_path / "script.py"
    file.write_text(written("qiskit", settings))
    assert np.abs(by_qiskit(runpy.run_path(str(file))["circuit"]) - expected(settings)).max() < EXACT


@pytest.mark.parametrize("format_name", ["pennylane", "qiskit"])
def test_a_script_runs_on_its_own_and_prints_the_values(format_name, tmp_path):
    file = tmp_path / "script.py"
    file.write_text(written(format_name, CIRCUITS[0]))
    done = subprocess.run([sys.executable, file], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert np.abs(np.array(ast.literal_eval(done.stdout)) - expected(CIRCUITS[0])).max() < EXACT


@every_circuit
def test_openqasm_2_by_qiskit(settings):
    circuit = qiskit_qasm2.loads(written("qasm2", settings))
    assert circuit.count_ops()["measure"] == settings.qubits
    assert np.abs(by_qiskit(circuit) - expected(settings)).max() < EXACT


@every_circuit
def test_openqasm_3_by_qiskit(settings):
    circuit = qiskit_qasm3.loads(written("qasm3", settings))
    assert circuit.count_ops()["measure"] == settings.qubits
    assert np.abs(by_qiskit(circuit) - expected(settings)).max() < EXACT


def without_what_pennylane_does_not_take(source: str) -> str:
    """What the comment in the file says: without the include and the measurement."""
    lines = source.splitlines()
    return "\n".join(line for line in lines if line.startswith("//") or not ("include" in line or "measure" in line))


@pytest.mark.parametrize(("format_name", "reads"), [("qasm2", qml.from_qasm), ("qasm3", qml.from_qasm3)])
def test_openqasm_says_what_pennylane_needs_as_long_as_it_does(format_name, reads):
    source = written(format_name, CIRCUITS[0])
    comment = " ".join(line.removeprefix("// ") for line in source.splitlines() if line.startswith("//"))
    assert "Take out the include and the measurement" in comment or "take out the include" in comment
    assert format_name == "qasm3" or "pennylane-qiskit" in comment
    if format_name == "qasm2" and find_spec("pennylane_qiskit"):
        reads(source)()  # nothing is missing
        return
    with pytest.raises((NotImplementedError, RuntimeError), match=r"Include|pennylane-qiskit"):
        reads(source)()


@every_circuit
@pytest.mark.parametrize("format_name", ["qasm2", "qasm3"])
def test_openqasm_by_pennylane(settings, format_name):
    """PennyLane's reader of OpenQASM 3 knows the old declarations too; it has the standard gates and takes no include.

    The statements that measure are left out: PennyLane adds a wire for each, and <Z> is asked for anyway.
    """
    source = without_what_pennylane_does_not_take(written(format_name, settings))

    @qml.qnode(qml.device("default.qubit"))
    def run():
        qml.from_qasm3(source)()
        return [qml.expval(qml.PauliZ(f"q[{wire}]")) for wire in range(settings.qubits)]

    assert np.abs(np.array(run()) - expected(settings)).max() < EXACT


def by_quirk(columns: list[list], wires: int) -> np.ndarray:
    """What Quirk's rules say of its columns: a control acts on every other gate of its column."""
    state = np.eye(2**wires)[0].astype(complex)
    for column in columns:
        gates = {wire: cell for wire, cell in enumerate(column) if cell != 1}
        controls = [wire for wire, cell in gates.items() if cell == "•"]
        if controls:
            (target,) = (wire for wire, cell in gates.items() if cell == "X")
            assert len(gates) == 2
            state = oracle.cnot(wires, controls[0], target) @ state
        else:
            state = oracle.on(wires, {wire: quirk_matrix(cell) for wire, cell in gates.items()}) @ state
    return np.array([np.real(state.conj() @ oracle.on(wires, {wire: oracle.Z}) @ state) for wire in range(wires)])


def quirk_matrix(cell: str | dict[str, str]) -> np.ndarray:
    if cell == "H":
        return oracle.HADAMARD
    return {"Ryft": oracle.ry, "Rzft": oracle.rz}[cell["id"]](float(cell["arg"]))


@every_circuit
def test_the_quirk_link(settings):
    link = written("quirk", settings)
    assert link.startswith(ADDRESS)
    columns = json.loads(unquote(link.removeprefix(ADDRESS)))["cols"]
    assert np.abs(by_quirk(columns, settings.qubits) - expected(settings)).max() < SINGLE


def test_a_wide_formula_in_quirk_has_empty_columns_to_its_right():
    columns = json.loads(unquote(written("quirk", CIRCUITS[0]).removeprefix(ADDRESS)))["cols"]
    assert columns
    for number, column in enumerate(columns):
        widths = [-(-(len(cell["arg"]) + 1) // 5) for cell in column if isinstance(cell, dict)]
        covered = columns[number + 1 : number + max(widths, default=1)]
        assert covered == [[]] * len(covered)


def test_latex_has_a_row_a_wire_of_equal_length_and_balanced_braces():
    settings = CircuitSettings(qubits=3, depth=1, rotation="rot", entangler="ring")
    text = written("latex", settings)
    rows = text.partition("\\begin{quantikz}\n")[2].partition("\n\\end{quantikz}")[0].split(" \\\\\n")
    assert len(rows) == 3
    assert len({row.count("&") for row in rows}) == 1
    assert text.count("{") == text.count("}")
    assert r"{\usetikzlibrary{quantikz2}}{\usetikzlibrary{quantikz}}" in text  # whichever is there
    assert "apt-get install" in text.partition(r"\documentclass")[0]
    assert text.count(r"\targ{}") == 3
    assert r"\ctrl{-2}" in rows[2]  # the ring's last CNOT goes back up


@pytest.mark.parametrize("format_name", FORMATS)
def test_wrong_lengths_are_refused(format_name):
    circuit = build_circuit(CircuitSettings(qubits=2, depth=1))
    with pytest.raises((ValueError, IndexError)):
        FORMATS[format_name].write(circuit, [0.0], [0.0])

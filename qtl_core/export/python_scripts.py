"""The circuit as a PennyLane or a Qiskit script that runs on its own and prints <Z> of every qubit."""

from __future__ import annotations

from collections.abc import Iterator

from qtl_core.export.gate_steps import Step, decimal, decimals, steps
from qtl_core.network.binding import Numbers, bind
from qtl_core.network.gates import AngleSource, Circuit, Gate

_NAMES = {"H": "Hadamard"}


def pennylane_script(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the script; its `angles` and `weights` are in one place each, to be changed or trained further."""
    bind(circuit, angles, weights)  # refuses wrong lengths
    return "\n".join(_lines(circuit, angles, weights)) + "\n"


def _lines(circuit: Circuit, angles: Numbers, weights: Numbers) -> Iterator[str]:
    yield '"""A trained circuit of the Quantum transfer studio, for PennyLane."""'
    yield ""
    yield "import pennylane as qml"
    yield ""
    yield f"angles = [{decimals(angles)}]  # one picture's, in radians"
    yield f"weights = [{decimals(weights)}]  # trained, in radians"
    yield ""
    yield f'device = qml.device("default.qubit", wires={circuit.wires})'
    yield ""
    yield ""
    yield "@qml.qnode(device)"
    yield "def circuit(angles, weights):"
    yield from gate_lines(circuit)
    yield f"    return [qml.expval(qml.PauliZ(wire)) for wire in range({circuit.wires})]"
    yield ""
    yield ""
    yield 'if __name__ == "__main__":'
    yield "    print([float(value) for value in circuit(angles, weights)])"


def gate_lines(circuit: Circuit) -> Iterator[str]:
    """Yields the lines of a function of `angles` and `weights` that apply every gate, with a comment a section."""
    section = None
    for gate in circuit.gates:
        if (gate.section, gate.layer) != section:
            section = gate.section, gate.layer
            yield f"    # {gate.section}{f' {gate.layer + 1}' if gate.section == 'layer' else ''}"
        yield f"    {_pennylane_call(gate)}"


def _pennylane_call(gate: Gate) -> str:
    wires = list(gate.wires) if len(gate.wires) > 1 else gate.wires[0]
    arguments = [*map(_source, gate.angles), f"wires={wires}"]
    return f"qml.{_NAMES.get(gate.kind, gate.kind)}({', '.join(arguments)})"


def _source(source: AngleSource) -> str:
    return f"{'angles' if source.kind == 'feature' else 'weights'}[{source.index}]"


_HEAD = '''"""A trained circuit of the Quantum transfer studio, for Qiskit."""

from qiskit import QuantumCircuit
from qiskit.quantum_info import Pauli, Statevector

circuit = QuantumCircuit({wires})
'''

_TAIL = """
if __name__ == "__main__":
    state = Statevector(circuit)
    print([float(state.expectation_value(Pauli("Z"), [qubit]).real) for qubit in range({wires})])
"""


def qiskit_script(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the script."""
    calls = map(_qiskit_call, steps(circuit, angles, weights))
    return _HEAD.format(wires=circuit.wires) + "\n".join(calls) + "\n" + _TAIL.format(wires=circuit.wires)


def _qiskit_call(step: Step) -> str:
    name, angles, wires = step
    return f"circuit.{name}({', '.join([*map(decimal, angles), *map(str, wires)])})"

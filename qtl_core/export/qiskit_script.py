"""The circuit as a Qiskit script that runs on its own and prints <Z> of every qubit."""

from __future__ import annotations

from qtl_core.circuit import Circuit
from qtl_core.circuit.binding import Numbers
from qtl_core.export.numbers import decimal
from qtl_core.export.steps import Step, steps

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
    calls = map(_call, steps(circuit, angles, weights))
    return _HEAD.format(wires=circuit.wires) + "\n".join(calls) + "\n" + _TAIL.format(wires=circuit.wires)


def _call(step: Step) -> str:
    name, angles, wires = step
    return f"circuit.{name}({', '.join([*map(decimal, angles), *map(str, wires)])})"

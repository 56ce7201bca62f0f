"""The circuit as OpenQASM 2 and 3, with the angles' numbers in place and every qubit measured at the end.

Wire k is q[k]. Programs that order basis states the other way round (Qiskit) read the bits from right to left.
"""

from __future__ import annotations

from qtl_core.circuit import Circuit
from qtl_core.circuit.binding import Numbers
from qtl_core.export.numbers import decimal
from qtl_core.export.steps import Step, steps


def qasm2(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the program in OpenQASM 2.0."""
    head = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{circuit.wires}];", f"creg c[{circuit.wires}];"]
    body = map(_statement, steps(circuit, angles, weights))
    return "\n".join([*head, *body, "measure q -> c;"]) + "\n"


def qasm3(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the program in OpenQASM 3.0."""
    head = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{circuit.wires}] q;", f"bit[{circuit.wires}] c;"]
    body = map(_statement, steps(circuit, angles, weights))
    return "\n".join([*head, *body, "c = measure q;"]) + "\n"


def _statement(step: Step) -> str:
    name, angles, wires = step
    bracketed = f"({decimal(angles[0])})" if angles else ""
    return f"{name}{bracketed} {', '.join(f'q[{wire}]' for wire in wires)};"

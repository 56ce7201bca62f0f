"""The circuit as OpenQASM 2 and 3, with the angles' numbers in place and every qubit measured at the end.

Wire k is q[k]. Programs that order basis states the other way round (Qiskit) read the bits from right to left.
"""

from __future__ import annotations

from textwrap import wrap

from qtl_core.export.gate_steps import Step, decimal, steps
from qtl_core.network.binding import Numbers
from qtl_core.network.gates import Circuit

# What PennyLane 0.45 does with them; tests hold it to this.
_IN_PENNYLANE_2 = (
    "PennyLane: qml.from_qasm reads this file with the package pennylane-qiskit installed. Without it: take out the"
    " include and the measurement; qml.from_qasm3 reads the rest, and its wires are called q[0], q[1] and so on."
)
_IN_PENNYLANE_3 = (
    "PennyLane: qml.from_qasm3 knows the standard gates and takes no include, and adds a wire for every measurement."
    " Take out the include and the measurement; it reads the rest, and its wires are called q[0], q[1] and so on."
)


def qasm2(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the program in OpenQASM 2.0."""
    head = [
        "OPENQASM 2.0;",
        *_comment(_IN_PENNYLANE_2),
        'include "qelib1.inc";',
        f"qreg q[{circuit.wires}];",
        f"creg c[{circuit.wires}];",
    ]
    body = map(_statement, steps(circuit, angles, weights))
    return "\n".join([*head, *body, "measure q -> c;"]) + "\n"


def qasm3(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the program in OpenQASM 3.0."""
    head = [
        "OPENQASM 3.0;",
        *_comment(_IN_PENNYLANE_3),
        'include "stdgates.inc";',
        f"qubit[{circuit.wires}] q;",
        f"bit[{circuit.wires}] c;",
    ]
    body = map(_statement, steps(circuit, angles, weights))
    return "\n".join([*head, *body, "c = measure q;"]) + "\n"


def _statement(step: Step) -> str:
    name, angles, wires = step
    bracketed = f"({decimal(angles[0])})" if angles else ""
    return f"{name}{bracketed} {', '.join(f'q[{wire}]' for wire in wires)};"


def _comment(text: str) -> list[str]:
    return [f"// {line}" for line in wrap(text, 100)]

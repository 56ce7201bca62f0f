"""Words for qubits, their states, and what is measured of them."""

from __future__ import annotations

from qtl_core.learn.glossary.term import Term

STATES = (
    Term(
        "qubit",
        "The quantum kind of a bit: an arrow on a sphere that says 0 or 1 when it is measured.",
        "In this app qubits are simulated. Each one more doubles the numbers that describe all of them together.",
        r"|\psi\rangle = \alpha|0\rangle + \beta|1\rangle",
        "circuit",
        "superposition",
        ("qubits", "quantum bit", "wire"),
    ),
    Term(
        "superposition",
        "A state between 0 and 1 that is neither of them until it is measured.",
        "Only its direction around the sphere, the phase, makes it more than a biased coin.",
        r"|\alpha|^2 + |\beta|^2 = 1",
        "circuit",
        "superposition",
    ),
    Term(
        "Bloch sphere",
        "A picture of one qubit as an arrow in a ball: up is 0, down is 1.",
        "A qubit that is entangled with others has a shorter arrow; of a qubit that shares all it has, nothing is "
        "left.",
        r"\rho = \tfrac12\,(1 + xX + yY + zZ)",
        "circuit",
        "superposition",
        ("Bloch vector",),
    ),
    Term(
        "phase",
        "The direction of a qubit's arrow around the sphere, which a measurement in Z does not see.",
        "Another gate can turn it into height, and then it shows.",
        "",
        "circuit",
        "superposition",
    ),
    Term(
        "statevector",
        "The list of numbers that describes all qubits together: one amplitude for every bit string.",
        "Four qubits have 16 amplitudes, twelve have 4,096. A simulator keeps the list; a quantum computer shows only "
        "samples of it.",
        r"|\psi\rangle = \sum_x a_x |x\rangle, \quad P(x) = |a_x|^2",
        "circuit",
        "",
        ("state vector", "amplitude"),
    ),
    Term(
        "shots",
        "How many times a circuit is prepared and measured.",
        "The mean of more shots is nearer to the truth: four times as many for half the error. This app computes "
        "means "
        "exactly, as if there were endless shots, unless it says otherwise.",
        "",
        "",
        "superposition",
        ("shot",),
    ),
    Term(
        "expectation value",
        "The mean of very many measurements; for a qubit from 1, always 0, to −1, always 1.",
        "It is what the circuit hands on to the last layer, one a qubit.",
        r"\langle Z\rangle = P(0) - P(1)",
        "circuit",
        "superposition",
        ("expectation",),
    ),
    Term(
        "entanglement",
        "A tie between qubits by which they have a state together but none of their own.",
        "It shows as shorter arrows and as an entropy above 0.",
        "",
        "circuit",
        "entanglement",
        ("entangled",),
    ),
    Term(
        "entropy",
        "How much of a qubit's state lies in its ties with the others, in bits: 0 none, 1 all of it.",
        "It is the von Neumann entropy of the qubit's own state.",
        r"S = -\sum_k p_k \log_2 p_k",
        "circuit",
        "entanglement",
        ("von Neumann entropy", "cut entropy"),
    ),
    Term(
        "purity",
        "How sharply a qubit's own state is set: 1 for a state of its own, ½ if nothing is left of it.",
        "",
        r"\mathrm{Tr}\,\rho^2 = \tfrac12\,(1 + |\vec r|^2)",
        "circuit",
        "entanglement",
    ),
)

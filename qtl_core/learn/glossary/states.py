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
        "A sum of 0 and 1 with an amplitude for each; when measured, it answers one of them.",
        "It differs from a biased coin by its coherence: a later gate can make its two parts add up or cancel.",
        r"\alpha|0\rangle + \beta|1\rangle, \quad |\alpha|^2 + |\beta|^2 = 1",
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
        "coherence",
        "What a superposition has and a biased coin lacks: its parts can add up or cancel in a later gate.",
        "A coin of unknown outcome is a mixture. Both give the same counts until a gate brings the parts together.",
        r"\rho = \begin{pmatrix} p_0 & c \\ c^* & p_1 \end{pmatrix}, \quad \text{a mixture has } c = 0",
        "",
        "superposition",
        ("mixture", "mixed state", "interference"),
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
        "A tie between qubits by which they share a sharp state together, but none has one of its own.",
        "It shows as shorter arrows and as an entropy above 0.",
        "",
        "circuit",
        "entanglement",
        ("entangled",),
    ),
    Term(
        "entropy",
        "How much of a qubit's state lies in its ties with the others, in bits: 0 none, 1 all of it.",
        "It is the von Neumann entropy of the qubit's own state. It measures entanglement because the state of all "
        "qubits together is sharp (pure), as it is in a simulation without noise.",
        r"S = -\sum_k p_k \log_2 p_k",
        "circuit",
        "entanglement",
        ("von Neumann entropy", "cut entropy"),
    ),
    Term(
        "CHSH",
        "A Bell inequality: hidden answers keep a sum of four correlations within 2, entangled qubits reach 2.83.",
        "It compares two directions on one qubit with two on the other (Clauser, Horne, Shimony and Holt, 1969); "
        "quantum states reach at most 2√2.",
        r"S = E(a,b) + E(a,b') + E(a',b) - E(a',b') \le 2",
        "",
        "entanglement",
        ("Bell inequality", "Bell test", "Bell pair"),
    ),
    Term(
        "purity",
        "How sharply a qubit's own state is set: 1 for a state of its own, ½ if nothing is left of it.",
        "Of all qubits together it is 1 whatever their entanglement; only noise lowers it.",
        r"\mathrm{Tr}\,\rho^2 = \tfrac12\,(1 + |\vec r|^2)",
        "circuit",
        "entanglement",
    ),
)

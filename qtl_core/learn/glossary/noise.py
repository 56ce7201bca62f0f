"""Words for reading a circuit as a real machine would give it: shots, noise, and what is known of a machine."""

from __future__ import annotations

from qtl_core.learn.glossary.term import Term

NOISE = (
    Term(
        "noise",
        "Everything by which a real machine's qubits end up elsewhere than its gates were meant to put them.",
        "Here it acts after every gate and when bits are read, at rates you choose or as measured on a machine.",
        page="train",
        also=("noisy",),
    ),
    Term(
        "fidelity",
        "How near a state is to the one it was meant to be: 1 if they are the same, 0 if they are opposites.",
        "On the Circuit page, of the state under noise with the exact one, which is pure. Of a gate, "
        "as in compilation and control, it is how alike the gate is to the one wanted: 1 if they are the same.",
        r"F = \langle\psi|\rho|\psi\rangle",
        "circuit",
    ),
    Term(
        "depolarising",
        "Noise that puts one of three random errors, X, Y or Z, on a qubit with a certain probability.",
        "In this app it acts after each gate on each of its wires; gates on one qubit and CNOTs have a rate each.",
        page="train",
        also=("depolarizing", "depolarising channel"),
    ),
    Term(
        "amplitude damping",
        "Noise by which a qubit that is 1 falls to 0 with a certain probability: it loses energy.",
        "In this app it acts after every gate on each of its wires; of a machine it follows from T1.",
        page="train",
        also=("damping",),
    ),
    Term(
        "phase damping",
        "Noise that forgets the direction of a qubit's arrow around the sphere and leaves its height as it is.",
        "In this app it acts after every gate on each of its wires; of a machine it follows from T2 beyond T1.",
        page="train",
        also=("dephasing",),
    ),
    Term(
        "readout error",
        "How often a measured bit is read as the other one.",
        "In this app it flips bits at the very end, and as it is known, its mean effect can be undone by calculation.",
        page="train",
        also=("bit flip at measurement", "measurement error"),
    ),
    Term(
        "density matrix",
        "A table that describes a state of which only probabilities are known, as noise leaves it.",
        "In this app it is simulated for up to 8 qubits and gives exact averages over all noise.",
        r"\rho = \sum_k p_k\,|\psi_k\rangle\langle\psi_k|",
        "circuit",
    ),
    Term(
        "Kraus operators",
        "Small matrices that say all that a kind of noise can do to a qubit, and how likely it is.",
        "In this app each kind of noise is such a list, and every simulator reads that list alone.",
        r"\rho \mapsto \sum_k K_k\,\rho\,K_k^\dagger, \quad \sum_k K_k^\dagger K_k = 1",
        also=("Kraus", "channel", "noise channel"),
    ),
    Term(
        "trajectory",
        "One story of a noisy run, in which every error was drawn to happen or not.",
        "The mean over many of them is the density matrix, with an error that shrinks as they grow in number.",
        also=("trajectories", "quantum trajectory"),
    ),
    Term(
        "T1",
        "The time after which a qubit left alone in 1 has fallen to 0 with probability 63%.",
        "In this app a machine's T1 and the duration of its gates say how much amplitude damping follows each gate.",
    ),
    Term(
        "T2",
        "The time after which a qubit's phase is lost to 37%; it is never longer than twice T1.",
        "In this app what T2 loses beyond T1 becomes phase damping after each of a machine's gates.",
    ),
    Term(
        "layout",
        "The choice of a machine's qubits that carry the circuit's wires.",
        "In this app it is typed as numbers, such as 1,0,2,4; left empty, on ibmqx4 that of least error is taken, with "
        "the highest product of what its gates and readings leave, and on Qiskit's machines the one Qiskit chooses.",
        page="train",
    ),
)

"""The readout: whether the circuit's numbers are exact, come from shots, or from a machine with its noise.

Rates are probabilities, as PennyLane's channels take them (`DepolarizingChannel`, `AmplitudeDamping`, `PhaseDamping`,
`BitFlip`). A named machine brings its own, and then these play no part.
"""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.settings.fields import Validated, real, text, whole

MOST_SHOTS = 100_000


@dataclass(frozen=True)
class ReadoutSettings(Validated):
    """Settings of how the circuit's numbers are read: exactly, from shots, under noise, or as a machine gives them."""

    shots: int = whole(
        0,
        0,
        MOST_SHOTS,
        "Shots",
        "How often the circuit of each picture is run and measured; 0 takes the exact average.",
        "an average of 100,000 measurements is off by 0.003 at most times, less than any machine",
    )
    depolarizing_one: float = real(
        0.0,
        0.0,
        0.75,
        "Depolarising, one qubit",
        "How often a gate on one qubit leaves that qubit in a random state of the three other kinds.",
        "at 0.75 nothing is left of the qubit",
    )
    depolarizing_two: float = real(
        0.0,
        0.0,
        0.75,
        "Depolarising, CNOT",
        "The same after a CNOT, on each of its two qubits.",
        "at 0.75 nothing is left of the qubits",
    )
    amplitude_damping: float = real(
        0.0,
        0.0,
        1.0,
        "Amplitude damping",
        "How often a qubit falls back to 0 after a gate.",
        "at 1 every qubit is 0 after every gate",
    )
    phase_damping: float = real(
        0.0,
        0.0,
        1.0,
        "Phase damping",
        "How often a qubit's phase is lost after a gate.",
        "at 1 no superposition outlives a gate",
    )
    readout_flip: float = real(
        0.0,
        0.0,
        0.5,
        "Bit flip at measurement",
        "How often a measured 0 is read as 1, and a 1 as 0.",
        "at 0.5 the reading says nothing any more",
    )
    machine: str = text(
        "",
        64,
        "Machine",
        "A machine whose measured errors are used; empty for the rates above.",
        "names of machines are shorter",
    )
    layout: str = text(
        "",
        64,
        "Layout",
        "Which of the machine's qubits carry the circuit, as in 1,0,2,4; empty leaves them to the app.",
        "twelve numbers and their commas",
    )
    gate_times: float = real(
        1.0,
        0.0,
        10.0,
        "Gate times",
        "What the assumed gate times of ibmqx4 are multiplied by; more of each gate's error is then relaxation.",
        "gates ten times as long would outlast the qubits",
    )

    @property
    def is_noisy(self) -> bool:
        """True if gates or measurements err."""
        return bool(self.machine) or any(self.rates.values())

    @property
    def is_exact(self) -> bool:
        """True if the numbers are those of the state vector."""
        return not self.shots and not self.is_noisy

    @property
    def rates(self) -> dict[str, float]:
        """The rates of its own noise, by the name of their setting; they play no part where a machine is named."""
        names = ("depolarizing_one", "depolarizing_two", "amplitude_damping", "phase_damping", "readout_flip")
        return {name: getattr(self, name) for name in names}

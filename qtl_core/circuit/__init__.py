"""A circuit is one list of gates (`gates`), made in one place (`ansatz`), read by many interpreters."""

from qtl_core.circuit.ansatz import build_circuit
from qtl_core.circuit.gates import AngleSource, Circuit, Gate

__all__ = ["AngleSource", "Circuit", "Gate", "build_circuit"]

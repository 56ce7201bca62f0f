"""Interpreters of the gate list: torch (differentiable), PennyLane (the reference), numpy (batches and traces)."""

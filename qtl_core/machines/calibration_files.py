"""Calibrations that come along: a JSON file a machine in `figures`, with its source and licence, read as a `Machine`.

To add a machine whose gates are u2, u3 and directed CX: a file like `figures/ibmqx4.json`. Catalogue, map, layouts,
pages and tests follow.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from qtl_core.machines.calibration import Machine, QubitFigures

FOLDER = Path(__file__).parent / "figures"
_MICRO, _NANO = 1e-6, 1e-9


def carried_names() -> tuple[str, ...]:
    """Returns the machines whose figures come along."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


@cache
def carried_machine(name: str) -> Machine:
    """Returns a machine whose figures come along, the same object every time."""
    said = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    pairs = {(each["control"], each["target"]): each for each in said["cx"]}
    return Machine(
        name=said["name"],
        title=said["title"],
        measured=said["measured"],
        source=f"{said['source']} {said['licence']}.",
        qubits=tuple(map(_qubit, said["qubits"])),
        cnot_errors={pair: each["error"] for pair, each in pairs.items()},
        gate_seconds={gate: time * _NANO for gate, time in said["nanoseconds"].items()},
        cnot_seconds={pair: each["nanoseconds"] * _NANO for pair, each in pairs.items()},
        is_assumed=True,
        notes=f"{said['readout']} Gate times: {said['times']}",
    )


def _qubit(said: dict[str, Any]) -> QubitFigures:
    return QubitFigures(
        t1=said["t1_microseconds"] * _MICRO,
        t2=said["t2_microseconds"] * _MICRO,
        read_one_for_zero=said["readout_error"],
        read_zero_for_one=said["readout_error"],
        gate_errors={gate: said[gate] for gate in ("u2", "u3")},
    )

"""The machines by name: those whose figures come along, then with the extra `hardware` Qiskit's fake backends."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine
from qtl_core.machines.calibration_files import carried_machine, carried_names

PAPERS_MACHINE = "ibmqx4"


def machine_names() -> tuple[str, ...]:
    """Returns the values of the setting `machine` that name one; the paper's comes first."""
    return tuple(sorted(carried_names(), key=lambda name: name != PAPERS_MACHINE))


def machine_named(name: str) -> Machine:
    """Returns a machine, the same object every time.

    Raises:
        UserError: There is none of this name.
    """
    if name in carried_names():
        return carried_machine(name)
    raise UserError(
        f"There is no machine “{name[:60]}” here.",
        f"The machines are {', '.join(machine_names())}.",
        "Choose one of them.",
    )

"""The machines by name: those whose figures come along, then with the extra `hardware` Qiskit's fake backends."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine
from qtl_core.machines.calibration_files import carried_machine, carried_names
from qtl_core.machines.fake_backends import fake_machine, fake_names, fake_title, is_fake
from qtl_core.settings.readout_words import harmless

PAPERS_MACHINE = "ibmqx4"


def machine_names() -> tuple[str, ...]:
    """Returns the values of the setting `machine` that name one; the paper's comes first."""
    return (*sorted(carried_names(), key=lambda name: name != PAPERS_MACHINE), *fake_names())


def machine_title(name: str) -> str:
    """Returns what to call a machine in a list, with its day where that is known without opening it."""
    if name in carried_names():
        machine = carried_machine(name)
        return f"{machine.title}, {machine.measured}"  # short, as lists cut off what is long
    return f"{fake_title(name)}, by Qiskit Aer" if is_fake(name) else name


def machine_named(name: str) -> Machine:
    """Returns a machine, the same object every time.

    Raises:
        UserError: There is none of this name, or what it needs is not installed.
    """
    if is_fake(name):
        return fake_machine(name)
    if name in carried_names():
        return carried_machine(name)
    raise UserError(
        f"There is no machine “{harmless(name)}” here.",
        f"Those that come along are {', '.join(carried_names())}; of the others, names begin with fake_.",
        "Choose one of the list.",
    )

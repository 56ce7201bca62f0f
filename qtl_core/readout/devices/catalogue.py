"""The devices that are installed, found by their entry points as PennyLane finds them, and what a missing one needs."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from qtl_core.common.errors import UserError
from qtl_core.common.paths import is_open

PLUGINS = "pennylane.plugins"  # the group of entry points under which plugins announce their devices

# What to install for devices that are not here, by how their name begins; the first that fits counts.
PACKAGES = {
    "qiskit.": "pennylane-qiskit",
    "lightning.qubit": "pennylane-lightning",
    "lightning.gpu": "pennylane-lightning-gpu",
    "lightning.kokkos": "pennylane-lightning-kokkos",
    "lightning.amdgpu": "pennylane-lightning-amdgpu",
    "lightning.tensor": "pennylane-lightning-tensor",
    "braket.": "amazon-braket-pennylane-plugin",
    "cirq.": "pennylane-cirq",
    "ionq.": "pennylane-ionq",
    "qulacs.": "pennylane-qulacs",
    "rigetti.": "pennylane-rigetti",
    "aqt.": "pennylane-aqt",
    "quantuminspire.": "pennylane-quantuminspire",
}
# Why circuits of qubits do not run on some of PennyLane's own, or tell nothing there.
UNSUITABLE = {
    "null.qubit": "it computes nothing, and answers 0 to every question",
    "default.gaussian": "it simulates light in modes, not qubits",
    "default.qutrit": "it simulates qutrits, not qubits",
    "default.qutrit.mixed": "it simulates qutrits, not qubits",
    "default.clifford": "it simulates Clifford gates alone, and a trained rotation is none",
}
NEEDS = {"default.tensor": "quimb", "lightning.tensor": "quimb"}  # packages that a device imports when it is made
# Devices that compute expectation values from the state where no shots are asked for.
EXACT = ("default.", "lightning.", "reference.", "cirq.simulator", "cirq.mixedsimulator", "qulacs.simulator")
# Simulators on this very computer: nobody is paid, and no key is used. An open server runs these alone for visitors.
LOCAL = (*EXACT, "qiskit.aer", "qiskit.basic", "braket.local.")


@dataclass(frozen=True)
class InstalledDevice:
    """A device that is installed.

    Attributes:
        name: What PennyLane calls it.
        package: The Python package that brings it, and its version.
        unsuitable: Why this project's circuits cannot be read out on it, to follow a comma or a colon; "" if they can.
    """

    name: str
    package: str
    unsuitable: str = ""

    @property
    def is_local(self) -> bool:
        """True if it is known to simulate on this computer."""
        return self.name.startswith(LOCAL)


def installed_devices() -> tuple[InstalledDevice, ...]:
    """Returns every installed device by name; looks at packages' entry points, and imports none of them."""
    found = {point.name: InstalledDevice(point.name, _package(point), _unsuitable(point.name)) for point in _points()}
    return tuple(found[name] for name in sorted(found))


def usable_devices() -> tuple[InstalledDevice, ...]:
    """Returns those of the installed devices on which circuits of qubits can be read out, here and by this visitor."""
    return tuple(each for each in installed_devices() if not each.unsuitable and (each.is_local or not is_open()))


def check_device(name: str) -> InstalledDevice:
    """Returns an installed device.

    Raises:
        UserError: It is not installed, cannot run these circuits, or is not for visitors of an open server.
    """
    found = next((each for each in installed_devices() if each.name == name), None)
    if found is None:
        raise _missing(name)
    if found.unsuitable:
        raise UserError(f"The circuits cannot be read out on {name}.", f"Of this device: {found.unsuitable}.", _some())
    if is_open() and not found.is_local:
        raise UserError(
            f"{name} is not to be had here.",
            "This server is open to others, and a device that is not on this computer would use its owner's account.",
            _some(),
        )
    return found


def is_exact(name: str, options: dict[str, object] | None = None) -> bool:
    """Returns whether a device computes averages exactly where no shots are asked for; others take some all the same.

    Args:
        name: What PennyLane calls it.
        options: Its options: Aer computes a state only where it is told to.
    """
    asked = " ".join(str((options or {}).get(each, "")) for each in ("backend", "method"))
    return name.startswith(EXACT) or (name == "qiskit.aer" and "statevector" in asked)


def option_names(name: str) -> tuple[str, ...] | None:
    """Returns the options that a device's constructor takes; None where it takes any, or cannot be looked at.

    It imports the plugin: to be called in a worker.
    """
    point = next((each for each in _points() if each.name == name), None)
    try:
        parameters = inspect.signature(point.load()).parameters if point else {}
    except Exception:
        return None
    if not parameters or any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return None
    return tuple(each for each in parameters if each not in ("self", "wires", "shots"))


def what_to_install(name: str) -> str:
    """Returns the sentence that says how to get a device."""
    package = next((each for start, each in PACKAGES.items() if name.startswith(start)), "")
    if package:
        return f"`pip install {package}` brings it; start the app again then."
    return "https://pennylane.ai/devices lists PennyLane's devices and the package that brings each."


def _missing(name: str) -> UserError:
    return UserError(f"There is no device {name[:64]!r} here.", "No installed plugin brings it.", what_to_install(name))


def _some() -> str:
    return f"Choose one of {', '.join(each.name for each in usable_devices())}."


def _points() -> list[EntryPoint]:
    return list(entry_points(group=PLUGINS))


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""


def _unsuitable(name: str) -> str:
    package = NEEDS.get(name, "")
    missing = f"it needs the package {package}, which is not installed (`pip install {package}`)"
    return UNSUITABLE.get(name, "") or (missing if package and find_spec(package) is None else "")

"""The frames of a map: where the pictures lie in an epoch, and what the network says of each and anywhere.

The surface of a circuit is exact though few circuits are run for it. A qubit's angle enters through RY gates, each of
which puts exp(+-i angle/2) on the amplitudes, so <Z> is a Fourier series in it whose highest frequency is the number D
of these gates (M. Schuld, R. Sweke, J. J. Meyer, Phys. Rev. A 103, 032430, 2021), and 2D + 1 values of each angle tell
it everywhere. For the paper's circuit that is nine runs of the circuit in place of 1,600.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.explain.decision_map.planes import Plane, ends_of, linear_plane, spread_out, units_plane
from qtl_core.explain.decision_map.request import GRID, MOST_PICTURES, REACH, MapRequest, PictureMap
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.head_scores import circuit_angles
from qtl_core.runs.events import Arrays
from qtl_core.settings import CircuitSettings

if TYPE_CHECKING:
    from qtl_core.network.simulators.torch_statevector import StateVectorSimulator


CHUNK = 2**20  # amplitudes held at a time: 8 MB in complex single precision
AXIS = np.linspace(-REACH, REACH, GRID)


class MapHead:
    """The trained head after one epoch.

    Args:
        settings: Its circuit.
        weights: Its weights, by parameter name.
    """

    def __init__(self, settings: CircuitSettings, weights: Arrays) -> None:
        from qtl_core.network.simulators.torch_statevector import StateVectorSimulator

        self.circuit, self.weights = build_circuit(settings), weights
        self.simulator: StateVectorSimulator = StateVectorSimulator(self.circuit)

    def angles(self, features: np.ndarray) -> np.ndarray:
        """Returns every qubit's angle, shape (pictures, features) to (pictures, qubits)."""
        return circuit_angles(self.weights, features).astype(np.float32)

    def expectations(self, angles: np.ndarray) -> np.ndarray:
        """Returns <Z> of every qubit, shape (rows, qubits), in single precision as in training."""
        import torch

        trained = torch.as_tensor(self.weights["q_params"])
        chunks = torch.as_tensor(angles, dtype=torch.float32).split(max(1, CHUNK // 2**self.circuit.wires))
        with torch.no_grad():
            return torch.cat([self.simulator(chunk, trained) for chunk in chunks]).numpy()

    def probabilities(self, expectations: np.ndarray) -> np.ndarray:
        """Returns class probabilities, shape (..., qubits) to (..., classes)."""
        scores = expectations @ self.weights["post_net.weight"].T + self.weights["post_net.bias"]
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)

    def degree(self, qubit: int) -> int:
        """Returns how many gates turn the picture's angle of this qubit in."""
        sources = [source for gate in self.circuit.gates for source in gate.angles]
        return sum(source.kind == "feature" and source.index == qubit for source in sources)


def surface_of(head: MapHead, mean: np.ndarray, qubits: tuple[int, ...]) -> np.ndarray:
    """Returns class probabilities on the grid, shape (GRID, GRID, classes), all other qubits' angles at `mean`."""
    degrees = [head.degree(qubit) for qubit in qubits]
    bases = [fourier_basis(degree) for degree in degrees]
    nodes = np.meshgrid(*map(fourier_nodes, degrees), indexing="ij")
    angles = np.tile(mean, (nodes[0].size, 1))
    for qubit, values in zip(qubits, nodes, strict=True):
        angles[:, qubit] = values.ravel()
    values = head.expectations(angles).reshape(*nodes[0].shape, -1)  # (nodes, nodes, qubits)
    values = np.tensordot(bases[0], values, axes=(1, 0))  # (GRID, nodes, qubits)
    if len(bases) == 1:
        return head.probabilities(np.repeat(values[:, None], GRID, axis=1))
    return head.probabilities(np.einsum("hb,gbq->ghq", bases[1], values))


def fourier_nodes(degree: int) -> np.ndarray:
    """Returns where to evaluate a Fourier series of this degree to know all of it: 2 * degree + 1 angles, evenly."""
    count = 2 * degree + 1
    return 2 * np.pi * np.arange(count) / count


def fourier_basis(degree: int, at: np.ndarray = AXIS) -> np.ndarray:
    """Returns how a Fourier series' values follow from those at its nodes, shape (len(at), 2 * degree + 1).

    It is the Dirichlet kernel (1 + 2 sum_j cos(j (at - node))) / (2 * degree + 1).

    Args:
        degree: The highest frequency.
        at: Where the values are wanted, radians; by default along an axis of the map.
    """
    apart = at[:, None] - fourier_nodes(degree)
    return (1 + 2 * sum(np.cos(j * apart) for j in range(1, degree + 1))) / (2 * degree + 1)


def map_job(request: MapRequest, owner: str = "") -> JobSpec[JobView[PictureMap]]:
    """Returns the job that makes the map in a worker."""
    return JobSpec("qtl_core.explain.decision_map.frames:run_map_job", request, owner)


def run_map_job(request: MapRequest, emit: Callable[[PictureMap], None], should_stop: ShouldStop) -> None:
    """Makes a map in a worker process."""
    emit(map_of(request, should_stop))


def map_of(request: MapRequest, should_stop: ShouldStop = never_stop) -> PictureMap:
    """Makes a map.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import restore_preparation

    preparation = restore_preparation(request.prepared, should_stop, "There is no map of this run.")
    source, files = preparation.features, (*preparation.train_files, *preparation.prepared.val_files)
    chosen = _evenly(len(files))
    features = np.concatenate([source.train, source.val])[chosen]
    low, high, places, probabilities, surface = _drawn(request, features, should_stop)
    return PictureMap(
        axes=request.axes,
        model=request.prepared.settings.model,
        low=low,
        high=high,
        classes=request.prepared.classes,
        epochs=np.array([epoch for epoch, _ in request.weights]),
        files=tuple(files[index] for index in chosen),
        labels=np.concatenate([source.train_labels, source.val_labels])[chosen],
        is_validation=chosen >= len(source.train_labels),
        pictures=len(files),
        places=places,
        probabilities=probabilities,
        surface=surface,
    )


def _drawn(
    request: MapRequest, features: np.ndarray, should_stop: ShouldStop
) -> tuple[float, float, np.ndarray, np.ndarray, np.ndarray]:
    """Returns both ends of the axes, and places, probabilities and surface of all epochs; see `PictureMap`."""
    settings, before, planes = request.prepared.settings, None, []
    for _, weights in request.weights:
        if should_stop():
            raise StoppedByUser
        if settings.model.spec.has_circuit:
            planes.append(_circuit_plane(settings.circuit, weights, features, request.axes))
        elif settings.model.spec.is_hidden:
            planes.append(units_plane(weights, features, settings.model, request.axes))
        else:
            before = linear_plane(weights, features, before)
            planes.append(before)
    low, high = ends_of(planes, settings.model)
    surfaces = []
    for plane in planes:
        if should_stop():
            raise StoppedByUser
        surfaces.append(plane.surface(low, high))
    places = np.stack([spread_out(plane.places, low, high) for plane in planes])
    return low, high, places, np.stack([plane.probabilities for plane in planes]), np.stack(surfaces)


def _circuit_plane(settings: CircuitSettings, weights: Arrays, features: np.ndarray, qubits: tuple[int, ...]) -> Plane:
    head = MapHead(settings, weights)
    angles = head.angles(features)
    probabilities = head.probabilities(head.expectations(angles))
    mean = angles.mean(axis=0)
    return Plane(angles[:, qubits], probabilities, lambda low, high: surface_of(head, mean, qubits))


def _evenly(pictures: int) -> np.ndarray:
    """Returns the indices of the pictures to show: all of them, or as many as can be told apart, evenly spread."""
    return np.unique(np.linspace(0, pictures - 1, min(pictures, MOST_PICTURES)).round().astype(int))

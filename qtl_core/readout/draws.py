"""Draws: the same pictures read out again and again, so that what shots leave open is seen and not assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.progress import ProgressCallback, no_progress, parts_of
from qtl_core.machines.placing import readable_circuit_of
from qtl_core.network.simulators.density_matrix import z_signs
from qtl_core.network.simulators.shots import draw
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.mitigation import (
    SCALES,
    check_methods,
    corrected_values,
    folded,
    is_extrapolated,
    measured_confusion,
    zero_weights,
)
from qtl_core.readout.reading import outcomes_of
from qtl_core.settings.readout import ReadoutSettings

CHUNK = 2**22  # counts held at a time: 32 MB


class ShotSource:
    """Draws readings of the same pictures: what noise does to their circuits is computed once.

    Args:
        inputs: The pictures and the head.
        readout: How they are read; its shots are not: each draw says how many.
        mitigate: Names of `methods.METHODS`.
        progress: Told how far the noise is computed; what it raises ends the work.

    Attributes:
        inputs: The pictures and the head.

    Raises:
        UserError: There is no such method or machine, or the circuit cannot be laid on it as asked.
    """

    def __init__(
        self,
        inputs: ReadoutInputs,
        readout: ReadoutSettings,
        mitigate: Sequence[str] = (),
        progress: ProgressCallback = no_progress,
    ) -> None:
        check_methods(mitigate)
        self.inputs, self.mitigate = inputs, tuple(mitigate)
        self.noisy = readable_circuit_of(inputs.circuit, readout)
        self.scales = SCALES if is_extrapolated(mitigate) else (1,)
        self.outcomes = [
            outcomes_of(folded(self.noisy, scale), inputs.angles, inputs.trained, progress=part)
            for scale, part in zip(self.scales, parts_of(progress, self.scales), strict=True)
        ]

    def average(self) -> np.ndarray:
        """Returns the expectation values that infinitely many shots give, shape (pictures, qubits)."""
        signs = z_signs(self.noisy.outputs)
        return self._combined([found @ signs for found in self.outcomes], self.noisy.confusion)

    def expectations(self, shots: int, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Returns the expectation values of several draws, shape (draws, pictures, qubits).

        Args:
            shots: Of each picture's circuit in each draw.
            draws: How many.
            rng: Decides them.
        """
        found = np.empty((draws, self.inputs.size, self.noisy.outputs))
        together = max(1, CHUNK // max(1, self.outcomes[0].size))
        for first in range(0, draws, together):
            part = found[first : first + together]
            read = [self._read(outcomes, shots, len(part), rng) for outcomes in self.outcomes]
            for at in range(len(part)):
                confusion = self._confusion(shots, rng)
                part[at] = self._combined([each[at] for each in read], confusion)
        return found

    def _read(self, outcomes: np.ndarray, shots: int, draws: int, rng: np.random.Generator) -> np.ndarray:
        repeated = np.broadcast_to(outcomes, (draws, *outcomes.shape)).reshape(-1, outcomes.shape[1])
        return draw(repeated, shots, rng).expectations().reshape(draws, len(outcomes), -1)

    def _confusion(self, shots: int, rng: np.random.Generator) -> np.ndarray:
        if "readout" not in self.mitigate:
            return self.noisy.confusion
        return measured_confusion(self.noisy, shots, int(rng.integers(2**32)))

    def _combined(self, values: Sequence[np.ndarray], confusion: np.ndarray) -> np.ndarray:
        if "readout" in self.mitigate:
            values = [corrected_values(each, confusion) for each in values]
        if len(values) == 1:
            return values[0]
        return np.tensordot(zero_weights(self.scales, is_line="zne_linear" in self.mitigate), values, axes=1)


@dataclass(frozen=True, eq=False)
class DrawFigures:
    """Figures of several draws of the same pictures; of averages there is one.

    Attributes:
        accuracy: The share predicted correctly, shape (draws,).
        confidence: The mean probability of the answers, same shape.
        margin: The mean distance of an answer's probability to the next one's, same shape.
        changed: The share of pictures whose answer is another one than without noise or shots, same shape.
        changed_by_picture: In which share of the draws a picture's answer is another one, shape (pictures,).
    """

    accuracy: np.ndarray
    confidence: np.ndarray
    margin: np.ndarray
    changed: np.ndarray
    changed_by_picture: np.ndarray = field(repr=False)

    @property
    def draws(self) -> int:
        """The number of draws."""
        return len(self.accuracy)

    def band(self, name: str) -> tuple[float, float, float]:
        """Returns between which values 90% of the draws lie, with the median in the middle.

        Args:
            name: A figure: accuracy, confidence, margin or changed.
        """
        low, middle, high = np.quantile(getattr(self, name), (0.05, 0.5, 0.95))
        return float(low), float(middle), float(high)


def figures_of(inputs: ReadoutInputs, read: np.ndarray, exact_answers: np.ndarray) -> DrawFigures:
    """Returns the figures of some draws.

    Args:
        inputs: The pictures and the head.
        read: Expectation values, shape (draws, pictures, qubits).
        exact_answers: The classes named without noise or shots, shape (pictures,).
    """
    probabilities = inputs.probabilities(read)  # (draws, pictures, classes)
    answers = probabilities.argmax(axis=2)
    top = np.partition(probabilities, -2, axis=2)
    differs = answers != exact_answers
    return DrawFigures(
        accuracy=(answers == inputs.labels).mean(axis=1),
        confidence=top[..., -1].mean(axis=1),
        margin=(top[..., -1] - top[..., -2]).mean(axis=1),
        changed=differs.mean(axis=1),
        changed_by_picture=differs.mean(axis=0),
    )

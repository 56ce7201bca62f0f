"""An autoencoder taught to clean noisy pictures of one kind, and then noisy eights, of which ten are known.

This is a second experiment of the topic "images", beside the one with that key.

A picture of 4 by 4 pixels is a state of four qubits. The circuit turns noisy pictures until three of the qubits are
0 as often as possible; clean pictures are never shown to it. To clean a picture, the circuit is run, those three
qubits are measured and must come out 0, and the circuit is run backwards: a projection onto the two dimensions in
which the pictures are most alike. Noise that points elsewhere is gone. After Romero et al. (2017), whose autoencoder
this is, and Bondarenko, Feldmann (2020), who clean with one. A step looks at one noisy picture. A seed draws the
pictures, their noise and both fresh starts.

How alike two kinds of pictures are is the cosine of their density matrices, each less that of pure noise. The digits
among the stops are the least and the most alike to 8, and other eights.

Tried by hand, for task B from scratch: 2 to 4 layers, angles spread by 0.1 and 1, rates 0.05, 0.1 and 0.2, one and two
pictures a step, one and two qubits kept, noise of 0.15 and 0.2 a pixel. Used is what took the fewest evaluations. With
angles spread by 0.1 and not 1, even pure noise as task A saved: a fresh circuit then keeps little but two of the
pixels, and any training leads away from there. With threes as task B, tried too, every digit saved as well.

With 200 other seeds, once all was set: noise and negatives save nothing (-8 and -1 of 672 in the mean), shuffled
pixels hardly (84), digits 396 to 542.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.experiments.descent import descend
from qtl_core.learn.experiments.digits import PIXELS, digits, mean_state
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness, Quality
from qtl_core.learn.experiments.real_circuit import RealCircuit

DIGIT_B = 8
NOISE = 0.2  # standard deviation a pixel, where a picture's squares add up to 1
CIRCUIT = RealCircuit(wires=4, depth=3)
KEPT = 2  # dimensions: the last qubit, with the first three 0
STEPS, RATE, SPREAD = 110, 0.2, 1.0


@dataclass(frozen=True)
class Pictures:
    """Noisy pictures to learn from, and others to be cleaned, with what they would be; a row for each seed.

    Attributes:
        known: Noisy, shape (rows, pictures, 16).
        noisy: To be cleaned, shape (rows, pictures, 16).
        clean: The same without noise.
    """

    known: np.ndarray
    noisy: np.ndarray
    clean: np.ndarray


def likeness_of(mean: np.ndarray) -> float:
    """Returns how alike pictures are to task B's, from their density matrix."""
    a, b = (state - np.eye(PIXELS) / PIXELS for state in (mean, mean_state(DIGIT_B)))
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def negatives() -> np.ndarray:
    """Returns task B's pictures with bright and dark exchanged."""
    turned = digits()[DIGIT_B].max(axis=1, keepdims=True) - digits()[DIGIT_B]
    states: np.ndarray = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    return states


def pictures_b(seeds: np.ndarray) -> Pictures:
    """Returns task B's: ten noisy ones to learn from, 60 to clean."""
    draws = [np.random.default_rng([seed, 1]) for seed in seeds]
    return _noisy([_order(seed)[:70] for seed in seeds], 10, draws)


def pictures_a(kind: int | str, seeds: np.ndarray) -> Pictures:
    """Returns task A's: 40 noisy ones to learn from, 40 to clean, none of them task B's.

    Args:
        kind: A digit, or a name in `KINDS`.
        seeds: Of the rows.
    """
    draws = [np.random.default_rng([seed, 2]) for seed in seeds]
    if kind == "noise":
        return _noisy([_states(draw.normal(size=(80, PIXELS))) for draw in draws], 40, draws)
    if kind == "negatives":
        return _noisy([_order(seed, negatives())[-80:] for seed in seeds], 40, draws)
    if kind == "shuffled":
        shuffles = [draw.permutation(PIXELS) for draw in draws]
        return _noisy([_order(seed)[-80:, to] for seed, to in zip(seeds, shuffles, strict=True)], 40, draws)
    return _noisy([_order(seed, digits()[int(kind)])[-80:] for seed in seeds], 40, draws)


def learn(likeness: Likeness, seeds: np.ndarray, should_stop: ShouldStop) -> Curves:
    """Learns to clean task A's pictures, then task B's from both starts."""
    draws = [np.random.default_rng([seed, 3]) for seed in seeds]
    fresh_a, fresh_b = (np.array([draw.normal(0, SPREAD, CIRCUIT.angles) for draw in draws]) for _ in range(2))
    carried, first = taught(fresh_a, pictures_a(KINDS[LIKENESSES.index(likeness)], seeds), should_stop)
    pictures = pictures_b(np.concatenate([seeds, seeds]))
    _, both = taught(np.concatenate([fresh_b, carried]), pictures, should_stop)
    evaluations = np.arange(STEPS + 1) * 2 * CIRCUIT.angles
    return Curves(evaluations, first, evaluations, both[: len(seeds)], both[len(seeds) :])


def taught(start: np.ndarray, pictures: Pictures, should_stop: ShouldStop) -> tuple[np.ndarray, np.ndarray]:
    """Teaches every row; returns the angles, and the mean fidelity of cleaned pictures after every step."""
    turn = count()
    is_kept = np.arange(PIXELS)[:, None, None] < KEPT

    def look(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shown = pictures.known[:, next(turn) % pictures.known.shape[1]]
        final = CIRCUIT.run(angles, shown.T[:, :, None])
        slopes = CIRCUIT.slopes(angles, final, np.where(is_kept, -2 * final, 0))  # of the chance of not being 0
        return fidelities(cleaned(angles, pictures.noisy), pictures.clean).mean(axis=1), slopes

    return descend(start, look, STEPS, RATE, should_stop)


def cleaned(angles: np.ndarray, noisy: np.ndarray) -> np.ndarray:
    """Returns pictures after the circuit, the measurement, and the circuit backwards, shape (rows, pictures, 16)."""
    kept = CIRCUIT.run(angles, np.eye(PIXELS)[:, None])[:KEPT].transpose(1, 0, 2)  # (rows, kept, pixels)
    return _states(noisy @ kept.transpose(0, 2, 1) @ kept)


def fidelities(pictures: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Returns the squared overlap of each picture with what it should be, from 0 to 1."""
    squares: np.ndarray = np.square((pictures * wanted).sum(axis=-1))
    return squares


def _order(seed: int, pictures: np.ndarray | None = None) -> np.ndarray:
    """Pictures in the seed's order; of as many, in the same order."""
    chosen = digits()[DIGIT_B] if pictures is None else pictures
    shuffled: np.ndarray = chosen[np.random.default_rng([seed, len(chosen)]).permutation(len(chosen))]
    return shuffled


def _noisy(rows: list[np.ndarray], known: int, draws: list[np.random.Generator]) -> Pictures:
    clean = np.array(rows)
    noise = np.array([draw.normal(0, NOISE, row.shape) for draw, row in zip(draws, rows, strict=True)])
    noisy = _states(clean + noise)
    return Pictures(noisy[:, :known], noisy[:, known:], clean[:, known:])


def _states(pictures: np.ndarray) -> np.ndarray:
    states: np.ndarray = pictures / np.maximum(np.linalg.norm(pictures, axis=-1, keepdims=True), 1e-12)
    return states


KINDS: tuple[int | str, ...] = ("noise", "negatives", "shuffled", 6, 1, DIGIT_B)
LIKENESSES = (
    Likeness(0, "cleaning pictures that are nothing but noise"),
    Likeness(0.02, "cleaning noisy negatives of 8"),
    Likeness(0.28, "cleaning noisy pictures of 8 with shuffled pixels"),
    Likeness(0.81, "cleaning noisy pictures of 6"),
    Likeness(0.97, "cleaning noisy pictures of 1"),
    Likeness(1, "cleaning other noisy pictures of 8"),
)
EXPERIMENT = Experiment(
    key="denoising",
    title="From one kind of noisy pictures to another",
    about=(
        "A circuit squeezes a picture through a bottleneck too narrow for its noise, and so cleans it. Having "
        "learnt that with one kind of picture, is it quicker with another?"
    ),
    task_b="cleaning noisy pictures of 8, from ten noisy ones",
    carried=f"all {CIRCUIT.angles} angles of the autoencoder",
    likenesses=LIKENESSES,
    usual=3,
    quality=Quality(
        "fidelity of cleaned pictures",
        "",
        0.8,
        "higher",
        "cleaned pictures agree with the clean ones to 0.80 (mean fidelity; noisy ones have 0.62)",
    ),
    evaluation="one noisy picture sent through the circuit at one setting of its angles, many shots",
    evaluations="pictures sent through the circuit",
    without="Principal components, a standard method of statistics, do better, with no training: "
    "the two largest of the same ten noisy pictures clean "
    "the others to 0.84, the largest alone to 0.87.",
    reference="Romero et al., Quantum Sci. Technol. 2, 045001 (2017); Bondarenko, Feldmann, PRL 124, 130502 (2020)",
    learn=learn,
)

"""The recipe's training as somebody who knows JAX would write it: the rival of the compiled engine.

All epochs are one compiled scan over epochs around one over batches, mapped over many seeds; features are shared.
Amplitudes are real, a run of CNOTs is one indexing, and the turns between two of them are products with Kronecker
products of at most `WIRES` wires. Batch orders and first weights come from the app, outside what is timed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.training.compiled.program import compile_circuit
from qtl_core.training.schedules import learning_rates
from qtl_core.training.starting import first_weights
from qtl_core.training.task import KeptFeatures, TrainingTask, batch_order

os.environ.setdefault("JAX_PLATFORMS", "cpu")
import jax
import jax.numpy as jnp
from jax import lax

WIRES = 4  # turned by one matrix; larger ones cost more than they save (measured from 1 to 5)
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
Numbers = dict[str, Any]  # a head's, by parameter name


class Curves(NamedTuple):
    """The figures of every epoch, a row a seed."""

    train_losses: Any
    val_losses: Any
    val_accuracies: Any


class Inputs(NamedTuple):
    """Begin and batches of every seed: all first axes are over seeds.

    Attributes:
        weights: By parameter name.
        rows: Pictures of every batch, shape (seeds, epochs, batches, batch size).
        shown: 1 for a picture, 0 for what fills up the last batch; of the same shape.
        rates: Shape (seeds, epochs, batches).
    """

    weights: Numbers
    rows: Any
    shown: Any
    rates: Any


Training = Callable[[Inputs, tuple[Any, ...]], tuple[Curves, Numbers]]


def training_of(task: TrainingTask, seeds: int) -> Training:
    """Returns the training of so many seeds at once (one is not vmapped), not compiled yet: `.lower(...).compile()`.

    Raises:
        ValueError: The task is not the recipe's: another head, rotation, optimiser or way to be best.
    """
    _check(task)
    one = partial(_train, _circuit(task), task.training.batch_size)
    if seeds == 1:
        return jax.jit(lambda inputs, pictures: one(jax.tree.map(lambda each: each[0], inputs), pictures))
    return jax.jit(jax.vmap(one, in_axes=(0, None)))


def inputs_of(tasks: Sequence[TrainingTask]) -> Inputs:
    """Returns what differs from seed to seed."""
    each = [_of_seed(task) for task in tasks]
    return jax.tree.map(lambda *parts: jnp.asarray(np.stack(parts)), *each)


def pictures_of(task: TrainingTask) -> tuple[Any, ...]:
    """Returns what all seeds share: features and classes, of training and of validation."""
    source, kind = task.source, _kind(task)
    assert isinstance(source, KeptFeatures)
    features = jnp.asarray(source.train, kind), jnp.asarray(source.val, kind)
    return *features, jnp.asarray(source.train_labels), jnp.asarray(source.val_labels)


def _check(task: TrainingTask) -> None:
    training, circuit = task.training, task.circuit
    usual = (
        task.model.head == "dressed",
        circuit.rotation == "ry",
        not circuit.reuploading,
        training.best_by == "accuracy",
    )
    plain = training.optimiser == "adam", not training.weight_decay, training.class_weights == "none"
    if not all((*usual, *plain)):
        raise ValueError("This contender trains the recipe alone")


def _kind(task: TrainingTask) -> Any:
    return {"single": np.float32, "double": np.float64}[task.precision]


def _of_seed(task: TrainingTask) -> Inputs:
    training, kind, size = task.training, _kind(task), len(task.source.train_labels)
    batches = -(-size // training.batch_size)
    room = batches * training.batch_size - size
    epochs = range(1, training.epochs + 1)
    orders = np.stack([np.pad(batch_order(training.seed, epoch, size), (0, room)) for epoch in epochs])
    shape = len(epochs), batches, training.batch_size
    shown = np.broadcast_to(np.arange(size + room) < size, orders.shape)
    rates = np.stack([learning_rates(training, epoch, batches) for epoch in epochs])
    weights = {name: np.asarray(values, kind) for name, values in first_weights(task).items()}
    return Inputs(weights, orders.reshape(shape), shown.reshape(shape).astype(kind), rates.astype(kind))


def _circuit(task: TrainingTask) -> Callable[[Any, Any], Any]:
    """Returns the function (angles of pictures, trained angles) -> <Z> of every wire."""
    wires, depth = task.circuit.qubits, task.circuit.depth
    program = compile_circuit(build_circuit(task.circuit))
    order = program.permutations[0] if len(program.permutations) else np.arange(2**wires)
    bits = np.arange(2**wires)[:, None] >> np.arange(wires - 1, -1, -1) & 1
    signs = (1 - 2 * bits).astype(_kind(task))

    def run(angles: Any, weights: Any) -> Any:
        half = angles / 2 + np.pi / 4  # H, then RY
        state = reduce(_beside, [jnp.stack([jnp.cos(half[:, k]), jnp.sin(half[:, k])], -1) for k in range(wires)])
        turns = _turns(weights.reshape(depth, wires))
        for layer in range(depth):
            state = _turned(state[:, order], [turns[layer, wire] for wire in range(wires)])
        return (state * state) @ signs

    return run


def _beside(left: Any, right: Any) -> Any:
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def _turns(angles: Any) -> Any:
    """Returns RY of every angle, shape (..., 2, 2)."""
    cos, sin = jnp.cos(angles / 2), jnp.sin(angles / 2)
    return jnp.stack([jnp.stack([cos, -sin], -1), jnp.stack([sin, cos], -1)], -2)


def _turned(state: Any, turns: Sequence[Any]) -> Any:
    """Returns the states, shape (pictures, amplitudes), with every wire turned."""
    before, shape = 1, state.shape
    for first in range(0, len(turns), WIRES):
        matrix = reduce(jnp.kron, turns[first : first + WIRES])
        width = len(matrix)
        seen = state.reshape(shape[0], before, width, -1)
        state = jnp.einsum("ij,pbja->pbia", matrix, seen)
        before *= width
    return state.reshape(shape)


def _scores(circuit: Callable[[Any, Any], Any], weights: Numbers, features: Any) -> Any:
    angles = jnp.tanh(features @ weights["pre_net.weight"].T + weights["pre_net.bias"]) * (np.pi / 2)
    return circuit(angles, weights["q_params"]) @ weights["post_net.weight"].T + weights["post_net.bias"]


def _losses(scores: Any, labels: Any) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], axis=1)[:, 0]


def _train(
    circuit: Callable[[Any, Any], Any], batch_size: int, inputs: Inputs, pictures: tuple[Any, ...]
) -> tuple[Curves, Numbers]:
    """Trains one seed; returns its curves and the weights of its best epoch."""
    train, val, train_labels, val_labels = pictures

    def loss(weights: Numbers, rows: Any, shown: Any) -> tuple[Any, Any]:
        losses = _losses(_scores(circuit, weights, train[rows]), train_labels[rows]) * shown
        return losses.sum() / shown.sum(), losses.sum()

    def step(state: tuple[Any, ...], batch: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any]:
        weights, first, second, count = state
        rows, shown, rate = batch
        slopes, summed = jax.grad(loss, has_aux=True)(weights, rows, shown)
        return _adam(weights, first, second, slopes, count + 1, rate), summed

    def epoch(state: tuple[Any, ...], batches: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        trained, (best, best_weights) = state
        trained, losses = lax.scan(step, trained, batches)
        scores = _scores(circuit, trained[0], val)
        accuracy = (scores.argmax(1) == val_labels).mean()
        is_best = accuracy > best
        best_weights = jax.tree.map(lambda new, old: jnp.where(is_best, new, old), trained[0], best_weights)
        kept = jnp.where(is_best, accuracy, best), best_weights
        return (trained, kept), (losses.sum() / len(train), _losses(scores, val_labels).mean(), accuracy)

    nothing = jax.tree.map(jnp.zeros_like, inputs.weights)
    begun = inputs.weights, nothing, nothing, jnp.zeros((), inputs.rates.dtype)
    kept = jnp.full((), -1.0), inputs.weights
    (_, (_, best_weights)), curves = lax.scan(epoch, (begun, kept), (inputs.rows, inputs.shown, inputs.rates))
    return Curves(*curves), best_weights


def _adam(weights: Numbers, first: Numbers, second: Numbers, slopes: Numbers, count: Any, rate: Any) -> tuple[Any, ...]:
    first = jax.tree.map(lambda mean, slope: BETA1 * mean + (1 - BETA1) * slope, first, slopes)
    second = jax.tree.map(lambda mean, slope: BETA2 * mean + (1 - BETA2) * slope * slope, second, slopes)
    size, shrink = rate / (1 - BETA1**count), 1 / jnp.sqrt(1 - BETA2**count)

    def moved(weight: Any, mean: Any, square: Any) -> Any:
        return weight - size * mean / (jnp.sqrt(square) * shrink + EPSILON)

    return jax.tree.map(moved, weights, first, second), first, second, count

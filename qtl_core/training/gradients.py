"""How large the gradients of the circuit's angles were in an epoch, layer by layer, read off Adam's memory.

Adam keeps v, a running average of squared gradients: v_t = b v_(t-1) + (1 - b) g_t^2 with b = 0.999. Over an epoch
of S steps therefore v_end - b^S v_start = (1 - b) sum_k b^(S-k) g_k^2, and dividing by 1 - b^S gives the mean
square of the epoch's own gradients (with weights from 1 down to b^S, 0.94 for the recipe's 61 steps). So the
figure costs nothing, and every engine whose checkpoints hold Adam's memory has it.
"""

from __future__ import annotations

import numpy as np

from qtl_core.settings import CircuitSettings
from qtl_core.training.events import Checkpoint

BETA2 = 0.999  # Adam's default, the recipe's


def layer_gradients(circuit: CircuitSettings, before: Checkpoint, after: Checkpoint) -> tuple[float, ...]:
    """Returns the root mean square gradient of the angles of every layer, shape (depth,), over the steps between.

    Args:
        circuit: Whose angles they are; `q_params` is read as (depth, angles of a layer).
        before, after: Two checkpoints of one run, the second at least one step later.
    """
    if circuit.depth == 0:
        return ()
    decay = BETA2 ** (after.steps - before.steps)
    end = np.asarray(after.second_moments["q_params"], dtype=np.float64)
    start = np.asarray(before.second_moments.get("q_params", np.zeros_like(end)), dtype=np.float64)
    mean_square = np.maximum(end - decay * start, 0.0) / (1.0 - decay)  # rounding may leave a hair below zero
    return tuple(np.sqrt(mean_square.reshape(circuit.depth, -1).mean(axis=1)).tolist())

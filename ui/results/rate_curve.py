"""The learning rate behind the loss, epoch by epoch, as its schedule has it; where it falls in steps, marks do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from qtl_core.runs.view import RunView
from qtl_core.settings import TrainingSettings
from qtl_core.settings.presets import PAPER_PICTURES
from qtl_core.training.schedules import learning_rate
from ui.base.theme import PUBLISHED

HEIGHT = 0.8  # of the chart: where the highest rate lies, so that a constant one is seen as well
NAME = "Learning rate"


def has_rate_curve(training: TrainingSettings) -> bool:
    """Returns whether the rate is drawn as a line: where it is not told by the epochs at which it takes a step."""
    return training.schedule != "step" or training.warm_up > 0


def rates_by_epoch(view: RunView, training: TrainingSettings, epochs: int) -> np.ndarray:
    """Returns the rate of every epoch's last step, of those to come as well, shape (epochs,).

    Until it is known how many pictures there are, they are taken for the paper's: it makes no difference that is seen.
    """
    pictures = view.prepared.train_size if view.prepared else PAPER_PICTURES
    batches = max(1, math.ceil(pictures / training.batch_size))
    return np.array([learning_rate(training, epoch, batches) for epoch in range(1, epochs + 1)], dtype=np.float32)


def rate_curve(view: RunView, training: TrainingSettings, epochs: int, height: float) -> dict[str, Any]:
    """Returns the trace of the rate over the epochs, on the axis of the loss.

    Args:
        view: The run.
        training: Its settings.
        epochs: How many epochs the time axis holds.
        height: Where on the axis of the loss the highest rate of the settings lies. It has no axis of its own: an
            animation leaves out what is on another one than the curves that move. The pointer shows the rate itself.
    """
    rates = rates_by_epoch(view, training, epochs)
    return {
        "x": np.arange(1, epochs + 1, dtype=np.float32),
        "y": rates * np.float32(height / training.learning_rate),
        "customdata": rates,
        "name": NAME,
        "mode": "lines",
        "line": {"color": PUBLISHED, "width": 1.5, "dash": "dot", "shape": "hvh"},
        "hovertemplate": "%{customdata:.2g}",
        "xaxis": "x2",
        "yaxis": "y2",
    }

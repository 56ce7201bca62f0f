"""A run over again, epoch by epoch, played by the browser itself: one figure with frames, buttons and a slider."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

from qtl_core.runs.published import PublishedRun
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from ui.base.theme import PUBLISHED
from ui.results.curves import history_figure, points_after

PACES = {"Slowly": 2.0, "At ease": 6.0, "Quickly": 20.0}  # epochs a second
QUIET = "#7A7E87"  # text that reads on both backgrounds (contrast 3.9 and 4.4)
MOST_FRAMES = 60  # each holds the curves up to its epoch: all 500 of the longest run would weigh 10 MB


def replay_figure(view: RunView, settings: RunSettings, published: PublishedRun | None, pace: float) -> go.Figure:
    """Returns the run's curves as an animated figure.

    Args:
        view: The run, of one epoch or more.
        settings: Its settings.
        published: A published run to draw faintly behind it.
        pace: Epochs a second.
    """
    figure = history_figure(view, settings, published)
    epochs = frame_epochs(len(view.epochs))
    frames = [points_after(view, epoch) for epoch in epochs]
    moving = list(range(len(figure.data) - len(frames[0]), len(figure.data)))  # what stands behind does not move
    figure.frames = [
        go.Frame(name=str(epoch), data=frame, traces=moving) for epoch, frame in zip(epochs, frames, strict=True)
    ]
    milliseconds = 1000 * math.ceil(len(view.epochs) / MOST_FRAMES) / pace
    figure.update_layout(updatemenus=[_buttons(milliseconds)], sliders=[_slider(epochs)])
    return figure


def frame_epochs(epochs: int) -> list[int]:
    """Returns the epochs that get a frame: all of them, or every second, third, ... and always the last."""
    stride = math.ceil(epochs / MOST_FRAMES)
    return [epoch for epoch in range(1, epochs + 1) if epoch % stride == 0 or epoch == epochs]


def _buttons(milliseconds: float) -> dict[str, Any]:
    play = {"frame": {"duration": milliseconds, "redraw": False}, "transition": {"duration": 0}, "fromcurrent": True}
    pause = {"frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 48, "r": 8},
        "bgcolor": "rgba(0, 0, 0, 0)",
        "bordercolor": PUBLISHED,
        "font": {"color": QUIET},
        "buttons": [
            {"label": "▶ Replay", "method": "animate", "args": [None, play]},
            {"label": "❚❚", "method": "animate", "args": [[None], pause]},
        ],
    }


def _slider(epochs: list[int]) -> dict[str, Any]:
    show = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    return {
        "active": len(epochs) - 1,
        "x": 0.45,  # on a phone the buttons take the rest
        "len": 0.55,
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 36},
        "ticklen": 0,
        "minorticklen": 0,
        "currentvalue": {"prefix": "Epoch ", "xanchor": "right", "font": {"size": 13, "color": QUIET}},
        "font": {"color": "rgba(0, 0, 0, 0)"},  # a label a step would be too many; the current one is said above
        "bordercolor": PUBLISHED,
        "steps": [{"label": str(epoch), "method": "animate", "args": [[str(epoch)], show]} for epoch in epochs],
    }

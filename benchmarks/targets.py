"""Targets on two cores; ratios, because they travel better from machine to machine than seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One figure and its limit.

    Attributes:
        figure: Its name among the figures.
        title: What it says, in words.
        limit: The number to reach.
        at_most: Whether less is better.
    """

    figure: str
    title: str
    limit: float
    at_most: bool = False

    @property
    def wanted(self) -> str:
        """The limit in words."""
        return f"at most {self.limit:g} s" if self.at_most else f"at least {self.limit:,g} ×"

    def met(self, figures: Mapping[str, float]) -> bool:
        """Returns whether the figure reaches the limit."""
        found = figures[self.figure]
        return found <= self.limit if self.at_most else found >= self.limit


TARGETS = (
    Target("compiled_vs_published", "compiled engine against the published per-sample loop, recipe", 3000),
    Target("compiled_vs_lightning_10q", "compiled engine against lightning.qubit adjoint, 10 qubits, depth 6", 50),
    Target("seeds_100_seconds", "100 seeds of the 30-epoch recipe", 4.0, at_most=True),
    Target("runs_1000_per_run_gain", "a run among 1,000 against one after another on one core", 1.8),
    Target("features_vs_plain", "features, app against plain eager module", 1.8),
    Target("features_kept_seconds", "kept features of all pictures loaded again", 0.2, at_most=True),
    Target("recipe_from_nothing_vs_published", "recipe end to end, app from nothing against published", 25),
    Target("recipe_kept_vs_published", "recipe end to end, app with kept features against published", 2000),
    Target("prediction_seconds", "one picture, from its file to the answer", 0.12, at_most=True),
    Target("prediction_together_gain", "200 pictures asked together against one after another", 1.5),
    Target("noise_vs_default_mixed", "153 noisy circuits against default.mixed, 4 qubits, depth 6", 1000),
    Target("noise_vs_aer", "153 noisy circuits against Aer's density matrix, 4 qubits, depth 6", 50),
    Target("noise_8q_seconds", "153 noisy circuits of 8 qubits, depth 6", 3.0, at_most=True),
    Target("noise_8q_again_seconds", "the same with pictures uploaded again", 3.0, at_most=True),
    Target("noise_8q_strings_seconds", "the same, all bit strings as shots need them", 3.0, at_most=True),
    Target("shots_1000_seconds", "1,000 shots of each of 153 exact states", 0.02, at_most=True),
    Target("noise_training_seconds", "the recipe trained under shots, noise or ibmqx4: the slowest", 60, at_most=True),
    Target("dial_seconds", "a move of the dial, without the page: the slowest", 0.3, at_most=True),
)

# What the short mode prints, in this order.
QUICK_FIGURES = (
    "compiled_vs_published",
    "compiled_vs_lightning_10q",
    "torch_vs_published",
    "seeds_100_seconds",
    "runs_1000_per_run_gain",
    "features_vs_plain",
    "features_kept_seconds",
    "prediction_seconds",
    "floor_ratio",
)

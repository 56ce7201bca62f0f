"""What would change a run's mind: its margin, and the smallest turn of a single angle that changes the answer.

All other angles stay as they are. A class score is linear in the expectation values, and these are Fourier series in
one angle (see `maps.frame`), so a few runs of the circuit tell the scores over the whole range that the head can turn
a qubit by. Imports no torch at the top: pages ask, a worker finds out.
"""

from qtl_core.turning.finding import counterfactual_job, find_counterfactuals
from qtl_core.turning.records import Counterfactual, Counterfactuals, LabelInterval, Margin, margin_of

__all__ = [
    "Counterfactual",
    "Counterfactuals",
    "LabelInterval",
    "Margin",
    "counterfactual_job",
    "find_counterfactuals",
    "margin_of",
]

"""Evaluation of a run: metrics, calibration, pictures unlike the training ones, the spread over seeds, diagnosis."""

from qtl_core.evaluation.metrics import Evaluation, evaluation_of

__all__ = ["Evaluation", "evaluation_of"]

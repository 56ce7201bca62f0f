"""Evaluation of a run: metrics, calibration, pictures unlike the training ones, the spread over seeds, diagnosis."""

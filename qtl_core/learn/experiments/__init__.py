"""Experiments in ten fields, in each of which one task teaches another: learn A; then B from both starts."""

"""Heads from elsewhere: state dicts of the PennyLane demo's or the paper's head come in as runs, and go out again.

A file is a stranger's: it is measured before it is read, read with nothing that could run code, and explained where
it does not fit. No torch at the top of what pages import.
"""

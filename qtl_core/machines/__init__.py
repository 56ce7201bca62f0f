"""Machines: what was measured of real quantum computers, and how a circuit is laid on one."""

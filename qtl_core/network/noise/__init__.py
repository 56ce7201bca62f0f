"""Noise: channels, and a circuit with the channels that act after its gates."""

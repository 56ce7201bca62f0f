"""Findings of what would spoil a result: copies, bursts, poor photos, wrong labels, uneven classes."""

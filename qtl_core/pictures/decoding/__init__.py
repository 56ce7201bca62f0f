"""Reads strangers' pictures: kind by signature, header before pixels, bounded memory, one rule for deep samples.

Nothing here knows the rest of the app, as a run's exported script carries this code along. To add a kind: its signature
in `signatures`, and its opener in `reading`.
"""

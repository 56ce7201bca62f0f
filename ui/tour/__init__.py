"""The stops of the guided tour, a module each.

To add a stop: a module with `TITLE`, `TEXT` (Markdown), `PAGE` (the page's file and what is to be found there, or None)
and `show()`, which draws what there is to touch; and its name in `STOPS`.
"""

STOPS = ("photos", "features", "qubit", "entanglement", "circuit", "train", "fool", "worth", "yours")

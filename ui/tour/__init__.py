"""The stops of the guided tour, a module each.

To add a stop: a module with `TITLE`, `TASK` (what to do, in a line), `TEXT` (Markdown), `PAGE` (the page's file and
what is to be found there, or None) and `show()`, which draws what there is to touch; and its name in `STOPS`. What is
touched comes right below the task, and the text beside or after it, so that it is in view on every screen.
"""

STOPS = (
    "photos",
    "features",
    "qubit",
    "entanglement",
    "circuit",
    "train",
    "fool",
    "spirals",
    "worth",
    "carry",
    "yours",
)

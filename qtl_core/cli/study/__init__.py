"""`python -m qtl_core study ...`: many runs of one question, and what they say.

To add a verb: a module here with `add_arguments` and `main`, which returns the exit code, and a line in `ACTIONS`. The
option `--json` comes by itself.
"""

from __future__ import annotations

from qtl_core.cli.verb import verbs_in

ACTIONS = verbs_in(
    __name__,
    {
        "run": (
            "Train every cell of a grid, of a sample or of a search over seeds or folds, and compare.",
            "run",
        ),
        "questions": ("Name the questions that are ready to be asked.", "questions"),
        "ask": ("Ask a ready question of the settings chosen.", "ask"),
        "list": ("Name every study, the newest first.", "listing"),
        "show": ("Say what came out of a study so far.", "show"),
        "resume": ("Go on with a study that was stopped.", "resume"),
        "repeat": ("Train the best setting of a study again with fresh seeds, beside the settings chosen.", "repeat"),
        "open": ("Open a run of a study as a real run: trained again, and held against its row.", "opening"),
        "export": ("Write a study as one table, a line a run, or whole as one file.", "exporting"),
        "report": ("Write a study as a page, or as a notebook that draws its figures again.", "report"),
        "import": ("Bring a study in from the file that `study export` wrote.", "importing"),
        "delete": ("Delete a study; it can be restored for some days.", "delete"),
    },
)

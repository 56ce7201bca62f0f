"""`python -m qtl_core data ...`: data sets that people make in the app, from a shell.

To add a verb: a module here with `add_arguments` and `main`, which returns the exit code, and a line in `ACTIONS`. The
option `--json` comes by itself; what a set is as JSON is in `words`.
"""

from __future__ import annotations

from qtl_core.cli.verb import verbs_in

ACTIONS = verbs_in(
    __name__,
    {
        "new": ("Make a data set.", "new"),
        "add": ("Add pictures to a class of a data set.", "add"),
        "import": ("Make a data set of a zip, a tar or a folder, or of what `data export` wrote.", "importing"),
        "export": ("Write a data set to one file, which `data import` reads here or elsewhere.", "exporting"),
        "list": ("Name every data set, those used last first.", "listing"),
        "show": ("Say what is in a data set.", "show"),
        "check": ("Say what would spoil a result: copies, bursts, poor photos, wrong labels, uneven classes.", "check"),
        "split": ("Divide a data set's pictures into training, validation and test.", "split"),
        "delete": ("Delete data sets; they can be restored for some time.", "delete"),
    },
)

"""`python -m qtl_core learn ...`: the experiments of the Learn page, in which one task teaches another.

To add a verb: a module here with `add_arguments` and `main`, which returns the exit code, and a line in `ACTIONS`. The
option `--json` comes by itself. What can be run beside the experiments: a line in `directions.DIRECTIONS`.
"""

from __future__ import annotations

from qtl_core.cli.verb import verbs_in

ACTIONS = verbs_in(
    __name__,
    {
        "list": ("Name the experiments: task A, task B and what is carried.", "listing"),
        "run": ("Learn A, then B from scratch and from what A left, and say what was saved or lost.", "run"),
    },
)

"""A whole trained run as one Python file: it rebuilds the network and says what a picture shows, without this app.

The file holds the trained numbers itself; what it is made of is in `run_source`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from qtl_core.common.errors import UserError
from qtl_core.export.run_source import LINE, RunSource, run_source, weights_option, why_no_source
from qtl_core.export.script_parts import ENDING, FAILING, HELD_ARRAYS, READING, RUNNING
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.readout_words import exact_words

OWN_IMPORTS = {  # what the parts need that are the same for every run
    *("import argparse", "import base64", "import collections", "import contextlib", "import hashlib", "import io"),
    *("import json", "import math", "import os", "import pathlib", "import sys", "import warnings"),
}


def run_script(view: TrainedRun) -> str:
    """Returns the file.

    Args:
        view: A run with at least one epoch; its best one is taken.

    Raises:
        UserError: It has a whole image network of its own, too large for a text.
    """
    if why := why_no_script(view):
        do = "" if why_no_head(view) else "Take the one file along."
        raise UserError("This run cannot be written as a script.", why, do)
    parts = run_source(view)
    return "\n".join([script_head(view, parts), parts.arrays, script_body(parts, HELD_ARRAYS)]) + "\n"


def why_no_script(view: TrainedRun) -> str:
    """Returns the sentence that says why a run cannot be written as a script, or ""."""
    why = why_no_head(view)
    if not why and view.prepared.settings.data.is_numbers:
        return "It learnt from numbers, and a script reads pictures."
    return why or why_no_source(view)


def script_head(view: TrainedRun, parts: RunSource, numbers: str = "in this file") -> str:
    """Returns the beginning of a script: what it is, what it imports, and its constants.

    Args:
        view: The run.
        parts: The run's.
        numbers: Where the trained numbers are.
    """
    settings = view.prepared.settings
    option = weights_option(view) or " [--weights FILE]"
    header = _header(option, spec_of(settings.data.backbone).title, parts.packages, numbers, exact_words(settings))
    return "\n".join([header, *_imports(parts), parts.constants])


def script_body(parts: RunSource, arrays: str) -> str:
    """Returns the rest of a script behind its trained numbers.

    Args:
        parts: The run's.
        arrays: What finds one of the trained arrays by its name.
    """
    decoder = f"\n# How the app reads pictures.\n\n{parts.decoder}"
    texts = [parts.circuit, FAILING + arrays + READING, decoder, parts.network + parts.head + RUNNING + ENDING]
    return "\n".join(filter(None, texts)).rstrip("\n")


def _header(option: str, network: str, packages: str, numbers: str, left_out: str) -> str:
    said = f"{textwrap.fill(left_out, LINE)}\n" if left_out else ""
    return f'''"""A trained run of the Quantum transfer studio: says what a picture shows.

    python THIS_FILE PICTURE [PICTURE ...]{option} [--json]

Needs: pip install {packages}
The image network is {network}. Made by the app; the trained numbers are {numbers}.
{said}"""
'''


def _imports(parts: RunSource) -> Iterator[str]:
    yield from sorted(OWN_IMPORTS | {*parts.own_imports})
    yield ""
    yield "try:"
    yield from (f"    {line}" for line in parts.imports)
    yield "except ImportError as error:"
    yield '    print(f"{error}. This script needs: pip install ' + parts.packages + '", file=sys.stderr)'
    yield "    raise SystemExit(2) from None"
    yield ""

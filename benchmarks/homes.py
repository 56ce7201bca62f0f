"""A home for the benchmark alone, so that nothing kept before makes a figure better, and nothing is left behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qtl_core.common import paths

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared"  # real photos and weights, where they lie beside the project


@contextmanager
def home(named: str | None = None) -> Iterator[None]:
    """Makes `named`, or else a temporary folder, the home.

    Pictures and weights that the home so far can see are found still, but kept features and compiled code are not,
    as those are only looked for where they are written.
    """
    with tempfile.TemporaryDirectory(prefix="qtl-bench-") as temporary:
        places = (*map(str, paths.search_roots()), str(SHARED))
        before = {name: os.environ.get(name) for name in ("QTL_HOME", "QTL_SHARED")}
        os.environ.update(QTL_HOME=named or temporary, QTL_SHARED=os.pathsep.join(dict.fromkeys(places)))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

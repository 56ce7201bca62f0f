"""Starts a module of this program in a process of its own: from any folder, installed or not.

`python -m` would have to be told where this program lies: by the folder it starts in, but that is the user's and a
relative path must mean the same to both; or by an environment variable, which all further processes inherit. So a
child is given this very file by its path. It runs with `-P`, which keeps the folders of caller and file off the import
path: a file called `types.py` there would take the standard library's place. Nothing but that library is imported.
"""

from __future__ import annotations

import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

FILE = Path(__file__).absolute()
PACKAGE = FILE.parent.parent


def module_command(module: str, *arguments: str) -> list[str]:
    """Returns the command that runs a module as `python -P -m MODULE ARGUMENT ...` would where that finds it.

    Args:
        module: Its full name, for example `qtl_core.jobs.worker`.
        arguments: What it reads as `sys.argv[1:]`.
    """
    return [sys.executable, "-P", str(FILE), module, *arguments]


def _find_this_package() -> None:
    """Puts the folder of this package first on the import path, unless Python finds it there anyway.

    An installed package is not put first, as the folder it shares with all others would come before the standard
    library; a checkout is, as another version may be installed beside it.
    """
    found = find_spec(PACKAGE.name)
    if found is None or found.origin is None or Path(found.origin).parent != PACKAGE:
        sys.path.insert(0, str(PACKAGE.parent))


if __name__ == "__main__":
    _find_this_package()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

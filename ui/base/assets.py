"""The app's own files for the browser, and how numbers and pictures travel there: as bytes in base64."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import numpy as np

from qtl_core.drawing.quantum_script import quantum_script


def packed(values: np.ndarray, kind: type | str) -> str:
    """Returns numbers of one kind, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def jpeg_address(jpeg: bytes) -> str:
    """Returns a picture as an address that an image element takes."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


ASSETS = Path(__file__).parents[1] / "assets"


def script(*names: str) -> str:
    """Returns the files of these names; the last one is the component, the others are what it is made with."""
    return "\n".join(map(_script, names))


def _script(name: str) -> str:
    """Returns one of them; that of qubits and gates draws on published pages, too."""
    return quantum_script() if name == "quantum" else asset(f"{name}.js")


def asset(name: str) -> str:
    """Returns a file of the folder."""
    return (ASSETS / name).read_text(encoding="utf-8")


@cache  # every run of a page asks
def stylesheet(module: str) -> str:
    """Returns a module's style sheet, which lies beside it under its name, as an element for `st.html`.

    A value that Python knows goes in as a custom property, set beside it: `style="--wrong: #DB2B54"`.

    Args:
        module: The module's `__file__`: that of `pictures.py` gives `pictures.css`.
    """
    return f"<style>\n{Path(module).with_suffix('.css').read_text(encoding='utf-8')}</style>"

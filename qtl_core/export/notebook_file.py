"""Notebooks as Jupyter's and Colab's files: cells of words and of code (nbformat 4.5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        kind: Words, or code.
        text: Its source.
        folded: A title in whose place the code is hidden until somebody wants to read it; "" where it is shown.
    """

    kind: Literal["markdown", "code"]
    text: str
    folded: str = ""


def notebook_file(cells: Iterable[Cell], name: str = "") -> bytes:
    """Returns the file.

    Args:
        cells: In their order.
        name: What Colab calls it.
    """
    about: dict[str, Any] = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    if name:
        about["colab"] = {"name": name, "provenance": []}
    written = [_cell(number, cell) for number, cell in enumerate(cells)]
    made = {"cells": written, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(made, indent=1) + "\n").encode()


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    text = f"# @title {cell.folded}\n{cell.text}" if cell.folded else cell.text  # Colab shows such a line as a title
    hidden = {"cellView": "form", "jupyter": {"source_hidden": True}} if cell.folded else {}
    made = {
        "cell_type": cell.kind,
        "id": f"cell-{number}",
        "metadata": hidden,
        "source": text.splitlines(keepends=True),
    }
    return made if cell.kind == "markdown" else made | {"execution_count": None, "outputs": []}

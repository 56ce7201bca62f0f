"""`python -m qtl_core info`: versions, devices, and where data, weights and runs are or what is missing."""

from __future__ import annotations

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from qtl_core import __version__
from qtl_core.cli.output import json_of, say
from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.weights_files import backbone_status
from qtl_core.pictures.sources.catalogue import dataset_status
from qtl_core.runs.store import kept_runs

PACKAGES = ("torch", "torchvision", "pennylane", "streamlit", "plotly", "pillow", "numpy", "timm")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--json", action="store_true", help="Print one JSON object.")


def main(arguments: argparse.Namespace) -> int:
    """Prints what is here; returns the exit code."""
    found = gather()
    say(json_of(found) if arguments.json else "\n".join(_lines(found)))
    return 0


def gather() -> dict[str, Any]:
    """Returns everything `info` says, as plain data."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "device": _device(),
        "home": str(paths.home()),
        "shared": [str(root) for root in paths.search_roots()[1:]],
        "data": [
            {"name": status.source, "where": str(status.where) if status.where else None, "how": status.how}
            for status in dataset_status()
        ],
        "weights": [
            {"name": status.spec.name, "where": str(status.path) if status.path else None, "how": status.how_to_get}
            for status in backbone_status()
        ],
        **_runs(),
    }


def _runs() -> dict[str, Any]:
    try:
        return {"runs": kept_runs(), "runs_problem": None}
    except UserError as error:
        return {"runs": [], "runs_problem": str(error)}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _device() -> str:
    from qtl_core.pictures.backbones.loading import pick_device

    return pick_device()


def _lines(found: dict[str, Any]) -> list[str]:
    packages = ", ".join(f"{name} {number or 'missing'}" for name, number in found["packages"].items())
    lines = [f"Quantum transfer studio {found['version']}", f"Python {found['python']}; {packages}"]
    lines.append(f"Device for the backbone: {found['device']}")
    lines.append(f"Home (QTL_HOME): {found['home']}")
    lines += [f"Shared (QTL_SHARED): {root}" for root in found["shared"]]
    for title, entries in (("Pictures", found["data"]), ("Weights", found["weights"])):
        lines.append(f"{title}:")
        lines += [f"  {entry['name']}: {entry['where'] or 'missing. ' + entry['how']}" for entry in entries]
    lines.append(f"Kept runs: {found['runs_problem'] or len(found['runs'])}")
    return lines + [f"  {run}" for run in found["runs"][:20]]

"""`python -m qtl_core draw`: the circuit of some settings, or of a kept run, as a drawing or for another program."""

from __future__ import annotations

import argparse
import math

import numpy as np

from qtl_core.cli.files import path_of, put
from qtl_core.cli.options import add_settings, asked_settings, settings_of
from qtl_core.cli.output import STANDARD, note, say
from qtl_core.cli.run_names import run_named
from qtl_core.common.errors import UserError
from qtl_core.drawing.angles import check_circuit, run_angles, untrained_angles
from qtl_core.export import FORMATS
from qtl_core.network.ansatz import build_circuit
from qtl_core.runs.store import load_run
from qtl_core.settings import CircuitSettings
from qtl_core.settings.readout_words import exact_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser)
    parser.add_argument("--run", metavar="ID", help="Draw the trained circuit of this kept run, in place of settings.")
    about = "One picture's angles in radians, one a qubit, with commas or spaces between; 0 where not given."
    parser.add_argument("--angles", metavar="A", nargs="+", action="extend", help=about)
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="What to write. Default text.")
    parser.add_argument("--output", metavar="FILE", default=STANDARD, help="Where to. Default -, standard output.")


def main(arguments: argparse.Namespace) -> int:
    """Writes the circuit; returns the exit code.

    Raises:
        UserError: Settings, run, angles or file cannot be used.
    """
    settings, weights = _circuit_of(arguments)
    angles = _angles(arguments.angles, settings.qubits)
    content = FORMATS[arguments.format].write(build_circuit(settings), angles, weights)
    # Bytes: a PNG is no text, and the drawing's signs do not depend on the locale.
    file = path_of(arguments.output)
    put(content.encode() if isinstance(content, str) else content, file)
    if arguments.output != STANDARD:
        say(f"Written to {file}.")
    return 0


def _circuit_of(arguments: argparse.Namespace) -> tuple[CircuitSettings, np.ndarray]:
    """Returns the circuit's settings and its angles: a kept run's best ones, or those that training starts from."""
    if arguments.run:
        if asked_settings(arguments):
            raise UserError("--run brings its own settings.", "", "Leave the others out.")
        view = load_run(run_named(arguments.run))
        check_circuit(view.prepared.settings, "There is no circuit to draw.")
        if said := exact_words(view.prepared.settings):
            note(said)
        return view.prepared.settings.circuit, run_angles(view)[0]
    settings = settings_of(arguments)
    check_circuit(settings, "There is no circuit to draw.")
    return settings.circuit, untrained_angles(settings)


def _angles(words: list[str] | None, qubits: int) -> list[float]:
    if words is None:
        return [0.0] * qubits
    text = " ".join(words)
    try:
        angles = [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        angles = []
    if len(angles) != qubits or not all(map(math.isfinite, angles)):
        raise UserError(f"--angles {text} cannot be used.", f"The circuit takes {qubits} finite numbers with commas.")
    return angles

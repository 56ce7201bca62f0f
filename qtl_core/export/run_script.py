"""A whole trained run as one Python file: it rebuilds the network and says what a picture shows, without this app.

The file needs torch and torchvision, pennylane for a head with a circuit, and for EfficientNet-Lite0 two more packages;
it holds the trained numbers itself, in base64. The image network's published weights are fetched by torchvision, or
named with `--weights`; they are checked by their SHA-256. Pictures are read by the app's own decoder, whose source it
carries.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Mapping

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.export.carried_source import carried
from qtl_core.export.python_scripts import gate_lines
from qtl_core.export.script_parts import (
    BACKBONE,
    ENDING,
    HEAD_SOURCES,
    NETWORKS,
    PLAIN_INPUT,
    READING,
    RUNNING,
    STANDARDISED_INPUT,
)
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.head_scores import MEAN
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.parameters import hidden_width
from qtl_core.settings.readout_words import exact_words

LARGEST = 8 << 20  # bytes of arrays: as base64 a file of 11 MB, which editors still open
LINE = 100  # characters of base64
DECODER = (
    "qtl_core.pictures.decoding.reading",
    "qtl_core.pictures.sources.system_files",
)  # modules that a script carries
_OWN_IMPORTS = {  # what the rest of a script needs
    *("import argparse", "import base64", "import collections", "import contextlib", "import hashlib", "import io"),
    *("import json", "import math", "import os", "import pathlib", "import sys", "import warnings"),
}
_PACKAGES = {"import torch", "from torchvision import models, transforms"}
_PENNYLANE = "import pennylane as qml"  # for a circuit
_INSTALLED = ("numpy", "PIL")  # of what the decoder imports, that which does not come with Python


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
    return "\n".join(_lines(view, _arrays(view))) + "\n"


def why_no_script(view: TrainedRun) -> str:
    """Returns the sentence that says why a run cannot be written as a script, or ""."""
    if why := why_no_head(view):
        return why
    if view.prepared.settings.data.is_numbers:
        return "It learnt from numbers, and a script reads pictures."
    size = sum(values.nbytes for values in _arrays(view).values())
    if size <= LARGEST:
        return ""
    return f"It has an image network of its own, {size / 1e6:.0f} MB of numbers, which is too much for a text."


def _arrays(view: TrainedRun) -> dict[str, np.ndarray]:
    """Returns the head's tensors, and those of the image network that are not as published, under `backbone.`."""
    checkpoint = view.checkpoint
    own = {f"backbone.{name}": values for name, values in sorted(checkpoint.best_backbone_state.items())}
    return dict(sorted(checkpoint.best_weights.items())) | own


def _lines(view: TrainedRun, arrays: Mapping[str, np.ndarray]) -> Iterator[str]:
    settings = view.prepared.settings
    spec = spec_of(settings.data.backbone)
    network, decoder = NETWORKS[spec.name], carried(*DECODER)
    packages = {*_PACKAGES, *network.imports, *([_PENNYLANE] if settings.model.spec.has_circuit else [])}
    installed = f"{network.packages}{' pennylane' * settings.model.spec.has_circuit}"
    yield _header(spec, installed, exact_words(settings))
    yield from _imports(set(decoder.imports), packages, installed)
    yield from _constants(view, spec)
    yield "# The trained numbers: (shape, type, base64 of their bytes in little-endian order)."
    yield "ARRAYS = {"
    for name, values in arrays.items():
        yield from _array(name, values)
    yield "}"
    yield ""
    if settings.model.spec.has_circuit:
        yield from _circuit(build_circuit(settings.circuit))
    yield READING
    yield "\n# How the app reads pictures.\n"
    yield decoder.text
    yield network.code
    head_input = STANDARDISED_INPUT if MEAN in arrays else PLAIN_INPUT
    yield (BACKBONE + head_input + HEAD_SOURCES[settings.model.head] + RUNNING + ENDING).rstrip("\n")


def _circuit(circuit: Circuit) -> Iterator[str]:
    yield f'device = qml.device("default.qubit", wires={circuit.wires})'
    yield ""
    yield ""
    yield '@qml.qnode(device, interface="torch")'
    yield "def circuit(angles, weights):"
    yield from gate_lines(circuit)
    yield f"    return [qml.expval(qml.PauliZ(wire)) for wire in range({circuit.wires})]"
    yield ""


def _header(spec: BackboneSpec, packages: str, left_out: str) -> str:
    said = f"{textwrap.fill(left_out, LINE)}\n" if left_out else ""
    return f'''"""A trained run of the Quantum transfer studio: says what a picture shows.

    python THIS_FILE PICTURE [PICTURE ...] [--weights FILE] [--json]

Needs: pip install {packages}
The image network is {spec.title}. Made by the app; the trained numbers are in this file.
{said}"""
'''


def _imports(decoders: set[str], packages: set[str], to_install: str) -> Iterator[str]:
    installed = {line for line in decoders if line.split()[1].partition(".")[0] in _INSTALLED}
    yield from sorted(_OWN_IMPORTS | (decoders - installed))
    yield ""
    yield "try:"
    yield from (f"    {line}" for line in sorted(installed | packages))
    yield "except ImportError as error:"
    yield '    print(f"{error}. This script needs: pip install ' + to_install + '", file=sys.stderr)'
    yield "    raise SystemExit(2) from None"
    yield ""


def _constants(view: TrainedRun, spec: BackboneSpec) -> Iterator[str]:
    prepared, transform = view.prepared, spec.transform
    published = bool(spec.url) and prepared.weights_sha256.startswith(spec.sha256_prefix)
    url = spec.url if published or not prepared.weights_sha256 else ""
    yield f"CLASSES = {_ascii(list(prepared.classes))}"
    yield f'BACKBONE = "{spec.name}"'
    yield f"WEIGHTS_SHA256 = {_ascii(prepared.weights_sha256)}  # '': not known which they were"
    yield f'WEIGHTS_URL = "{url}"  # "": they are named with --weights'
    yield f"MEAN, STD = {transform.mean}, {transform.std}"
    yield f'RESIZE, CROP, INTERPOLATION = {transform.resize}, {transform.crop}, "{transform.interpolation}"'
    sizes = prepared.feature_size, len(prepared.classes), prepared.settings.circuit, prepared.settings.model
    yield f"FEATURES, WIDTH = {prepared.feature_size}, {hidden_width(*sizes)}  # numbers of a picture, and of the head"


def _array(name: str, values: np.ndarray) -> Iterator[str]:
    plain = values.astype(values.dtype.newbyteorder("<"), order="C")
    text = base64.b64encode(plain.tobytes()).decode()
    yield f'    {_ascii(name)}: ({values.shape}, "{values.dtype.name}", """'
    yield from textwrap.wrap(text, LINE)
    yield '    """),'


def _ascii(value: object) -> str:
    """A literal in plain ASCII: no name can end the text it stands in."""
    return ascii(value)

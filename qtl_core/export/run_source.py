"""Source by which other programs rebuild a trained run, in parts: its numbers, its circuit, its network, its head.

A script puts them into one file (`run_script`), a notebook into cells (`run_notebook`). It needs torch and torchvision,
pennylane for a head with a circuit, two more packages for EfficientNet-Lite0, and timm for a model of timm's. The image
network's published weights are fetched by torchvision, or named; they are checked by their SHA-256. Pictures are
read by the app's own decoder, whose source comes along.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from qtl_core.export.carried_source import carried
from qtl_core.export.python_scripts import gate_lines
from qtl_core.export.script_parts import BACKBONE, HEAD_SOURCES, PLAIN_INPUT, STANDARDISED_INPUT, network_code
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.head_scores import MEAN
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.parameters import hidden_width

LARGEST = 8 << 20  # bytes of arrays: as base64 a file of 11 MB, which editors still open
LINE = 100  # characters of base64
DECODER = ("qtl_core.pictures.decoding.reading", "qtl_core.pictures.sources.system_files")  # carried along
_PENNYLANE = "import pennylane as qml"  # for a circuit
_FOR_PICTURES = "from torchvision import models, transforms"
_INSTALLED = ("numpy", "PIL")  # of what the decoder imports, that which does not come with Python


@dataclass(frozen=True)
class RunSource:
    """The parts, each a text that ends where the next may begin; "" where a run has no such part.

    Attributes:
        packages: What to install, as pip is told.
        imports: Statements for what is installed.
        own_imports: Statements for what comes with Python and the decoder needs.
        constants: Names for what the rest reads: classes, sizes, the weights' hash, how a picture is prepared.
        arrays: The trained numbers, in base64.
        circuit: A function of angles and weights.
        decoder: What reads a picture file.
        network: What builds the image network and loads its weights.
        head: The trained head as a module of torch's.
    """

    packages: str
    imports: tuple[str, ...]
    own_imports: tuple[str, ...]
    constants: str
    arrays: str
    circuit: str
    decoder: str
    network: str
    head: str


def why_no_source(view: TrainedRun) -> str:
    """Returns the sentence that says why a run cannot be written as source, or ""."""
    if why := why_no_head(view):
        return why
    size = sum(values.nbytes for values in arrays_of(view).values())
    if size <= LARGEST:
        return ""
    return f"It has an image network of its own, {size / 1e6:.0f} MB of numbers, which is too much for a text."


def arrays_of(view: TrainedRun) -> dict[str, np.ndarray]:
    """Returns the head's tensors, and those of the image network that are not as published, under `backbone.`."""
    checkpoint = view.checkpoint
    own = {f"backbone.{name}": values for name, values in sorted(checkpoint.best_backbone_state.items())}
    return dict(sorted(checkpoint.best_weights.items())) | own


def run_source(view: TrainedRun) -> RunSource:
    """Returns the parts of a run's best epoch."""
    settings, arrays = view.prepared.settings, arrays_of(view)
    has_circuit = settings.model.spec.has_circuit
    head_input = STANDARDISED_INPUT if MEAN in arrays else PLAIN_INPUT
    imports, own_imports, packages = _needs(view)
    return RunSource(
        packages,
        imports,
        own_imports,
        "\n".join(_constants(view)),
        "\n".join(_arrays(arrays)),
        "\n".join(_circuit(build_circuit(settings.circuit))) if has_circuit else "",
        "" if settings.data.is_numbers else carried(*DECODER).text,
        "" if settings.data.is_numbers else _network(settings.data.backbone),
        head_input + HEAD_SOURCES[settings.model.head],
    )


def _network(backbone: str) -> str:
    network = network_code(backbone)
    return network.code + network.fitting + BACKBONE


def _needs(view: TrainedRun) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Returns statements for what is installed, for what comes with Python, and what to install."""
    settings = view.prepared.settings
    circuit = [_PENNYLANE] if settings.model.spec.has_circuit else []
    named = " pennylane" if circuit else ""
    if settings.data.is_numbers:
        return ("import torch", *circuit), (), f"torch{named}"
    network, decoder = network_code(settings.data.backbone), set(carried(*DECODER).imports)
    installed = {line for line in decoder if line.split()[1].partition(".")[0] in _INSTALLED}
    imports = {"import torch", _FOR_PICTURES, *network.imports, *circuit, *installed}
    return tuple(sorted(imports)), tuple(sorted(decoder - installed)), f"{network.packages}{named}"


def _circuit(circuit: Circuit) -> Iterator[str]:
    yield f'device = qml.device("default.qubit", wires={circuit.wires})'
    yield ""
    yield ""
    yield '@qml.qnode(device, interface="torch")'
    yield "def circuit(angles, weights):"
    yield from gate_lines(circuit)
    yield f"    return [qml.expval(qml.PauliZ(wire)) for wire in range({circuit.wires})]"
    yield ""


def weights_option(view: TrainedRun) -> str:
    """Returns the option, with a space before it, that a script of the run needs where it cannot get weights itself."""
    data, sha256 = view.prepared.settings.data, view.prepared.weights_sha256
    if data.is_numbers or _weights_url(view):
        return ""
    spec = spec_of(data.backbone)
    is_packaged = not spec.source and not spec.url and (not sha256 or spec.is_published(sha256))
    return "" if is_packaged else " --weights FILE"


def weights_to_name(view: TrainedRun) -> str:
    """Returns which file a person has to name before a script of the run answers; "" where it gets the weights."""
    if not weights_option(view):
        return ""
    sha256, title = view.prepared.weights_sha256, spec_of(view.prepared.settings.data.backbone).title
    known = f", which has the SHA-256 {sha256}" if sha256 else ""
    return f"the file of the weights of {title} that this run was trained with{known}"


def _weights_url(view: TrainedRun) -> str:
    """Returns where the weights of a run's image network are fetched from, or "" where they are not."""
    sha256, spec = view.prepared.weights_sha256, spec_of(view.prepared.settings.data.backbone)
    return spec.url if not sha256 or spec.is_published(sha256) else ""


def _constants(view: TrainedRun) -> Iterator[str]:
    prepared = view.prepared
    yield f"CLASSES = {_ascii(list(prepared.classes))}"
    if not prepared.settings.data.is_numbers:
        yield from _of_network(view)
    sizes = prepared.feature_size, len(prepared.classes), prepared.settings.circuit, prepared.settings.model
    what = "columns of a row" if prepared.settings.data.is_numbers else "numbers of a picture"
    yield f"FEATURES, WIDTH = {prepared.feature_size}, {hidden_width(*sizes)}  # {what}, and of the head"


def _of_network(view: TrainedRun) -> Iterator[str]:
    prepared = view.prepared
    spec, url = spec_of(prepared.settings.data.backbone), _weights_url(view)
    yield f'BACKBONE = "{spec.name}"'
    yield f"WEIGHTS_SHA256 = {_ascii(prepared.weights_sha256)}  # '': not known which they were"
    yield f'WEIGHTS_URL = "{url}"  # "": they are named with --weights'
    yield f"MEAN, STD = {spec.transform.mean}, {spec.transform.std}"
    sizes = f"{spec.transform.resize}, {spec.transform.crop}"
    yield f'RESIZE, CROP, INTERPOLATION = {sizes}, "{spec.transform.interpolation}"'


def _arrays(arrays: Mapping[str, np.ndarray]) -> Iterator[str]:
    yield "# The trained numbers: (shape, type, base64 of their bytes in little-endian order)."
    yield "ARRAYS = {"
    for name, values in arrays.items():
        yield from _array(name, values)
    yield "}"
    yield ""


def _array(name: str, values: np.ndarray) -> Iterator[str]:
    plain = values.astype(values.dtype.newbyteorder("<"), order="C")
    text = base64.b64encode(plain.tobytes()).decode()
    yield f'    {_ascii(name)}: ({values.shape}, "{values.dtype.name}", """'
    yield from textwrap.wrap(text, LINE)
    yield '    """),'


def _ascii(value: object) -> str:
    """Returns a literal in plain ASCII: no name can end the text it stands in."""
    return ascii(value)

"""The files of a published page: what a browser needs to answer, opened from disk or from any plain server.

A page opened from disk may neither fetch its own files nor load modules or workers, so that the network, and the binary
that runs it, are texts within plain scripts.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.drawing.quantum_script import quantum_script
from qtl_core.export.onnx_file import onnx_bytes
from qtl_core.export.onnx_words import why_no_onnx
from qtl_core.inference.references import reference_for
from qtl_core.inference.requests import TrainedModel
from qtl_core.publish import words
from qtl_core.publish.doubt import Doubt, doubt_of
from qtl_core.publish.facts import facts, temperature
from qtl_core.publish.runtime import BINARY, FACTORY, SCRIPT, licence_text, runtime, runtime_file
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.head_words import counted

ASSETS = Path(__file__).parent / "assets"
NAMES = ("index.html", "page.css", SCRIPT, "engine.js", "model.js", "run.js", "page.js", "licences.txt")
# In this order; qubits and gates are drawn by what the app draws them with.
SCRIPTS = {
    "pictures": (
        *("unpacking", "network", "statevector", "circuit_view", "answer_view"),
        *("transform", "picture", "doubt", "camera", "choosing", "strip", "pictures_page", "start"),
    ),
    "numbers": (
        *("unpacking", "network", "statevector", "circuit_view", "answer_view"),
        *("numbers", "numbers_page", "start"),
    ),
}


@dataclass(frozen=True)
class PageRequest:
    """A page that is asked for.

    Attributes:
        model: The run.
        title: What the page is called; by the question that it answers if empty.
        weights: A weights file for its image network, where the one it was trained with lies elsewhere now.
    """

    model: TrainedModel
    title: str
    weights: str = ""


def page_files(asked: PageRequest) -> dict[str, bytes]:
    """Returns the files of the page's folder, by name.

    Raises:
        UserError: There can be no page of this run, or something that it takes is not here.
    """
    view = asked.model.run
    if why := why_no_onnx(view):
        raise UserError("This run cannot be published as a page.", why)
    doubt = Doubt({}) if words.kind_of(view) == "numbers" else doubt_of(reference_for(asked.model))
    engine = {"binary": runtime_file(BINARY), "factory": runtime_file(FACTORY)}
    scripts = {
        "engine.js": _parts(engine),
        "model.js": _parts({"model": onnx_bytes(view, asked.weights, stages=True)}),
        "run.js": f"const RUN = {json.dumps(facts(view, doubt))};\n" + _parts({"reference": doubt.rows}),
        "page.js": page_script(words.kind_of(view)),
    }
    marks = {name: mark_of(content) for name, content in scripts.items()}
    return {
        "index.html": _index(asked, doubt, marks).encode(),
        "page.css": _asset("page.css").encode(),
        SCRIPT: runtime_file(SCRIPT),
        **{name: (content + _said_at_the_end(marks[name])).encode() for name, content in scripts.items()},
        "licences.txt": _licences(view).encode(),
    }


def check_place(folder: Path) -> None:
    """Refuses a place where a page would take the place of other people's files; a page that is there is replaced.

    Raises:
        UserError: It would, or it is no folder.
    """
    index = folder / "index.html"
    try:
        is_page = index.exists() and b'src="model.js' in index.read_bytes()
        theirs = [] if is_page else [name for name in NAMES if (folder / name).exists()]
        is_folder = folder.is_dir() or not folder.exists()
    except OSError as error:
        raise UserError(f"{folder} cannot be looked into.", reason_of(error)) from error
    if theirs or not is_folder:
        taken = [f"{folder / name} is there already, and is no page of a run." for name in theirs]
        raise UserError(next(iter(taken), f"{folder} is no folder."), "", "Name another folder.")


def page_script(kind: words.Kind) -> str:
    """Returns all of the page's own code as one script that keeps its names to itself.

    Args:
        kind: What the page takes.
    """
    code = "\n".join([quantum_script(), *(_asset(f"{name}.js") for name in SCRIPTS[kind])])
    return f'(() => {{\n"use strict";\n{code}}})();\n'


def _parts(contents: Mapping[str, bytes]) -> str:
    """Returns a script that holds files as texts, by name; `unpacking.js` reads them."""
    packed = {name: base64.b64encode(gzip.compress(each, 9, mtime=0)).decode() for name, each in contents.items()}
    return f"globalThis.PARTS = Object.assign(globalThis.PARTS ?? {{}}, {json.dumps(packed)});\n"


def mark_of(content: str) -> str:
    """Returns what a script says at its end, and index.html expects: one of other contents is no part of this page."""
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _said_at_the_end(mark: str) -> str:
    return f'globalThis.CAME = Object.assign(globalThis.CAME ?? {{}}, {{"{mark}": true}});\n'


def _index(asked: PageRequest, doubt: Doubt, marks: Mapping[str, str]) -> str:
    view, said = asked.model.run, words.about_words(asked.model, doubt.unknown)
    about = "".join(f"<li><b>{_text(heading)}</b> {_text(sentences)}</li>" for heading, sentences in said)
    guard = _asset("guard.js")
    return Template(_asset("index.html")).substitute(
        policy=policy(guard),
        scripts="\n".join(_script_tags(marks)),
        guard=guard,
        styles=_address("page.css", mark_of(_asset("page.css"))),
        title=_text(asked.title or words.title_of(view)),
        what=_text(words.what_words(view)),
        ask=_asset(f"{words.kind_of(view)}.html").rstrip(),
        it="your picture" if words.kind_of(view) == "pictures" else "your numbers",
        way=_way(view),
        scaling=_scaling(view),
        about=f"<ul>{about}</ul>",
        licences=_text(" ".join(words.licence_words(view))),
    )


def _script_tags(marks: Mapping[str, str]) -> Iterator[str]:
    made = _address(SCRIPT, runtime().version)
    yield f'<script defer src="{made}" data-makes="ort"></script>'  # as published, so that it has no mark
    for name, mark in marks.items():
        yield f'<script defer src="{_address(name, mark)}" data-mark="{mark}"></script>'


def _address(name: str, version: str) -> str:
    """Returns where a file is asked for: a page put in another's place must not get what a browser kept of that one."""
    return f"{name}?{version}"


def policy(guard: str) -> str:
    """Returns all that a page may load, for browsers to keep it to; `file:` is 'self' of a page opened from a disk.

    Args:
        guard: The one script within index.html.
    """
    digest = base64.b64encode(hashlib.sha256(guard.encode()).digest()).decode()
    allowed = {
        "default-src": "'none'",
        "script-src": f"'self' file: blob: 'wasm-unsafe-eval' 'sha256-{digest}'",  # blob: the engine's own module
        "style-src": "'self' file:",
        "img-src": "data:",  # the drawings to try
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{kind} {sources}" for kind, sources in allowed.items())


def _way(view: TrainedRun) -> str:
    settings = view.prepared.settings
    if not settings.model.spec.has_circuit:
        return ""
    size = f"{counted(settings.circuit.qubits, 'qubit')}, {counted(settings.circuit.depth, 'trained layer')}"
    return Template(_asset("way.html")).substitute(
        gates=_text(f"The circuit: {size}"), simulated=_text(words.SIMULATED)
    )


def _scaling(view: TrainedRun) -> str:
    """Returns the switch for corrected percentages, where there is something to correct them by."""
    if words.kind_of(view) == "numbers":
        return ""
    return _asset("scaling.html") if temperature(view) else ""


def _licences(view: TrainedRun) -> str:
    return "\n".join([*words.licence_words(view), "", licence_text()])


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _text(words_of_people: str) -> str:
    return html.escape(words_of_people)

"""The list of ways out. To add one: a `FileWay` or `FolderWay` in `WAYS`; page and shell follow.

What makes a file is imported when one is made: pages read this list, and do without torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qtl_core.exchange.heads.writing import remarks as head_remarks
from qtl_core.exchange.model_folder.writing import fill_model_folder, why_no_model_folder
from qtl_core.exchange.run_files.writing import archive_bytes, run_file_name, why_no_file
from qtl_core.export.onnx_words import remarks as onnx_remarks
from qtl_core.export.onnx_words import why_no_onnx
from qtl_core.export.run_notebook import run_notebook
from qtl_core.export.run_script import run_script, why_no_script
from qtl_core.export.run_source import weights_option, why_no_source
from qtl_core.inference.requests import model_of
from qtl_core.network.parameter_rows import DEMO
from qtl_core.runs.divergence import why_no_head
from qtl_core.serving.requirements import SERVE
from qtl_core.tracking import mlflow_store, programs, tensorboard_files
from qtl_core.tracking.reader import log_kept
from qtl_core.ways_out.way import CommandWay, FileWay, FolderWay, Group, NextStep, Taken, Way, WayOut, always


def _archive(taken: Taken) -> bytes:
    return archive_bytes(taken.kept.id, pictures=taken.pictures)


def _script(taken: Taken) -> bytes:
    return run_script(taken.view).encode()


def _ask_script(taken: Taken) -> NextStep:
    return NextStep("Ask it what a photo shows:", "python {place} photo.jpg" + weights_option(taken.view))


def _notebook_name(taken: Taken) -> str:
    return f"run_{taken.id}.ipynb"


def _head(taken: Taken) -> bytes:
    from qtl_core.exchange.heads.writing import head_bytes

    return head_bytes(taken.view, ".pt", layout=taken.layout)


def _head_name(taken: Taken) -> str:
    return f"head_{taken.id}{'' if taken.layout == DEMO else f'_{taken.layout}'}.pt"


def _onnx(taken: Taken) -> bytes:
    from qtl_core.export.onnx_file import onnx_bytes

    return onnx_bytes(taken.view, taken.weights)


def _page(taken: Taken, folder: Path) -> None:
    from qtl_core.publish.folder import PageRequest, page_files

    model = model_of(taken.view, taken.id)
    for name, content in page_files(PageRequest(model, taken.name, taken.weights)).items():
        (folder / name).write_bytes(content)


def _tensorboard(taken: Taken, folder: Path) -> None:
    log_kept(taken.kept, taken.view, tensorboard_files.TensorBoardFolder(folder).log(taken.id))


def _mlflow(taken: Taken, folder: Path) -> None:
    log_kept(taken.kept, taken.view, mlflow_store.MlflowStore(folder).log(taken.id))


ARCHIVE = FileWay(
    key="file",
    title="One file",
    group=Group.OPEN,
    what_for="Everything: settings, history, weights, predictions, circuit and script. It opens here or in another "
    "copy of this app.",
    then=always(
        "Bring it in on the Runs page of a copy of this app, or in a shell there:",
        "python -m qtl_core runs import {place}",
    ),
    named=lambda taken: run_file_name(taken.name, taken.id),
    mime="application/zip",
    is_quick=True,
    why_not=why_no_file,
    write=_archive,
)
SCRIPT = FileWay(
    key="script",
    title="Script",
    group=Group.PROGRAM,
    what_for="One Python file that says what a picture shows, without this app; its first lines name the packages it "
    "needs.",
    then=_ask_script,
    named=lambda taken: f"predict_{taken.id}.py",
    mime="text/x-python",
    is_quick=True,
    why_not=why_no_script,
    write=_script,
)
HEAD = FileWay(
    key="head",
    title="Head",
    group=Group.PROGRAM,
    what_for="The trained layers alone, as the PennyLane demo's own code loads them, or the paper's; without a "
    "circuit, as torch's own modules do.",
    then=always(
        "See in Python what it holds; your own network takes it by load_state_dict:",
        'python -c "import sys, torch; print(torch.load(sys.argv[1]))" {place}',
    ),
    named=_head_name,
    why_not=why_no_head,
    remarks=lambda taken: head_remarks(taken.view, layout=taken.layout),
    write=_head,
)
ONNX = FileWay(
    key="onnx",
    title="ONNX",
    group=Group.PROGRAM,
    what_for="The whole network for other programs: ONNX Runtime runs it in Python, C++, C#, Java, on phones and in "
    "browsers. Class names, and what is done to a picture first, are in its metadata.",
    then=always(
        "See in Python what it takes and gives, and how pictures are transformed first:",
        'python -c "import onnxruntime, sys; net = onnxruntime.InferenceSession(sys.argv[1]); '
        'print(*net.get_inputs(), *net.get_outputs(), net.get_modelmeta().custom_metadata_map)" {place}',
    ),
    named=lambda taken: f"run_{taken.id}.onnx",
    takes_weights=True,
    why_not=why_no_onnx,
    remarks=lambda taken: onnx_remarks(taken.view),
    write=_onnx,
)
PAGE = FolderWay(
    key="page",
    title="Page",
    group=Group.OPEN,
    what_for="A web page that answers in its visitor's browser, for pictures and the camera or for numbers, with the "
    "moving circuit. It needs no network and no app.",
    then=always(
        "Open its index.html, or put the folder on a web server, as on this one of Python's:",
        "python -m http.server --directory {place}",
    ),
    named=lambda taken: f"page_{taken.id}",
    takes_weights=True,
    why_not=why_no_onnx,
    fill=_page,
)
NOTEBOOK = FileWay(
    key="notebook",
    title="Notebook",
    group=Group.PROGRAM,
    what_for="For Jupyter and Colab: it redraws curves, circuit and confusion matrix, and answers what you ask it, "
    "without this app; it names the packages it needs.",
    then=always(
        "Open it in Colab, or in Jupyter:",
        "jupyter lab {place}",
    ),
    named=_notebook_name,
    mime="application/x-ipynb+json",
    is_quick=True,
    why_not=why_no_source,
    write=lambda taken: run_notebook(taken.view, taken.kept.name, _notebook_name(taken)),
)
TENSORBOARD = FolderWay(
    key="tensorboard",
    title="TensorBoard",
    group=Group.LOG,
    what_for="Curves, settings as hyperparameters, confusion matrix and circuit as TensorBoard's files, for your log "
    "folder.",
    then=always(
        "See it in your browser, where the package tensorboard is installed:",
        programs.TENSORBOARD.opened_by,
    ),
    named=lambda taken: f"tensorboard_{taken.id}",
    is_shared=True,
    why_not=lambda _: programs.TENSORBOARD.extra.why_missing(),
    fill=_tensorboard,
)
MLFLOW = FolderWay(
    key="mlflow",
    title="MLflow",
    group=Group.LOG,
    what_for="A store with the run in it: settings, curves, tags and pictures.",
    then=always(
        "See it in your browser, where the whole package mlflow is installed:",
        programs.MLFLOW.opened_by,
    ),
    named=lambda taken: f"mlflow_{taken.id}",
    is_shared=True,
    why_not=lambda _: programs.MLFLOW.extra.why_missing(),
    fill=_mlflow,
)
HUB = FolderWay(
    key="hub",
    title="Hugging Face",
    group=Group.LOG,
    what_for="A model folder for the Hub: the run's own numbers as safetensors, a card with its figures, intervals and "
    "limits, and a script that answers.",
    then=always(
        "Put it on the Hub, under your name there:",
        "hf upload YOUR_NAME/MODEL {place}",
    ),
    named=lambda taken: f"model_{taken.id}",
    why_not=why_no_model_folder,
    fill=lambda taken, folder: fill_model_folder(taken.view, taken.name, folder),
)
SERVER = CommandWay(
    key="serve",
    title="Server",
    group=Group.PROGRAM,
    what_for="Answers programs in any language over HTTP: a picture in, JSON out. It is a command in a shell of the "
    "machine that has the run.",
    then=always("Start it; its own page says how to ask:", "python -m qtl_core serve {place}"),
    why_not=lambda _: SERVE.why_missing(),
)
WAYS: tuple[WayOut, ...] = (ARCHIVE, PAGE, SCRIPT, NOTEBOOK, HEAD, ONNX, TENSORBOARD, MLFLOW, HUB)


def way_of(key: str) -> WayOut:
    """Returns the way of this key."""
    return next(way for way in WAYS if way.key == key)


def ways_in(group: Group) -> Iterator[Way]:
    """Yields the ways of a group, in the list's order, and behind them what is a command alone."""
    return (way for way in (*WAYS, SERVER) if way.group is group)

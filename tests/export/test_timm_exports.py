"""Runs through models of timm: predicted, explained, and taken out as ONNX, as a script and as one file."""

from __future__ import annotations

import json
import sys

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from qtl_core.exchange.model_folder.writing import fill_model_folder
from qtl_core.exchange.run_files.requirements import needs_of
from qtl_core.explain.heatmap import GRADIENT, OCCLUSION, heat_maps
from qtl_core.export.onnx_file import onnx_bytes
from qtl_core.export.run_notebook import run_notebook
from qtl_core.export.run_script import run_script
from qtl_core.inference.own_weights import weights_problem
from qtl_core.inference.predictor import Predictor
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.transforms import normalised
from tests.export.test_run_notebook import measured
from tests.export.test_run_script import agrees, in_process
from tests.helpers.made_timm import CONVNEXT, VIT, timms_file, timms_run

EXACT = 1e-5


@pytest.fixture(scope="module", params=[VIT, CONVNEXT])
def through_timm(request, tmp_path_factory):
    file = timms_file(request.param, tmp_path_factory.mktemp("weights"))
    sha256 = resolve_backbone(request.param, str(file)).weights_sha256
    return timms_run(request.param, sha256, str(file))


def test_onnx_answers_as_the_app_for_a_batch_of_any_size(through_timm):
    content, predictor = onnx_bytes(through_timm), Predictor(through_timm)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    said = json.loads(session.get_modelmeta().custom_metadata_map["transform"])
    assert (said["resize"], said["crop"], said["interpolation"]) == (168, 160, "bicubic, antialiased")
    for many in (1, 3):
        views = list(np.random.default_rng(many).integers(0, 256, (many, 160, 160, 3), dtype=np.uint8))
        pictures = normalised(views, predictor.spec.transform).contiguous().numpy()
        probabilities, expectations = session.run(["probabilities", "expectations"], {"pictures": pictures})
        wanted = predictor.explain_views(views, 0.0)
        shares = [list(each.prediction.probabilities.values()) for each in wanted]
        np.testing.assert_allclose(probabilities, shares, rtol=0, atol=EXACT)
        np.testing.assert_allclose(expectations, [each.expectations for each in wanted], rtol=0, atol=EXACT)


def test_a_script_says_that_it_needs_timm_and_answers_as_the_app(through_timm, tmp_path):
    weights, text = through_timm.prepared.settings.data.weights, run_script(through_timm)
    assert "Needs: pip install torch torchvision timm pennylane" in text
    agrees(through_timm, weights, tmp_path, in_process(text, tmp_path, weights))


def test_a_card_says_that_its_script_has_to_be_told_of_the_weights(through_timm, tmp_path):
    fill_model_folder(measured(through_timm), "a run", tmp_path)
    card = (tmp_path / "README.md").read_text()
    assert "python inference.py PICTURE [PICTURE ...] --weights FILE" in card
    assert f"which has the SHA-256 {through_timm.prepared.weights_sha256}. It is not in this folder" in card
    assert "nothing is known" in card and "timm says" not in card and "numbers that changed" not in card
    assert "PICTURE [PICTURE ...] --weights FILE [--json]" in (tmp_path / "inference.py").read_text()


def test_a_notebook_asks_for_the_weights_before_all_else_and_does_not_say_that_it_fetches_them(through_timm):
    cells = json.loads(run_notebook(measured(through_timm), "", "run.ipynb"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    assert "upload the file" in texts[2] and texts[3].startswith("WEIGHTS = None")
    assert not any("fetched once" in text for text in texts if text.startswith("The image network"))
    assert sum("WEIGHTS = None" in text for text in texts) == 1


def test_a_script_fits_positions_of_another_size_as_the_app_does(tmp_path):
    file = str(timms_file(VIT, tmp_path, img_size=128))
    run = timms_run(VIT, resolve_backbone(VIT, file).weights_sha256)
    agrees(run, file, tmp_path, in_process(run_script(run), tmp_path, file))


def test_a_vision_transformer_is_looked_into_by_covering_parts_and_a_convolutional_one_by_its_maps(through_timm):
    seen = np.asarray(Image.effect_noise((160, 160), 60).convert("RGB"))
    made = heat_maps(Predictor(through_timm), seen, [0], GRADIENT, lambda _: None, lambda: False)
    is_vit = through_timm.prepared.settings.data.backbone == VIT
    assert made.method == (OCCLUSION if is_vit else GRADIENT)
    assert made.by_class.shape[1:] == ((14, 14) if is_vit else (5, 5))


def test_a_machine_without_timm_opens_the_run_and_says_what_it_needs(through_timm, monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    (need,) = [each for each in needs_of(through_timm) if "timm" in each]
    assert "which is not installed" in need and "pip install '.[timm]'" in need
    assert "which is not installed on this machine" in str(weights_problem(through_timm))

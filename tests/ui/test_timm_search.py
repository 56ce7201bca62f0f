"""The search among timm's models: what its lines say, and what becomes of files that another network has seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.inference.requests import model_of
from qtl_core.pictures.backbones.weights_files import spec_of
from tests.helpers.made_timm import VIT, timms_run
from ui.predict.page import kept_words
from ui.session.answer_queue import LET_GO, known_answers, sees_usual_square
from ui.session.picture_requests import UploadedPicture
from ui.widgets.timm_search import about, option_words


def test_a_line_names_features_size_and_licence():
    line = option_words("vit_small_patch14_dinov2.lvd142m")
    assert line == "vit_small_patch14_dinov2.lvd142m · 384 features · 88 MB · apache-2.0"
    assert option_words("gcvit_base.in1k").count("·") == 3


def test_a_chosen_model_says_where_its_weights_can_be_had(own_home):
    said = about(spec_of(VIT))
    for words in (
        "160 pixels",
        "64 features",
        "timm says: apache-2.0",
        "“timm/test_vit.r160_in1k” on the Hugging Face hub",
    ):
        assert words in said


def opened_box() -> None:
    from ui.widgets.timm_search import _show_field

    _show_field()


def backbones() -> None:
    from ui.widgets.settings_controls import show_field

    show_field("backbone")


def test_without_timm_the_search_offers_nothing_and_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: extra.packages)
    app = AppTest.from_function(opened_box, default_timeout=60).run()
    assert not app.selectbox
    assert "pip install '.[timm]'" in app.caption[0].value.replace("\\", "")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_model_whose_weights_were_brought_is_offered_where_it_can_train(own_home, monkeypatch, is_there):
    file = own_home / "weights" / f"{VIT}.safetensors"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    if not is_there:
        monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: extra.packages)
    app = AppTest.from_function(backbones, default_timeout=60).run()
    assert any("test_vit.r160_in1k" in each for each in app.selectbox[0].options) == is_there


@pytest.mark.parametrize("seen", [np.zeros((224, 224, 3), np.uint8), None])
def test_a_square_that_another_network_saw_is_no_picture_for_a_model_of_timm(monkeypatch, seen):
    monkeypatch.setattr(UploadedPicture, "known", property(lambda _: seen))
    model = model_of(timms_run(VIT, "ab" * 32), "key")
    usual = replace(model.run.prepared.settings, data=replace(model.run.prepared.settings.data, backbone="resnet18"))
    other = model_of(replace(model.run, prepared=replace(model.run.prepared, settings=usual)), "other")
    picture = UploadedPicture("1", "bee.jpg", Path("bee.jpg"))
    errors = [each.error for each in known_answers(model, [picture], ()).values()]
    assert errors == ([] if seen is None else [LET_GO])
    assert known_answers(other, [picture], ()) == {}
    assert "only the square" in kept_words(other) and "as it came" in kept_words(model)
    assert sees_usual_square(other) and not sees_usual_square(model)

"""A head from elsewhere, of which nothing is known but its weights, on the pages that ask runs about their past."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import keep_run
from tests.conftest import PROJECT
from tests.exchange.test_heads import brought_in
from tests.helpers.made_heads import demo_head, saved
from tests.helpers.made_networks import made_weights
from ui.session import keys


@pytest.fixture
def run_id() -> str:
    return keep_run(brought_in(saved(demo_head().state_dict())), origin="head", name="published")


def opened(page: str) -> AppTest:
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120).switch_page(f"pages/{page}.py").run()


def words(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def test_the_predict_page_offers_it_and_does_not_claim_to_know_its_worth(run_id):
    app = opened("predict")
    chosen = app.selectbox(key=keys.PREDICT_MODEL)
    assert any("not measured" in option for option in chosen.options)
    chosen.set_value(run_id)
    app.run()
    assert not app.exception
    assert not app.error
    assert "How good it is was not measured." in words(app)
    (said,) = app.info
    assert said.value.startswith("**This run cannot answer yet.** It needs ResNet-18, whose weights are not on this")
    assert "Train once with ResNet-18, which downloads them" in said.value
    assert not app.get("file_uploader")


def test_where_its_image_network_is_there_how_far_it_can_be_trusted_is_not_known(run_id, own_home):
    made_weights("resnet18", own_home / "weights")
    app = opened("predict")
    app.selectbox(key=keys.PREDICT_MODEL).set_value(run_id).run()
    assert not app.error and not app.info
    assert "How far its percentages can be trusted is not known" in words(app)
    app.toggle(key=keys.PREDICT_TEMPERATURE).set_value(True)
    assert not app.run().exception


@pytest.mark.parametrize("page", ["predict", "train", "runs", "circuit", "data"])
def test_a_link_that_opens_it_opens_on_every_page(run_id, page):
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    app.query_params["run"] = run_id
    app = app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not any("not your doing" in str(error.value) for error in app.error)
    if page == "predict":
        assert any("not measured" in option for option in app.selectbox(key=keys.PREDICT_MODEL).options)


def test_the_circuit_page_shows_its_angles_and_none_from_before(run_id):
    app = opened("circuit")
    app.segmented_control(key=keys.CIRCUIT_SOURCE).set_value("A kept run")
    app.run()
    assert not app.exception
    assert not app.error
    assert "Trained elsewhere" in words(app)
    assert "How far training has turned each gate is not known" in words(app)
    assert "nan" not in words(app).lower().split()

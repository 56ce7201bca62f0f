"""Taking a run along and bringing files in, as the Runs page shows it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.exchange.heads.importing import LAYOUT
from qtl_core.exchange.run_files.reading import open_run_file
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.runs.store import delete, find_run, keep_run, kept_runs, load_run, provenance_of, purge
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out.catalogue import WAYS
from qtl_core.ways_out.way import Group, Taken
from tests.exchange.test_heads import brought_in
from tests.exchange.test_run_files import kept, that_answers, whole
from tests.helpers.made_heads import demo_head, demo_hybrid, paper_head, saved
from tests.helpers.made_networks import made_weights
from tests.helpers.page_words import wait_for_news
from ui.session import keys
from ui.session.runs import Imports

PATIENCE = 300  # seconds for a worker process to start, on a machine that is busy


pytestmark = pytest.mark.usefixtures("own_managers")


def take_along_page(run_id: str) -> None:
    from qtl_core.runs.store import find_run
    from ui.base.errors import guarded
    from ui.runs.export_panel import show_take_along

    with guarded():
        show_take_along(find_run(run_id))


def bring_in_page() -> None:
    import streamlit as st

    from ui.base.errors import guarded
    from ui.runs.import_field import show_import

    with guarded():
        st.markdown(f"last: {show_import()}")


def opened() -> AppTest:
    return AppTest.from_function(bring_in_page, default_timeout=60).run()


def words(app: AppTest) -> str:
    kinds = (app.success, app.error, app.markdown, app.caption)
    return "\n".join(element.value for kind in kinds for element in kind)


def dropped(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "application/octet-stream")])
    return app.run()


def pressed(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def waited(app: AppTest) -> AppTest:
    deadline = time.monotonic() + PATIENCE
    while any(button.key == "bring_in_stop" for button in app.button) and time.monotonic() < deadline:
        wait_for_news()
        app.run()
    assert not any(button.key == "bring_in_stop" for button in app.button), words(app)
    return app


def taken(run_id: str) -> AppTest:
    return AppTest.from_function(take_along_page, kwargs={"run_id": run_id}, default_timeout=60).run()


def test_a_button_each_with_what_it_is_for():
    app = taken(kept(that_answers(whole())))
    assert not app.exception
    assert made_at_once(app) == [way.key for way in WAYS if way.is_quick]
    assert made_by_a_worker(app) == {way.key: False for way in WAYS if not way.is_quick}
    titles = [each.value for each in app.markdown]
    assert all(f"**{name}**" in titles for name in [each.value for each in Group] + [way.title for way in WAYS])
    assert "another copy of this app" in words(app)
    assert "PennyLane demo's own code" in words(app)
    assert "pictures themselves stay here" in words(app)


def test_what_to_do_next_is_said_of_what_can_be_downloaded_and_of_the_server():
    run_id = kept(that_answers(whole()))
    app = taken(run_id)
    record = find_run(run_id)
    run = Taken(record, TrainedRun.of(load_run(run_id)))
    said = [way.commands(run) for way in WAYS if way.is_quick]
    assert sorted(each.value for each in app.code) == sorted([*said, f"python -m qtl_core serve {run_id}"])
    assert all(way.then(run).words in words(app) for way in WAYS if way.is_quick)


def test_a_run_without_an_epoch_has_nothing_to_take_along():
    from qtl_core.runs.store.records import RunRecord

    record = find_run(kept())
    assert isinstance(record, RunRecord)

    def page(record) -> None:
        from ui.runs.export_panel import show_take_along

        show_take_along(record)

    app = AppTest.from_function(page, kwargs={"record": replace(record, epochs=0)}, default_timeout=60).run()
    assert app.get("download_button") == []
    assert "nothing to take along" in words(app)


def test_a_network_too_large_for_a_script_is_said(tmp_path):
    content = saved(demo_hybrid(made_weights("resnet18", tmp_path), demo_head()).state_dict())
    app = taken(keep_run(brought_in(content), origin="head"))
    assert {button.key: button.proto.disabled for button in app.get("download_button")} == {
        "take_along_file": False,
        "take_along_script": True,
        "take_along_notebook": True,
    }
    assert not made_by_a_worker(app)["head"]
    assert "too much for a text" in words(app)


def made_at_once(app: AppTest) -> list[str]:
    return [button.key.removeprefix("take_along_") for button in app.get("download_button")]


def made_by_a_worker(app: AppTest) -> dict[str, bool]:
    """Whether each button that makes something is grey."""
    return {
        button.key.removeprefix("make_"): button.disabled for button in app.button if button.key.startswith("make_")
    }


def test_the_head_is_made_by_a_worker_watched_and_then_offered():
    app = pressed(taken(kept()), "make_head")
    deadline = time.monotonic() + PATIENCE
    while "take_along_head" not in [button.key for button in app.get("download_button")]:
        assert time.monotonic() < deadline, words(app)
        assert not app.exception and not app.error
        wait_for_news()
        app.run()
    assert any(button.label.startswith("Download (") for button in app.get("download_button"))
    assert any(each.value.endswith(".pt") for each in app.code)  # what to do next with it
    assert "head" not in made_by_a_worker(app)


def test_what_fails_while_it_is_made_is_said_in_words_and_can_be_tried_again(monkeypatch):
    hopeful = tuple(replace(way, why_not=lambda _: "") if way.key == "onnx" else way for way in WAYS)
    monkeypatch.setattr("qtl_core.ways_out.catalogue.WAYS", hopeful)
    app = pressed(taken(kept()), "make_onnx")  # its image network has other weights than those that came with it
    deadline = time.monotonic() + PATIENCE
    while not app.error:
        assert time.monotonic() < deadline, words(app)
        assert not app.exception
        wait_for_news()
        app.run()
    assert "are not those this run was trained with" in app.error[0].value
    assert made_by_a_worker(app)["onnx"] is False


def test_an_onnx_file_that_cannot_be_written_here_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr("qtl_core.common.extras.Extra.missing", lambda extra: ("onnxscript",))
    app = taken(kept())
    assert made_by_a_worker(app)["onnx"]
    assert "onnxscript, which is not installed. Install the extra by: pip install" in words(app)


def test_a_run_is_brought_in_found_again_and_the_field_is_empty_for_the_next():
    run_id = kept(name="*Ants* [1](x)")
    content = archive_bytes(run_id)
    delete([run_id])
    purge([run_id])
    app = dropped(opened(), "run.qtl.zip", content)
    app = waited(pressed(app, "bring_in_run"))
    assert kept_runs() == [run_id]
    assert r"The run “\*Ants\* \[1\](x)” was brought in." in app.success[0].value
    assert "weights" in words(app)  # which to get
    assert f"last: {run_id}" in words(app)
    assert app.file_uploader[0].value is None
    app = waited(pressed(dropped(app, "run.qtl.zip", content), "bring_in_run"))
    assert "is here already" in app.success[0].value
    assert open_run_file(content, "a").run_id == run_id


def test_a_damaged_file_is_refused_with_its_reason():
    content = archive_bytes(kept(whole(seed=4)))
    app = waited(pressed(dropped(opened(), "<b>run</b>.qtl.zip", content[:-10]), "bring_in_run"))
    assert r"\<b\>run\</b\>.qtl.zip cannot be opened as a run" in app.error[0].value
    assert "cut short" in app.error[0].value
    assert not app.exception
    assert len(kept_runs()) == 1


def test_a_head_is_asked_about_and_becomes_a_run():
    app = dropped(opened(), "published.pt", saved(demo_head(classes=3).state_dict()))
    assert app.number_input(key=keys.IMPORT_DEPTH).value == 6
    assert app.text_input(key=keys.IMPORT_CLASSES).value == "ants, bees"
    app = waited(pressed(app, "bring_in_head"))
    assert "3 outputs, and 2 classes were named" in app.error[0].value
    app.text_input(key=keys.IMPORT_CLASSES).set_value("a, b, c")
    app = waited(pressed(app.run(), "bring_in_head"))
    assert not app.error
    (run_id,) = kept_runs()
    assert "The head “published” was brought in." in app.success[0].value
    assert "trained elsewhere" in words(app)
    assert find_run(run_id).classes == ("a", "b", "c")


def test_a_head_is_known_by_its_contents_also_where_it_is_called_a_zip():
    app = dropped(opened(), "head.zip", saved(demo_head().state_dict()))
    assert [button.key for button in app.button if button.key.startswith("bring_in_")] == ["bring_in_head"]


def looked_into(app: AppTest) -> AppTest:
    """The page once a worker has said how many rows of angles the file holds."""
    deadline = time.monotonic() + PATIENCE
    while not app.session_state[Imports.KEY].head.rows:
        assert time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
    return app.run()


@pytest.mark.parametrize(
    ("chosen", "read"), [("paper", "paper: rows 1 to 6 of 15"), ("demo", "demo: rows 0 to 5 of 15")]
)
def test_of_more_rows_than_layers_is_asked_whose_code_they_are_from(chosen, read):
    app = looked_into(dropped(opened(), "published.pt", saved(paper_head().state_dict())))
    assert not app.exception
    (choice,) = app.radio
    assert choice.value == "paper"
    assert "15 rows of angles for 6 layers" in choice.label
    app = waited(pressed(choice.set_value(chosen).run(), "bring_in_head"))
    (run_id,) = kept_runs()
    assert provenance_of(run_id).versions[LAYOUT] == read


def test_of_a_row_a_layer_nothing_is_asked_until_the_depth_is_smaller():
    app = looked_into(dropped(opened(), "published.pt", saved(demo_head().state_dict())))
    assert len(app.radio) == 0
    app.number_input(key=keys.IMPORT_DEPTH).set_value(4)
    app.run()
    assert "6 rows of angles for 4 layers" in app.radio[0].label
    assert "set the depth to 6" in words(app)
    app.number_input(key=keys.IMPORT_DEPTH).set_value(7)
    app.run()
    assert len(app.radio) == 0
    assert "its depth is 6 at most" in words(app)


def test_it_is_asked_for_whose_code_a_head_goes_out():
    app = taken(kept())
    (choice,) = app.radio
    assert choice.value == "demo"
    choice.set_value("paper").run()
    assert not app.exception


def test_class_names_that_cannot_be_used_are_said_before_anything_is_read():
    app = dropped(opened(), "published.pt", saved(demo_head().state_dict()))
    app.text_input(key=keys.IMPORT_CLASSES).set_value("ants")
    app = pressed(app.run(), "bring_in_head")
    assert "two or more" in app.error[0].value
    assert kept_runs() == []

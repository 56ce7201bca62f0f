"""No message of the system, no server's path and no library's word is on a page, whatever stood in for what."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.errors import UserError
from qtl_core.common.paths import home
from qtl_core.pictures.backbones import weights_files
from qtl_core.pictures.sources.photos import how_to_get, load_photos
from qtl_core.runs.store.records import NAME_LENGTH
from qtl_core.runs.view import RunView
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.training.preparation import find_backbone
from tests.helpers.made_runs import made_run
from ui.base.errors import as_name, as_plain_text, without_own_paths
from ui.base.wording import cut_name

SYSTEM = re.compile(r"Errno|Traceback|urlopen|strerror|Connection refused|No such file|Error\b|(?<![\w:/.])/\w+/\w+")
EARLIER = (
    "resnet18.pth could not be downloaded. The server cannot be reached ([Errno -2] Name or service not known). "
    "The weights of ResNet-18 are not on this machine."
)


def shown(view: RunView) -> AppTest:
    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    return AppTest.from_function(page, args=(view,), default_timeout=60).run()


def visible(app: AppTest) -> str:
    assert not app.exception
    kinds = ("markdown", "caption", "warning", "error", "info", "subheader")
    found = [element.value for kind in kinds for element in getattr(app, kind)]
    return "\n".join([*found, *(each.label for each in app.button)])


@pytest.fixture
def fallback(monkeypatch) -> tuple[str, ...]:
    """What a run says of photos and weights that are not here and of a server that nobody reaches."""
    monkeypatch.setattr(weights_files, "_failed", {})
    resolved = find_backbone(DataSettings(), lambda _: None, lambda: False, allow_fallback=True)
    with pytest.raises(UserError) as told:
        load_photos()
    return f"{told.value.what} Drawn pictures are used instead. {told.value.do}", resolved.note, EARLIER


def test_a_fallback_is_one_line_without_a_word_of_the_system(fallback, tmp_path):
    used = RunSettings().changed(source="drawn", backbone="efficientnet_lite0")
    view = made_run(tmp_path, settings=used, notes=fallback)
    said = visible(shown(replace(view, prepared=replace(view.prepared, asked=RunSettings()))))
    assert str(home()) in "".join(fallback), "the shell is told where files go"
    assert SYSTEM.findall(said.replace("https://", "").replace("http://", "")) == []
    assert "weights/resnet18.pth in the data folder" in said.replace("\\", "")
    assert ":material/info: Drawn pictures stand in for the photos, and EfficientNet-Lite0 for ResNet-18." in said


def test_an_app_s_own_place_is_named_from_its_data_folder_and_a_typed_one_as_typed(own_home, tmp_path):
    assert without_own_paths(f"Save it as {own_home}/weights/a.pth.") == "Save it as weights/a.pth in the data folder."
    assert without_own_paths(f"Nothing can be kept in {own_home}.") == "Nothing can be kept in the data folder."
    assert str(own_home) not in without_own_paths(how_to_get())
    typed = f"The folder {tmp_path}/pets cannot be read."
    assert without_own_paths(typed) == typed


def test_words_that_earlier_versions_kept_are_left_out():
    assert "cannot be reached. The weights" in as_plain_text(EARLIER)


def test_a_shared_folder_is_a_place_of_the_app_s_as_well(monkeypatch, tmp_path):
    monkeypatch.setenv("QTL_SHARED", str(tmp_path))
    assert without_own_paths(f"It lies in {Path(tmp_path) / 'datasets'}.") == "It lies in datasets in the data folder."


def test_a_name_is_shown_as_it_was_typed():
    shown = as_name(":red[hi] http://x.y www.x.y a@x.y :smile: 10:30")
    assert shown.replace("\\", "").replace("\u2060", "") == ":red[hi] http://x.y www.x.y a@x.y :smile: 10:30"
    assert not re.search(r"http://|www\.|:smile|(?<!\\):red|\w@", shown)
    assert as_plain_text("Colour :red[hi]") == r"Colour \:red\[hi\]", "a directive of Markdown would lose what it holds"


def test_a_name_that_is_too_long_is_cut_to_what_is_kept():
    cut = cut_name("word " * 60)
    assert (len(cut), cut[-1]) == (NAME_LENGTH, "…")
    assert cut_name(" one\n two ") == "one two"

"""Words of the field are explained where they first stand on a page, and numbers are written in one style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from qtl_core.learn.glossary.entries import find
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from ui.base.pages import PAGES
from ui.widgets.glossary import address

# What a newcomer may stumble over, and how it may stand in a text.
WATCHED = {
    "validation": r"validation",
    "seed": r"seeds?",
    "entropy": r"entropy",
    "expectation value": r"⟨Z⟩",
    "epoch": r"epochs?",
    "loss": r"loss",
    "accuracy": r"accuracy",
    "qubit": r"qubits?",
    "CNOT": r"CNOTs?",
    "ansatz": r"ansatz",
    "shots": r"shots?",
    "logit": r"logits?",
    "overfitting": r"overfit\w*",
}
NAMES = [Path(entry.path).stem for entry in PAGES]


def parts(block: Block) -> Iterator[Element]:
    """The elements of a page from top to bottom, those of columns and expanders in their places."""
    for _, child in sorted(block.children.items()):
        if isinstance(child, Block):
            yield from parts(child)
        else:
            yield child


def said(element: Element) -> str:
    """The text of an element that stands on the page: a widget's label, a figure's name, Markdown, options."""
    proto = element.proto
    texts = [getattr(proto, name, "") for name in ("label", "body", "value")]
    return " ".join([text for text in texts if isinstance(text, str)] + [str(each) for each in _options(proto)])


def _options(proto: object) -> list[str]:
    options = getattr(proto, "options", [])
    return [getattr(option, "content", option) for option in options]


def unexplained(app: AppTest) -> dict[str, str]:
    """The watched words that first stand without their entry, and the text in which they do."""
    missing = {}
    seen: set[str] = set()
    for element in parts(app.main):
        shown = said(element)
        links = set(re.findall(r"learn\?term=([^\s)\"]+)", f"{shown} {getattr(element.proto, 'help', '')}"))
        plain = re.sub(r"\]\([^)]*\)|<style.*?</style>|<[^>]+>|`[^`]*`", " ", shown, flags=re.DOTALL)
        for name, pattern in WATCHED.items():
            if name not in seen and re.search(rf"(?<![\w-]){pattern}(?![\w-])", plain, re.IGNORECASE):
                seen.add(name)
                if address(find(name)).rpartition("=")[2] not in links:
                    missing[name] = plain.strip()[:120]
    return missing


@pytest.fixture(scope="module")
def kept_run(tmp_path_factory) -> tuple[Path, str]:
    """A home with one kept run of a tiny folder."""
    home, folder = tmp_path_factory.mktemp("home"), made_pictures(tmp_path_factory.mktemp("pictures"))
    settings = RunSettings().changed(
        source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=2, engine="torch"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(home))
        for _ in run(RunRequest(settings), lambda _: None, lambda: False):
            pass
        from qtl_core.runs.store import kept_runs

        return home, kept_runs()[0]


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", NAMES)
@pytest.mark.usefixtures("own_managers")
def test_words_are_explained_where_they_first_stand(page):
    assert unexplained(opened(page)) == {}


@pytest.mark.parametrize("page", ["train", "runs", "predict", "circuit"])
def test_they_are_so_with_a_run_on_screen_too(page, kept_run, monkeypatch, own_managers):
    monkeypatch.setenv("QTL_HOME", str(kept_run[0]))
    assert unexplained(opened(page, run=kept_run[1])) == {}


def test_the_check_finds_a_word_without_its_entry():
    def page() -> None:
        import streamlit as st

        from ui.widgets.glossary import help_of, word

        st.markdown(f"The {word('entropy')} of it, by seed.")
        st.slider("Epochs", 0, 1, help=help_of("epoch"))
        st.caption("A seed again, and the entropy.")

    assert unexplained(AppTest.from_function(page).run()) == {"seed": "The [entropy  of it, by seed."}


@pytest.mark.parametrize("folder", ["ui", "qtl_core", "pages"])
def test_a_percentage_is_written_in_one_style(folder):
    """As Python's `:.0%` and Plotly's `.0%` write it, without a space."""
    files = [file for kind in ("py", "js", "html") for file in (PROJECT / folder).rglob(f"*.{kind}")]
    assert files
    apart = [
        f"{file.relative_to(PROJECT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"[0-9}] %(?![{0-9%]| [0-9(])|:\.\df\} %", line) or '("%", " %")' in line
    ]
    assert apart == []

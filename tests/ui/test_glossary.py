"""Words of the field on other pages: tooltips, and links to the Learn page."""

from __future__ import annotations

import ast

import pytest

from qtl_core.learn.glossary.entries import find
from qtl_core.settings.groups import FIELDS
from tests.conftest import PROJECT
from ui.widgets.glossary import OF_SETTINGS, help_of, help_of_setting, word


def test_a_word_is_a_link_with_its_sentence():
    sentence = find("shots").sentence
    assert word("shots") == f'[shots](/learn?term=shots "{sentence}")'
    assert word("Bloch sphere", "the sphere").startswith("[the sphere](/learn?term=Bloch%20sphere ")


def test_a_help_text_has_the_sentence_and_where_there_is_more():
    said = help_of("epoch", "Wilson interval")
    assert said.startswith(f"**Epoch**: {find('epoch').sentence} [More](/learn?term=epoch)\n\n**Wilson interval**: ")


def test_every_named_setting_exists_and_has_an_entry():
    assert set(OF_SETTINGS) <= {spec.label for spec in FIELDS.values()}
    assert all(help_of_setting(label) for label in OF_SETTINGS)
    assert help_of_setting("Folder") == ""


def test_an_unknown_word_is_a_bug():
    with pytest.raises(KeyError):
        word("flux capacitor")


def test_all_words_used_on_pages_are_in_the_glossary():
    """A page's words are looked up only when it is drawn; a wrong one would be an error on screen."""
    used = [
        argument.value
        for file in (*(PROJECT / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("word", "help_of")
        for argument in (call.args[:1] if call.func.id == "word" else call.args)
        if isinstance(argument, ast.Constant)
    ]
    assert len(used) > 10
    assert [name for name in used if find(name) is None] == []

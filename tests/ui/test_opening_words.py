"""How the app is opened to a room: with its own data folder again, where one was named."""

from __future__ import annotations

from ui.shell.share import open_command, opening_words


def test_a_data_folder_that_was_named_has_to_be_named_again(monkeypatch):
    monkeypatch.setenv("QTL_HOME", "/somewhere")
    assert "same `QTL_HOME`" in opening_words(8741) and "/somewhere" not in opening_words(8741)
    monkeypatch.delenv("QTL_HOME")
    assert "QTL_HOME" not in opening_words(8741) and open_command(8741) in opening_words(8741)

"""What commands print: nothing in the name of a file may rule the terminal that shows it."""

from __future__ import annotations

import sys

import pytest

from qtl_core.cli import output

NAME = "a\x1b[2J\x9b\x07\x7f\tb\u00e9.jpg"
SHOWN = "a\\x1b[2J\\x9b\\x07\\x7f\tb\u00e9.jpg\n"


def test_words_about_the_work_escape_what_would_rule_a_terminal(capsys):
    output.note(NAME)
    assert capsys.readouterr().err == SHOWN


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, SHOWN), (False, f"{NAME}\n")])
def test_results_do_so_on_a_terminal_and_are_data_elsewhere(capsys, monkeypatch, is_terminal, expected):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    output.say(NAME)
    assert capsys.readouterr().out == expected


def test_lines_that_are_written_over_stay_so(capsys):
    output.note_raw("\r1 of 2")
    assert capsys.readouterr().err == "\r1 of 2"

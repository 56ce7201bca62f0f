"""`compile` fills the folder of compiled code, once."""

from __future__ import annotations

from qtl_core.cli import compile as command
from tests.helpers.shell import shell


def test_what_is_compiled_is_not_compiled_again(monkeypatch, tmp_path, capsys):
    compiled: list[str] = []
    monkeypatch.setattr(command, "code_folder", lambda: tmp_path)
    monkeypatch.setattr(command, "is_compiled", lambda: bool(compiled))
    monkeypatch.setattr(command, "compile_once", lambda: compiled.append("once"))
    first, second = shell(capsys, "compile"), shell(capsys, "compile")
    assert compiled == ["once"]
    assert "Compiling the fast engine" in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout == f"The fast engine is compiled, in {tmp_path}.\n"


def test_where_nothing_can_be_kept_it_says_so(monkeypatch, tmp_path, capsys):
    (tmp_path / "home").touch()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(command, "code_folder", lambda: None)
    done = shell(capsys, "compile")
    assert (done.returncode, done.stdout) == (2, "")
    assert "home" in done.stderr

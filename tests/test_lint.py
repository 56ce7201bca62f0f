"""A commit is checked as `make lint` checks: by the same commands, with what is installed here."""

from __future__ import annotations

import re

import yaml

from tests.conftest import PROJECT


def test_pre_commit_runs_what_make_lint_runs():
    makefile = (PROJECT / "Makefile").read_text()
    python = re.search(r"^VENV_PYTHON := (\S+)$", makefile, re.MULTILINE)[1]
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    commands = [line.strip().removeprefix("@").replace("$(VENV_PYTHON)", python) for line in recipe.splitlines()]
    (repository,) = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"]
    assert commands
    assert [hook["entry"] for hook in repository["hooks"]] == commands
    assert repository["repo"] == "local"  # any other is fetched
    for hook in repository["hooks"]:
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)

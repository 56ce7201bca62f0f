"""The documents: links lead somewhere, numbers are those of the code, and the README stays short enough to be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.readout import OUT
from qtl_core.__main__ import COMMANDS, CORE
from qtl_core.learn.experiments.catalogue import KEYS
from qtl_core.machines.fake_backends import fake_machine, fake_names, missing_packages
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.timm_models import timm_names
from qtl_core.studies.questions import QUESTIONS
from tests.conftest import PROJECT
from tests.helpers.documents import README, text_of
from ui.tour import STOPS

LINKED = sorted({*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/*.md")})
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SHELL = PROJECT / "docs/shell.md"
MOST_WORDS = 2_500
MOST_LINES = 160  # of what is unreleased


def anchor(heading: str) -> str:
    """Returns what GitHub calls the place of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def leads_nowhere(document: Path, link: str) -> bool:
    path, _, place = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return True
    return bool(place) and place not in map(anchor, HEADING.findall(target.read_text("utf-8")))


@pytest.mark.parametrize("document", LINKED, ids=lambda file: file.relative_to(PROJECT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(document: Path):
    links = [each for each in LINK.findall(document.read_text("utf-8")) if "://" not in each]
    assert [link for link in links if leads_nowhere(document, link)] == []


def test_a_link_to_no_file_or_no_heading_is_found():
    assert leads_nowhere(README, "docs/none.md") and leads_nowhere(README, "docs/shell.md#none")
    assert not leads_nowhere(README, "docs/shell.md#exit-codes-and-streams")


def test_the_readme_can_be_read_in_ten_minutes():
    assert len(README.read_text("utf-8").split()) <= MOST_WORDS


def test_the_readme_leads_to_every_document():
    linked = {link.partition("#")[0] for link in LINK.findall(README.read_text("utf-8"))}
    assert {file.relative_to(PROJECT).as_posix() for file in (PROJECT / "docs").glob("*.md")} <= linked


def test_what_is_unreleased_is_one_account_by_area():
    unreleased = (PROJECT / "CHANGELOG.md").read_text("utf-8").partition("## Unreleased\n")[2].partition("\n## ")[0]
    assert re.findall("^### (.+)", unreleased, re.MULTILINE) == ["Added", "Changed", "Fixed"]
    assert not unreleased.partition("### ")[0].strip(), "a line has to go into its area"
    assert len(unreleased.splitlines()) <= MOST_LINES


def test_its_numbers_are_those_of_the_code():
    said, words = text_of(README), {8: "eight", 10: "ten", 11: "eleven", 12: "twelve"}
    assert f"Tour: {words[len(STOPS)]} stops" in said and STOPS.index("worth") == 8  # "the ninth stop of the tour"
    assert f"{words[len(QUESTIONS)]} questions stand ready" in said
    assert f"{words[len(KEYS)]} fields" in said
    assert f"{words[len(BACKBONES) - 1]} others that are registered" in said
    assert f"one of {len(timm_names()):,} models of timm" in said


@pytest.mark.skipif(bool(missing_packages()), reason="the extra `hardware` is not here")
def test_a_machine_with_two_sets_of_gates_is_counted_once():
    lima, again = fake_machine("fake_lima"), fake_machine("fake_fractional")
    assert (lima.qubits, lima.measured) == (again.qubits, again.measured)
    machines = text_of(PROJECT / "docs/machines.md")
    assert f"{len(fake_names()) - 1} more of IBM's" in machines
    small = OUT.read_text("utf-8").partition("## Five-qubit machines")[2]
    assert small.count("(IBM)") == 16 and "fifteen machines in sixteen rows" in small
    assert "fifteen small machines" in machines


def test_every_command_is_in_the_readme_and_every_verb_in_the_document_on_the_shell():
    readme, lines = README.read_text("utf-8"), SHELL.read_text("utf-8").splitlines()
    named = "\n".join(line.split("|")[1] for line in lines if line.startswith("| `"))
    verbs = [verb for command in COMMANDS for verb in getattr(CORE.module_of(command), "ACTIONS", {})]
    assert [command for command in COMMANDS if f"`{command}`" not in readme or f"`{command}" not in named] == []
    assert len(verbs) > 20 and [verb for verb in verbs if not re.search(rf"[` ]{verb}[` ]", named)] == []

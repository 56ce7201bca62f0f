"""What to do next with what was taken along: one text for shell and page, true of what is downloaded."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import replace

import pytest

from qtl_core.cli.run_export import options
from qtl_core.runs.store import find_run, load_run
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out.catalogue import HEAD, SCRIPT, SERVER, TENSORBOARD, WAYS, ways_in
from qtl_core.ways_out.way import FolderWay, Group, Taken
from tests.exchange.test_run_files import kept
from tests.helpers.shell import shell


def taken() -> Taken:
    run_id = kept()
    return Taken(find_run(run_id), TrainedRun.of(load_run(run_id)))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.key)
def test_every_download_has_a_next_step_that_names_it(way):
    run = taken()
    *first, last = way.commands(run).split("\n")
    assert way.then(run).words.endswith(":")
    assert way.named(run) in shlex.split(last)
    unpacked = [["python", "-m", "zipfile", "-e", way.download_name(run), way.named(run)]]
    assert [shlex.split(each) for each in first] == (unpacked if isinstance(way, FolderWay) else [])
    assert way.download_name(run).count(".") == 1 or way.key == "file"  # .qtl.zip


def test_a_downloaded_folder_is_unpacked_by_the_first_command_to_what_the_second_reads(tmp_path):
    run = taken()
    (tmp_path / TENSORBOARD.download_name(run)).write_bytes(TENSORBOARD.content(run))
    unpack, look = TENSORBOARD.commands(run).split("\n")
    subprocess.run([sys.executable, *shlex.split(unpack)[1:]], cwd=tmp_path, check=True)
    folder = shlex.split(look)[-1]
    assert [each.name for each in (tmp_path / folder).iterdir()] == [run.record.id]


def test_the_shell_says_the_same_words_with_the_place_it_wrote_to(capsys, tmp_path):
    run_id, file = kept(), tmp_path / "our head.pt"
    done = shell(capsys, "runs", "export", run_id, "--head", file)
    then = HEAD.then(Taken(find_run(run_id), TrainedRun.of(load_run(run_id))))
    assert done.stdout.endswith(f"bytes). {then.words}\n    {then.command_for(str(file))}\n")
    assert shlex.split(then.command_for(str(file)))[-1] == str(file)
    assert "jupyter" not in shell(capsys, "runs", "export", run_id, "--notebook", "-").stderr  # it lies nowhere


def test_the_server_is_a_way_of_the_page_whose_command_this_program_takes(capsys):
    assert SERVER in ways_in(Group.PROGRAM)
    assert "--serve" not in options()
    words = shlex.split(SERVER.then(taken()).command_for("20261128-081500-abcdef"))
    assert words[:3] == ["python", "-m", "qtl_core"]
    assert "no run" in shell(capsys, *words[3:]).stderr  # none was kept by that name


@pytest.mark.parametrize(
    ("backbone", "sha256", "needed"),
    [
        ("resnet18", "f37072fd" + "0" * 56, False),
        ("resnet18", "ab" * 32, True),
        ("efficientnet_lite0", "57934424" + "0" * 56, False),
        ("efficientnet_lite0", "ab" * 32, True),
        ("timm/test_vit.r160_in1k", "ab" * 32, True),
    ],
)
def test_a_script_is_told_of_weights_that_it_can_neither_fetch_nor_find(backbone, sha256, needed):
    run = taken()
    settings = run.view.prepared.settings.changed(backbone=backbone)
    prepared = replace(run.view.prepared, settings=settings, weights_sha256=sha256)
    command = SCRIPT.commands(replace(run, view=replace(run.view, prepared=prepared)))
    assert command.endswith(" --weights FILE") == needed

"""Own data sets where a process is killed in the middle of an addition, or the disk fills up: what was kept stays."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.adding import Incoming, NotKept, add_many, add_picture
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.editing import remove, undo
from qtl_core.pictures.datasets.opening import let_go
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.versions import freeze
from tests.conftest import PROJECT
from tests.faults.test_disk import filled
from tests.helpers.own_sets import noise_picture, noise_set

KILLS = int(os.environ.get("QTL_KILLS", "8"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are made by forking")
def test_what_was_said_to_be_kept_is_there_after_a_kill_in_the_middle(own_home):
    made, moments, kept = create("pets", ["cats"]), random.Random(5), set()
    command = [sys.executable, "-m", "tests.helpers.add_until_killed", made.id]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as adding:
        assert adding.stdout.readline() == "ready\n"
        for _ in range(KILLS):
            adding.stdin.write("go\n")
            adding.stdin.flush()
            process = int(adding.stdout.readline().split()[1])
            kept |= {adding.stdout.readline().strip() for _ in range(moments.randrange(1, 40))}
            time.sleep(moments.random() * 0.01)  # so that it dies at any point of the next one
            os.kill(process, signal.SIGKILL)
            while (line := adding.stdout.readline()) != "gone\n":
                kept |= {line.strip()} if line.endswith("\n") else set()
            there = pictures_of(made.id)
            assert kept <= {each.sha256 for each in there}
            for each in there:
                assert hashlib.sha256(each.path.read_bytes()).hexdigest() == each.sha256
        adding.stdin.close()
    assert len(kept) > KILLS
    assert add_picture(made.id, 1, noise_picture(1), "one more.png").picture is not None


def test_a_full_disk_says_so_and_keeps_what_was_there(small_disk):
    made = noise_set(each=4)
    let_go(made.id)  # else it would be written to a file that is kept open from before
    ballast = filled(small_disk)
    before = pictures_of(made.id)
    incoming = [Incoming(1, noise_picture(seed, (200, 200)), f"{seed}.png") for seed in range(100, 105)]
    with pytest.raises(UserError, match="no room left on the disk"):
        add_many(made.id, incoming)
    with pytest.raises(UserError, match="no room left on the disk"):
        create("another")
    assert pictures_of(made.id) == before
    assert all(each.path.is_file() for each in before)
    ballast.unlink()
    assert [each.reason for each in add_many(made.id, incoming)] == [""] * 5
    assert freeze(made.id).counts == {"train": 9, "val": 4, "test": 0}
    assert [each.name for each in find(made.id).classes] == ["cats", "dogs"]


def test_a_disk_that_fills_up_in_the_middle_keeps_what_came_before(small_disk):
    made = create("pets", ["cats", "dogs"])
    incoming = (Incoming(1, noise_picture(seed, (500, 500)), f"{seed}.png") for seed in range(40))  # 750 KB each
    with pytest.raises(NotKept, match="no room left on the disk") as told:
        add_many(made.id, incoming)
    there = pictures_of(made.id)
    assert len(there) == told.value.added > 3
    assert all(hashlib.sha256(each.path.read_bytes()).hexdigest() == each.sha256 for each in there)
    assert not list(small_disk.rglob("*.part"))
    remove(made.id, [there[0].id])  # a change of a row finds room
    assert undo(made.id) == "removing 1 picture"

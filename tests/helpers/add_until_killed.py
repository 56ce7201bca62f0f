"""Processes that add pictures to a data set and say when each is kept, until killed; see test_own_sets_killed.py.

    python -m tests.helpers.add_until_killed SET

For every line of its input it makes a process by forking, so that a kill costs no new imports. It prints "ready", then
for each line "process PID", the SHA-256 of every picture that this process has been told is kept, and "gone" once it is
no more. Every other process adds many at once.
"""

from __future__ import annotations

import itertools
import os
import sys

from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.reading import pictures_of
from tests.helpers.own_sets import noise_picture


def main(set_id: str) -> None:
    """Makes processes until there is no more input."""
    print("ready", flush=True)
    for turn, _ in enumerate(sys.stdin):
        process = os.fork()
        if process == 0:
            add_for_ever(set_id, turn)
        os.waitpid(process, 0)
        print("gone", flush=True)


def add_for_ever(set_id: str, turn: int) -> None:
    """What a forked process does."""
    print("process", os.getpid(), flush=True)
    at_once = 30 if turn % 2 else 1
    for start in itertools.count(100_000 * turn, at_once):
        incoming = [
            Incoming(1, noise_picture(seed, (120, 90)), f"{seed}.png") for seed in range(start, start + at_once)
        ]
        for added in add_many(set_id, incoming):
            assert added.picture is not None, added.reason
            print(added.picture.sha256, flush=True)


if __name__ == "__main__":
    assert pictures_of  # everything is imported before the first fork
    main(*sys.argv[1:])

"""Processes that train one run after another and say when each is kept, until killed; see test_store_killed.py.

    python -m tests.helpers.train_until_killed SETTINGS

SETTINGS is a file of settings as JSON. For every line of its input, which says how long the store rests between two
writes, in seconds, it makes a process by forking, so that a kill costs no new imports. It prints "ready", then for
each line "process PID", a line for every run that this process has kept, and "gone" once it is no more.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from qtl_core.runs.events import Ended
from qtl_core.runs.store import writer
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run


def main(file: str) -> None:
    """Makes processes until there is no more input."""
    settings = RunSettings.from_dict(json.loads(Path(file).read_text()))
    train(settings, keep=False)  # as in a warm worker, everything is imported and read once
    print("ready", flush=True)
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            train_for_ever(settings, float(line))
        os.waitpid(process, 0)
        print("gone", flush=True)


def train_for_ever(settings: RunSettings, pause: float) -> None:
    """What a forked process does."""
    writer.PAUSE_SECONDS, writer.WRITE_SHARE = pause, 0.5
    print("process", os.getpid(), flush=True)
    while True:
        ended = train(settings, keep=True)
        print(ended.how, ended.run, ended.note, flush=True)


def train(settings: RunSettings, *, keep: bool) -> Ended:
    """Trains once."""
    *_, ended = run(RunRequest(settings, allow_fallback=False, keep=keep), lambda _: None, lambda: False)
    return ended


if __name__ == "__main__":
    main(*sys.argv[1:])

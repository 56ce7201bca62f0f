"""Trains one run after another and says when each is kept, until it is killed; see test_store_killed.py.

    python -m tests.core.train_until_killed SETTINGS PAUSE

SETTINGS is a file of settings as JSON; PAUSE is how long the store rests between two writes, in seconds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from qtl_core.settings import RunSettings
from qtl_core.store import writer
from qtl_core.training.events import Ended
from qtl_core.training.run import RunRequest, run


def main(file: str, pause: str) -> None:
    """Trains for ever."""
    settings = RunSettings.from_dict(json.loads(Path(file).read_text()))
    writer.PAUSE_SECONDS, writer.SHARE = float(pause), 0.5
    train(settings, keep=False)  # as in a warm worker, everything is imported and read once
    print("ready", flush=True)
    while True:
        ended = train(settings, keep=True)
        print(ended.how, ended.run, ended.note, flush=True)


def train(settings: RunSettings, *, keep: bool) -> Ended:
    """Trains once."""
    *_, ended = run(RunRequest(settings, allow_fallback=False, keep=keep), lambda _: None, lambda: False)
    return ended


if __name__ == "__main__":
    main(*sys.argv[1:])

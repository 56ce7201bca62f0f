"""The worker without its process: what it sends of what a job emits."""

from __future__ import annotations

import io
import pickle

from qtl_core.common import progress
from qtl_core.jobs import worker


def test_every_jobs_reports_carry_the_time_left_and_nothing_else_is_touched(monkeypatch):
    monkeypatch.setattr(progress, "SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(worker, "TRANSIENT_SECONDS", -1.0)
    stream, inbox = io.BytesIO(), worker.Inbox(io.BytesIO())
    worker.run_job("a", "tests.helpers.job_tasks:reports", pickle.dumps(2), inbox, worker.Outbox(stream))
    stream.seek(0)
    sent = [pickle.load(stream) for _ in range(5)]
    assert [message[2].done for message in sent[:3]] == [0, 1, 2]
    assert sent[0][2].seconds_left is None
    assert sent[1][2].seconds_left > 0
    assert sent[2][2].seconds_left == 0
    assert sent[3:] == [("event", "a", "done"), ("done", "a", None)]


def test_modules_are_imported_one_by_one_while_no_job_waits(monkeypatch, capsys):
    inbox, imported = worker.Inbox(io.BytesIO()), []

    def load(name: str) -> None:
        imported.append(name)
        if name == "broken":
            raise ImportError(name)
        if name == "second":  # a job comes meanwhile
            inbox.pending.append(("a", "task", b""))

    monkeypatch.setattr(worker.importlib, "import_module", load)
    ahead = ["broken", "second", "third"]
    worker.import_ahead(ahead, inbox)
    assert (imported, ahead) == (["broken", "second"], ["third"])
    inbox.next_job()
    worker.import_ahead(ahead, inbox)
    assert (imported[2:], ahead) == (["third"], [])
    assert "ImportError: broken" in capsys.readouterr().err

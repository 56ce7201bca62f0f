"""Processes that stand back: by their niceness, and by that of their session where the system counts that first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qtl_core.common import niceness

SCRIPT = """
import os
from pathlib import Path
from qtl_core.common.niceness import stand_back
stand_back(7)
group = Path("/proc/self/autogroup")
# A session without a group of its own, as some containers have, leaves the file empty.
words = group.read_text().split() if group.exists() else []
print(os.nice(0), words[-1] if words else "none")
"""


def figures(*, own_session: bool) -> list[str]:
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, start_new_session=own_session
    )
    return found.stdout.split()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no niceness on this system")
def test_a_process_in_a_session_of_its_own_makes_the_session_nice_and_any_other_only_itself():
    now = os.nice(0)
    nice, session = figures(own_session=True)
    assert int(nice) == min(19, now + 7)
    assert session in ("none", nice)
    before = Path("/proc/self/autogroup").read_text() if session != "none" else ""
    assert figures(own_session=False)[0] == nice
    assert not before or Path("/proc/self/autogroup").read_text() == before, "nobody else is made to wait"


@pytest.mark.parametrize(("now", "added"), [(0, 5), (3, 2), (10, 0)])
def test_standing_back_to_a_niceness_adds_what_is_missing(monkeypatch, now, added):
    told: list[int] = []
    monkeypatch.setattr(niceness.os, "nice", lambda _: now, raising=False)
    monkeypatch.setattr(niceness, "stand_back", told.append)
    niceness.stand_back_to(5)
    assert told == [added]

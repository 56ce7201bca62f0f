"""What all tests share: the real data where it is there, and a home of their own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: examples are judged by what they give, not by how long they take. They are the same in
# every run; `HYPOTHESIS_PROFILE=search` draws new ones.
UNHURRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("suite", derandomize=True, **UNHURRIED)
settings.register_profile("search", **UNHURRIED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

PROJECT = Path(__file__).parent.parent
SHARED = PROJECT.parent / "shared"  # the real photos and weights; beside the project, never in it

# Compiled code is shared by all tests, as each has a home of its own and compiling takes half a minute; and it is kept
# under a name made from the source, so that a second run of the suite does not compile again.
_SOURCE = sorted((PROJECT / "qtl_core/training/compiled").glob("*.py"))
_NAME = hashlib.sha256(b"".join(file.read_bytes() for file in _SOURCE)).hexdigest()[:12]
os.environ.setdefault("NUMBA_CACHE_DIR", str(PROJECT / f".pytest_cache/compiled-{_NAME}"))

NOBODY = "http://127.0.0.1:9/"  # the discard port: connections are refused at once

needs_shared = pytest.mark.skipif(
    not (SHARED / "datasets/hymenoptera_data").is_dir(),
    reason="the real photos and weights (../shared) are not beside the project",
)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test writes to a home of its own, so no test reads what another, or a user, left behind."""
    home = tmp_path_factory.mktemp("qtl_home")
    monkeypatch.setenv("QTL_HOME", str(home))
    monkeypatch.delenv("QTL_SHARED", raising=False)
    for name in ("QTL_WEIGHTS_URL", "QTL_PHOTOS_URL"):  # no test asks the real servers, with or without a network
        monkeypatch.setenv(name, NOBODY)
    return home

"""What page tests share: job managers of a test's own, or of a module's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from ui.base import job_managers


@pytest.fixture
def own_managers(own_home) -> Iterator[None]:
    """Job managers of the test's own: nothing is known from before, and workers keep the home they began with."""
    forget_managers()
    yield
    forget_managers()


@pytest.fixture(scope="module")
def module_home(tmp_path_factory) -> Path:
    """The home that the tests of a module share."""
    return tmp_path_factory.mktemp("module_home")


@pytest.fixture
def shared_managers(own_home, module_home, monkeypatch) -> Iterator[None]:
    """Job managers that a module's tests share, as a worker takes seconds to start; their home is empty for each test.

    Workers keep the home they began with, so it has to be one for all.
    """
    monkeypatch.setenv("QTL_HOME", str(module_home))
    yield
    for manager in list(job_managers._managers):
        for job_id in manager.active():
            manager.stop(job_id)
            manager.wait(job_id, 30)
    for entry in module_home.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@pytest.fixture(autouse=True, scope="module")
def no_managers_left() -> Iterator[None]:
    """Workers of a module's tests do not go on beside those of the next: each has half a gigabyte."""
    yield
    forget_managers()


def forget_managers() -> None:
    """Ends all that the app's job managers do, and has the next page make new ones."""
    job_managers.close_all()
    st.cache_resource.clear()

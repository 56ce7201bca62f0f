"""What page tests share: job managers of a test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from ui.base import job_managers


@pytest.fixture
def own_managers(own_home) -> Iterator[None]:
    """Job managers of the test's own: nothing is known from before, and workers keep the home they began with."""
    forget_managers()
    yield
    forget_managers()


@pytest.fixture(autouse=True, scope="module")
def no_managers_left() -> Iterator[None]:
    """Workers of a module's tests do not go on beside those of the next: each has half a gigabyte."""
    yield
    forget_managers()


def forget_managers() -> None:
    """Ends all that the app's job managers do, and has the next page make new ones."""
    job_managers.close_all()
    st.cache_resource.clear()

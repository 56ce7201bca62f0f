"""What page tests share: job managers of a test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from ui import managers


@pytest.fixture
def own_managers(own_home) -> Iterator[None]:
    """Job managers of the test's own: nothing is known from before, and workers keep the home they began with."""
    st.cache_resource.clear()
    yield
    for jobs in (managers.studio_jobs(), managers.express_jobs()):
        jobs.close()
    st.cache_resource.clear()

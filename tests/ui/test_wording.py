"""Sizes of files, in the unit that says something."""

from __future__ import annotations

import pytest

from ui.base.wording import file_size


@pytest.mark.parametrize(("count", "said"), [(0, "1 kB"), (23_065, "23 kB"), (13_465_054, "13.5 MB")])
def test_a_small_file_is_not_said_to_be_nothing(count, said):
    assert file_size(count) == said

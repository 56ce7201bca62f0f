"""The page of all fields is of the experiments that there are."""

from __future__ import annotations

import re

from qtl_core.learn.experiments.catalogue import KEYS, all_keys, experiment
from qtl_core.learn.topics import TOPICS
from tests.conftest import PROJECT


def test_the_page_of_all_fields_is_of_these_experiments():
    page = (PROJECT / "docs/transfer-in-ten-fields.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| .*? \| `(\w+)` \|", page, re.M) == list(KEYS)
    assert re.findall(r"^## (.+)$", page, re.M) == [TOPICS[key].title for key in KEYS]
    titles = re.findall(r"^\*(.+?)\.\* First", page, re.M)
    assert titles == [experiment(key).title for key in all_keys()]

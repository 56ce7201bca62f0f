"""A published page has the studio's own colours."""

from __future__ import annotations

import re
import tomllib

import pytest

from qtl_core.publish import facts
from qtl_core.publish.folder import ASSETS
from tests.conftest import PROJECT
from ui.base import theme

THEME = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())["theme"]
LIGHT, DARK = (ASSETS / "page.css").read_text().split("@media (prefers-color-scheme: dark)", 1)
SCHEMES = {"light": LIGHT, "dark": DARK}
NAMES = ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_is_the_studios(scheme, name):
    variable = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
    assert re.search(rf"--st-{variable}: (#\w+);", SCHEMES[scheme])[1] == THEME[scheme][name]


def test_data_has_the_colours_it_has_in_the_studio():
    assert facts.CLASS_COLOURS == theme.CLASSES
    assert facts.STATE_COLOUR == theme.STATE_ZERO

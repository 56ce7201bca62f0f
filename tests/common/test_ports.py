"""Ports are had or refused in words, and addresses written as browsers take them."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.ports import bound, url_of


def test_a_port_is_had_by_one_alone():
    with bound("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(UserError) as refused:
            bound("127.0.0.1", port)
    assert refused.value.what == f"Port {port} of 127.0.0.1 is taken or not allowed."
    assert refused.value.why == "Something else answers there already." and "--port" in refused.value.do


def test_an_address_is_written_as_browsers_take_it():
    assert url_of("localhost", 80) == "http://localhost:80"
    assert url_of("fd00::2", 8600, "https") == "https://[fd00::2]:8600"

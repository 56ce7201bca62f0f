"""The memory there is: that of the machine, or of the container if it is in one."""

from __future__ import annotations

import pytest

from qtl_core.common import memory

NO_LIMIT = 9223372036854771712  # what the first control groups say then


@pytest.mark.parametrize(
    ("limits", "least"),
    [
        (("1000", None), 1000),
        ((None, "2000"), 2000),
        (("max", None), None),
        ((None, str(NO_LIMIT)), None),
        ((None, None), None),
    ],
)
def test_a_container_of_either_kind_of_control_group_bounds_it(limits, least, tmp_path, monkeypatch):
    files = tmp_path / "today", tmp_path / "first"
    for file, said in zip(files, limits, strict=True):
        if said:
            file.write_text(f"{said}\n")
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", ())
    machine = memory.machine_bytes()
    monkeypatch.setattr(memory, "CONTAINER_LIMITS", files)
    assert memory.machine_bytes() == (least or machine)

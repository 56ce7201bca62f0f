"""A run measured on a device that is slow: stopped in the middle, and gone on with where it was."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from qtl_core.readout.inputs import validation_inputs
from qtl_core.runs.store import kept_runs, load_run
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.browser.steps import choose
from tests.helpers.odd_devices import batches_run, install
from tools.browser import settled

WAIT_MS = 240_000  # a worker imports PennyLane first, on a machine that may be busy
BATCH = 50  # circuits that are sent together to a device that is none of PennyLane's own


def test_a_run_on_a_slow_device_is_stopped_and_gone_on_with(serve, visit, tmp_path: Path, monkeypatch):
    install(tmp_path / "plugin", monkeypatch)
    home = tmp_path / "home"
    monkeypatch.setenv("QTL_HOME", str(home))
    settings = RunSettings().changed(source="points", shape="moons", points=600, epochs=1, engine="torch")
    assert [*run(RunRequest(settings), lambda _: None, lambda: False)]
    (run_id,) = kept_runs()
    size = validation_inputs(TrainedRun.of(load_run(run_id)), lambda: False).size
    assert BATCH < size <= 10 * BATCH

    page = visit(f"{serve(home)}/runs?run={run_id}")
    page.get_by_role("tab", name="On another device").click(timeout=WAIT_MS)
    expect(page.get_by_role("combobox", name="Device")).to_be_visible(timeout=WAIT_MS)
    choose(page, "Device", "tests.odd")
    expect(page.get_by_text("tests.odd comes with odd-plugin 1.0")).to_be_visible()
    options = page.get_by_role("textbox", name="Options")
    options.fill(f"folder={tmp_path} how=steps")
    options.press("Enter")
    settled(page)  # or the device would be opened without them
    cost = re.compile(rf"What it takes: {size} circuits × 1,024 shots = {size * 1024:,} shots, {BATCH} at a time")
    expect(page.get_by_role("paragraph").filter(has_text=cost)).to_be_visible(timeout=WAIT_MS)

    (tmp_path / "go_0").touch()  # the first batch; the second waits for a file of its own, however slow all else is
    page.get_by_role("button", name="Run it there").click()
    came = page.get_by_text(re.compile(f"{BATCH} have a result so far"))
    expect(came).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Stop", exact=True).click(timeout=WAIT_MS)
    go_on = page.get_by_role("button", name=f"Go on with the other {size - BATCH}")
    expect(go_on).to_be_visible(timeout=WAIT_MS)
    expect(came).to_be_visible()

    for number in range(1, 10):
        (tmp_path / f"go_{number}").touch()
    go_on.click(timeout=WAIT_MS)
    expect(page.get_by_text("nothing is run again")).to_be_visible(timeout=WAIT_MS)
    expect(go_on).to_be_hidden()
    assert batches_run(tmp_path)[0] == BATCH
    assert sum(batches_run(tmp_path)) == size

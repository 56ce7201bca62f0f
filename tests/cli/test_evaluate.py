"""`evaluate` from a shell: every option, an object a picture and a last one, and devices that break off."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qtl_core.cli.evaluate import noise_rates
from qtl_core.common.errors import UserError
from tests.helpers.made_runs import made_pictures
from tests.helpers.odd_devices import SECRET, batches_run, install
from tests.helpers.shell import shell

QUICK = ("--qubits", "2", "--depth", "1", "--epochs", "2", "--lr", "0.05", "--json")


def trained(capsys, *asked: object) -> str:
    done = shell(capsys, "train", *asked, *QUICK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["run"]


@pytest.fixture
def run(capsys) -> str:
    return trained(capsys, "--data", "spirals", "--points", 60)


def said(capsys, run: str, *asked: object, code: int = 0) -> tuple[list[dict], dict]:
    done = shell(capsys, "evaluate", "--run", run, "--json", *asked)
    assert done.returncode == code, done.stderr
    *pictures, last = map(json.loads, done.stdout.splitlines())
    return pictures, last


def test_exactly_it_is_what_predict_says(capsys, run: str):
    pictures, last = said(capsys, run)
    assert {"file", "label", "probabilities", "expectations"} <= pictures[0].keys()
    assert set(last) == {"accuracy", "size", "exact_accuracy", "changed", "seconds"}
    assert (last["size"], last["changed"], last["accuracy"]) == (len(pictures), 0, last["exact_accuracy"])
    right = sum(each["label"] == each["true"] for each in pictures)
    assert last["accuracy"] == pytest.approx(right / len(pictures))
    for each in pictures:
        assert sum(each["probabilities"].values()) == pytest.approx(1)
        assert each["label"] == max(each["probabilities"], key=each["probabilities"].get)


def test_shots_are_repeated_by_their_seed_and_carry_errors(capsys, run: str):
    first, again, other = (said(capsys, run, "--shots", 64, "--seed", seed)[0] for seed in (1, 1, 2))
    assert first == again != other
    counts = (1 + np.array([each["expectations"] for each in first])) / 2 * 64
    np.testing.assert_allclose(counts, counts.round(), atol=1e-9)
    assert max(first[0]["errors"]) > 0


def test_noise_pulls_expectations_in_and_readout_correction_undoes_flips(capsys, run: str):
    exact, flipped, mended = (
        np.array([each["expectations"] for each in said(capsys, run, *more)[0]])
        for more in ((), ("--noise", "readout=0.1"), ("--noise", "readout=0.1", "--mitigate", "readout"))
    )
    np.testing.assert_allclose(flipped, 0.8 * exact, atol=1e-9)
    np.testing.assert_allclose(mended, exact, atol=1e-9)
    noisy, led_back = (
        np.array([each["expectations"] for each in said(capsys, run, "--noise", "depolarizing=0.02", *more)[0]])
        for more in ((), ("--mitigate", "zne"))
    )
    assert np.abs(led_back - exact).max() < np.abs(noisy - exact).max()


def test_a_rate_that_is_not_allowed_is_named_as_it_was_typed():
    with pytest.raises(UserError, match=r"--noise depolarizing=2 is not allowed\.") as raised:
        noise_rates("depolarizing=2")
    assert "from 0 to 0.75" in raised.value.why


def test_a_rate_that_is_named_twice_is_refused():
    with pytest.raises(UserError, match="names readout twice"):
        noise_rates("readout=0.1,readout=0.2")


def test_readings_by_chance_are_said_to_be_past_correcting(capsys, run: str):
    done = shell(capsys, "evaluate", "--run", run, "--noise", "readout=0.5", "--mitigate", "readout")
    assert done.returncode == 2
    assert "These readings cannot be corrected." in done.stderr


def test_it_says_where_there_is_nothing_to_mitigate(capsys, run: str):
    assert "Nothing is mitigated" in shell(capsys, "evaluate", "--run", run, "--mitigate", "readout").stderr


def test_a_run_of_photos_its_own_pictures_a_folder_and_pictures_without_classes(capsys, tmp_path: Path):
    own = made_pictures(tmp_path / "own")
    run = trained(capsys, "--data", own, "--backbone", "efficientnet_lite0")
    pictures, last = said(capsys, run, "--shots", 100)
    assert [Path(each["file"]).parent.name for each in pictures] == ["ants"] * 3 + ["bees"] * 3 and last["size"] == 6
    elsewhere, _ = said(capsys, run, "--data", own)
    exact, _ = said(capsys, run)
    for one, other in zip(elsewhere, exact, strict=True):
        np.testing.assert_allclose(one["expectations"], other["expectations"], atol=1e-4)
    plain, last = said(capsys, run, "--data", own / "val" / "bees")
    assert (len(plain), last["accuracy"], last["exact_accuracy"]) == (3, None, None) and "true" not in plain[0]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--noise", "colour=1"], "knows no 'colour'"),
        (["--noise", "readout"], "needs a rate"),
        (["--noise", "readout=0.9"], "0.5"),
        (["--shots", "-3"], "shots = -3 is not allowed"),
        (["--layout", "0,1"], "needs a machine"),
        (["--machine", "ibmqx4", "--noise", "readout=0.1"], "do not go together"),
        (["--machine", "no_such_machine"], "machine"),
        (["--device", "default.mixed", "--noise", "readout=0.1"], "do not go together"),
        (["--device", "braket.aws.qubit", "--shots", "10"], "amazon-braket-pennylane-plugin"),
        (["--device", "default.mixed", "--option", "token=hunter2"], "looks like a key"),
        (["--device", "default.mixed", "--mitigate", "zne"], "only --mitigate readout"),
        (["--option", "a=1"], "need a device"),
        (["--data", "drawn"], "numbers, not pictures"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(capsys, run: str, asked: list[str], why: str):
    if "no_such_machine" in asked:
        pytest.importorskip("qtl_core.machines.catalogue")
    done = shell(capsys, "evaluate", "--run", run, *asked)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert why in done.stderr and "hunter2" not in done.stderr


def test_a_run_must_be_named_and_devices_are_listed(capsys):
    assert shell(capsys, "evaluate").returncode == 2
    listed = shell(capsys, "evaluate", "--devices").stdout.splitlines()
    assert any(line.startswith("default.mixed: pennylane ") for line in listed)


def test_a_device_gives_what_the_state_gives_and_says_its_cost_before(capsys, run: str):
    exact = np.array([each["expectations"] for each in said(capsys, run)[0]])
    done = shell(capsys, "evaluate", "--run", run, "--json", "--device", "default.mixed", "--at-once", 30)
    *pictures, last = map(json.loads, done.stdout.splitlines())
    np.testing.assert_allclose([each["expectations"] for each in pictures], exact, atol=1e-9)
    assert (last["changed"], done.returncode) == (0, 0)
    assert done.stderr.startswith(f"On default.mixed: {len(exact)} circuits, exact")
    again = shell(capsys, "evaluate", "--run", run, "--device", "default.mixed")
    assert "nothing is run again" in again.stderr and "answers changed" in again.stdout


def test_a_device_that_breaks_off_shows_what_came_and_is_gone_on_with(capsys, run: str, tmp_path: Path, monkeypatch):
    install(tmp_path / "plugin", monkeypatch)
    asked = ("--device", "tests.odd", "--shots", 50, "--at-once", 4, "--option", f"folder={tmp_path}", "how=fails")
    done = shell(capsys, "evaluate", "--run", run, "--json", *asked)
    *pictures, last = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, len(pictures), last["size"]) == (1, 4, 4) and last["missing"] > 0
    assert "gave no result" in done.stderr and SECRET not in done.stderr + done.stdout
    (tmp_path / "mended").touch()
    whole, last = said(capsys, run, *asked)
    assert whole[:4] == pictures and "missing" not in last
    assert sum(batches_run(tmp_path)) == len(whole)


def test_readings_of_a_device_are_corrected_by_two_more_circuits(capsys, run: str):
    exact = [each["expectations"] for each in said(capsys, run)[0]]
    done = shell(capsys, "evaluate", "--run", run, "--json", "--device", "default.mixed", "--mitigate", "readout")
    found = [json.loads(line)["expectations"] for line in done.stdout.splitlines()[:-1]]
    np.testing.assert_allclose(found, exact, atol=1e-9)  # nothing is read wrongly there, and nothing is added
    assert "Two more circuits" in done.stderr

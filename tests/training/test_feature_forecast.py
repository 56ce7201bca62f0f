"""The forecast of features: decoding and network apart, a range that a made-up machine keeps to, what is kept of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qtl_core.pictures.features import timings
from qtl_core.pictures.features.timings import PassTime, keep_timing, kept_timings, timing_of
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.training.feature_forecast import SAMPLE, Seconds, spread, view_seconds

THREADS = 2


def machine(seed: int, decoding: float, network: float, count: int = 4, cold: float = 3.0) -> list[PassTime]:
    """Passes of four pictures each on a machine of these rates, give or take a fifth; its first ones are slow."""
    rng = np.random.default_rng(seed)
    passes = []
    for number in range(count):
        slower = (cold if number < THREADS else 0.0) + rng.uniform(0.8, 1.2)
        passes.append(PassTime(4, 4 * 0.5, slower * decoding * 2, slower * network * 4))
    return passes


@pytest.mark.parametrize(("decoding", "network"), [(0.04, 0.03), (0.5, 0.01), (0.001, 2.0)])
@pytest.mark.parametrize("seed", range(5))
def test_what_a_steady_machine_takes_lies_within_the_range(decoding, network, seed):
    """Large photos and a quick network, small ones and a slow network, or both alike."""
    found = view_seconds(machine(seed, decoding, network), [], [], THREADS) * 400
    whole = machine(seed + 100, decoding, network, count=100, cold=0.0)
    taken = sum(each.decoding + each.network for each in whole) / THREADS
    assert taken in found
    assert found.high < 3 * found.low


def test_a_cold_start_is_no_rate():
    warm, cold = (view_seconds(machine(0, 0.1, 0.1, cold=start), [], [], THREADS) for start in (0.0, 20.0))
    assert warm == cold
    only = view_seconds(machine(0, 0.1, 0.1, count=1, cold=20.0), [], [], THREADS)
    assert only.low > warm.low, "the only one there is counts"


def test_times_that_computings_had_lately_widen_it():
    """It was measured in a quiet second; five minutes ago the same took three times as long."""
    quiet = machine(0, 0.04, 0.03)
    narrow = view_seconds(quiet, [], [], THREADS)
    wide = view_seconds(quiet, [0.12, 0.04], [0.09, 0.03], THREADS)
    assert (0.12 * 0.5 + 0.09) / THREADS in wide
    assert (0.12 * 0.5 + 0.09) / THREADS not in narrow
    assert wide.low <= narrow.low


def test_decoding_and_network_are_told_apart():
    passes = [PassTime(4, 8.0, 1.6, 0.4), PassTime(12, 0.0, 0.0, 1.2)]  # four large photos; views of one decoded before
    assert timing_of(passes) == timings.Timing(decoding=0.2, network=0.1)
    assert timing_of([]) is None
    assert view_seconds([PassTime()], [], [], THREADS) == Seconds(), "none of the pictures could be read"


def test_a_sample_is_spread_over_all_pictures():
    pictures = [Picture(Path(f"{number}.jpg"), 0, "train") for number in range(160)]
    assert [int(picture.path.stem) for picture in spread(pictures, SAMPLE)] == list(range(0, 160, 10))
    assert spread(pictures[:3], SAMPLE) == pictures[:3]
    assert len(set(spread(pictures[:17], SAMPLE))) == SAMPLE


def test_every_real_computing_is_remembered_and_the_last_few_count(own_home):
    assert kept_timings("resnet18-1") == ([], [])
    for seconds in range(1, timings.KEPT + 3):
        keep_timing("resnet18-1", [PassTime(8, 2.0, 2.0 * seconds, 8.0 * seconds)])
    keep_timing("other-2", [PassTime(8, 1.0, 99.0, 4.0)])
    newest = [float(seconds) for seconds in range(3, timings.KEPT + 3)]
    assert kept_timings("resnet18-1") == ([*newest[1:], 99.0], newest)
    assert kept_timings("other-2")[1] == [0.5]
    keep_timing("other-2", [PassTime(timings.LEAST_VIEWS - 1, 1.0, 1.0, 1.0)])
    assert kept_timings("other-2")[1] == [0.5], "so few say too little"
    assert [file.name for file in (own_home / "features").iterdir()] == [timings.FILE]


@pytest.mark.parametrize("content", ["", "[]", '{"decoding": 3}', '{"decoding": ["x"]}', "\x00"])
def test_a_damaged_file_of_times_counts_as_none(own_home, content):
    (own_home / "features").mkdir()
    (own_home / "features" / timings.FILE).write_text(content)
    assert kept_timings("a") == ([], [])
    keep_timing("a", [PassTime(8, 2.0, 2.0, 8.0)])
    assert kept_timings("a") == ([1.0], [1.0])


def test_a_home_that_cannot_be_written_is_no_reason_to_fail(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file"))
    keep_timing("a", [PassTime(8, 2.0, 2.0, 8.0)])
    assert kept_timings("a") == ([], [])

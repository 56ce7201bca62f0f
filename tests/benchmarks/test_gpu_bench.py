"""`make gpu` says that there is no GPU where there is none, and its measuring works, seen with the CPU in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from benchmarks import gpu
from benchmarks.bench import open_bench
from benchmarks.effort import TINY
from qtl_core.settings import CircuitSettings
from qtl_core.training.torch_engine import PARALLEL_AMPLITUDES, device_for
from tests.training.test_compiled_engine import task


def test_without_a_gpu_it_says_so_and_is_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu.main([]) == 0
    assert capsys.readouterr().out.strip() == gpu.NONE


@pytest.fixture(scope="module")
def bench():
    return open_bench(TINY)


def test_channels_last_gives_the_features_of_the_network_as_published(bench):
    views = gpu.cut(bench, 3)
    plain, folded = (
        gpu.features_of(way, bench, views, "cpu")
        for way in (gpu.plain(bench, "cpu"), gpu.shared_backbone(bench.resolved, "cpu"))
    )
    assert abs(plain - folded).max() < 1e-3
    assert gpu.furthest(bench, views, "cpu") == 0


def test_bfloat16_moves_features_and_its_effect_is_told(bench):
    rows = gpu.features_compared(bench, gpu.cut(bench, 3), "cpu").rows
    assert [row[0] for row in rows] == ["cpu, float32", "cpu, bfloat16"]
    assert rows[0][1:] == ("0", "0 %")
    assert 0.01 < float(rows[1][2].removesuffix(" %")) < 20


def test_an_epoch_there_is_compared_with_one_on_the_cpu(bench):
    equal, found = gpu.training_compared(bench, "cpu", qubits=2)
    assert equal
    assert [row[0] for row in found.rows] == ["cpu", "cpu"]


@pytest.mark.parametrize(("qubits", "has_gpu", "chosen"), [(4, True, "cpu"), (12, True, "cuda"), (12, False, "cpu")])
def test_the_torch_engine_takes_a_gpu_where_a_batch_fills_it(monkeypatch, qubits, has_gpu, chosen):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    work = replace(task(batch_size=8), circuit=CircuitSettings(qubits, 1))
    assert (2**12 * 8, PARALLEL_AMPLITUDES > 2**4 * 8) == (PARALLEL_AMPLITUDES, True)
    assert device_for(work, None).type == chosen
    assert device_for(work, lambda angles, weights: angles).type == "cpu"

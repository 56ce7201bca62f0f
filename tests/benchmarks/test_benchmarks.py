"""The benchmarks' pure parts: counting, cutting down, reporting. No time is asserted anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import noisy_training, studies
from benchmarks.__main__ import ONLY_IN_FULL, SECTIONS, _effort, _parser
from benchmarks.arithmetic import circuit_flops, epoch_flops
from benchmarks.clock import in_turns
from benchmarks.effort import FULL, QUICK, TINY
from benchmarks.homes import home
from benchmarks.report import Section, Table, amount, markdown, seconds, table
from benchmarks.targets import QUICK_FIGURES, TARGETS
from qtl_core.common import paths
from tests.conftest import PROJECT


def test_the_operations_of_one_qubit_are_those_counted_by_hand():
    # Forwards: (cos, sin); RY: 4 products, 2 sums; two squares; one sum and one difference, added to the wire's sum.
    # Backwards: slope and -slope, two products with them; RY taken back from two states with its slope: 16; the
    # same for the product state.
    assert circuit_flops(1, 1) == (2 + 6 + 2 + 3, 2 + 2 + 16 + 16)


def test_cost_grows_by_one_column_a_layer_and_doubles_with_the_qubits():
    forward, backward = (deep - shallow for deep, shallow in zip(circuit_flops(4, 7), circuit_flops(4, 6), strict=True))
    assert (forward, backward) == (4 * 8 * 6, 4 * 8 * 16)
    assert 2 < circuit_flops(11, 6)[0] / circuit_flops(10, 6)[0] < 2.3


def test_an_epoch_adds_up_over_pictures_and_steps():
    once = epoch_flops(4, 6, 512, 2, train=4, val=0, batch_size=4)
    assert once["Adam"] == 2086 * 13  # the paper's parameters
    assert once["linear layers"] == 4 * (4 * 4 * 514 + 2 * 2 * 4)
    assert epoch_flops(4, 6, 512, 2, train=9, val=0, batch_size=4)["Adam"] == 3 * once["Adam"]
    validated = epoch_flops(4, 6, 512, 2, train=4, val=1, batch_size=4)
    assert validated["circuit"] - once["circuit"] == circuit_flops(4, 6)[0]


def test_a_share_of_an_epoch_is_scaled_by_the_pictures_left_out():
    from benchmarks.contenders import batches_in, shared_out
    from qtl_core.settings import CircuitSettings, TrainingSettings
    from qtl_core.training.task import KeptFeatures, TrainingTask

    train, val = np.zeros((42, 3), np.float32), np.zeros((20, 3), np.float32)
    source = KeptFeatures(train, val, np.zeros(42), np.zeros(20), classes=2)
    task = TrainingTask(CircuitSettings(), TrainingSettings(batch_size=4), source)
    assert batches_in(task) == 11
    smaller, scale = shared_out(task, 5)
    assert (len(smaller.source.train), len(smaller.source.val)) == (20, 10)
    assert scale == pytest.approx(42 / 20)
    assert shared_out(task, 11) == (task, 1.0)


def test_every_contender_has_its_turns_in_order_and_its_best_counts():
    times = {"a": iter([3.0, 1.0, 2.0]), "b": iter([5.0, 6.0, 4.0])}
    order = []

    def turn(name: str) -> float:
        order.append(name)
        return next(times[name])

    assert in_turns({"a": lambda: turn("a"), "b": lambda: turn("b")}, 3) == {"a": 1.0, "b": 4.0}
    assert order == ["a", "b"] * 3


@pytest.mark.parametrize(
    ("figure", "written"), [(0, "0"), (0.04213, "0.0421"), (1.834, "1.83"), (97.2, "97.2"), (4310.4, "4,310")]
)
def test_figures_are_written_with_the_digits_that_mean_something(figure: float, written: str):
    assert amount(figure) == written


def test_durations_are_written_in_the_unit_that_suits_them():
    assert [seconds(time) for time in (0.0421, 1.834, 5241)] == ["42.1 ms", "1.83 s", "87.3 min"]


def test_a_table_is_markdown():
    assert table(Table(("a", "b"), [("x", "1")])) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def report(**figures: float) -> str:
    section = Section(
        "Speed", "Measured.", notes=("A note.",), figures=figures, where={"seeds_100_seconds": "In Adam."}
    )
    return markdown({"date": "today"}, [section])


def test_the_report_says_what_is_reached():
    text = report(seeds_100_seconds=3.9)
    assert "| 100 seeds of the 30-epoch recipe | at most 4 s | 3.9 | yes |" in text
    assert "falls short" not in text
    assert "## 1. Speed\n\nMeasured.\n\n- A note." in text


def test_the_report_says_what_falls_short_and_where_the_time_goes():
    text = report(seeds_100_seconds=4.1, compiled_vs_published=2999)
    assert "### What falls short" in text
    assert "4.1 where at most 4 s is wanted. In Adam." in text
    assert "2,999 where at least 3,000 × is wanted." in text


def test_a_figure_on_its_limit_reaches_it():
    assert TARGETS
    for target in TARGETS:
        assert target.met({target.figure: target.limit})


@pytest.mark.parametrize(
    ("words", "variable", "effort"),
    [
        ([], None, FULL),
        ([], "0", FULL),
        ([], "", FULL),
        ([], "1", QUICK),
        (["--quick"], None, QUICK),
        (["--tiny"], "1", TINY),
    ],
)
def test_the_short_mode_is_an_option_or_a_variable(monkeypatch, words, variable, effort):
    monkeypatch.delenv("QUICK", raising=False)
    if variable is not None:
        monkeypatch.setenv("QUICK", variable)
    assert _effort(_parser().parse_args(words)) is effort


def test_every_section_is_a_file_of_its_own():
    assert set(ONLY_IN_FULL) < set(SECTIONS)
    for name in SECTIONS:
        assert "def measure(bench: Bench) -> Section:" in (PROJECT / f"benchmarks/{name}.py").read_text()


def test_a_home_of_its_own_sees_the_one_before_and_goes_away(own_home):
    with home():
        temporary = paths.home()
        assert temporary != own_home
        assert own_home in paths.search_roots()
        assert temporary.is_dir()
    assert paths.home() == own_home
    assert "QTL_SHARED" not in os.environ
    assert not temporary.exists()


def test_peak_memory_is_the_processs_own():
    """A process begun by a large one is not as large itself, which getrusage would say on Linux."""
    ballast = np.ones(40_000_000)  # 305 MiB
    code = "from benchmarks.cell import peak_memory; import json; print(json.dumps(peak_memory()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, check=True)
    assert 1 < json.loads(done.stdout) < ballast.nbytes / 2**20


def test_the_short_mode_prints_nine_figures():
    assert len(set(QUICK_FIGURES)) == 9


# The page on many runs


def study_rows(ours: float, jax: float, before: float) -> list[studies.Row]:
    titles = {
        "at once": ours,
        "side by side on one core": 1.9 * ours,
        "the engine of b5365f1, one after another on one core": before,
        f"{studies.JAX_TITLE}, a single run": 4 * jax,
        studies.JAX_TITLE: jax,
    }
    return [studies.Row(title, studies.Spent(each, each)) for title, each in titles.items()]


def test_many_runs_are_compared_with_the_best_of_jax_and_with_the_engine_of_before():
    rows = study_rows(2e-3, 30e-3, 9.5e-3)
    assert studies.ratios(rows) == pytest.approx({"jax": 15, "before": 4.75, "processor": 2.5})
    assert studies.ratios([*rows[:2], *rows[3:]]) == pytest.approx({"jax": 15})


def test_where_others_want_the_cores_the_processor_s_time_is_compared(monkeypatch):
    monkeypatch.setattr(studies, "cores", lambda: 2)
    found = studies.ratios(study_rows(2e-3, 30e-3, 9.5e-3), is_busy=True)
    assert found == pytest.approx({"jax": 30 / 1.9, "before": 5, "processor": 2.5})


def test_whether_others_want_the_cores_is_told_by_the_row_of_one_core():
    alone = study_rows(2e-3, 30e-3, 9.5e-3)
    assert not studies.was_busy(alone)
    beside = replace(alone[1], spent=studies.Spent(6e-3, 3.8e-3))
    assert studies.was_busy([alone[0], beside, *alone[2:]])


def test_the_least_of_all_turns_counts_by_the_clock_and_of_the_processor():
    assert studies.least([studies.Spent(3, 1), studies.Spent(2, 4)]) == (2, 1)


def test_the_page_on_many_runs_says_what_is_reached():
    rows = studies.reached({"jax": 12.0, "before": 3.9, "processor": 2.1}, (10_125, 100.0, "It helps.")).rows
    assert [row[-1] for row in rows] == ["yes", "**no**", "yes", "yes"]
    assert rows[3][2] == "100 s"


def test_the_engine_of_before_is_a_program():
    compile(studies.ENGINE_BEFORE, "before", "exec")
    assert "train_many" in studies.ENGINE_BEFORE


def test_the_page_on_noisy_training_is_what_its_command_makes():
    page = noisy_training.OUT.read_text("utf-8")
    said = noisy_training.markdown([], noisy_training.SEEDS, 37 * 60).splitlines()[2]
    assert said in page
    assert 'ARGS="--seeds 6"' in noisy_training.markdown([], 6, 1)
    assert f"over {noisy_training.SEEDS} seeds into benchmarks/NOISY_TRAINING.md" in (PROJECT / "Makefile").read_text()

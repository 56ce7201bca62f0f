"""The forecast: times that can be believed in their order, made once from real pictures, with reasons when long."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.jobs import JobManager
from qtl_core.settings import RunSettings
from qtl_core.training import forecast as module
from qtl_core.training.compiled import warm_up
from qtl_core.training.feature_forecast import Seconds
from qtl_core.training.forecast import SLOW_SECONDS, Forecast, forecast, forecast_job
from qtl_core.training.run import RunRequest, run
from qtl_core.training.task import FeatureSource
from tests.helpers.made_networks import damage_inside, made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def pictures(tmp_path) -> Path:
    return noisy_pictures(tmp_path / "pictures", train=12, val=10)


@pytest.fixture
def settings(pictures, weights) -> RunSettings:
    return RunSettings().changed(source="folder", folder=str(pictures), backbone=NETWORK, weights=str(weights))


def warnings(seconds: float = 2 * SLOW_SECONDS, features: float = 0.0, missing: int = 0, **changes) -> tuple[str, ...]:
    """What is said of a forecast of so many seconds of training, where the compiler is done."""
    made = Forecast(Seconds(features, features), Seconds(seconds, seconds), missing)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(warm_up, "is_ready", lambda: True)
        return module._with_warnings(made, RunSettings().changed(**changes)).warnings


# Measured


def test_a_forecast_is_positive_and_counts_what_is_missing(settings):
    found = forecast(settings)
    assert found.pictures_missing == 44
    for each in (found.features, found.training):
        assert 0 < each.low < each.high
    assert found.seconds.high == found.features.high + found.training.high
    assert found.warnings == ()


def test_training_time_is_that_of_one_epoch_times_the_epochs(settings, monkeypatch):
    monkeypatch.setattr(module, "_epoch", lambda *_: Seconds(0.5, 0.75))  # or two measurements would be compared
    assert forecast(settings.changed(epochs=500)).training == Seconds(250, 375)
    assert forecast(settings.changed(epochs=1)).training == Seconds(0.5, 0.75)


@pytest.mark.parametrize(("batch_size", "expected"), [(1, 24 * 2.0 + 5.0), (4, 6 * 2.0 + 5.0), (256, 2.0 + 5.0)])
def test_an_epoch_is_scaled_to_all_steps_and_one_validation(settings, monkeypatch, batch_size, expected):
    """On a machine where a step takes two seconds and a validation five."""

    def seconds(settings: RunSettings, source: FeatureSource, _: object) -> float:
        return -(-len(source.train_labels) // settings.training.batch_size) * 2.0 + 5.0

    monkeypatch.setattr(module, "_one_epoch", seconds)
    found = forecast(settings.changed(batch_size=batch_size, epochs=10)).training
    assert 10 * expected in found
    assert found.high < 2.6 * 10 * expected


def test_a_busy_moment_during_the_first_steps_does_not_make_the_others_free(settings, monkeypatch):
    """Four steps took longer than twelve did: the range holds what a step took in either."""
    took = {module.FEW: 3.0, module.MORE: 2.4}
    monkeypatch.setattr(module, "_one_epoch", lambda _, source, __: took[len(source.train_labels)])
    found = forecast(settings.changed(batch_size=1, epochs=1)).training  # 24 steps
    assert 24 * 2.4 / 12 in found and 3.0 in found


def test_kept_features_are_not_waited_for(settings):
    for _ in run(RunRequest(settings.changed(epochs=1)), lambda _: None, lambda: False):
        pass
    found = forecast(settings)
    assert (found.pictures_missing, found.features) == (0, Seconds())


def test_augmented_views_are_waited_for_though_the_pictures_themselves_are_known(settings):
    for _ in run(RunRequest(settings.changed(epochs=1)), lambda _: None, lambda: False):
        pass
    found = forecast(settings.changed(augmentation=True, views=8))
    assert found.pictures_missing == 24 * 9
    assert found.features.low > 0
    again = forecast(settings.changed(augmentation=True, views=8))
    assert again.pictures_missing == 21 * 9, "views of three pictures were really computed to measure, and kept"


def test_the_pictures_that_were_measured_stay_done(settings):
    first, second = forecast(settings), forecast(settings)
    assert second.pictures_missing == first.pictures_missing - 16


@pytest.mark.parametrize(("train", "val"), [(1, 1), (2, 1), (9, 1)])
def test_a_handful_of_pictures(tmp_path, weights, train, val):
    folder = noisy_pictures(tmp_path / "few", train=train, val=val)
    asked = RunSettings().changed(source="folder", folder=str(folder), backbone=NETWORK, weights=str(weights))
    for _ in range(3):  # with all, some and no features missing
        found = forecast(asked).seconds
        assert 0 < found.low < found.high < 600


@pytest.mark.parametrize("batch_size", [1, 256])
def test_as_published_every_epoch_costs_the_network(settings, batch_size):
    asked = settings.changed(backbone_mode="published", batch_size=batch_size)
    found = forecast(asked)
    assert (found.features, found.pictures_missing) == (Seconds(), 0)
    assert found.training.high > forecast(settings).training.low, "ten times and more"


def test_a_damaged_picture_does_not_spoil_it(settings, pictures):
    damage_inside(pictures / "train/ants/ants_0.png")
    damage_inside(pictures / "val/ants/ants_0.png")
    for mode in ("frozen", "published"):
        assert forecast(settings.changed(backbone_mode=mode)).seconds.high > 0


def test_pictures_none_of_which_can_be_read_are_said(settings, pictures):
    for picture in pictures.glob("train/*/*.png"):
        damage_inside(picture)
    with pytest.raises(UserError, match="None of the pictures can be read"):
        forecast(settings.changed(backbone_mode="published"))


@pytest.mark.parametrize("mode", ["frozen", "published"])
def test_a_stop_is_felt(settings, mode):
    with pytest.raises(StoppedByUser):
        forecast(settings.changed(backbone_mode=mode), lambda: True)


def test_a_network_that_cannot_be_used_as_published_is_said_before_the_start(settings, tmp_path):
    own = made_weights("squeezenet1_0", tmp_path)
    with pytest.raises(UserError, match="no batch norms"):
        forecast(settings.changed(backbone_mode="published", backbone="squeezenet1_0", weights=str(own)))


def test_as_a_job(settings):
    jobs = JobManager(slots=1, threads=1)
    job_id = jobs.submit(forecast_job(settings))
    assert jobs.snapshot(job_id).view.result is None
    found = jobs.wait(job_id, 120)
    jobs.close()
    assert found.view.result.seconds.high > 0


# What is said of it


def test_a_quick_run_needs_no_warning():
    assert warnings(seconds=SLOW_SECONDS - 1, engine="pennylane", qubits=12) == ()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"backbone_mode": "published"}, "As published"),
        ({"engine": "pennylane"}, "PennyLane"),
        ({"qubits": 11}, "11 qubits are 2,048 amplitudes"),
        ({"augmentation": True, "views": 5, "missing": 100}, "5 more views"),
        ({"features": 100.0, "missing": 100}, "has not seen these pictures yet"),
        ({"epochs": 500}, "many steps"),
    ],
)
def test_a_slow_run_says_why(options, word):
    (said,) = warnings(**options)
    assert word in said


def test_that_features_are_kept_is_said_only_where_they_can_be(own_home):
    (kept,) = warnings(features=100.0, missing=100)
    (own_home / "features").touch()  # a file in the way
    (not_kept,) = warnings(features=100.0, missing=100)
    assert ("are kept" in kept, "are kept" in not_kept) == (True, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({}, True), ({"engine": "torch"}, False), ({"backbone_mode": "published"}, False), ({"shots": 10}, False)],
)
def test_a_run_that_begins_without_the_fast_engine_says_that_it_is_being_made(changes, said, monkeypatch):
    monkeypatch.setattr(warm_up, "is_ready", lambda: False)
    made = Forecast(Seconds(), Seconds(2 * SLOW_SECONDS, 2 * SLOW_SECONDS), 0)
    found = module._with_warnings(made, RunSettings().changed(**changes))
    words = " ".join(found.warnings)
    assert ("fast engine is still being made ready" in words) == found.stands_in == said
    assert not (said and "many steps" in words)


@pytest.mark.parametrize(("seconds", "said"), [(15, ""), (61, "taken 1 minute when"), (1_200, "taken 20 minutes when")])
def test_how_long_the_fast_engine_is_being_made_is_said_and_no_end_of_it_promised(seconds, said, monkeypatch):
    monkeypatch.setattr(warm_up, "is_ready", lambda: False)
    monkeypatch.setattr(warm_up, "seconds_at_it", lambda: seconds)
    made = Forecast(Seconds(), Seconds(2 * SLOW_SECONDS, 2 * SLOW_SECONDS), 0)
    (words,) = module._with_warnings(made, RunSettings()).warnings
    assert said in words
    assert ("it had taken" in words) == bool(said)
    assert "will be quick" not in words


def test_several_reasons_are_all_said():
    assert len(warnings(engine="pennylane", qubits=12, backbone_mode="published")) == 3


def test_the_engine_that_lies_compiled_is_loaded_before_its_steps_are_measured(monkeypatch):
    """What loading takes is no training: it is waited for, as a run does, and not counted."""
    from qtl_core.training.compiled import code_folder
    from qtl_core.training.compiled import warm_up as module_of_it

    alive, waits = iter((True, True, False)), []
    loading = SimpleNamespace(is_alive=lambda: next(alive), join=waits.append)
    monkeypatch.setattr(module_of_it, "warm_up", lambda: loading)
    monkeypatch.setattr(code_folder, "is_compiled", lambda: True)
    module._load_compiled(lambda: False)
    assert len(waits) == 2
    monkeypatch.setattr(code_folder, "is_compiled", lambda: False)
    module._load_compiled(lambda: False)  # the torch engine stands in, and is what is measured
    assert len(waits) == 2

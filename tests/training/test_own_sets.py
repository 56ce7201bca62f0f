"""Training on a data set made in the app: the run names the very version, and says so when that is gone."""

from __future__ import annotations

import shutil

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.compare.listing import data_of
from qtl_core.compare.names import name_of, names_of
from qtl_core.compare.sides import differing_settings, value_in_words
from qtl_core.pictures.datasets import editing, layout
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import delete, undelete
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.versions import freeze
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.stamp import stamp_of
from qtl_core.pictures.sources.training_count import training_count
from qtl_core.runs.events import Ended, Failed, Prepared
from qtl_core.runs.provenance import fingerprint_of
from qtl_core.runs.store import find_run, load_run, provenance_of
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.training.feature_memory import cached_preparation
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import made_weights
from tests.helpers.own_sets import noise_picture, noise_set

NETWORK = "mobilenet_v3_small"


@pytest.fixture
def pets():
    return noise_set(each=6)


@pytest.fixture
def settings(pets, tmp_path) -> RunSettings:
    own = {
        "source": "dataset",
        "dataset": pets.id,
        "backbone": NETWORK,
        "weights": str(made_weights(NETWORK, tmp_path)),
    }
    return RunSettings().changed(**own, epochs=2, qubits=2, depth=1, engine="torch")


def trained(settings: RunSettings) -> tuple[Prepared, Ended | Failed]:
    events = list(run(RunRequest(settings, allow_fallback=False), lambda _: None, lambda: False))
    return next((each for each in events if isinstance(each, Prepared)), None), events[-1]


def test_a_run_names_the_version_it_was_trained_on_and_keeps_it(pets, settings):
    prepared, ended = trained(settings)
    assert (prepared.settings.data.dataset_version, prepared.asked.data.dataset_version) == (1, 0)
    assert (prepared.classes, prepared.train_size, prepared.val_size) == (("cats", "dogs"), 8, 4)
    names = [name for name, _ in provenance_of(ended.run).data.train]
    assert names[0].startswith("train/cats/cats")
    editing.rename_class(pets.id, 1, "lions")
    editing.remove(pets.id, [each.id for each in pictures_of(pets.id, 2)][:3])
    again, _ = trained(prepared.settings)
    assert (again.val_files, again.val_labels, again.train_counts) == (
        *(prepared.val_files, prepared.val_labels, prepared.train_counts),
    )
    changed, _ = trained(settings)
    assert changed.settings.data.dataset_version == 2
    assert changed.classes == ("dogs", "lions")


def test_a_test_by_hand_of_one_class_alone_is_refused_for_what_it_is(pets, settings):
    editing.set_part(pets.id, [pictures_of(pets.id, 1)[0].id], "test")
    _, ended = trained(settings)
    assert isinstance(ended, Failed)
    assert ended.what == "The class dogs has no test picture, and other classes have some."
    assert "take those of the other classes out of the test" in ended.do


def test_training_again_says_if_pictures_or_the_set_are_gone(pets, settings):
    prepared, _ = trained(settings)
    version = freeze(pets.id)
    delete(pets.id)
    _, ended = trained(prepared.settings)
    assert isinstance(ended, Failed)
    assert "There is no data set" in ended.what
    undelete(pets.id)
    lost = version.entries[:2]
    for each in lost:
        (version.folder / each.part / each.class_name / each.file).unlink()
        layout.picture_file(pets.id, each.sha256, each.name).unlink()
    _, ended = trained(prepared.settings)
    assert "2 of its 12 pictures are no longer on this computer" in ended.why


def test_only_new_pictures_are_looked_at_by_the_network_after_an_addition(pets, settings):
    trained(settings)
    add_picture(pets.id, 1, noise_picture(1), "new.png")
    prepared, _ = trained(settings)
    assert (prepared.features_kept, prepared.train_size + prepared.val_size) == (12, 13)


def test_memory_of_features_notices_every_change_of_the_set(pets, settings):
    trained(settings)
    first = cached_preparation(settings, never_stop).prepared
    assert (first.settings.data.dataset_version, first.train_size) == (1, 8)
    stamp = stamp_of(settings.data)
    editing.move(pets.id, [1], 2)
    assert stamp_of(settings.data) != stamp
    again = cached_preparation(settings, never_stop).prepared
    assert again.settings.data.dataset_version == 2
    assert len(stamp_of(first.settings.data)) == 12


def test_a_run_is_listed_by_the_name_of_its_set(pets, settings):
    _, ended = trained(settings)
    editing.remove(pets.id, [1])
    _, other = trained(settings)
    record = find_run(ended.run)
    assert data_of(record) == "Data set pets"
    assert name_of(record).startswith("pets · 2 qubits")
    names = names_of([record, find_run(other.run)]).values()
    assert [name.rpartition(" · ")[2] for name in names] == ["version 1", "version 2"]
    assert value_in_words("dataset", pets.id) == "pets"
    assert value_in_words("dataset", "0123456789ab") == "0123456789ab"
    assert value_in_words("dataset_version", 0) == "as it is now"
    assert load_run(ended.run).prepared.settings == record.settings


def test_a_set_that_is_not_the_source_makes_no_difference():
    one, other = RunSettings(), RunSettings().changed(dataset="0123456789ab", dataset_version=3)
    assert differing_settings((one, other)) == {}
    both = [each.changed(source="dataset") for each in (one, other)]
    assert set(differing_settings(both)) == {"dataset", "dataset_version"}


def test_the_same_pictures_have_the_same_fingerprint_wherever_they_lie(pets, tmp_path):
    version = freeze(pets.id)
    copy = shutil.copytree(version.folder, tmp_path / "copy")
    own = DataSettings(source="dataset", dataset=pets.id)
    digests = {each.file: each.sha256 for each in version.entries}
    prints = []
    for data in (own, DataSettings(source="folder", folder=str(copy))):
        found, _, _ = find_dataset(data, lambda _: None, never_stop, allow_fallback=False)
        parts = ([(each.path, digests[each.path.name]) for each in part] for part in (found.train, found.val))
        prints.append(fingerprint_of(found.classes, *parts).sha256)
    assert prints[0] == prints[1]


def test_how_many_will_be_trained_on_is_known_before(pets):
    data = DataSettings(source="dataset", dataset=pets.id)
    assert training_count(data) == 8
    freeze(pets.id)
    editing.remove_class(pets.id, 2)
    assert training_count(data) == 4
    assert training_count(DataSettings(source="dataset", dataset=pets.id, dataset_version=1)) == 8
    with pytest.raises(UserError):
        training_count(DataSettings(source="dataset", dataset="0123456789ab"))

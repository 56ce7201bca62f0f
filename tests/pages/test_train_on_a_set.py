"""The Train page with a data set made in the app: chosen by a link, trained on, changed, trained on again."""

from __future__ import annotations

import pytest

from qtl_core.pictures.datasets import editing
from qtl_core.pictures.datasets.creating import create, delete
from qtl_core.pictures.datasets.versions import freeze
from tests.helpers.own_sets import noise_set
from tests.helpers.page_words import words
from tests.pages.test_train import button, opened, wait_for
from ui.results.trained_version import version_words
from ui.session import keys

pytestmark = pytest.mark.usefixtures("own_managers")


def field(app, name: str):
    return app.get_by_key(keys.field_key(name))


def test_a_link_leads_to_the_set_and_training_on_it_names_the_version():
    made = noise_set(each=4)
    app = opened(data=made.id, backbone="efficientnet_lite0", epochs="2")
    assert field(app, "dataset").value == made.id
    assert "the data set pets, 8 pictures in 2 classes" in words(app)
    button(app, "Start").click().run()
    said = words(wait_for(app, "Finished after 2 epochs"))
    assert "These figures belong to other settings" not in said
    assert app.query_params["data"] == made.id
    assert "Trained on version 1 of the data set pets. It is the same now." in said
    editing.remove(made.id, [1])
    said = words(app.run())
    assert "Trained on version 1 of the data set pets. 1 was taken out since. The run keeps its own pictures." in said
    assert "These figures belong to other settings: Version of the data set 1 → as it is now" in said
    editing.undo(made.id)
    assert "These figures belong to other settings" not in words(app.run())


def test_what_a_run_was_trained_on_is_told_from_the_set_as_it_is_now():
    made = noise_set(each=4)
    number = freeze(made.id).number
    editing.set_part(made.id, [1], "val")
    assert version_words(made.id, number).endswith("of the data set pets. Its pictures were sorted anew since.")
    editing.remove(made.id, [1, 2, 3, 4])
    assert "4 were taken out since" in version_words(made.id, number)
    delete(made.id)
    assert "version 1 of a data set that is not here" in version_words(made.id, number)


def test_an_earlier_version_is_said_and_left_with_one_choice():
    made = noise_set(each=4)
    freeze(made.id)
    app = opened(data=made.id, dataset_version="1", backbone="efficientnet_lite0")
    assert "the data set pets as it was at version 1" in words(app)
    field(app, "dataset_version").set_value(0).run()
    assert "the data set pets, 8 pictures in 2 classes" in words(app)
    other = noise_set("birds", ("owls", "jays"), each=3)
    app = opened(data=made.id, dataset_version="1", backbone="efficientnet_lite0")
    field(app, "dataset").set_value(other.id).run()
    assert "the data set birds, 6 pictures in 2 classes" in words(app), "its own version, not the other set's"


def test_what_cannot_be_trained_on_is_said_before_start():
    app = opened(source="dataset", backbone="efficientnet_lite0")
    assert "No data set is chosen yet" in words(app)
    assert button(app, "Start").disabled
    empty = create("empty", ["cats", "dogs"])
    app = opened(data=empty.id, backbone="efficientnet_lite0")
    assert "The data set empty cannot be trained on yet" in words(app)
    assert button(app, "Start").disabled
    gone = noise_set()
    delete(gone.id)
    app = opened(data=gone.id, backbone="efficientnet_lite0")
    assert "a data set that is not here" in words(app)
    assert "There is no data set" in words(app)
    assert button(app, "Start").disabled

"""The dial in a link: round trips over all of its settings, and values that anybody may have written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.readout.methods import METHODS
from qtl_core.settings import ReadoutSettings, RunSettings, specs
from tests.test_package import loaded_by
from tests.ui.test_link import opened
from ui.session.dial_link import MOST_SEED, DialState, read_dial, text_of_dial
from ui.session.link import Link, query_of, text_of

VALUES = {
    "machine": st.sampled_from(("", "ibmqx4", "fake_lima")),
    "layout": st.sampled_from(("", "1,0,2,4", "0,1,2,3")),
    "shots": st.integers(0, 100_000),
}
settings = st.fixed_dictionaries(
    {},
    optional={
        name: VALUES.get(name, st.floats(spec.low, spec.high, allow_nan=False))
        for name, spec in specs(ReadoutSettings).items()
    },
).map(lambda values: ReadoutSettings(**values))
methods = st.sets(st.sampled_from(list(METHODS))).map(lambda found: tuple(each for each in METHODS if each in found))


@given(settings, methods, st.integers(0, MOST_SEED))
def test_a_link_brings_back_the_dial_and_leaves_training_alone(readout, mitigate, seed):
    wanted = DialState(readout, mitigate if readout.is_noisy else (), seed if readout.shots else 0)
    found = opened(query_of(Link(dial=wanted)))
    assert found.dial == wanted
    assert found.settings == RunSettings()
    assert not found.complaints


def test_the_address_of_a_dial_can_be_read():
    dial = DialState(ReadoutSettings(shots=1024, machine="ibmqx4", layout="1,0,2,4"), ("readout",), 3)
    assert text_of(query_of(Link(dial=dial))) == (
        "dial=shots:1024,machine:ibmqx4,layout:1-0-2-4,mitigate:readout,seed:3"
    )
    assert text_of_dial(DialState()) == ""


def test_the_ways_to_mend_are_known_before_numpy_is_needed():
    assert "numpy" not in loaded_by("import qtl_core.readout.methods")


@pytest.mark.parametrize(
    "part",
    ["shots:-1", "depolarizing_one:nan", "readout_flip:0.9", "x:1", "seed:-3", "mitigate:all", "\0"],
)
def test_what_the_dial_does_not_have_is_said_and_the_rest_taken(part):
    said: list[str] = []
    assert read_dial({"dial": [f"{part},shots:7"]}, said) == DialState(ReadoutSettings(shots=7))
    assert len(said) == 1 and repr(part) in said[0]


@given(st.text(max_size=600))
def test_no_dial_however_forged_breaks_a_page(text):
    said: list[str] = []
    found = read_dial({"dial": [text]}, said)
    assert read_dial({"dial": [text_of_dial(found)]}, []).settings.shots == found.settings.shots
    assert all(len(each) < 200 for each in said)


def test_every_part_that_the_dial_does_not_have_is_named():
    said: list[str] = []
    read_dial({"dial": ["shots:-1,seed:99999999999999,shots:7"]}, said)
    assert said == [
        "The link turns the dial to 'shots:-1', 'seed:99999999999999', which it does not have; the rest is taken."
    ]

"""The load tool: that its client sees what a browser would, and that its checks can fail."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tools.load.client import Client
from tools.load.figures import failures, growth, percentile, places_true
from tools.load.processes import Sample
from tools.load.screen import Screen
from tools.load.visitors import Told, Visitor


def begun(run: str, *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.page_script_hash = "page"
    message.metadata.run.script_run_id = run
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def delta(place: list[int], fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.fragment_id = fragment
    return message


def markdown(place: list[int], words: str, fragment: str = "") -> ForwardMsg:
    message = delta(place, fragment)
    message.delta.new_element.markdown.body = words
    return message


def alert(kind: int, words: str) -> ForwardMsg:
    message = delta([0, 9])
    message.delta.new_element.alert.format, message.delta.new_element.alert.body = kind, words
    return message


def ended(run: str, *fragments: str) -> ForwardMsg:
    message = begun(run, *fragments)
    message.script_finished = (
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY if fragments else ForwardMsg.FINISHED_SUCCESSFULLY
    )
    return message


def sample(seconds: float, megabytes: float) -> Sample:
    return Sample(seconds, megabytes, 0.0, 1, 10, 20, 0.0)


# The client


def test_what_a_run_does_not_draw_again_goes_and_a_fragment_touches_only_its_own():
    screen = Screen()
    screen.begin(begun("one"))
    for message in (markdown([0, 0], "stays"), markdown([0, 1], "goes"), markdown([0, 2, 0], "old", "f")):
        screen.put(message)
    screen.finish(ended("one"))
    screen.begin(begun("two", "f"))
    screen.put(markdown([0, 2, 1], "new", "f"))
    screen.finish(ended("two", "f"))
    assert screen.words() == "stays\ngoes\nnew"
    screen.begin(begun("three"))
    screen.put(markdown([0, 0], "stays"))
    screen.finish(ended("three"))
    assert screen.words() == "stays"


def test_an_error_on_screen_is_a_problem_and_a_warning_is_none():
    client = Client("http://127.0.0.1:1")
    for message in (begun("one"), alert(Alert.WARNING, "slow"), ended("one")):
        client._take(message)
    assert client.problems == []
    for message in (begun("two"), alert(Alert.ERROR, "broken"), ended("two")):
        client._take(message)
    assert [problem.endswith("saw: broken") for problem in client.problems] == [True]


def test_what_is_another_visitor_s_is_a_problem():
    async def read(words: str) -> list[str]:
        client = Client("http://127.0.0.1:1")
        client.socket = messages(words.format(own=client.mark))
        await client._read()
        return client.problems

    async def messages(words: str):
        yield markdown([0, 0], words).SerializeToString()

    assert asyncio.run(read("mine is {own}.jpg")) == []
    (problem,) = asyncio.run(read("here is visitor-0123456789ab.jpg"))
    assert "visitor-0123456789ab" in problem


def test_load_is_put_on_this_machine_alone():
    with pytest.raises(ValueError, match="this machine"):
        Client("http://192.0.2.1:8501")


# The figures


def test_places_come_true_if_so_many_others_start_before():
    asks, starts = [(-2.0, -1.0, 1), (-2.0, -1.0, 2), (-2.0, -1.0, 3)], [(0.9, 1.0, 1), (1.9, 2.0, 2), (2.9, 3.0, 3)]
    assert places_true(Told(places=[(0.0, 1, 1), (0.0, 2, 2), (0.0, 3, 3)], asks=asks, starts=starts)) == (3, 3)
    for place in (1, 2, 4):
        assert places_true(Told(places=[(0.0, 3, place)], asks=asks, starts=starts)) == (1, 0)
    assert places_true(Told(places=[(0.0, 1, 2)], asks=asks, starts=starts)) == (1, 0)


def test_who_asks_later_does_not_count_and_who_leaves_may_have_been_before_or_behind():
    asks, starts = [(-2.0, -1.0, 1), (-2.0, -1.0, 2), (-2.0, -1.0, 3)], [(0.9, 1.0, 1), (2.9, 3.0, 3)]
    for place, right in ((1, 0), (2, 1), (3, 1), (4, 0)):
        left = Told(places=[(0.0, 3, place)], asks=asks, starts=starts, withdrawals=[(2.0, 2)])
        assert places_true(left) == (1, right)
    left.withdrawals.append((2.5, 3))
    assert places_true(left) == (0, 0), "it left itself; what starts then is somebody else's"
    later = [(0.5, 0.6, 1), (-2.0, -1.0, 3)]
    assert places_true(Told(places=[(0.0, 3, 1)], asks=later, starts=starts)) == (1, 1)
    assert places_true(Told(places=[(0.0, 3, 2)], asks=later, starts=starts)) == (1, 0)
    meanwhile = [(-0.5, 0.5, 1), (-2.0, -1.0, 3)]  # nobody knows whether the run was queued when the place was told
    for place, right in ((1, 1), (2, 1), (3, 0)):
        assert places_true(Told(places=[(0.0, 3, place)], asks=meanwhile, starts=starts)) == (1, right)


def test_what_starts_at_a_moment_that_is_not_known_well_may_come_before_or_behind():
    asks = [(-2.0, -1.0, 1), (-2.0, -1.0, 3)]
    for start in ((-0.5, 0.5, 1), (1.0, 4.0, 1)):
        for place, right in ((1, 1), (2, 1), (3, 0)):
            told = Told(places=[(0.0, 3, place)], asks=asks, starts=[start, (2.9, 3.0, 3)])
            assert places_true(told) == (1, right), (start, place)


def test_a_visitor_notes_a_place_whenever_the_page_says_it_and_a_quick_run_that_was_never_seen_under_way():
    told, client = Told(), Client("http://127.0.0.1:1", "")
    visitor, screen = Visitor("", 5, told, "compiled"), client.screen
    for words in ("**Waiting, number 2 in line.**", "**Waiting, number 2 in line.**", "**Waiting, next in line.**"):
        screen.put(markdown([0, 0], words))
        visitor._note(client)
        visitor._note(client)
    assert [(who, place) for _, who, place in told.places] == [(5, 2), (5, 2), (5, 1)]
    screen.put(markdown([0, 0], "**Finished after 30 epochs.**"))
    visitor._note(client)
    visitor._note(client)
    ((earliest, latest, who),) = told.starts
    assert (earliest, who) == (told.places[-1][0], 5)
    assert earliest < latest


def test_growth_is_that_of_the_second_half():
    assert growth([sample(each, 100.0 + min(each, 50)) for each in range(100)]) == pytest.approx(0.0)
    assert growth([sample(each, 100.0 + each) for each in range(100)]) == pytest.approx(0.26, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "told", "megabytes", "left", "says"),
    [
        ([0.1] * 100, Told(), 100.0, [], None),
        ([1.2] * 100, Told(), 100.0, [], "at the median"),
        ([0.1] * 90 + [4.0] * 10, Told(), 100.0, [], "95th percentile"),
        ([0.1] * 100, Told(problems=["it broke"]), 100.0, [], "it broke"),
        ([0.1] * 100, Told(places=[(0.0, 1, 9)], starts=[(0.5, 1.0, 1)]), 100.0, [], "places in the queue"),
        ([0.1] * 100, Told(), 160.0, [], "memory grew"),
        ([0.1] * 100, Told(), 100.0, ["a process was left"], "was left"),
    ],
)
def test_what_is_not_as_it_should_be_is_said(changes, told, megabytes, left, says):
    samples = [sample(36.0 * each, megabytes if each > 90 else 100.0) for each in range(101)]
    found = failures(told, changes, samples, left)
    assert found == [] if says is None else any(says in each for each in found)


def test_the_percentile_is_a_value_that_was_there():
    assert percentile(range(100), 0.95) == 95
    assert percentile([], 0.95) == 0.0

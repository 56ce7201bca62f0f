"""What a link says, without a page: round trips over all settings, and links that anybody may have written."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.relevant import relevant
from ui.session.lesson import HIDEABLE, LONGEST_TASK, NAVIGATION, PARTS, SETTINGS, clean_task
from ui.session.link import LINKED, LONGEST_SAID, NONE, Link, query_of, read_link, text_of

OPEN = [name for name in FIELDS if name not in PRIVATE]
RUN = "20261125-203000-abcdef"


def values_of(name: str) -> st.SearchStrategy:
    spec = FIELDS[name]
    return {
        "whole": lambda: st.integers(int(spec.low), int(spec.high)),
        "real": lambda: st.floats(spec.low, spec.high),
        "choice": lambda: st.sampled_from([choice.value for choice in spec.choices]),
        "several": lambda: st.lists(st.sampled_from([choice.value for choice in spec.choices])).map(
            lambda names: spec.in_order(",".join(names))
        ),
        "flag": st.booleans,
        "text": lambda: (
            st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=50)
            | st.sampled_from([NONE, rf"\{NONE}", rf"\\{NONE}"])
        ),
    }[spec.kind]()


all_settings = st.fixed_dictionaries({}, optional={name: values_of(name) for name in FIELDS}).map(
    lambda values: RunSettings().changed(**values)
)
hidden_names = st.frozensets(st.sampled_from(sorted(HIDEABLE)))


def no_run(run_id: str) -> RunSettings:
    raise UserError(f"There is no run {run_id!r}.")


def opened(query: dict[str, str], settings_of=no_run) -> Link:
    """The link as it comes back after a browser has had it in its address bar."""
    return read_link(parse_qs(text_of(query), keep_blank_values=True), settings_of, HIDEABLE)


def test_a_text_that_says_none_is_no_empty_one():
    said = query_of(Link(RunSettings().changed(source="table", label="none")))
    assert said["label"] == r"\none" and opened(said).settings.data.label == "none"
    assert opened({"source": "table", "label": "none"}).settings.data.label == "", "as links have said it all along"
    assert opened({"entangler": "none"}).settings.circuit.entangler == "none"
    assert opened({"data": "none"}).settings.data.dataset == "none", "the short form says none but a set's name"


def without_paths(settings: RunSettings) -> RunSettings:
    return settings.changed(**dict.fromkeys(PRIVATE, ""))


def what_counts(link: Link) -> Link:
    """A link says nothing of settings that play no part in a run."""
    return replace(link, settings=relevant(link.settings))


@given(all_settings, hidden_names)
def test_a_link_brings_back_every_setting_but_paths(settings: RunSettings, hidden: frozenset[str]):
    query = query_of(Link(settings, job="0123456789abcdef", hidden=hidden))
    assert not PRIVATE & set(query)
    wanted = Link(without_paths(settings), job="0123456789abcdef", hidden=hidden)
    assert what_counts(opened(query, lambda _: RunSettings())) == what_counts(wanted)


@given(on_screen=all_settings, ran=all_settings)
def test_a_link_to_a_run_brings_back_what_is_on_screen_whether_or_not_the_run_is_there(
    on_screen: RunSettings, ran: RunSettings
):
    query = query_of(Link(on_screen, run=RUN), ran)
    here, elsewhere = opened(query, lambda _: ran), opened(query)
    paths = {name: ran.value(name) for name in PRIVATE}
    assert what_counts(here) == what_counts(Link(on_screen.changed(**paths), run=RUN))
    wanted = without_paths(on_screen)
    if wanted.transfer.start_from:  # that run is not there either
        wanted = replace(wanted, transfer=TransferSettings())
    assert (relevant(elsewhere.settings), elsewhere.run) == (relevant(wanted), "")
    assert RUN in elsewhere.complaints[0]


def test_a_link_to_a_repetition_names_what_it_repeats():
    link = Link(job="0123456789abcdef", again=RUN)
    assert opened(query_of(link)) == link
    assert opened({"again": RUN}).again == "", "there is nothing that repeats it"
    assert len(opened({"job": "x", "again": "y" * 10_000}).again) <= LONGEST_SAID


def test_a_link_to_a_run_alone_brings_its_settings():
    ran = RunSettings().changed(qubits=7, seed=3)
    assert opened({"run": RUN}, lambda _: ran).settings == ran
    assert query_of(Link(ran, run=RUN), ran) == {"qubits": "7", "seed": "3", "run": RUN}


def test_a_wrong_value_beside_a_run_is_replaced_by_the_runs():
    found = opened({"run": RUN, "depth": "99"}, lambda _: RunSettings().changed(depth=2))
    assert found.settings.circuit.depth == 2
    assert "The link asks for depth = 99, which is not allowed" in found.complaints[0]
    assert found.complaints[0].endswith("The run's value, 2, is used instead.")


@given(st.dictionaries(st.sampled_from(LINKED), st.lists(st.text(max_size=40), max_size=3)))
def test_no_query_however_forged_gives_a_setting_that_is_not_allowed(query: dict[str, list[str]]):
    found = read_link(query, no_run, HIDEABLE)
    assert found.settings.to_dict()["data"]["folder"] == ""
    assert found.run == ""
    assert found.hidden <= set(HIDEABLE)
    assert RunSettings.from_dict(found.settings.to_dict()) == found.settings


@pytest.mark.parametrize("value", ["9" * 10_000, "x" * 10_000, "\0", "<script>", "../../etc/x", "nan", "1e999", ""])
@pytest.mark.parametrize("name", [name for name in OPEN if FIELDS[name].kind not in ("text", "several")])
def test_a_hostile_value_is_said_shortly_and_the_usual_one_used(name: str, value: str):
    found = read_link({name: [value]}, no_run, HIDEABLE)
    assert found.settings == RunSettings()
    (complaint,) = found.complaints
    assert complaint.startswith(f"The link asks for {name} = ")
    assert "is not allowed" in complaint
    assert len(complaint) < 600


def test_several_that_are_not_all_known_are_said_and_the_usual_ones_used():
    assert opened({"freeze": "circuit,pre_net"}).settings.transfer.freeze == "pre_net,circuit"
    found = opened({"freeze": "circuit,<script>"})
    assert found.settings == RunSettings()
    assert "Allowed: none or some of pre_net,circuit,post_net" in found.complaints[0]


def test_a_start_from_a_run_that_is_not_kept_here_is_said_and_training_starts_fresh():
    settings = RunSettings().changed(start_from=RUN, freeze="circuit", carry="circuit", depth=9)
    query = query_of(Link(settings))
    assert query == {"start_from": RUN, "freeze": "circuit", "carry": "circuit", "depth": "9"}
    assert opened(query, lambda _: RunSettings()).settings == settings
    found = opened(query)
    assert found.settings == RunSettings().changed(depth=9)
    (complaint,) = found.complaints
    assert complaint.startswith(
        f"The link starts from the run {RUN!r}, which is not kept here, so training starts fresh"
    )
    hostile = opened({"start_from": "<script>" * 8})
    assert (hostile.settings, len(hostile.complaints)) == (RunSettings(), 1)


def test_a_run_on_screen_keeps_the_start_it_was_trained_from():
    ran = RunSettings().changed(start_from="20200101-000000-abcdef")

    def kept(run_id: str) -> RunSettings:
        return ran if run_id == RUN else no_run(run_id)

    found = opened(query_of(Link(ran, run=RUN), ran), kept)
    assert (found.settings, found.complaints) == (ran, ())


def test_a_link_says_nothing_of_what_plays_no_part():
    settings = RunSettings().changed(head="linear", qubits=7, momentum=0.5)
    assert query_of(Link(settings)) == {"head": "linear"}
    assert query_of(Link(settings.changed(optimiser="sgd"))) == {
        "head": "linear",
        "optimiser": "sgd",
        "momentum": "0.5",
    }


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "x" * 10_000, "\0", "<img src=x>"])
def test_a_forged_run_is_said_shortly(name: str):
    (complaint,) = opened({"run": name}).complaints
    assert complaint.startswith("The link asks for the kept run '")
    assert len(complaint) < 15 * LONGEST_SAID


def test_unknown_names_to_hide_are_said_and_the_known_ones_hidden():
    found = read_link({"hide": ["depth, nonsense,seeds", "more,start"]}, no_run, HIDEABLE)
    assert found.hidden == {"depth", "seeds", "more"}
    (complaint,) = found.complaints
    assert complaint.startswith("The link hides 'nonsense', 'start', which is nothing that can be hidden.")
    many = read_link({"hide": [",".join(f"<b>{number}" for number in range(10_000))]}, no_run, HIDEABLE)
    assert "'<b>2' and 9997 more" in many.complaints[0]


def test_of_several_values_the_last_counts_and_it_is_said():
    found = read_link({"qubits": ["3", "5"]}, no_run, HIDEABLE)
    assert found.settings.circuit.qubits == 5
    assert found.complaints == ("The link gives qubits several values; the last, 5, is used.",)
    assert read_link({"qubits": ["5", "5"]}, no_run, HIDEABLE).complaints == ()


def test_every_page_can_be_hidden_but_the_first_and_train_where_links_lead():
    assert set(NAVIGATION) == {"tour", "runs", "study", "predict", "circuit", "paper_machine", "data", "learn"}
    found = read_link({"hide": ["train,home,tour"]}, no_run, HIDEABLE)
    assert found.hidden == {"tour"}
    assert found.complaints[0].startswith("The link hides 'train', 'home'")


def test_every_setting_can_be_hidden_and_no_name_means_two_things():
    assert set(SETTINGS) == set(FIELDS)
    assert len(HIDEABLE) == len(SETTINGS) + len(PARTS) + len(NAVIGATION)


tasks = st.text(st.characters(codec="utf-8"), max_size=LONGEST_TASK).map(clean_task)


@given(hidden_names, tasks, st.booleans())
def test_a_lesson_comes_back_whole(hidden: frozenset[str], task: str, playground: bool):
    link = Link(hidden=hidden, task=task, playground=playground)
    assert opened(query_of(link)) == link


@given(hidden_names, tasks, st.booleans())
def test_a_link_never_ends_in_what_chat_programs_leave_out(hidden: frozenset[str], task: str, playground: bool):
    text = text_of(query_of(Link(hidden=hidden, task=task, playground=playground)))
    assert not text or text[-1].isalnum()


@pytest.mark.parametrize("task", ["Find the least.", "a-", "a_", "a~", "a,", "Why?"])
def test_a_last_sign_is_written_as_its_code_and_comes_back(task: str):
    text = text_of(query_of(Link(task=task)))
    assert text.endswith(f"%{ord(task[-1]):02X}")
    assert opened({"task": task}).task == task
    with_depth = query_of(Link(RunSettings().changed(depth=3), task=task))
    assert list(with_depth) == ["task", "depth"], "the address bar's own link ends in its task"


def test_a_task_that_is_too_long_is_cut_and_said():
    found = opened({"task": "<b>" + "x" * 10_000})
    assert found.task == "<b>" + "x" * (LONGEST_TASK - 3)
    assert found.complaints == ("The link's task has 10,003 characters; the first 500 are shown.",)


@pytest.mark.parametrize(
    ("text", "is_on", "complaints"), [("on", True, 0), ("ON", True, 0), ("off", False, 0), ("7", False, 1)]
)
def test_the_playground_is_on_or_off_and_all_else_is_said(text, is_on, complaints):
    found = opened({"playground": text})
    assert (found.playground, len(found.complaints)) == (is_on, complaints)


def test_links_of_before_mean_what_they_meant():
    found = opened({"hide": "depth,folder,weights,playground", "seed": "3"})
    assert found == Link(RunSettings().changed(seed=3), hidden=frozenset({"depth", "folder", "weights", "playground"}))


def test_a_data_set_has_a_short_name_in_links_and_comes_as_it_is_now():
    named = RunSettings().changed(source="dataset", dataset="0f3a5c7e9b1d", qubits=3)
    assert query_of(Link(named)) == {"data": "0f3a5c7e9b1d", "qubits": "3"}
    assert opened(query_of(Link(named))).settings == named
    ran = named.changed(dataset_version=4)
    assert opened({"run": RUN, "data": "0f3a5c7e9b1d"}, lambda _: ran).settings == named
    assert opened(query_of(Link(ran, run=RUN), ran), lambda _: ran).settings == ran
    assert opened({"data": "0f3a5c7e9b1d", "source": "drawn"}).settings.data.source == "dataset"
    assert opened({"data": "x" * 100}).complaints[0].startswith("The link asks for dataset = ")


def test_that_no_data_set_is_named_can_be_said_beside_a_run_of_one():
    ran = RunSettings().changed(source="dataset", dataset="0f3a5c7e9b1d")
    on_screen = ran.changed(dataset="")
    assert opened(query_of(Link(on_screen, run=RUN), ran), lambda _: ran).settings == on_screen


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_path_in_a_link_is_not_taken_and_that_is_said(name: str):
    link = opened({name: "../../x" * 30, "depth": "3"})
    assert link.settings == RunSettings().changed(depth=3)
    (said,) = link.complaints
    assert said.startswith(f"The link gives {name} a value, which no link may") and "../" not in said
    assert len(said) < 300
    assert not opened({name: ""}).complaints and not opened({name: "none"}).complaints

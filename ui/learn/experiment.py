"""The experiment of a field: does what was learnt for task A carry over to task B? The same panel in all of them.

Nothing is computed unasked; what is kept from before, whoever asked, is there at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.export.tables import to_csv
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.learn.experiments.catalogue import experiment, of_topic
from qtl_core.learn.experiments.experiment import Experiment
from qtl_core.learn.experiments.figures import seed_rows
from qtl_core.learn.experiments.job import experiment_job
from qtl_core.learn.experiments.kept import kept
from qtl_core.learn.experiments.outcome import Outcome, corrected
from qtl_core.learn.experiments.words import (
    claim,
    early_words,
    interval_words,
    nothing_in_common,
    p_words,
    signed,
    uncertainty,
)
from qtl_core.learn.topics import TOPICS, topics_of
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.learn.experiment_charts import curves_figure, stops_figure
from ui.learn.widgets import choice
from ui.session import keys, session
from ui.session.link import TOPIC_PARAMETER
from ui.session.refresh import refreshing
from ui.session.visitor import may_stop
from ui.widgets.glossary import help_of, word
from ui.widgets.waiting import show_job_report

QUESTION, ANCHOR = "Does it carry over?", "#does-it-carry-over"
WORDS = ("qubit", "gate", "CNOT", "Hadamard gate", "fidelity")  # of the glossary, where an experiment says them
REFRESH_SECONDS = 0.4
PATIENCE = 0.5  # seconds: what is learnt within them needs no bar that flashes up
CONTROL_HEIGHT = 114  # pixels, in which button, bar and what is said of them take turns
ENDS = ("nothing in common", "nearly the same")
COLOURS = {"saved": "violet", "lost": "red", "uncertain": "gray"}
Snapshot = JobSnapshot[JobView[tuple[Outcome, ...]]]


@dataclass(frozen=True)
class Found:
    """The state of an experiment: which stops are learnt, and the job that learns the others.

    Attributes:
        outcomes: Of each stop that is learnt, from the least alike on; corrected for one another once all are.
        is_whole: Whether all are.
        job: What was asked for last, by whomever, or None: who reloads finds it again.
    """

    outcomes: list[Outcome]
    is_whole: bool
    job: Snapshot | None

    @property
    def under_way(self) -> bool:
        """True while the job goes on."""
        return self.job is not None and not self.job.is_over

    def at(self, likeness: float) -> Outcome | None:
        """Returns the outcome of a stop, once it is learnt."""
        return next((each for each in self.outcomes if each.likeness.value == likeness), None)


def show_experiments(topic: str) -> None:
    """Shows the panel of a field, with a choice where it has several experiments."""
    with st.container(border=True, key="learn_experiment", gap="small"):
        st.markdown(f"#### {QUESTION}")
        key = _choose(topic, of_topic(topic))
        found = _found(experiment(key))
        _show_about(experiment(key))
        refreshing(_panel, REFRESH_SECONDS if found.under_way else None)(key, found.under_way)
    if found.is_whole:
        _offer_next(topic)


def _offer_next(topic: str) -> None:
    """Shows the way to the field after this one; after the last comes the first."""
    fields = topics_of(TOPICS[topic].part)
    following = fields[(fields.index(topic) + 1) % len(fields)]
    st.button(
        f"Next field: {TOPICS[following].title}",
        icon=":material/arrow_forward:",
        key=keys.learn_key(topic, "next"),
        on_click=session.learn.show,
        args=(TOPIC_PARAMETER, following),
    )


def _choose(topic: str, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    titles = {name: experiment(name).title for name in names}
    under_way = [name for name in names if _found(experiment(name)).under_way]
    if under_way:  # so that a reload comes back to it
        st.session_state.setdefault(keys.learn_key(topic, "experiment"), under_way[0])
    return choice(topic, "experiment", "Which experiment", titles, "Each has tasks of its own.")


def _show_about(wanted: Experiment) -> None:
    st.markdown(wanted.about)
    said = " ".join((wanted.about, wanted.task_b, wanted.carried, wanted.quality.target_words)).casefold()
    met = [name for name in WORDS if re.search(rf"\b{name.casefold()}s?\b", said)]
    st.caption("Words: " + " · ".join(word(name) for name in (*met, "seed")))


def _found(wanted: Experiment) -> Found:
    job = job_managers.learnings().find(wanted.key)
    from_job = {each.likeness: each for each in (job.view.result or ()) if job} if job else {}
    both = [from_job.get(likeness) or kept(wanted, likeness) for likeness in wanted.likenesses]
    outcomes = [each for each in both if each is not None]
    is_whole = len(outcomes) == len(wanted.likenesses)
    return Found(corrected(outcomes) if is_whole else outcomes, is_whole, job)


def _panel(key: str, waiting: bool) -> None:
    wanted = experiment(key)
    found = _found(wanted)
    if waiting and not found.under_way:
        st.rerun()  # without the refreshing
    place = _stop_now(wanted)
    _show_tasks(wanted, place)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    with left:
        _choose_stop(wanted)
    with right, st.container(height=CONTROL_HEIGHT, border=False, key="learn_experiment_control"):
        _show_control(wanted, found, place)
    _show_charts(wanted, found, place)
    st.caption(f"What is counted are {wanted.evaluations}; each is {wanted.evaluation}.")
    with st.container(key="learn_experiment_result"):
        _show_result(wanted, found, place)
    st.markdown(f"**To be honest.** {wanted.without}")
    if wanted.reference:
        st.caption(f"Method: {wanted.reference}")


def _stop_now(wanted: Experiment) -> int:
    return int(st.session_state.setdefault(keys.learn_key(wanted.key, "likeness"), wanted.usual))


def _choose_stop(wanted: Experiment) -> None:
    with st.container(gap=None):
        st.select_slider(
            "How alike they are",
            list(range(len(wanted.likenesses))),
            format_func=lambda place: f"{wanted.likenesses[place].value:g}",
            help="0 is nothing in common, 1 the same task. Task B stays the same; task A is another one at each place.",
            key=keys.learn_key(wanted.key, "likeness"),
            persist_state="session",
        )
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            for end in ENDS:
                st.caption(end, width="content")


def _show_tasks(wanted: Experiment, place: int) -> None:
    for column, (badge, words) in zip(
        st.columns(3, gap="medium"),
        (
            (":gray-badge[Task A, learnt first]", wanted.likenesses[place].task_a),
            (":violet-badge[:material/arrow_forward: Carried over]", wanted.carried),
            (":gray-badge[Task B, learnt afterwards]", wanted.task_b),
        ),
        strict=True,
    ):
        column.markdown(f"{badge}  \n{words[:1].upper()}{words[1:]}.")


def _show_control(wanted: Experiment, found: Found, place: int) -> None:
    if found.job is not None and found.under_way:
        show_job_report("learn_experiment", found.job, "Learning")
        stop_key = keys.learn_key(wanted.key, "stop")
        if may_stop(found.job.owner) and st.button("Stop", icon=":material/stop:", key=stop_key):
            job_managers.learnings().jobs.stop(found.job.id)
            st.rerun()
        return
    if found.job is not None and found.job.view.error:
        show_user_error(UserError(*found.job.view.error))
    if found.is_whole:
        stops = len(wanted.likenesses)
        st.caption(f"Learnt with {wanted.seeds} seeds at all {stops} places; move the slider to see each.")
        return
    st.caption(_offer(wanted, found))
    label = "Go on learning" if found.outcomes else "Learn A, then B both ways"
    if st.button(label, type="primary", icon=":material/school:", key=keys.learn_key(wanted.key, "learn")):
        _start(wanted, place)
        st.rerun()


def _offer(wanted: Experiment, found: Found) -> str:
    stops = len(wanted.likenesses)
    if found.outcomes:
        return f"Stopped: {len(found.outcomes)} of {stops} places of the slider are learnt, and kept."
    return f"{wanted.seeds} seeds, both ways, at {stops} places of the slider: some seconds."


def _start(wanted: Experiment, place: int) -> None:
    learnings = job_managers.learnings()
    learnings.restart(wanted.key, partial(experiment_job, wanted.key, place, session.owner))
    started = learnings.find(wanted.key)
    if started is not None:
        learnings.jobs.wait(started.id, PATIENCE)


def _show_charts(wanted: Experiment, found: Found, place: int) -> None:
    outcome = found.at(wanted.likenesses[place].value)
    left, right = st.columns([3, 2], gap="large")
    plain = {"displayModeBar": False}
    with left:
        st.markdown("**Learning B, both ways**", help="Lines are medians over the seeds; the shade holds nine of ten.")
        figure = curves_figure(wanted, outcome)
        st.plotly_chart(figure, key=f"learn_{wanted.key}_curves", config=plain, alt=_curves_alt(wanted, outcome))
    with right:
        st.markdown(
            "**What was saved at each place**",
            help="The mean over the seeds with its 95% interval; above the line, the carried start was quicker. A "
            "hollow dot may be luck.",
        )
        figure = stops_figure(wanted, found.outcomes, place, judged=found.is_whole)
        st.plotly_chart(figure, key=f"learn_{wanted.key}_stops", config=plain, alt="Evaluations saved at each stop.")


def _curves_alt(wanted: Experiment, outcome: Outcome | None) -> str:
    return early_words(wanted, outcome) if outcome else "Nothing is learnt yet."


def _show_result(wanted: Experiment, found: Found, place: int) -> None:
    outcome = found.at(wanted.likenesses[place].value)
    if outcome is None:
        st.markdown(_reading(wanted))
        return
    if not found.is_whole:
        st.markdown(early_words(wanted, outcome))
        return
    badge = f":{COLOURS[outcome.verdict]}-badge[{outcome.verdict}]"
    words = help_of("paired test", "p-value", "Holm correction", "seed")
    st.markdown(f"{badge} **{claim(wanted, outcome)}**", help=words)
    st.markdown(uncertainty(wanted, outcome))
    if place:
        st.markdown(nothing_in_common(wanted, found.outcomes, outcome))
    _show_numbers(wanted, found)


def _reading(wanted: Experiment) -> str:
    """Returns how the charts will have to be read."""
    good = "lower" if wanted.quality.better == "lower" else "higher"
    return (
        "**What comes out will be said here.** It is read like this:\n"
        f"- On the left, {good} is better. The dashed line learns B from scratch, the full one from what A left. A "
        f"mark says where half of the seeds have learnt B: {wanted.quality.target_words}.\n"
        "- On the right, a dot above zero says that the carried start was quicker, below zero that it did harm. A "
        "hollow dot may be luck.\n"
        "- A seed is one throw of the dice: another fresh start and other data. Both ways get the same ones."
    )


def _show_numbers(wanted: Experiment, found: Found) -> None:
    with st.expander("All numbers", icon=":material/table:"):
        st.dataframe([_row(each) for each in found.outcomes], hide_index=True, width="stretch")
        st.caption(
            f"In {wanted.evaluations} until {wanted.quality.target_words}: the median of {wanted.seeds} seeds, and "
            "between what nine of ten lie."
        )
        st.download_button(
            "Every seed as CSV",
            partial(_csv, found.outcomes),
            f"{wanted.key}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _csv(outcomes: list[Outcome]) -> str:
    return to_csv(seed_rows(outcomes))


def _row(outcome: Outcome) -> dict[str, object]:
    scratch, carried = outcome.scratch, outcome.transferred
    return {
        "How alike": f"{outcome.likeness.value:g}",
        "From scratch": f"{scratch.median:,.0f} ({scratch.low:,.0f} to {scratch.high:,.0f})",
        "Carried start": f"{carried.median:,.0f} ({carried.low:,.0f} to {carried.high:,.0f})",
        "Saved, mean": signed(outcome.difference),
        "95% interval": interval_words(outcome),
        "p, corrected": p_words(outcome.p_corrected).removeprefix("p ").removeprefix("= "),
        "Never there": f"{scratch.missed} and {carried.missed}",
        "Task A": outcome.likeness.task_a,
    }

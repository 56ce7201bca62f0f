"""A question of one's own: what varies, how often each setting is trained, and the plan as a sentence before Start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.settings.relevant import READOUT
from qtl_core.studies.axes import Axis
from qtl_core.studies.execution import check_trainable
from qtl_core.studies.plan import AXIS, BASE, LONGEST_NAME, READING, StudyPlan
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.sampling import SAMPLERS, Grid, RandomSample, Sampling, Search, grid_size
from qtl_core.training.folds import FEWEST, MOST
from ui.base.errors import as_plain_text
from ui.session import keys
from ui.study.axes import choose_axes
from ui.study.planned import show_planned
from ui.widgets.glossary import help_of

USUAL_SEEDS, MOST_SEEDS, USUAL_FOLDS, FOLD_SEEDS = 20, 1_000, 10, 2
SEEDS, FOLDS = "Other seeds", "Folds"
EVERY, SAMPLE, SEARCH = "Every combination", "Some, drawn at random", "A search"
USUAL_CELLS, MOST_CELLS, SEARCH_SEEDS = 30, 5_000, 5
COMPARED = {AXIS: "Values of the first setting", BASE: "Each with the settings chosen on Train"}
USUAL_MEASURE = "What chose nothing: the test part, or the last epoch"
MOST_MINUTES = 24 * 60


def show_own_question(base: RunSettings, problem: UserError | None) -> None:
    """Shows the fields and the plan that they make.

    Args:
        base: The settings of all that does not vary.
        problem: Why nothing can be trained from the pictures chosen, or None.
    """
    st.markdown("Choose what varies; all else is as on Train. The values of the first setting are compared.")
    chosen = choose_axes(base)
    with st.container(horizontal=True, vertical_alignment="bottom", key="study_how_often"):
        seeds, folds = _choose_repeats()
    sampling = _choose_sampling(chosen.axes)
    with st.expander("What is compared, and for how long", icon=":material/tune:"):
        further = _choose_further(chosen.axes)
    name = _choose_name(chosen.axes)
    if chosen.problems:
        st.caption("Mend what is said beside the fields above; then the plan stands here.")
        return
    try:
        plan = StudyPlan(name, base, chosen.axes, seeds, folds, sampling, **further)
        check_trainable([plan.runs_of(cell)[0] for cell in plan.cells()])
    except UserError as error:
        st.caption(f":material/error: {as_plain_text(str(error))}")
        return
    show_planned(plan, problem)


def _choose_repeats() -> tuple[int, int]:
    by = st.segmented_control(
        "Repeat with",
        [SEEDS, FOLDS],
        default=SEEDS,
        required=True,
        key=keys.STUDY_REPEAT,
        persist_state="session",
        help="Other seeds keep the pictures and change the luck; folds change which pictures are held out.\n\n"
        f"{help_of('cross-validation', 'seed')}",
    )
    folds = _number("Folds", FEWEST, MOST, USUAL_FOLDS, keys.STUDY_FOLDS) if by == FOLDS else 0
    seeds = _number(
        "Seeds",
        1,
        MOST_SEEDS,
        FOLD_SEEDS if folds else USUAL_SEEDS,
        f"{keys.STUDY_SEEDS}_folds" if folds else keys.STUDY_SEEDS,
        "How often each setting is trained. One difference can be told from luck from six seeds on, or six folds; "
        "of more comparisons it takes more, which the plan then says.",
    )
    return seeds, folds


def _number(label: str, low: int, high: int, usual: int, key: str, help: str | None = None) -> int:
    return int(st.number_input(label, low, high, usual, key=key, persist_state="session", width=160, help=help))


def _choose_sampling(axes: tuple[Axis, ...]) -> Sampling:
    if grid_size(axes) < 2:
        return Grid()
    with st.container(horizontal=True, vertical_alignment="bottom", key="study_sampling"):
        way = st.segmented_control(
            "Try",
            [EVERY, SAMPLE, SEARCH],
            default=EVERY,
            required=True,
            key=keys.STUDY_TRY,
            persist_state="session",
            help=f"There are {grid_size(axes):,} combinations. A search looks at what came before, and asks for those "
            "that promise most; what it finds is flattered by having been looked for.",
        )
        if way == SAMPLE:
            return RandomSample(_number("Combinations", 1, MOST_CELLS, USUAL_CELLS, keys.STUDY_SAMPLE))
        if way == SEARCH:
            trials = _number("At most", 1, MOST_CELLS, USUAL_CELLS, keys.STUDY_TRIALS)
            sampler = st.selectbox(
                "How it searches",
                list(SAMPLERS),
                format_func=lambda name: SAMPLERS[name].partition(":")[0],
                key=keys.STUDY_SAMPLER,
                persist_state="session",
                width=300,
                help="\n".join(f"- {words}" for words in SAMPLERS.values()),
            )
            return Search(trials, sampler)
    return Grid()


def _choose_further(axes: tuple[Axis, ...]) -> dict[str, Any]:
    compare = st.radio(
        "Compared are",
        list(COMPARED),
        format_func=COMPARED.__getitem__,
        key=keys.STUDY_COMPARE,
        persist_state="session",
        horizontal=True,
    )
    measure = st.selectbox(
        "Measured by",
        ["", *MEASURES],
        format_func=lambda name: f"{MEASURES[name][0].upper()}{MEASURES[name][1:]}" if name else USUAL_MEASURE,
        key=keys.STUDY_MEASURE,
        persist_state="session",
        help=help_of("validation", "accuracy", "loss"),
    )
    minutes = _number(
        "Minutes at most",
        0,
        MOST_MINUTES,
        0,
        keys.STUDY_BUDGET,
        "After so many minutes of training no further runs begin; 0 for no end. Runs are then trained seed by seed "
        "over all settings, so that each has as many.",
    )
    found = {"compare": compare, "measure": measure, "budget_seconds": 60 * minutes}
    if any(name in READOUT for axis in axes for name in axis.settings):
        exactly = st.toggle(
            "Train exactly, and read out so afterwards",
            value=True,
            key=keys.STUDY_READING,
            persist_state="session",
            help="In seconds, as every head is trained once; off, each is trained under its shots and noise: minutes.",
        )
        found |= {"noise_at": READING} if exactly else {}
    return found


def _choose_name(axes: tuple[Axis, ...]) -> str:
    usual = " × ".join(axis.label for axis in axes)[:LONGEST_NAME] or "One setting"
    typed = st.text_input(
        "Name",
        key=keys.STUDY_NAME,
        max_chars=LONGEST_NAME,
        placeholder=usual,
        persist_state="session",
        help="What the study is called in the list.",
    )
    return (typed or "").strip() or usual

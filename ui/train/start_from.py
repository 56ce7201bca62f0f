"""Start from: which trained run a training begins with, by recipe or part by part, and what cannot travel and why."""

from __future__ import annotations

import math
from collections import Counter

import streamlit as st

from qtl_core.compare.names import names_of
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings import TransferSettings
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from qtl_core.training.transfer.ancestors import StartingPoint
from qtl_core.training.transfer.plan import PARTS, PartPlan, TransferPlan
from qtl_core.training.transfer.recipes import RECIPES, Recipe, why_no_recipe, with_recipe
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.train.planned_start import PlannedStart
from ui.widgets.model_choice import run_words

TITLES = {PRE_NET: "First layer", CIRCUIT: "Circuit", POST_NET: "Last layer"}
FRESH = "Fresh numbers"


def show_start_line(planned: PlannedStart) -> None:
    """Says above Start in one line what a run would start from, where that is not fresh numbers."""
    if planned.problem is not None:
        show_user_error(planned.problem)
    elif planned.plan is not None:
        st.markdown(f":material/conversion_path: {as_plain_text(start_words(planned))}")


def start_words(planned: PlannedStart) -> str:
    """Returns what a run would start from, what travels and what learns, in a sentence or two."""
    plan = planned.plan
    if plan is None:
        return ""
    learns = f"{plan.trained_parameters:,} of {plan.parameters:,} numbers learn."
    if planned.point is None:
        absent = [
            each.sentence for each in plan.parts if each.how == "absent" and each.sentence
        ]  # asked to stand still
        return " ".join([f"Starts fresh. {learns}", *absent])
    travels = ", ".join(TITLES[part].lower() for part in plan.carried) or "nothing"
    return f"Starts from {planned.point.ancestor.name}: {travels} carried over. {learns}"


def show_start_from(planned: PlannedStart) -> None:
    """Shows the section, unless the lesson leaves it out."""
    hides = session.screen.hides
    if hides("start_from"):
        return
    # Another expander once a run is chosen, as from its result: one that is there stays as its visitor left it.
    is_set = session.screen.settings.transfer != TransferSettings()
    with st.expander("Start from a trained run", is_set, icon=":material/conversion_path:", key=f"start_from_{is_set}"):
        st.markdown("What one training learnt can be carried over to another: other data or classes, a deeper circuit.")
        _choose_run()
        if planned.point is not None:
            st.caption(as_plain_text(learnt_words(planned.point)))
            _show_recipes(planned.point)
        if planned.plan is not None and not (hides("carry") and hides("freeze")):
            _show_parts(planned, planned.plan)


def learnt_words(point: StartingPoint) -> str:
    """Says what a run is, what it learnt, through what and how well."""
    facts, known = point.facts, point.ancestor
    title = HEADS[facts.settings.model.head].title.split(" (")[0]
    circuit = facts.settings.circuit
    qubits = "1 qubit" if circuit.qubits == 1 else f"{circuit.qubits} qubits"
    size = f", {qubits}, depth {circuit.depth}" if CIRCUIT in facts.parts else ""
    is_numbers = facts.settings.data.is_numbers
    seen = "" if is_numbers else f" through {spec_of(facts.settings.data.backbone).title}"
    names = ", ".join(known.classes[:6]) + (f" and {len(known.classes) - 6} more" if len(known.classes) > 6 else "")
    right = "" if math.isnan(known.accuracy) else f": {known.accuracy:.1%} right at its best epoch"
    return f"{title}{size}; learnt {names} ({known.pictures}){seen}{right}."


def _choose_run() -> None:
    now = session.screen.settings.transfer.start_from
    records = choosable_runs(also=(now,))
    names = names_of(records)
    words = {"": FRESH} | _told_apart({record.id: run_words(record, names[record.id]) for record in records})
    if now not in words:
        words[now] = f"{now}, which is not here"
    if st.session_state.get(keys.START_FROM) != now:
        st.session_state[keys.START_FROM] = now
    st.selectbox(
        "Run to start from",
        list(words),
        list(words).index(now),
        format_func=lambda each: words.get(each, each),
        key=keys.START_FROM,
        on_change=guarded()(_take_run),
        help="Any kept run, and any head that was brought in on the Runs page; the newest first.",
    )


def _told_apart(words: dict[str, str]) -> dict[str, str]:
    """Adds the identifier where two runs are called the same: a browser names its choice by these words."""
    called = Counter(words.values())
    return {run: f"{said} · {run}" if called[said] > 1 else said for run, said in words.items()}


def _take_run() -> None:
    chosen = st.session_state[keys.START_FROM] or ""
    if not chosen:
        session.screen.choose_settings(session.screen.settings.changed(**vars(TransferSettings())))
    else:
        session.screen.choose("start_from", chosen)


def _show_recipes(point: StartingPoint) -> None:
    st.markdown("**Recipes**")
    with st.container(horizontal=True, gap="xsmall", key="recipes"):
        for recipe in RECIPES.values():
            why = why_no_recipe(recipe, point.facts)
            chosen = not why and session.screen.settings == with_recipe(
                recipe, point.ancestor.run, point.facts, session.screen.settings
            )
            st.button(
                recipe.title,
                type="primary" if chosen else "secondary",
                key=f"recipe_{recipe.name}",
                help=why or recipe.about,
                disabled=bool(why),
                on_click=guarded()(_take_recipe),
                args=(recipe, point),
            )


def _take_recipe(recipe: Recipe, point: StartingPoint) -> None:
    session.screen.choose_settings(with_recipe(recipe, point.ancestor.run, point.facts, session.screen.settings))


def _show_parts(planned: PlannedStart, plan: TransferPlan) -> None:
    for each in plan.parts:
        if each.how != "absent":
            with st.container(border=True, gap="xsmall", key=f"part_{each.part}"):
                _show_part(each, planned)
    learns = f"**{plan.trained_parameters:,} of {plan.parameters:,} numbers learn**"
    st.markdown(f"{learns}; {plan.parameters - plan.trained_parameters:,} stand still.")


def _show_part(each: PartPlan, planned: PlannedStart) -> None:
    hides, fixed = session.screen.hides, HEADS[session.screen.settings.model.head].fixed
    st.markdown(f"**{TITLES[each.part]}** · {each.numbers:,} number{'s' * (each.numbers != 1)}")
    with st.container(horizontal=True, gap="medium"):
        if planned.point is not None and not hides("carry"):
            _tick("carry", each.part, "Carried over", disabled=each.part in planned.cannot)
        if not hides("freeze"):
            _tick("freeze", each.part, "Stands still", disabled=each.part in fixed)
    asked = each.part in session.screen.settings.transfer.carried_parts
    cannot = planned.cannot.get(each.part, "")
    st.caption(as_plain_text(each.sentence if asked or not cannot else cannot))


def _tick(name: str, part: str, label: str, *, disabled: bool) -> None:
    """Shows whether a part is among those that the setting `name` lists; what cannot be is shown as not so."""
    transfer = session.screen.settings.transfer
    listed = getattr(transfer, f"{'carried' if name == 'carry' else 'frozen'}_parts")
    key = keys.part_key(name, part)
    value = part in listed and not (disabled and name == "carry")
    if disabled and name == "freeze":
        value = True  # a part of this kind of head that never learns
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.checkbox(label, value, key=key, disabled=disabled, on_change=_take_tick, args=(name, part, key))


def _take_tick(name: str, part: str, key: str) -> None:
    now = set(filter(None, session.screen.settings.value(name).split(",")))
    now = now | {part} if st.session_state[key] else now - {part}
    session.screen.choose(name, ",".join(each for each in PARTS if each in now))

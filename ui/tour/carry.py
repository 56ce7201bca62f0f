"""The tenth stop: what was learnt, carried over to new pictures; the circuit alone, and the whole head."""

from __future__ import annotations

import io
from functools import lru_cache

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.inference.requests import TrainedModel
from qtl_core.training.transfer.arms import ENOUGH
from qtl_core.training.transfer.comparison import SEEDS
from qtl_core.training.transfer.comparison_causes import cause_words, shared_start_words
from qtl_core.training.transfer.comparison_verdict import amount_words, conclusion, differences, judged_words
from qtl_core.training.transfer.new_pictures import (
    AMOUNTS,
    CLASSES,
    RECIPE_NAMES,
    TRAIN,
    VAL,
    Carried,
    can_carry,
    draw_new,
    new_pictures_job,
)
from ui.base.errors import as_plain_text, show_user_error
from ui.base.theme import class_colour
from ui.results.transfer_charts import epochs_figure
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.tour.comparing import Slot, begin, show_button, show_how_far, shown
from ui.tour.followed_pictures import model as bundled
from ui.widgets.model_choice import current_model
from ui.widgets.pictures import Tile, show_tiles

TITLE = "Carry it to new pictures"
TASK = "Let it learn new pictures, a bee or neither: from what it knows, and from nothing."
TEXT = (
    "One task teaches another: now this app's own head, the small part that is trained behind the image network, hands "
    f"something down. The new task is {' or '.join(CLASSES)}, on pictures drawn for this stop. There are few to learn "
    f"from, {AMOUNTS[0]} or {AMOUNTS[1]} of each kind; "
    f"{VAL * len(CLASSES)} others judge.\n\n"
    "**The circuit alone** is carried and stands still between fresh layers; or **the whole head** is, and learns on. "
    f"Each is trained {SEEDS} times beside a start from nothing with the same pictures, and a difference counts only "
    "if luck would hardly give it. Carrying may help, do harm, or change nothing."
)
PAGE = ("pages/train.py", "Start from a trained run, part by part")
WAYS = dict(zip(RECIPE_NAMES, ("The circuit alone", "The whole head"), strict=True))
SHOWN = 2  # new pictures of each kind
SIDE = 208  # pixels
REFRESH_SECONDS = 0.4
SLOT: Slot = "carry_job"


def show() -> None:
    """Shows some of the new pictures, the button, and what came of it."""
    title, more = f"Train from all starts, {SEEDS} times each", "Really draws the pictures, and trains on them now."
    snapshot = show_button(SLOT, title, ":material/conversion_path:", _start, more)
    if snapshot is None:
        st.caption(_words_before())
        _show_new()
        return
    live = not snapshot.is_over
    refreshing(_panel, REFRESH_SECONDS if live else None)(live)


def _words_before() -> str:
    model, whose = _from_whom()
    classes = as_plain_text(" and ".join(model.run.prepared.classes[:4]))
    return f"{whose} hands down what it learnt of {classes}. This takes some seconds, and longer the first time."


def _from_whom() -> tuple[TrainedModel, str]:
    """The visitor's own run, where it has something to carry to pictures, else the one that comes with the app."""
    own = current_model()
    if own is not None and can_carry(own.run):
        return own, "Your own run"
    return bundled(), "The run that comes with the app"


def _start() -> None:
    model, session.tour.carried = _from_whom()
    begin(SLOT, new_pictures_job(model.run, session.owner))


def _panel(live: bool) -> None:
    snapshot = shown(SLOT)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        return
    show_how_far("carry", snapshot)
    if snapshot.view.result:
        show_carried(snapshot.view.result, session.tour.carried)
    elif live:
        _show_new()


def _show_new() -> None:
    """Shows some of the pictures that are to be learnt, until there is something to see of the learning."""
    show_tiles([_tile(name, number) for number in range(SHOWN) for name in CLASSES], drawn=True)


def show_carried(ways: tuple[Carried, ...], whose: str) -> None:
    """Shows what follows for every way that is there, and the curves of one of them with the fewest pictures.

    Args:
        ways: What came of them.
        whose: Whose run was carried, which begins a sentence.
    """
    for way in ways:
        st.markdown(f"**{WAYS[way.recipe]}.** {as_plain_text(conclusion(way.found))}")
    names = [way.recipe for way in ways]
    chosen = st.segmented_control(
        f"Epoch by epoch, with {AMOUNTS[0]} pictures of each kind",
        names,
        default=names[-1],
        format_func=lambda name: WAYS[name],
        key=f"{keys.TOUR_WAY}_{len(names)}",  # a new one, at the last, as they come in
        required=True,
    )
    way = ways[names.index(chosen or names[-1])]
    st.plotly_chart(
        epochs_figure(way.found.amounts[0]),
        key="tour_carried",
        config={"displayModeBar": False},
        alt="Accuracy by epoch, from the carried start and from scratch",
    )
    st.caption(
        f"{whose} was carried. The line is the median, and nine in ten seeds lie in the band; the dotted line is at "
        f"{ENOUGH:.0%}."
    )
    if len(ways) == len(WAYS):
        _show_behind(ways)


def _show_behind(ways: tuple[Carried, ...]) -> None:
    with st.expander("In exact words, with every figure", icon=":material/table:"):
        for way in ways:
            lines = [amount_words(each, way.found.judges) for each in differences(way.found)]
            lines += [said for said in (cause_words(way.found),) if said]
            st.markdown(f"{WAYS[way.recipe]}:\n" + "\n".join(f"- {as_plain_text(line)}" for line in lines))
        for said in (judged_words(ways[0].found), shared_start_words(ways[0].found)):
            st.markdown(as_plain_text(said))
        st.markdown(
            f"{TRAIN * len(CLASSES)} new pictures to learn from and {VAL * len(CLASSES)} that judge, all drawn."
        )


def _tile(name: str, number: int) -> Tile:
    return Tile(f"New {name} {number}", name, class_colour(CLASSES.index(name)), small=_small(name, TRAIN + number))


@lru_cache(maxsize=8)  # a fifteenth of a second each
def _small(name: str, number: int) -> bytes:
    from PIL import ImageOps

    small = io.BytesIO()
    ImageOps.fit(draw_new(name, number), (SIDE, SIDE)).save(small, "JPEG", quality=85)
    return small.getvalue()

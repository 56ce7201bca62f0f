"""Widgets made from the settings: one function shows any field, from what its `FieldSpec` knows.

A widget never holds a setting: before it is drawn it is given the value on screen (`session.screen`), and what a person
enters goes back there. So presets, links and page switches need no code here. It is given the value twice: through
its key, which a message to the browser says once and which is lost where the page is run again at once, and as its
default, which every message says. With the first alone a browser may show, and send back, the least value instead.

To add a kind of field: one function below, one line in `_DRAW`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from qtl_core.machines.calibration_files import carried_names
from qtl_core.machines.catalogue import machine_names, machine_title
from qtl_core.pictures.backbones.timm_installed import has_timm
from qtl_core.pictures.backbones.weights_files import brought_models, find_weights
from qtl_core.pictures.datasets.creating import name_of
from qtl_core.settings import PRESETS, FieldSpec, SettingsError, preset_of
from qtl_core.settings.backbone_names import title_of
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.heads import HEADS
from qtl_core.settings.relevant import RATES
from ui.base.wording import plain, said_of
from ui.session import keys, session
from ui.session.visitor import my_sets
from ui.widgets.glossary import help_of, help_of_setting
from ui.widgets.layout_map import show_layout_map
from ui.widgets.timm_search import show_timm_search

WIDE_RANGE = 50  # from here on a slider is too coarse to hit a number, and a field is better


def show_field(name: str) -> None:
    """Shows one setting, with what it does in a sentence and its limits in the tooltip, unless the lesson hides it."""
    if session.screen.hides(name):
        return
    spec = FIELDS[name]
    _DRAW[name if name in _DRAW else spec.kind](name, spec)


def show_exact_rate() -> None:
    """Shows the learning rate again as a field, for values that the slider has no stop at."""
    if session.screen.hides("learning_rate"):
        return
    spec = FIELDS["learning_rate"]
    st.number_input(
        _label(spec, "Learning rate, exactly", "The same as above, for a value between two stops of the slider."),
        spec.low,
        spec.high,
        session.screen.settings.value("learning_rate"),
        step=0.0001,
        format="%g",
        help=_limits(spec),
        **_bound("learning_rate", keys.EXACT_RATE),
    )


def show_presets() -> None:
    """Shows the named settings as buttons; the one that the settings on screen match is marked."""
    active = preset_of(session.screen.settings)
    wanted = active.name if active else None
    key = _preset_key(wanted)
    st.segmented_control(
        "Well-known settings",
        [preset.name for preset in PRESETS],
        default=wanted,
        key=key,
        on_change=_take_preset,
        args=(key,),
        help="\n\n".join(f"**{preset.name}**: {preset.help}" for preset in PRESETS),
        width="stretch",
    )


def _preset_key(wanted: str | None) -> str:
    """Returns the key of the buttons, another one whenever they are to show what nobody clicked.

    A message of the browser says the state of all widgets. One sent before it heard that the mark is gone, as by a
    second quick press on a slider, still says the old mark: under the same key that would be a click on it, and undo
    both presses. `_take_preset` hears only the buttons of the last key.
    """
    times, born = st.session_state.get(keys.PRESET_SHOWN, (0, wanted))
    if st.session_state.get(keys.preset_key(times), born) != wanted:
        times += 1
        born = wanted
    st.session_state[keys.PRESET_SHOWN] = times, born
    return keys.preset_key(times)


def labelled(name: str, sentence: str) -> str:
    """Returns a control's name and what it does, as its label.

    Without Markdown, whose signs a screen reader would read out: the look is made of the two lines (`ui.shell.page`),
    for which the widget's key begins with `field_` or is one of those named there.
    """
    return f"{name}\n{sentence}"


def rate_stops(value: float) -> list[float]:
    """Returns the stops of the learning-rate slider: 1, 2, 4 and 7 of every power of ten, and `value` itself."""
    spec = FIELDS["learning_rate"]
    powers = range(round(math.log10(spec.low)), round(math.log10(spec.high)) + 1)
    stops = {float(f"{digit}e{power}") for power in powers for digit in (1, 2, 4, 7)}
    return sorted({stop for stop in stops if spec.low <= stop <= spec.high} | {value})


def _draw_whole(name: str, spec: FieldSpec) -> None:
    draw: Any = st.slider if spec.high - spec.low <= WIDE_RANGE else st.number_input
    value = session.screen.settings.value(name)
    draw(_label(spec), int(spec.low), int(spec.high), value, step=1, help=_limits(spec), **_bound(name))


def _draw_real(name: str, spec: FieldSpec) -> None:
    value = session.screen.settings.value(name)
    if spec.logarithmic:
        stops = rate_stops(value)
        st.select_slider(_label(spec), stops, value, format_func=plain, help=_limits(spec), **_bound(name))
    else:
        st.number_input(
            _label(spec), spec.low, spec.high, value, step=0.01, format="%g", help=_limits(spec), **_bound(name)
        )


def _draw_choice(name: str, spec: FieldSpec) -> None:
    labels = {choice.value: _said(spec, choice.label) for choice in spec.choices}
    value = session.screen.settings.value(name)
    for own in ("folder", "dataset"):
        if name == "source" and value != own and session.screen.hides(own):
            del labels[own]  # there would be no field to name it in
    now = list(labels).index(value)
    is_numbers = name == "source" and session.screen.settings.data.is_numbers
    st.selectbox(
        _label(spec, "Numbers" if is_numbers else ""),
        list(labels),
        now,
        format_func=lambda value: labels.get(value, value),
        help=_limits(spec),
        **_bound(name),
    )


def _draw_several(name: str, spec: FieldSpec) -> None:
    labels = {choice.value: choice.label for choice in spec.choices}
    st.pills(
        _label(spec),
        list(labels),
        selection_mode="multi",
        default=_shown(name),
        format_func=lambda value: labels.get(value, value),
        help=_limits(spec),
        **_bound(name),
    )


def _draw_head(name: str, spec: FieldSpec) -> None:
    """Offers all heads side by side: what would be without a circuit is one click away."""
    st.pills(
        _label(spec),
        list(HEADS),
        default=session.screen.settings.value(name),
        required=True,
        format_func=lambda value: _capital(HEADS[value].short),
        help=_limits(spec),
        **_bound(name),
    )


def _draw_backbone(name: str, spec: FieldSpec) -> None:
    """Offers what is registered here and those of timm's models that were brought; others of timm's by a search."""
    chosen = session.screen.settings.value(name)
    names = list(dict.fromkeys((*BACKBONES, *(brought_models() if has_timm() else ()), chosen)))
    there = {each for each in names if find_weights(each)}
    st.selectbox(
        _label(spec),
        names,
        names.index(chosen),
        format_func=lambda each: title_of(each) + ("" if each in there else " (weights not here)"),
        help="\n".join(f"- **{each.title}**: {each.about} Licence: {each.licence}." for each in BACKBONES.values())
        + f"\n\n{help_of('backbone')}",
        **_bound(name),
    )
    show_timm_search()


def _draw_dataset(name: str, spec: FieldSpec) -> None:
    """Offers the visitor's own sets, and the one that a link named."""
    chosen = session.screen.settings.value(name)
    own = {each.id: each.name for each in my_sets()}
    titles = {"": "None is chosen" if own else "There is none yet: make one on the Data page"} | own
    if chosen not in titles:
        titles[chosen] = name_of(chosen) or "A data set that is not here"
    now = list(titles).index(chosen)
    st.selectbox(_label(spec), list(titles), now, format_func=lambda each: titles.get(each, each), **_bound(name))


def _draw_dataset_version(name: str, spec: FieldSpec) -> None:
    """Offers to go back to what the set is now, where the settings name an earlier version."""
    version = session.screen.settings.value(name)
    titles = {version: f"version {version}, as it was trained on"} | {0: "as it is now"}
    st.selectbox(_label(spec), list(titles), format_func=lambda each: titles.get(each, each), **_bound(name))


def _draw_machine(name: str, spec: FieldSpec) -> None:
    """Offers the machines that are known here, and the one that a link named."""
    chosen = session.screen.settings.value(name)
    titles = {"": "None: the rates on this tab"} | {each: machine_title(each) for each in machine_names()}
    if chosen not in titles:
        titles[chosen] = f"{chosen}, which is not here"
    st.selectbox(
        _label(spec),
        list(titles),
        list(titles).index(chosen),
        format_func=lambda each: titles.get(each, each),
        help=help_of_setting(spec.label) or None,
        **_bound(name),
    )


def _draw_layout(name: str, spec: FieldSpec) -> None:
    """Shows the map of a machine whose figures come along, to lay the wires on."""
    settings = session.screen.settings
    if settings.readout.machine not in carried_names():
        _draw_text(name, spec)
        return
    st.markdown(f"**{spec.label}**", help=help_of_setting(spec.label) or None)
    st.caption("Choose a wire, then the qubit that carries it.")
    take = partial(session.screen.choose, name)
    show_layout_map(
        settings.circuit, settings.readout.machine, settings.readout.layout, key=keys.TRAIN_LAYOUT, take=take
    )


def _draw_rate(name: str, spec: FieldSpec) -> None:
    """Offers a small probability on a slider whose stops lie closer the smaller they are."""
    value = session.screen.settings.value(name)
    st.select_slider(_label(spec), noise_stops(name), value, format_func=plain, help=_limits(spec), **_bound(name))


def noise_stops(name: str) -> list[float]:
    """Returns the stops of a noise rate's slider: 0, then 1, 2 and 5 of every power of ten, its limit and its value."""
    spec, value = FIELDS[name], float(session.screen.settings.value(name))
    stops = {float(f"{digit}e{power}") for power in (-4, -3, -2, -1) for digit in (1, 2, 5)}
    return sorted({stop for stop in stops if stop <= spec.high} | {0.0, float(spec.high), value})


def _draw_flag(name: str, spec: FieldSpec) -> None:
    st.toggle(_label(spec), session.screen.settings.value(name), **_bound(name))


def _draw_text(name: str, spec: FieldSpec) -> None:
    st.text_input(_label(spec), session.screen.settings.value(name), max_chars=int(spec.high), **_bound(name))


_DRAW: dict[str, Callable[[str, FieldSpec], None]] = {
    "whole": _draw_whole,
    "real": _draw_real,
    "choice": _draw_choice,
    "several": _draw_several,
    "flag": _draw_flag,
    "text": _draw_text,
    "head": _draw_head,
    "backbone": _draw_backbone,
    "dataset": _draw_dataset,
    "dataset_version": _draw_dataset_version,
    "machine": _draw_machine,
    "layout": _draw_layout,
    **dict.fromkeys(RATES, _draw_rate),
}


def _label(spec: FieldSpec, title: str = "", sentence: str = "") -> str:
    return labelled(title or _said(spec, spec.label), sentence or _said(spec, spec.help))


def _said(spec: FieldSpec, words: str) -> str:
    return words if spec is FIELDS["source"] else said_of(session.screen.settings.data, words)


def _limits(spec: FieldSpec) -> str:
    if spec.kind in ("choice", "several"):
        said = "\n".join(f"- **{choice.label}**: {choice.help}." for choice in spec.choices)
    else:
        said = f"From {plain(spec.low)} to {plain(spec.high)}: {spec.reason}."
    return "\n\n".join(part for part in (_said(spec, said), help_of_setting(spec.label)) if part)


def _bound(name: str, key: str = "") -> dict[str, Any]:
    """Gives the widget the value on screen; only where it differs, as a value set anew would fight a moving hand."""
    key, value = key or keys.field_key(name), _shown(name)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return {"key": key, "on_change": _take, "args": (name, key, value)}


def _shown(name: str) -> Any:
    """Returns the value on screen as its widget holds it: several named choices are a list there."""
    value = session.screen.settings.value(name)
    return [part for part in value.split(",") if part] if FIELDS[name].kind == "several" else value


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _take(name: str, key: str, drawn: Any) -> None:
    """Takes over what a widget says that was drawn with the value `drawn`."""
    value = st.session_state[key]
    if value is None:
        return  # a field that was emptied shows its last value again
    if FIELDS[name].kind == "several":
        value = FIELDS[name].in_order(",".join(value))
    if name == "source" and value == drawn != session.screen.settings.value(name):
        return  # a browser that has yet to hear that a button chose other pictures says what it was told before
    try:
        session.screen.choose(name, value.strip() if isinstance(value, str) else value)
    except SettingsError as error:
        st.toast(str(error))


def _take_preset(key: str) -> None:
    times, _born = st.session_state[keys.PRESET_SHOWN]
    if key != keys.preset_key(times):
        return  # the state of buttons that are gone
    chosen = [preset for preset in PRESETS if preset.name == st.session_state[key]]
    if chosen:  # a click on the one that is already marked unmarks it, and means nothing
        session.screen.choose_preset(chosen[0])

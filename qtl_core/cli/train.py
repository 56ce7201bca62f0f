"""`python -m qtl_core train`: a run from a shell, one line an epoch."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qtl_core.cli.log_options import add_logs, note_lost, note_places, places_along
from qtl_core.cli.options import add_settings, asked_settings, settings_of
from qtl_core.cli.output import GoingOn, json_of, note, say
from qtl_core.cli.process import StopAsked, asked_to_stop
from qtl_core.cli.progress_line import ProgressLine, show_batches
from qtl_core.cli.run_names import run_named
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ReportProgress, ShouldStop
from qtl_core.evaluation.class_figures import tested_in_words
from qtl_core.export.tables import tested_object
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.training_count import training_count
from qtl_core.runs.events import BatchDone, Ended, EpochDone, Event, Failed, Prepared
from qtl_core.runs.view import RunView
from qtl_core.settings import PRESETS, RunSettings, numbers_rate, small_set_training
from qtl_core.settings.presets import PAPER_PICTURES, is_slow_for
from qtl_core.tables.usual_training import CHOSEN, training_rows, usual_training
from qtl_core.tracking.reader import RunReader, read_along
from qtl_core.training.run import RunRequest, named, run
from qtl_core.training.transfer.ancestors import read_start
from qtl_core.training.transfer.recipes import RECIPES, fitted_to, with_recipe

NAMED = ("paper", "demo", "spirals")  # the presets, in their order
FIGURES = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser)
    parser.add_argument(
        "--preset",
        choices=(*NAMED, "small"),
        help="Settings to begin with: the paper's (the default), the PennyLane demo's, those for few pictures, or "
        "the paper's for its spirals; other options change them.",
    )
    parser.add_argument(
        "--recipe",
        choices=tuple(RECIPES),
        help="With --start-from: what travels and what stands still, and a head that fits; other options change it. "
        + " ".join(f"{name}: {recipe.title.lower()}." for name, recipe in RECIPES.items()),
    )
    add_logs(parser)
    parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")


def main(arguments: argparse.Namespace) -> int:
    """Trains and prints; returns the exit code: 1 for a training that had begun and broke down.

    Raises:
        UserError: Settings, pictures or weights cannot be used.
    """
    if arguments.start_from:
        arguments.start_from = run_named(arguments.start_from)
    settings = _with_start(_with_preset(settings_of(arguments), arguments), arguments)
    _check_frozen(settings, asked_settings(arguments))
    with asked_to_stop() as asked:
        try:
            return _train(arguments, settings, asked)
        except StoppedByUser:  # while something was downloaded or read; the signal's handler has said so
            return asked.code


def _with_preset(settings: RunSettings, arguments: argparse.Namespace) -> RunSettings:
    """Returns the settings with a preset's training below what was named on the command line."""
    if not arguments.preset:
        return _for_numbers(settings, asked_settings(arguments))
    if arguments.preset == "small":
        count = (training_count(settings.data) or 1) if settings.data.is_own else PAPER_PICTURES
        return replace(settings, training=small_set_training(count)).changed(**asked_settings(arguments))
    preset = dict(zip(NAMED, PRESETS, strict=True))[arguments.preset]
    if preset.points is not None:
        return preset.applied_to(settings).changed(**asked_settings(arguments))
    return replace(settings, training=preset.training).changed(**asked_settings(arguments))


def _for_numbers(settings: RunSettings, asked: Mapping[str, object]) -> RunSettings:
    """Returns settings that suit points or a table, and says so, where the command line names no way of training."""
    if not settings.data.is_numbers:
        return settings
    if CHOSEN & asked.keys():
        _note_slow_rate(settings, asked)
        return settings
    suited = usual_training(settings.data, settings.training)
    if suited == settings.training:
        return settings
    _, features = training_rows(settings.data)
    note(
        f"Note: Rows of {_numbers_words(features)} are trained with a learning rate of {suited.learning_rate:g} for "
        f"{suited.epochs} epochs, which suits them; --preset paper takes the paper's."
    )
    return replace(settings, training=suited)


def _note_slow_rate(settings: RunSettings, asked: Mapping[str, object]) -> None:
    """Says that the paper's learning rate, which nobody named, is far too low for such rows."""
    _, features = training_rows(settings.data)
    if "learning_rate" not in asked and is_slow_for(settings.training, features):
        note(
            f"Note: A learning rate of {settings.training.learning_rate:g}, the paper's, suits far more than "
            f"{_numbers_words(features)} a row: --lr {numbers_rate(features):g} learns more here."
        )


def _note_compiling(settings: RunSettings) -> None:
    """Says that the compiler has to work first, where it does: training waits for it without another word."""
    from qtl_core.training.compiled.code_folder import is_compiled

    training = settings.training
    waits = training.engine == "compiled" and training.backbone_mode == "frozen" and settings.reads_exactly
    if waits and not is_compiled():
        note(
            "Note: Getting the compiler ready, once on this machine: half a minute, or some where others work; "
            "--engine torch would begin without it."
        )


def _numbers_words(features: int) -> str:
    return f"{features:,} number{'s' if features != 1 else ''}"


def _with_start(settings: RunSettings, arguments: argparse.Namespace) -> RunSettings:
    """Returns the settings with the head of the run to start from, and a recipe's, below what the command line says."""
    if not arguments.start_from:
        if arguments.recipe:
            raise UserError(f"--recipe {arguments.recipe} needs a run to start from.", "", "Name it with --start-from.")
        return settings
    there = read_start(arguments.start_from).facts
    if arguments.recipe:
        settings = with_recipe(RECIPES[arguments.recipe], arguments.start_from, there, settings)
    else:
        settings = fitted_to(there, settings)
    return settings.changed(**asked_settings(arguments))


def _check_frozen(settings: RunSettings, asked: Mapping[str, object]) -> None:
    """Refuses to let a part stand still that the head does not have, where the command line names it."""
    spec = settings.model.spec
    named = settings.transfer.frozen_parts if "freeze" in asked else ()
    if missing := [part for part in named if part not in spec.parts]:
        raise UserError(
            f"--freeze {','.join(missing)}: {spec.title.lower()} has no such part.",
            "",
            f"Its parts are {', '.join(spec.parts)}; leave out what is not there, or take another --head.",
        )


def _train(arguments: argparse.Namespace, settings: RunSettings, asked: StopAsked) -> int:
    view, report, going_on = RunView(), ProgressLine(), GoingOn()

    def should_stop() -> bool:
        return bool(asked.by) and (asked.by == signal.SIGINT or view.prepared is None)

    _check_what_was_named(arguments, settings, report, should_stop)
    if not arguments.json:
        _note_compiling(settings)
    places, request = places_along(arguments), named(RunRequest(settings, patient=True))
    readers = [RunReader(place.log(request.run), request.run) for place in places]
    events = run(request, report, should_stop)
    for event in read_along(events, readers, note_lost):
        view = view.apply(event)
        with going_on:
            _tell(event, view, as_json=arguments.json)
        if asked.by and not should_stop():  # the system ends it: what is there is kept, as interrupted
            events.close()
            break
    whole = [place for place, reader in zip(places, readers, strict=True) if not reader.is_lost]
    note_places(whole if view.prepared else ())
    if asked.by and view.prepared is None:
        note("Nothing was trained yet, so nothing is kept.")
    return asked.code or int(going_on.lost or view.failed is not None)


def _tell(event: Event, view: RunView, *, as_json: bool) -> None:
    match event:
        case Prepared():
            _say_notes(event)
        case BatchDone() if view.prepared is not None:
            show_batches(event, view.prepared.settings.training.epochs)
        case EpochDone():
            say(json_of(_figures(event)) if as_json else _line(event))
        case Failed() if view.prepared is None:  # nothing was wrong but what was asked for
            raise UserError(event.what, event.why, event.do)
        case Failed():
            _print_failure(event, len(view.epochs), as_json=as_json)
        case Ended():
            _print_end(event, view, as_json=as_json)


def _check_what_was_named(
    arguments: argparse.Namespace, settings: RunSettings, report: ReportProgress, should_stop: ShouldStop
) -> None:
    """Photos or a network asked for by name are used or refused; only defaults may be stood in for."""
    asked = asked_settings(arguments)
    if asked.get("source") == "photos":
        find_dataset(settings.data, report, should_stop, allow_fallback=False)
    if "backbone" in asked and not settings.data.is_numbers:
        from qtl_core.training.preparation import find_backbone  # imports torch: only once the settings are right

        find_backbone(settings.data, report, should_stop, allow_fallback=False)


def _say_notes(prepared: Prepared) -> None:
    for sentence in prepared.notes:
        note(f"Note: {sentence}")
    for path, reason in prepared.passed_over:
        note(f"Passed over: {path}: {reason}")
    noun = prepared.settings.data.noun if prepared.settings.data.is_numbers else "pictures"
    test = f", {prepared.test_size} test" if prepared.test_size else ""
    parts = f"{prepared.train_size} training and {prepared.val_size} validation{test} {noun}"
    network = f", {prepared.backbone_title}" if prepared.backbone_title else ""
    learn = f", {prepared.trained_parameters:,} of which learn" if _some_stand_still(prepared) else ""
    note(f"{parts}{network}, {prepared.parameters:,} parameters{learn}.")


def _figures(epoch: EpochDone) -> dict[str, float]:
    return {name: getattr(epoch, name) for name in FIGURES}


def _line(epoch: EpochDone) -> str:
    training = f"training loss {epoch.train_loss:.4f} accuracy {epoch.train_accuracy:.4f}"
    validation = f"validation loss {epoch.val_loss:.4f} accuracy {epoch.val_accuracy:.4f}"
    return f"epoch {epoch.epoch:3d}  {training}  {validation}{'  best so far' if epoch.is_best else ''}"


def _print_end(ended: Ended, view: RunView, *, as_json: bool) -> None:
    prepared = view.prepared
    if ended.note:
        note(f"Note: {ended.note}")
    if as_json:
        say(json_of(_summary(ended, prepared) | tested_object(view)))
    elif ended.epochs and prepared:
        right = prepared.pictures_right(ended.best_val_accuracy)
        noun = prepared.settings.data.noun if prepared.settings.data.is_numbers else "pictures"
        share = f"{right} of {prepared.val_size} validation {noun} right ({ended.best_val_accuracy:.4f})"
        say(f"Best: {share}, after epoch {ended.best_epoch}. Training took {ended.seconds_training:.2f} s.")
        if sentence := tested_in_words(view, noun):
            say(sentence)
        say(f"Kept as run {ended.run}." if ended.run else "The run was not kept.")


def _print_failure(failed: Failed, epochs: int, *, as_json: bool) -> None:
    """Says why a training that had begun broke off, and what is kept of it."""
    note(" ".join(str(UserError(failed.what, failed.why, failed.do)).split()))
    if as_json:
        words = {"what": failed.what, "why": failed.why, "do": failed.do}
        say(json_of({"how": "failed", "epochs": epochs} | words | {"run": failed.run or None}))
    elif failed.run:
        kept = "The epoch before that is kept" if epochs == 1 else f"The {epochs} epochs before that are kept"
        say(f"{kept if epochs else 'No epoch was done; it is kept'} as run {failed.run}.")


def _summary(ended: Ended, prepared: Prepared | None) -> dict[str, Any]:
    done = ended.epochs > 0
    return {
        "how": ended.how,
        "epochs": ended.epochs,
        "best_val_accuracy": ended.best_val_accuracy if done else None,
        "best_val_loss": ended.best_val_loss if done else None,
        "best_epoch": ended.best_epoch if done else None,
        "train_size": prepared.train_size if prepared else None,
        "val_size": prepared.val_size if prepared else None,
        "parameters": prepared.parameters if prepared else None,
        **_start(prepared),
        "seconds_features": prepared.seconds_features if prepared else None,
        "seconds_training": ended.seconds_training,
        "source": prepared.settings.data.source if prepared else None,
        "backbone": prepared.settings.data.backbone if prepared else None,
        "notes": list(prepared.notes) if prepared else [],
        "run": ended.run or None,
    }


def _start(prepared: Prepared | None) -> dict[str, Any]:
    """Returns what was trained, what of it learnt, and where it started."""
    if prepared is None:
        return dict.fromkeys(("head", "readout", "trained_parameters", "started_from", "carried", "frozen"))
    spec, origin = prepared.settings.model.spec, prepared.lineage[0] if prepared.lineage else None
    still = {*prepared.settings.transfer.frozen_parts, *spec.fixed}
    return {
        "head": spec.name,
        "readout": None if prepared.settings.reads_exactly else vars(prepared.settings.readout),
        "trained_parameters": prepared.trained_parameters,
        "started_from": origin.run if origin else None,
        "carried": list(origin.carried) if origin else [],
        "frozen": [part for part in spec.parts if part in still],
    }


def _some_stand_still(prepared: Prepared) -> bool:
    return 0 < prepared.trained_parameters < prepared.parameters

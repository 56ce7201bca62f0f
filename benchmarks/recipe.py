"""Section 5: the whole recipe, from picture files to the trained head, as published and as the app does it."""

from __future__ import annotations

from benchmarks.bench import Bench, app_run, say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.homes import home
from benchmarks.machine import cores
from benchmarks.published import BATCH, loader, published_epoch, published_network
from benchmarks.report import Section, Table, seconds, times
from benchmarks.threads import torch_threads
from qtl_core.pictures.backbones.loading import load_plain_backbone
from qtl_core.settings import RunSettings

SHARE_WHEN_TINY = 30  # pictures are cut down by this much where the figures mean nothing anyway


def measure(bench: Bench) -> Section:
    """Times one published epoch, and the app's whole run twice over."""
    settings, epochs = bench.settings, bench.settings.training.epochs
    share = SHARE_WHEN_TINY if bench.effort.budget == 0 else 1
    say("The recipe end to end ...")
    app_run(settings)  # imports, compiled code, and the features into the home
    turns = {
        "published": lambda: _published(bench, share) * share * epochs,
        "nothing": lambda: _from_nothing(settings),
        "kept": lambda: seconds_of(lambda: app_run(settings)),
    }
    with torch_threads(cores()):
        found = in_turns(turns, bench.effort.rounds)
    gains = {name: found["published"] / time for name, time in found.items()}
    titles = {"published": "as published", "nothing": "app, from nothing", "kept": "app, with kept features"}
    rows = [(titles[name], seconds(time), times(gains[name])) for name, time in found.items()]
    what = "one epoch" if share == 1 else f"{1 / share:.0%} of an epoch"
    return Section(
        f"The recipe end to end, {epochs} epochs",
        f"{bench.materials}. As published: torchvision transforms, a DataLoader of batches of {BATCH}, the network in "
        f"training mode at every batch, a QNode call a sample; {what} was measured and multiplied up to {epochs} "
        "epochs, and only its time counts here, not what it learns. App: a run as its worker does it, from finding the "
        f"pictures to keeping the result, engine “{settings.training.engine}”, in a process that has imported "
        f"everything. {cores()} torch threads, best of {bench.effort.rounds} turns.",
        (Table(("", f"{epochs} epochs", "against published"), rows),),
        figures={"recipe_from_nothing_vs_published": gains["nothing"], "recipe_kept_vs_published": gains["kept"]},
        where={
            "recipe_from_nothing_vs_published": "Nearly all of the app's time goes into the features (section 4).",
            "recipe_kept_vs_published": "What is left is reading and hashing the pictures (section 4), training "
            "(section 1) and keeping the result.",
        },
    )


def _published(bench: Bench, share: int) -> float:
    """Returns the seconds of a published epoch over one picture in `share`."""
    spec, settings = bench.resolved.spec, bench.settings
    classes = len(bench.dataset.classes)
    model = published_network(load_plain_backbone(bench.resolved), spec.feature_size, classes, settings.circuit)
    training = loader(bench.dataset.train[::share], spec.transform, shuffle=True)
    validation = loader(bench.dataset.val[::share], spec.transform, shuffle=True)
    return seconds_of(lambda: published_epoch(model, training, validation, settings.training))


def _from_nothing(settings: RunSettings) -> float:
    with home():
        return seconds_of(lambda: app_run(settings))

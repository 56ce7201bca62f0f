"""From settings to features: finds the pictures and the network, says what stands in for what, computes features."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.backbones.weights_files import fetch_if_missing, spec_of
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.cache import digests_of
from qtl_core.pictures.features.compute import Features, compute_features
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.dataset import Dataset, Picture, SkippedFile, labels_of
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.provenance import DataFingerprint, fingerprint_of
from qtl_core.settings import DataSettings, RunSettings, TrainingSettings
from qtl_core.settings.parameters import parameter_count
from qtl_core.tables.catalogue import load_numbers
from qtl_core.tables.numbers import numbers_fingerprint
from qtl_core.training.parts import with_parts
from qtl_core.training.task import FeatureSource, KeptFeatures

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Preparation:
    """The input of training (`source`), and the facts about it for everyone else (`prepared`).

    `train_files` names the file of every training picture, in the order of the source's; `data` says what is in them.
    `groups` has the group of every file that belongs together with others, such as copies or a burst.
    """

    source: FeatureSource
    prepared: Prepared
    train_files: tuple[str, ...]
    data: DataFingerprint
    groups: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def features(self) -> KeptFeatures:
        """The source where the image network is truly frozen: all features, computed before training.

        Raises:
            TypeError: It runs again at every batch.
        """
        if not isinstance(self.source, KeptFeatures):
            raise TypeError("There are no kept features: the image network runs again at every batch")
        return self.source


def prepare(
    asked: RunSettings,
    report: ReportProgress,
    should_stop: ShouldStop,
    *,
    allow_fallback: bool = True,
    backbone_state: Arrays | None = None,
    check: Callable[[RunSettings, Sequence[str]], None] = lambda settings, classes: None,
) -> Preparation:
    """Gets pictures and features ready.

    Args:
        asked: The settings asked for.
        report: Told how far it has come.
        should_stop: Asked often.
        allow_fallback: Whether drawn pictures and another network may stand in for what is not there; said in `notes`.
        backbone_state: Drifted batch norms to go on from, in the "as published" mode.
        check: Refuses, by the settings that are really used and the classes, before the network looks at any picture.

    Raises:
        UserError: Pictures or weights cannot be used, or `check` says so.
        StoppedByUser: `should_stop` said so.
    """
    if asked.data.is_numbers:
        return _prepare_numbers(asked)
    began = time.perf_counter()
    dataset, data, notes = find_dataset(asked.data, report, should_stop, allow_fallback=allow_fallback)
    dataset = with_parts(dataset, data, asked.training.seed)
    resolved = find_backbone(data, report, should_stop, allow_fallback=allow_fallback)
    check(replace(asked, data=replace(data, backbone=resolved.spec.name)), dataset.classes)
    run_inputs = _RunInputs(dataset, resolved, asked.training, report, should_stop, backbone_state)
    made = _kept_features(run_inputs) if asked.training.backbone_mode == "frozen" else _live_backbone(run_inputs)
    prepared = Prepared(
        settings=replace(asked, data=replace(data, backbone=resolved.spec.name)),
        asked=asked,
        classes=dataset.classes,
        train_size=len(made.source.train_labels),
        val_size=len(made.source.val_labels),
        val_files=tuple(str(picture.path) for picture in made.val),
        val_labels=tuple(labels_of(made.val)),
        passed_over=tuple((str(entry.path), entry.reason) for entry in (*dataset.skipped, *made.unreadable)),
        feature_size=made.source.feature_size,
        parameters=parameter_count(made.source.feature_size, len(dataset.classes), asked.circuit, asked.model),
        backbone_title=resolved.spec.title,
        weights_sha256=resolved.weights_sha256,
        device=made.device,
        seconds_features=time.perf_counter() - began,
        features_kept=made.from_store,
        notes=tuple(note for note in (*notes, *dataset.notes, resolved.note, *made.notes) if note),
        train_counts=tuple(np.bincount(made.source.train_labels, minlength=len(dataset.classes)).tolist()),
        test_size=len(made.test),
        test_files=tuple(str(picture.path) for picture in made.test),
        test_labels=tuple(labels_of(made.test)),
    )
    train_files = tuple(str(picture.path) for picture in made.train)
    groups = {str(picture.path): picture.group for picture in (*made.train, *made.val) if picture.group}
    return Preparation(made.source, prepared, train_files, _fingerprint(dataset.classes, made), groups)


def _prepare_numbers(asked: RunSettings) -> Preparation:
    """Gets points or the rows of a table ready: they are the features themselves, and no image network is looked for.

    Raises:
        UserError: There is no such table, or it cannot be used.
    """
    began = time.perf_counter()
    settings, notes = _for_numbers(asked)
    numbers = load_numbers(asked.data)
    dataset = with_parts(numbers.dataset, asked.data, asked.training.seed)
    tested = numbers.values(dataset.test) if dataset.test else None
    source = KeptFeatures(
        numbers.values(dataset.train),
        numbers.values(dataset.val),
        np.array(labels_of(dataset.train)),
        np.array(labels_of(dataset.val)),
        classes=len(dataset.classes),
        seed=asked.training.seed,
        test=tested,
        test_labels=None if tested is None else np.array(labels_of(dataset.test)),
    )
    prepared = Prepared(
        settings=settings,
        asked=asked,
        classes=dataset.classes,
        train_size=len(dataset.train),
        val_size=len(dataset.val),
        val_files=tuple(picture.path.as_posix() for picture in dataset.val),
        val_labels=tuple(labels_of(dataset.val)),
        passed_over=tuple((entry.path.as_posix(), entry.reason) for entry in dataset.skipped),
        feature_size=source.feature_size,
        parameters=parameter_count(source.feature_size, len(dataset.classes), asked.circuit, asked.model),
        backbone_title="",
        weights_sha256="",
        device="cpu",
        seconds_features=time.perf_counter() - began,
        features_kept=len(dataset.train) + len(dataset.val) + len(dataset.test),
        notes=(*dataset.notes, *notes),
        train_counts=tuple(np.bincount(source.train_labels, minlength=len(dataset.classes)).tolist()),
        feature_names=numbers.columns,
        test_size=len(dataset.test),
        test_files=tuple(picture.path.as_posix() for picture in dataset.test),
        test_labels=tuple(labels_of(dataset.test)),
    )
    names = tuple(picture.path.as_posix() for picture in dataset.train)
    return Preparation(source, prepared, names, numbers_fingerprint(numbers, dataset))


def _for_numbers(asked: RunSettings) -> tuple[RunSettings, tuple[str, ...]]:
    """Returns the settings without what only pictures have, and a sentence on what was left out."""
    plain = asked.changed(augmentation=False, backbone_mode="frozen")
    if plain == asked:
        return plain, ()
    return plain, ("Numbers have no image network and no views: those settings do not count here.",)


def _fingerprint(classes: Sequence[str], made: _Made) -> DataFingerprint:
    return fingerprint_of(
        classes,
        zip((picture.path for picture in made.train), made.train_digests, strict=True),
        zip((picture.path for picture in made.val), made.val_digests, strict=True),
        zip((picture.path for picture in made.test), made.test_digests, strict=True),
    )


@dataclass(frozen=True)
class _Made:
    """A source of features, and which pictures it has them of, with the SHA-256 of each one's bytes.

    `device` is where the image network ran, "" where it did not, as every feature was kept.
    """

    source: FeatureSource
    train: Sequence[Picture]
    val: Sequence[Picture]
    train_digests: Sequence[str]
    val_digests: Sequence[str]
    test: Sequence[Picture] = ()
    test_digests: Sequence[str] = ()
    unreadable: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    from_store: int = 0
    device: str = ""


def find_backbone(
    data: DataSettings, report: ReportProgress, should_stop: ShouldStop, *, allow_fallback: bool
) -> ResolvedBackbone:
    """Returns the network to use, after downloading its weights where they are missing and can be had.

    Raises:
        UserError: It cannot be used, and no other may stand in.
        StoppedByUser: `should_stop` said so.
    """
    if data.weights:
        return resolve_backbone(data.backbone, data.weights)
    stage = f"Downloading the weights of {spec_of(data.backbone).title}"
    failure = fetch_if_missing(data.backbone, lambda done, total: report(Progress(stage, done, total)), should_stop)
    try:
        resolved = resolve_backbone(data.backbone, allow_fallback=allow_fallback)
    except UserError as error:
        raise UserError(error.what, failure, error.do) from error
    return replace(resolved, note=" ".join(part for part in (failure, resolved.note) if part))


@dataclass(frozen=True)
class _RunInputs:
    """The input of both ways of making features."""

    dataset: Dataset
    resolved: ResolvedBackbone
    training: TrainingSettings
    report: ReportProgress
    should_stop: ShouldStop
    backbone_state: Arrays | None


def _kept_features(run_inputs: _RunInputs) -> _Made:
    """The truly frozen backbone: every feature is computed once, before training."""
    dataset, training = run_inputs.dataset, run_inputs.training
    parts = {name: pictures for name, pictures in _parts(dataset).items() if pictures}
    views = {"training": training.views if training.augmentation else 0}
    found = {name: _features_of(run_inputs, parts[name], name, views.get(name, 0)) for name in parts}
    pictures = {name: _readable(parts[name], found[name]) for name in parts}
    unreadable = tuple(each for part in found.values() for each in part.unreadable)
    _check_every_class(dataset.classes, parts, pictures, unreadable)
    for name, part in found.items():
        _check_numbers(part, name)
    arrays = {name: (part.values if part.augmented is None else part.augmented) for name, part in found.items()}
    values = {name: arrays[name][part.readable] for name, part in found.items()}
    labels = {name: np.array(labels_of(part)) for name, part in pictures.items()}
    source = KeptFeatures(
        values["training"],
        values["validation"],
        labels["training"],
        labels["validation"],
        classes=len(dataset.classes),
        seed=training.seed,
        test=values.get("test"),
        test_labels=labels.get("test"),
    )
    digests = {name: _readable(part.digests, part) for name, part in found.items()}
    return _Made(
        source,
        pictures["training"],
        pictures["validation"],
        digests["training"],
        digests["validation"],
        pictures.get("test", ()),
        digests.get("test", ()),
        unreadable=unreadable,
        notes=tuple(dict.fromkeys(note for part in found.values() for note in part.notes)),
        from_store=sum(part.from_store for part in found.values()),
        device=_device_of(found.values()),
    )


def _device_of(parts: Iterable[Features]) -> str:
    """Returns where the image network ran, without torch where it did not: its import takes a second."""
    if not any(part.passes for part in parts):
        return ""
    from qtl_core.pictures.backbones.loading import pick_device

    return pick_device()


def _parts(dataset: Dataset) -> dict[str, tuple[Picture, ...]]:
    """Returns the pictures of each part, by what a person calls it."""
    return {"training": dataset.train, "validation": dataset.val, "test": dataset.test}


def _check_numbers(features: Features, which: str) -> None:
    """Refuses features that are no numbers: weights can be damaged, or too large for single precision.

    Raises:
        UserError: The network gives such for some pictures that could be read.
    """
    values = features.values[features.readable]
    views = values[:, None] if features.augmented is None else features.augmented[features.readable]
    bad = int((~np.isfinite(values).all(axis=1) | ~np.isfinite(views).all(axis=(1, 2))).sum())
    if bad:
        raise UserError(
            f"{features.resolved.spec.title} gives no finite numbers for {bad} of {len(values)} {which} pictures.",
            f"Its weights file {features.resolved.weights_path.name} may be damaged, or hold too large numbers.",
            "Take another weights file, or another image network.",
        )


def _features_of(run_inputs: _RunInputs, pictures: Sequence[Picture], which: str, views: int) -> Features:
    stage = f"Looking at the {which} pictures with {run_inputs.resolved.spec.title}"
    return compute_features(
        pictures,
        run_inputs.resolved,
        views=views,
        progress=lambda done, total: run_inputs.report(Progress(stage, done, total)),
        should_stop=run_inputs.should_stop,
    )


def _readable(entries: Sequence[Entry], features: Features) -> list[Entry]:
    return [entry for entry, readable in zip(entries, features.readable, strict=True) if readable]


def _live_backbone(run_inputs: _RunInputs) -> _Made:
    """The backbone as published: it runs at every batch, so only whether the pictures can be read is found out now."""
    from qtl_core.pictures.features.published import PublishedBackbone

    if run_inputs.training.standardise:
        raise UserError(
            "Features of a network that drifts cannot be standardised.",
            "As published, they change with every batch, so their mean and spread are not known beforehand.",
            "Choose the truly frozen network, or features as they are.",
        )
    unreadable: list[SkippedFile] = []
    parts = {name: pictures for name, pictures in _parts(run_inputs.dataset).items() if pictures}
    every = [picture for part in parts.values() for picture in part]
    for number, picture in enumerate(every, start=1):
        if run_inputs.should_stop():
            raise StoppedByUser
        try:
            open_picture(picture.path)
        except UserError as error:
            unreadable.append(SkippedFile(picture.path, error.why or error.what))
        run_inputs.report(Progress("Checking the pictures", number, len(every)))
    bad = {entry.path for entry in unreadable}
    pictures = {name: [each for each in part if each.path not in bad] for name, part in parts.items()}
    _check_every_class(run_inputs.dataset.classes, parts, pictures, tuple(unreadable))
    train, val, test = pictures["training"], pictures["validation"], pictures.get("test", [])
    source = PublishedBackbone(
        train,
        val,
        run_inputs.resolved,
        classes=len(run_inputs.dataset.classes),
        augment=run_inputs.training.augmentation,
        seed=run_inputs.training.seed,
        state=run_inputs.backbone_state,
        test=test,
    )
    digests = [digests_of(part, run_inputs.should_stop) for part in (train, val, test)]
    return _Made(source, train, val, digests[0], digests[1], test, digests[2], tuple(unreadable), device=source.device)


def _check_every_class(
    classes: Sequence[str],
    parts: Mapping[str, Sequence[Picture]],
    readable: Mapping[str, Sequence[Picture]],
    unreadable: Sequence[SkippedFile],
) -> None:
    """Refuses to train when a part has no picture of some class, or none that could be read."""
    for split, pictures in readable.items():
        there, present = set(labels_of(parts[split])), set(labels_of(pictures))
        for label, name in enumerate(classes):
            if label not in there:
                raise UserError(
                    f"The class {name} has no {split} picture, and other classes have some.",
                    f"The {split} would say nothing about it.",
                    f"Put some of its pictures there too, or take those of the other classes out of the {split}.",
                )
            if label not in present:
                raise UserError(
                    f"None of the {split} pictures of the class {name} can be read.",
                    next((entry.reason for entry in unreadable if entry.path.parent.name == name), ""),
                    "Replace them and start again.",
                )

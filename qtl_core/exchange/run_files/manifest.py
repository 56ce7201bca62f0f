"""The description of a run in its file, `run.json`: written in plain JSON, and read as a stranger's, type by type."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qtl_core.exchange.heads.head_file import LONGEST_CLASS_NAMES, MOST_CLASSES
from qtl_core.exchange.run_files.container import Refused
from qtl_core.network.parameter_rows import on_earlier_reading
from qtl_core.runs.events import Ended, EpochDone, Prepared
from qtl_core.runs.lineage import LONGEST_WORDS, MOST_ANCESTORS, Ancestor
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.store import layout
from qtl_core.runs.store.records import MOST_TAGS, NAME_LENGTH, NOTE_LENGTH, TAG_LENGTH
from qtl_core.runs.store.serialization import FIGURES, counted, figures_of
from qtl_core.runs.store.tables import summary
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings, SettingsError
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET

NUMBER_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}  # what plain JSON has no numbers for
LONGEST_TEXT = 4096  # the longest path of Linux
LONGEST_CLASS = 255  # the longest name of a folder
INTEGER_FIELDS = (
    *("train_size", "val_size", "feature_size", "parameters", "features_kept"),
    *("trained_parameters", "test_size"),
)
TEXT_FIELDS = ("backbone_title", "weights_sha256", "device", "engine")
# What files of older versions do not say of what was trained on.
DEFAULTS: Mapping[str, Any] = {
    "train_counts": [],
    "trained_parameters": 0,
    "test_size": 0,
    "test_files": [],
    "test_labels": [],
    "lineage": [],
    "feature_names": [],
}
ENTRIES = (
    *("name", "note", "tags", "created", "prepared", "epochs", "ended", "versions", "platform", "data"),
    *("tested", "test_looks"),
)
SPLITS = ("train", "val", "test")
TESTED = ("epoch", "loss", "accuracy")
PARTS = (PRE_NET, CIRCUIT, POST_NET)
DAY = 24 * 3600.0


@dataclass(frozen=True)
class RunDescription:
    """All of `run.json`.

    Attributes:
        name, note, tags, created: What was written on it, and when it began.
        prepared, ended: The run's own records.
        figures: Those of every epoch, as `EpochDone` takes them.
        provenance: What it was made with.
        tested: The last look at the test pictures, without what it said of each; None where there was none.
        looks: How often they were looked at.
    """

    name: str
    note: str
    tags: tuple[str, ...]
    created: float
    prepared: Prepared
    ended: Ended
    figures: tuple[dict[str, Any], ...]
    provenance: Provenance
    tested: dict[str, Any] | None = None
    looks: int = 0


def described(
    view: TrainedRun, provenance: Provenance, *, name: str, note: str, tags: tuple[str, ...], created: float
) -> bytes:
    """Returns `run.json`."""
    data = provenance.data
    parsed = {
        "name": name,
        "note": note,
        "tags": tags,
        "created": created,
        "prepared": dataclasses.asdict(view.prepared),
        "epochs": [figures_of(epoch) for epoch in view.epochs],
        "ended": dataclasses.asdict(dataclasses.replace(summary(view), run="")),
        "versions": dict(provenance.versions),
        "platform": provenance.platform,
        "data": dataclasses.asdict(data) if data else None,
        "tested": {name: getattr(view.tested, name) for name in TESTED} if view.tested else None,
        "test_looks": view.looks,
    }
    return json.dumps(_worded(parsed), indent=1, allow_nan=False).encode()


def read_described(parsed: Any) -> RunDescription:
    """Reads what `described` gave.

    Raises:
        Refused: It is not that; says what is wrong.
    """
    parsed = {"tested": None, "test_looks": 0, **parsed} if isinstance(parsed, dict) else parsed
    _names(parsed, ENTRIES)
    provenance = _provenance(parsed)
    tags = dict.fromkeys(tag[:TAG_LENGTH] for tag in _texts(parsed["tags"], "tags", math.inf))
    return RunDescription(
        name=_text(parsed["name"], "name", math.inf)[:NAME_LENGTH],
        note=_text(parsed["note"], "note", math.inf)[:NOTE_LENGTH],
        tags=tuple(tags)[:MOST_TAGS],
        created=_created(parsed["created"]),
        prepared=counted(_prepared(parsed["prepared"]), provenance.data),
        ended=_ended(parsed["ended"]),
        figures=tuple(map(_figures, _list(parsed["epochs"], "epochs"))),
        provenance=provenance,
        tested=_tested(parsed["tested"]),
        looks=_whole(parsed["test_looks"], "test_looks"),
    )


def _tested(parsed: Any) -> dict[str, Any] | None:
    if parsed is None:
        return None
    _names(parsed, TESTED)
    return {"epoch": _whole(parsed["epoch"], "epoch")} | {name: _real(parsed[name], name) for name in TESTED[1:]}


def _created(parsed: Any) -> float:
    """Returns when it began; a later day than today, which would be first in every list, becomes now."""
    began, now = _finite(parsed, "created"), time.time()
    return began if 0 <= began <= now + DAY else now


def _worded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _worded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_worded(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _prepared(parsed: Any) -> Prepared:
    parsed = {**DEFAULTS, **parsed} if isinstance(parsed, dict) else parsed
    _names(parsed, tuple(field.name for field in dataclasses.fields(Prepared)))
    pairs = [_texts(pair, "passed_over") for pair in _list(parsed["passed_over"], "passed_over")]
    if any(len(pair) != 2 for pair in pairs):
        raise Refused("passed_over is not a list of pairs.")
    plain: dict[str, Any] = {name: _whole(parsed[name], name) for name in INTEGER_FIELDS}
    plain |= {name: _text(parsed[name], name) for name in TEXT_FIELDS}
    return Prepared(
        settings=_settings(parsed["settings"]),
        asked=_settings(parsed["asked"]),
        classes=_texts(parsed["classes"], "classes", LONGEST_CLASS),
        val_files=_texts(parsed["val_files"], "val_files"),
        val_labels=_wholes(parsed["val_labels"], "val_labels"),
        train_counts=_wholes(parsed["train_counts"], "train_counts"),
        test_files=_texts(parsed["test_files"], "test_files"),
        test_labels=_wholes(parsed["test_labels"], "test_labels"),
        lineage=_lineage(parsed["lineage"]),
        feature_names=_texts(parsed["feature_names"], "feature_names", LONGEST_CLASS),
        passed_over=tuple((file, reason) for file, reason in pairs),
        notes=tuple(map(on_earlier_reading, _texts(parsed["notes"], "notes"))),
        seconds_features=_finite(parsed["seconds_features"], "seconds_features"),
        **plain,
    )


def _lineage(parsed: Any) -> tuple[Ancestor, ...]:
    ancestors = _list(parsed, "lineage")
    if len(ancestors) > MOST_ANCESTORS:
        raise Refused(f"It names {len(ancestors):,} ancestors, where {MOST_ANCESTORS} are kept.")
    return tuple(map(_ancestor, ancestors))


def _ancestor(parsed: Any) -> Ancestor:
    _names(parsed, tuple(field.name for field in dataclasses.fields(Ancestor)))
    classes = _texts(parsed["classes"], "classes", LONGEST_CLASS)
    if len(classes) > MOST_CLASSES or sum(map(len, classes)) > LONGEST_CLASS_NAMES:
        raise Refused("The names of an ancestor's classes are too many, or too long, all together.")
    run, head, accuracy = _text(parsed["run"], "run"), _text(parsed["head"], "head"), _real(parsed["accuracy"], "it")
    if not (layout.ID.fullmatch(run) and head in HEADS and (0 <= accuracy <= 1 or math.isnan(accuracy))):
        raise Refused("One of its ancestors is not described as a run is.")
    return Ancestor(
        run=run,
        name=_text(parsed["name"], "name", LONGEST_WORDS),
        head=head,
        pictures=_text(parsed["pictures"], "pictures", LONGEST_WORDS),
        classes=classes,
        accuracy=accuracy,
        carried=_parts(parsed["carried"]),
        frozen=_parts(parsed["frozen"]),
    )


def _parts(parsed: Any) -> tuple[str, ...]:
    names = _texts(parsed, "parts")
    if names != tuple(part for part in PARTS if part in names):
        raise Refused("It speaks of parts of a head that there are not.")
    return names


def _settings(parsed: Any) -> RunSettings:
    try:
        return RunSettings.from_dict(parsed)
    except SettingsError as error:
        raise Refused(f"Its settings cannot be used: {error}") from error
    except Exception as error:  # arbitrary data can make the reader fail in any way
        raise Refused("Its settings cannot be read.") from error


def _ended(parsed: Any) -> Ended:
    _names(parsed, tuple(field.name for field in dataclasses.fields(Ended)))
    if parsed["how"] not in ("finished", "stopped", "paused"):
        raise Refused("How it ended is neither finished nor stopped nor paused.")
    return Ended(
        how=parsed["how"],
        epochs=_whole(parsed["epochs"], "epochs"),
        best_epoch=_whole(parsed["best_epoch"], "best_epoch"),
        best_val_accuracy=_real(parsed["best_val_accuracy"], "best_val_accuracy"),
        best_val_loss=_real(parsed["best_val_loss"], "best_val_loss"),
        seconds_training=_finite(parsed["seconds_training"], "seconds_training"),
        note=_text(parsed["note"], "note"),
    )


def _figures(parsed: Any) -> dict[str, Any]:
    _names(parsed, FIGURES)
    if not isinstance(parsed["is_best"], bool):
        raise Refused("is_best is neither true nor false.")
    gradients = tuple(_real(value, "layer_gradients") for value in _list(parsed["layer_gradients"], "layer_gradients"))
    rest = {name: _real(parsed[name], name) for name in FIGURES if name not in ("epoch", "is_best", "layer_gradients")}
    whole = _whole(parsed["epoch"], "epoch")
    return rest | {"epoch": whole, "is_best": parsed["is_best"], "layer_gradients": gradients}


def _provenance(parsed: Mapping[str, Any]) -> Provenance:
    versions, data = parsed["versions"], parsed["data"]
    if not isinstance(versions, dict) or len(versions) > 100:
        raise Refused("versions is no list of versions.")
    checked = {_text(name, "versions"): _text(version, "versions") for name, version in versions.items()}
    return Provenance(checked, _fingerprint(data) if data is not None else None, _text(parsed["platform"], "platform"))


def _fingerprint(parsed: Any) -> DataFingerprint:
    parsed = {"test": [], **parsed} if isinstance(parsed, dict) else parsed
    _names(parsed, ("classes", *SPLITS))
    pairs = {split: [_texts(pair, split) for pair in _list(parsed[split], split)] for split in SPLITS}
    if any(len(pair) != 2 for split in pairs.values() for pair in split):
        raise Refused("Its list of pictures is damaged.")
    parts = (tuple((name, digest) for name, digest in pairs[split]) for split in SPLITS)
    return DataFingerprint(_texts(parsed["classes"], "classes", LONGEST_CLASS), *parts)


def _names(parsed: Any, wanted: tuple[str, ...]) -> None:
    if not isinstance(parsed, dict) or set(parsed) != set(wanted):
        raise Refused("It is not described as a run of this version is.")


def _list(parsed: Any, name: str) -> list[Any]:
    if not isinstance(parsed, list):
        raise Refused(f"{name} is no list.")
    return parsed


def _texts(parsed: Any, name: str, longest: float = LONGEST_TEXT) -> tuple[str, ...]:
    return tuple(_text(each, name, longest) for each in _list(parsed, name))


def _wholes(parsed: Any, name: str) -> tuple[int, ...]:
    return tuple(_whole(each, name) for each in _list(parsed, name))


def _text(parsed: Any, name: str, longest: float = LONGEST_TEXT) -> str:
    if not isinstance(parsed, str) or len(parsed) > longest:
        raise Refused(f"{name} is no text, or a longer one than there can be.")
    return parsed


def _whole(parsed: Any, name: str) -> int:
    if type(parsed) is not int or not 0 <= parsed < 2**31:
        raise Refused(f"{name} is no whole number that it could be.")
    return parsed


def _finite(parsed: Any, name: str) -> float:
    if type(parsed) not in (int, float) or not math.isfinite(parsed):
        raise Refused(f"{name} is no number.")
    return float(parsed)


def _real(parsed: Any, name: str) -> float:
    return NUMBER_WORDS[parsed] if isinstance(parsed, str) and parsed in NUMBER_WORDS else _finite(parsed, name)


def epochs_from(
    figures: tuple[dict[str, Any], ...], probabilities: Any, checkpoint: Any, empty: Any
) -> tuple[EpochDone, ...]:
    """Returns the epochs; only the last one has the checkpoint."""
    last = len(figures) - 1
    return tuple(
        EpochDone(**each, val_probabilities=probabilities[index], checkpoint=checkpoint if index == last else empty)
        for index, each in enumerate(figures)
    )

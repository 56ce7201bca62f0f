"""Files that pass for runs: each is refused with its reason, and nothing outside the run's folder is ever written."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from qtl_core.common.errors import UserError
from qtl_core.compare.listing import data_of
from qtl_core.exchange.run_files.consistency import _check_prepared
from qtl_core.exchange.run_files.container import MANIFEST, PREDICTIONS, RUN, WEIGHTS, Refused, packed, plain_json
from qtl_core.exchange.run_files.importing import import_run_file
from qtl_core.exchange.run_files.manifest import read_described
from qtl_core.exchange.run_files.reading import holds_pictures, open_run_file
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.runs.store import find_run, kept_runs
from tests.exchange.test_run_files import kept


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> tuple[str, dict[str, bytes]]:
    """A run's identifier and the entries of its file, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        run_id = kept()
        with zipfile.ZipFile(io.BytesIO(archive_bytes(run_id))) as archive:
            return run_id, {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if ".bring-in.lock" not in path.name}


def refused(content: bytes, own_home: Path, why: str = "") -> str:
    """Brings a file in, which must fail in a sentence and leave no trace anywhere in the home's surroundings."""
    before = everything(own_home.parent)
    with pytest.raises(UserError) as caught:
        import_run_file(content, "stranger.qtl.zip")
    words = str(caught.value)
    assert why in words, words
    assert len(words) < 700
    assert {each for each in everything(own_home.parent) - before if not each.endswith("/runs")} == set()
    assert kept_runs() == []
    return words


def zipped(entries: dict[str, bytes], manifest: bytes | None = None, **changes: Any) -> bytes:
    """A zip with a manifest that is right for its entries, unless one is given; `changes` go into every entry."""
    listed = {name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in entries.items()}
    told = {"format": "qtl-run", "version": 1, "run": "20260101-120000-abcdef", "entries": listed}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {MANIFEST: manifest or json.dumps(told).encode(), **entries}.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in changes.items():
                setattr(info, key, value)
            archive.writestr(info, body)
    return file.getvalue()


def test_what_is_no_such_file(own_home):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("photo.jpg", b"")
    for content in (b"", b"PK", b"PK\x05\x06" + bytes(18), b"<html>", bytes(10_000), other.getvalue()):
        refused(content, own_home)


@pytest.mark.parametrize("count", [1, 60])  # a run's file holds fewer than 60
@pytest.mark.parametrize("place", ["{}.jpg", "set/train/ants/{}.PNG", "ants\\{}.heic"])
def test_a_data_set_is_told_where_it_belongs(own_home, count, place):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("README.txt", b"ants")
        for number in range(count):
            archive.writestr(place.format(number), b"")
    whole = other.getvalue()
    for content in (whole, whole[:-5], whole + b"behind its end"):
        with pytest.raises(UserError) as caught:
            import_run_file(content, "photos.zip")
        assert caught.value.what == "photos.zip holds pictures: it is a data set, not a run."
        assert "Bring it in on the Data page" in caught.value.do


def test_hidden_pictures_make_no_data_set_and_a_run_none_either(good):
    assert not holds_pictures(zipped({"__MACOSX/._a.jpg": b"", ".git/a.png": b"", "a.jpg.txt": b""}))
    assert not holds_pictures(packed(*good))
    assert not any(map(holds_pictures, (b"", b"PK\x03\x04", b"PK\x01\x02" * 9, bytes(99))))


@pytest.mark.parametrize(
    "name",
    ["/etc/cron.d/evil", "../evil", "..\\evil", "C:\\evil", "a/../../evil", "runs/evil", "run.json/", "RUN.JSON", "x"],
)
def test_names_that_lead_elsewhere(good, own_home, name):
    refused(zipped({**good[1], name: b"evil"}), own_home, "no entry of a run's file")


def test_a_link(good, own_home):
    content = zipped(good[1], external_attr=(stat.S_IFLNK | 0o777) << 16)
    refused(content, own_home, "a link")


def test_a_password(good, own_home):
    content = bytearray(zipped(good[1]))
    first = content.index(b"PK\x01\x02")
    content[first + 8] |= 1
    refused(bytes(content), own_home, "password")


def test_a_bomb(good, own_home):
    swollen = ("README.txt", "history.csv", "predict.py", "predictions.csv")
    bomb = zipped({**good[1], **{name: bytes(31 << 20) for name in swollen}})
    assert len(bomb) < 300_000
    refused(bomb, own_home, "would grow")
    refused(zipped({**good[1], "README.txt": bytes(40 << 20)}), own_home, "more than any run needs")


@pytest.mark.parametrize("value", [b"[]", b"{}", b"1"])
def test_json_that_is_small_in_the_file_and_large_in_memory(good, own_home, value):
    """Read as it stands, 64 MB of empty lists would take 1.6 GB and five seconds."""
    run_id, entries = good
    described = b"[" + b",".join([value] * 1_200_000) + b"]"
    refused(packed(run_id, {**entries, RUN: described, "README.txt": os.urandom(500_000)}), own_home, "more values")
    manifest = b'{"format": "qtl-run", "entries": ' + described + b"}"
    refused(zipped({**entries, "README.txt": os.urandom(500_000)}, manifest), own_home, "more values")


def test_a_size_that_lies(good, own_home):
    """The directory says 10 bytes, and what is packed is more."""
    content = bytearray(zipped(good[1]))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"README.txt"))
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    refused(bytes(content), own_home)


def test_a_hundred_thousand_entries(own_home):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(100_000):
            archive.writestr(str(number), b"")
    refused(file.getvalue(), own_home, "more entries")


def test_a_directory_that_is_said_to_be_short_and_is_not(good, own_home):
    content = bytearray(zipped({str(number): b"" for number in range(300)}))
    content[-12:-10] = struct.pack("<H", 3)
    refused(bytes(content), own_home)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_twice(good, own_home):
    file = io.BytesIO(zipped(good[1]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(RUN, b"{}")
    refused(file.getvalue(), own_home, "twice")


def test_something_behind_the_end_and_a_file_cut_short(good, own_home):
    content = packed(*good)
    refused(content + b"more", own_home, "follows its end")
    refused(content[:-1], own_home)
    refused(content[: len(content) // 2], own_home)


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (b"{}", "not written by this app"),
        (b"[", "damaged"),
        (b'{"format": "qtl-run", "version": 2, "run": "x", "entries": {}}', "newer version"),
        (b'{"format": "qtl-run", "version": 1, "run": "x", "entries": {}}', "lists other entries"),
        (b'{"format": "qtl-run", "format": "qtl-run", "version": 1, "run": "x", "entries": {}}', "twice"),
        (b'{"format": "qtl-run", "version": 1, "run": 7, "entries": {}}', "damaged"),
        (b'{"format": "qtl-run", "version": 1, "run": "x", "entries": {"run.json": 3}}', "damaged"),
        (b'{"format": "qtl-run", "version": NaN, "run": "x", "entries": {}}', "NaN"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_manifest_that_is_none(good, own_home, manifest, why):
    refused(zipped(good[1], manifest), own_home, why)


@pytest.mark.parametrize("name", [RUN, WEIGHTS, PREDICTIONS, "README.txt", "predict.py"])
def test_a_manifest_that_contradicts_its_contents(good, own_home, name):
    run_id, entries = good
    with zipfile.ZipFile(io.BytesIO(packed(run_id, entries))) as archive:
        manifest = archive.read(MANIFEST)
    refused(
        zipped({**entries, name: entries[name] + b" "}, manifest), own_home, f"{name} is not what the manifest says"
    )
    without = {other: body for other, body in entries.items() if other != name}
    refused(zipped(without, manifest), own_home, name)


@pytest.mark.parametrize(
    "run_id", ["../../evil", "", "20260101-120000-ABCDEF", "x" * 10_000, "20260101-120000-abcdef\n"]
)
def test_an_identifier_that_is_none(good, own_home, run_id):
    refused(packed(run_id, good[1]), own_home, "identifier")


def told(entries: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> dict[str, bytes]:
    described = json.loads(entries[RUN])
    change(described)
    return {**entries, RUN: json.dumps(described).encode()}


CONTRADICTIONS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "accuracy": (lambda run: run["epochs"][0].update(val_accuracy=1.0), "does not follow from its predictions"),
    "best accuracy": (lambda run: run["ended"].update(best_val_accuracy=1.0), "told in two ways"),
    "best epoch": (lambda run: run["ended"].update(best_epoch=1), "told in two ways"),
    "epochs": (lambda run: run["ended"].update(epochs=30), "another number of epochs"),
    "epoch left out": (lambda run: run["epochs"].pop(), "follows from the rest"),
    "epoch twice": (lambda run: run["epochs"][1].update(epoch=1), "without a gap"),
    "fewer epochs asked": (lambda run: run["prepared"]["settings"]["training"].update(epochs=2), "more epochs"),
    "counts of training": (lambda run: run["prepared"].update(train_counts=[1, 1]), "counted by class"),
    "counts of other classes": (lambda run: run["prepared"].update(train_counts=[2, 2, 2]), "counted by class"),
    "counts of nobody": (lambda run: run["prepared"].update(train_counts=[-1, 7]), "train_counts"),
    "labels": (lambda run: run["prepared"].update(val_labels=[7] * 6), "a class that there is not"),
    "a label one too high": (lambda run: run["prepared"].update(val_labels=[0, 1, 2] * 2), "a class that there is not"),
    "one label": (lambda run: run["prepared"].update(val_labels=[0]), "more or fewer validation pictures"),
    "val_size": (lambda run: run["prepared"].update(val_size=153), "more or fewer validation pictures"),
    "classes": (lambda run: run["prepared"].update(classes=["a", "b", "c"]), "does not follow from its settings"),
    "class twice": (lambda run: run["prepared"].update(classes=["a", "a"]), "not different"),
    "features": (lambda run: run["prepared"].update(feature_size=512), "gives 1280"),
    "parameters": (lambda run: run["prepared"].update(parameters=1), "does not follow"),
    "qubits": (lambda run: run["prepared"]["settings"]["circuit"].update(qubits=5), "does not follow"),
    "impossible setting": (lambda run: run["prepared"]["settings"]["circuit"].update(qubits=99), "qubits = 99"),
    "unknown setting": (lambda run: run["prepared"]["settings"].update(evil={}), "evil"),
    "settings of another kind": (lambda run: run["prepared"].update(settings=[]), "settings"),
    "unknown field": (lambda run: run.update(evil=1), "not described"),
    "unknown field of a record": (lambda run: run["prepared"].update(evil=1), "not described"),
    "field missing": (lambda run: run["ended"].pop("how"), "not described"),
    "how": (lambda run: run["ended"].update(how="won"), "neither finished nor stopped nor paused"),
    "true for a number": (lambda run: run["prepared"].update(train_size=True), "train_size"),
    "negative": (lambda run: run["prepared"].update(train_size=-1), "train_size"),
    "a number too large": (lambda run: run["prepared"].update(train_size=10**30), "train_size"),
    "text for a number": (lambda run: run["epochs"][0].update(train_loss="low"), "train_loss"),
    "gradients": (lambda run: run["epochs"][0].update(layer_gradients=[1.0]), "gradients"),
    "a class of 10,000 characters": (lambda run: run["prepared"].update(classes=["x" * 10_000, "b"]), "classes"),
    "names of classes too long together": (
        lambda run: run["prepared"].update(classes=[f"{number:0>255}" for number in range(100)]),
        "all together",
    ),
    "code for a hash": (lambda run: run["prepared"].update(weights_sha256='"\nprint(1)\nX = "'), "SHA-256"),
    "half a hash": (lambda run: run["prepared"].update(weights_sha256="ab"), "SHA-256"),
    "a picture for a device": (lambda run: run["prepared"].update(device="cpu ![x](http://evil/a.png)"), "plain name"),
    "markup for an engine": (lambda run: run["prepared"].update(engine="<b>torch</b>"), "plain name"),
    "notes": (lambda run: run["prepared"].update(notes=[["a"]]), "notes"),
    "files": (lambda run: run["prepared"].update(val_files=["x" * 5_000] * 6), "val_files"),
    "pairs": (lambda run: run["prepared"].update(passed_over=[["a", "b", "c"]]), "pairs"),
    "pictures": (lambda run: run["data"].update(val=[["a"]]), "pictures"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_run_that_contradicts_itself(good, own_home, case):
    run_id, entries = good
    change, why = CONTRADICTIONS[case]
    refused(packed(run_id, told(entries, change)), own_home, why)


@pytest.mark.parametrize(("pictures", "counts"), [(3, (3, 3)), (1, ())])
def test_a_file_of_an_older_version_has_its_training_pictures_counted_where_it_lists_them_all(good, pictures, counts):
    run_id, entries = good
    train = [[f"train/{name}/{number}.jpg", "0" * 64] for name in ("ants", "bees") for number in range(pictures)]

    def older(run: dict[str, Any]) -> None:
        del run["prepared"]["train_counts"]
        run["data"].update(train=train)

    assert open_run_file(packed(run_id, told(entries, older)), "run.qtl.zip").view.prepared.train_counts == counts


@pytest.mark.parametrize("token", ["NaN", "Infinity", "1e999"])
def test_figures_that_are_no_numbers_in_plain_json(good, own_home, token):
    run_id, entries = good
    described = entries[RUN].replace(b'"train_loss": 0.6', f'"train_loss": {token}'.encode())
    assert described != entries[RUN]
    refused(packed(run_id, {**entries, RUN: described}), own_home)


def weights(entries: dict[str, bytes], change: Callable[[dict[str, np.ndarray]], object]) -> dict[str, bytes]:
    arrays = {name: values.copy() for name, values in load(entries[WEIGHTS]).items()}
    change(arrays)
    return {**entries, WEIGHTS: save(arrays)}


Q = "best_weights/q_params"


def carried_from_afar(arrays: dict[str, np.ndarray]) -> None:
    """Gives a file a carried start whose angles are absurd, and all else as it should be."""
    best = {
        name.removeprefix("best_weights/"): each for name, each in arrays.items() if name.startswith("best_weights/")
    }
    arrays |= {f"start_weights/{name}": each.copy() for name, each in best.items()}
    arrays["start_weights/q_params"].fill(1e30)
    arrays["carried/q_params"] = np.ones_like(best["q_params"], dtype=bool)


BAD_WEIGHTS: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "NaN": (lambda arrays: arrays[Q].fill(np.nan), "NaN"),
    "angles of no use": (lambda arrays: arrays[Q].fill(1e30), "cannot tell from the next full turn"),
    "a carried start of no use": (carried_from_afar, "angles in its start weights are some above 16,777,216 radians"),
    "infinite": (lambda arrays: arrays["second_moments/q_params"].fill(np.inf), "NaN or infinite"),
    "shape": (lambda arrays: arrays.update({Q: np.zeros(7, np.float32)}), "do not follow"),
    "double": (lambda arrays: arrays.update({Q: arrays[Q].astype(np.float64)}), "do not follow"),
    "missing": (lambda arrays: arrays.pop(Q), "do not follow"),
    "one more": (lambda arrays: arrays.update({"best_weights/evil": arrays[Q]}), "do not follow"),
    "another group": (lambda arrays: arrays.update({"evil/q_params": arrays[Q]}), "not laid out"),
    "counts": (lambda arrays: arrays.update(counts=np.array([1])), "not laid out"),
    "NaN in the network": (lambda arrays: arrays.update({"best_backbone_state/x": np.array([np.nan])}), "NaN"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_weights_that_cannot_be(good, own_home, case):
    run_id, entries = good
    change, why = BAD_WEIGHTS[case]
    refused(packed(run_id, weights(entries, change)), own_home, why)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found * np.nan,
        lambda found: found * 2,
        lambda found: -found,
        lambda found: found[:1],
        lambda found: found.astype(np.float64),
        lambda found: found[..., ::-1],
    ],
    ids=["NaN", "above 1", "below 0", "too few", "double", "the wrong way round"],
)
def test_predictions_that_cannot_be(good, own_home, change):
    run_id, entries = good
    found = np.ascontiguousarray(change(load(entries[PREDICTIONS])["val_probabilities"]))
    refused(packed(run_id, {**entries, PREDICTIONS: save({"val_probabilities": found})}), own_home)


@pytest.mark.parametrize("name", [WEIGHTS, PREDICTIONS])
@pytest.mark.parametrize("length", [2**63, 2**40, 10**7, 0, 3])
def test_safetensors_headers_that_lie(good, own_home, name, length):
    run_id, entries = good
    lying = struct.pack("<Q", length) + entries[name][8:]
    refused(packed(run_id, {**entries, name: lying}), own_home)


def test_names_of_markup_and_10_000_characters_come_in_and_are_cut(good):
    run_id, entries = good
    names = {"name": "<script>alert(1)</script>" + "x" * 10_000, "note": "n" * 50_000, "tags": ["t" * 10_000] * 30}
    found = told(entries, lambda run: run.update(names))
    found = told(found, lambda run: run["prepared"].update(classes=["<b>ants</b>", "[bees](javascript:alert(1))"]))
    import_run_file(packed(run_id, found), "a")
    record = find_run(run_id)
    assert record.name.startswith("<script>")
    assert len(record.name) == 120
    assert len(record.note) == 10_000
    assert [len(tag) for tag in record.tags] == [40]
    assert record.classes == ("<b>ants</b>", "[bees](javascript:alert(1))")


def test_half_a_sign_that_nothing_can_be_written_with(good):
    run_id, entries = good

    def change(run: dict[str, Any]) -> None:
        run.update(name="\ud800 and \ud83d\ude00", note="\udfff", tags=["\ud800"])
        run["prepared"].update(classes=["\ud83d\ude00", "b\ud800"])
        run["prepared"]["settings"]["data"].update(source="folder", folder="/\ud800", weights="\ud800")

    import_run_file(packed(run_id, told(entries, change)), "a")
    record = find_run(run_id)
    assert (record.name, record.note, record.tags) == ("? and 😀", "?", ("?",))
    assert record.classes == ("😀", "b?")
    assert data_of(record) == "Folder ?"
    assert archive_bytes(run_id)


def test_names_of_files_that_no_system_takes(good):
    run_id, entries = good
    odd = ["\0", "/" * 4000, "../../../../etc/passwd", "C:\\x", "\ud800", "a"]
    found = told(entries, lambda run: run["prepared"].update(val_files=odd))
    import_run_file(packed(run_id, found), "a")
    assert kept_runs() == [run_id]


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_a_file_that_was_damaged_anywhere_is_opened_as_it_was_or_refused(good, seed):
    run_id, entries = good
    dice, content = random.Random(seed), bytearray(packed(run_id, entries))
    for _ in range(dice.randint(1, 6)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    try:
        opened = open_run_file(bytes(content), "a")
    except UserError:
        return
    assert opened.run_id == run_id


@pytest.mark.parametrize("created", [1e300, -1e300, -1, 2.5e11, 10**400])
def test_a_run_of_no_day_is_of_today_and_stands_in_no_way(good, own_home, created):
    """From the year 9892 it would be first in every list, and what Predict offers everybody; none can show 1e300."""
    run_id, entries = good
    content = packed(run_id, told(entries, lambda run: run.update(created=created)))
    if created == 10**400:
        refused(content, own_home)
        return
    import_run_file(content, "a")
    assert abs(find_run(run_id).created - time.time()) < 3600


def test_more_pictures_times_classes_than_pages_can_lay_out(good):
    _, entries = good
    prepared = read_described(plain_json(entries[RUN])).prepared
    many = replace(prepared, val_size=10**6 + 1, val_labels=(0,) * (10**6 + 1), val_files=("f",) * (10**6 + 1))
    with pytest.raises(Refused, match="more validation pictures"):
        _check_prepared(many)

"""Features on disk: what is kept is exact, what is damaged is noticed, what fails is only a note."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.features.cache import AT_ONCE, DAMAGED, FeatureCache
from qtl_core.settings.backbones import BACKBONES
from tests.conftest import PROJECT

SIZE = 512
RESOLVED = ResolvedBackbone(BACKBONES["resnet18"], Path("unused.pth"), "ab" * 32)


def vectors(count, seed=0, view=0):
    values = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return {(f"picture {number}", view): value for number, value in enumerate(values)}


def same(found, expected):
    return found.keys() == expected.keys() and all(np.array_equal(found[key], expected[key]) for key in expected)


def store_file(home):
    (path,) = (home / "features").glob("*.sqlite")
    return path


def keep(content, resolved=RESOLVED):
    with FeatureCache(resolved) as kept:
        kept.write(content)
    return kept.notes


def read(keys, resolved=RESOLVED):
    with FeatureCache(resolved) as kept:
        return kept.read(keys), kept.notes


def test_what_is_kept_is_read_again_bit_by_bit():
    content = vectors(2 * AT_ONCE + 1) | vectors(3, seed=1, view=2)
    assert keep(content) == []
    found, notes = read([*content, ("never seen", 0), ("picture 0", 1)])
    assert same(found, content) and notes == []


def test_only_what_is_asked_for_is_read():
    content = vectors(3) | vectors(3, seed=1, view=1) | vectors(3, seed=2, view=2)
    keep(content)
    wanted = [("picture 1", 0), ("picture 2", 2)]
    assert same(read(wanted)[0], {key: content[key] for key in wanted})
    assert read([])[0] == {}


def test_other_weights_and_other_transforms_have_files_of_their_own(own_home):
    keep(vectors(1))
    other_weights = replace(RESOLVED, weights_sha256="cd" * 32)
    changed = replace(RESOLVED.spec.transform, resize=300)
    other_transform = replace(RESOLVED, spec=replace(RESOLVED.spec, transform=changed))
    for other in (other_weights, other_transform):
        assert read(vectors(1), other)[0] == {}
    assert len(list((own_home / "features").glob("*.sqlite"))) == 3


@pytest.mark.parametrize("damage", [b"", b"short", bytes(4 * SIZE), "text", None])
def test_a_damaged_row_counts_as_missing_and_can_be_written_again(damage, own_home):
    content = vectors(3)
    keep(content)
    with sqlite3.connect(store_file(own_home)) as connection:
        connection.execute("UPDATE features SET vector = ? WHERE picture = 'picture 1'", (damage,))
    connection.close()
    assert set(read(content)[0]) == {("picture 0", 0), ("picture 2", 0)}
    keep(content)
    assert same(read(content)[0], content)


def test_a_file_that_is_no_database_is_moved_aside_and_made_again(own_home):
    keep(vectors(1))
    store_file(own_home).write_bytes(b"no database " * 1000)
    found, notes = read(vectors(1))
    assert found == {} and notes == [DAMAGED]
    assert store_file(own_home).with_suffix(".damaged").exists()
    assert keep(vectors(1)) == []
    assert same(read(vectors(1))[0], vectors(1))


def test_a_database_with_broken_pages_is_noticed_when_it_is_read(own_home):
    content = vectors(200)
    keep(content)
    path = store_file(own_home)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))  # the header is good, everything after it is not
    found, notes = read(content)
    assert found == {} and len(notes) == 1 and "damaged" in notes[0]
    keep(content)
    assert same(read(content)[0], content)


def test_a_home_that_cannot_be_written_is_a_note(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file" / "home"))
    with FeatureCache(RESOLVED) as kept:
        kept.write(vectors(2))
        assert kept.read(vectors(2)) == {}
    assert len(kept.notes) == 1 and "not kept" in kept.notes[0]


def test_a_disk_that_fills_up_is_a_note_and_what_was_kept_stays():
    resource = pytest.importorskip("resource", reason="Windows knows no limit on the size of files")
    few, many = vectors(5), vectors(2000, seed=1, view=1)
    keep(few)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))  # no file may grow further, as on a full disk
    try:
        notes = keep(many)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(notes) == 1 and "not kept" in notes[0]
    found, notes = read([*few, *many])
    assert same(found, few) and notes == []


FILL = """
import sys
from tests.pictures.test_features_cache import RESOLVED, FeatureCache, vectors
with FeatureCache(RESOLVED) as kept:
    for view in range(40):
        kept.write(vectors(5, seed=view, view=view))
print(kept.notes)
"""


def test_two_processes_may_fill_the_file_at_once():
    fillers = [
        subprocess.Popen([sys.executable, "-c", FILL], cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [filler.communicate()[0].strip() for filler in fillers] == ["[]", "[]"]
    expected = {key: value for view in range(40) for key, value in vectors(5, seed=view, view=view).items()}
    found, notes = read(expected)
    assert same(found, expected) and notes == []


def test_what_is_known_is_told_without_the_vectors():
    content = vectors(AT_ONCE + 3)
    keep(content | vectors(1, seed=1, view=2))
    asked = [name for name, _ in content] + ["never seen"]
    with FeatureCache(RESOLVED) as kept:
        assert kept.known(asked) == {name for name, _ in content}
        assert kept.known([]) == set()

"""The photos: downloaded from a server of our own, unpacked, compared with the list, and found again."""

from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.hashing import sha256_of
from qtl_core.pictures.sources import photos
from qtl_core.pictures.sources.catalogue import dataset_status, load_dataset
from qtl_core.pictures.sources.photos import Difference, compare_with_manifest
from qtl_core.settings import DataSettings
from tests.conftest import SHARED, needs_shared
from tests.helpers.made_runs import made_pictures
from tests.helpers.serve import Server

FILES = [f"{split}/{name}/{number}.png" for split in ("train", "val") for name in ("ants", "bees") for number in (1, 2)]


def noise() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((60, 60), 50).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def archive() -> bytes:
    """A small archive laid out as the public one is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in FILES:
            made.writestr(f"hymenoptera_data/{name}", noise())
    return buffer.getvalue()


def datasets(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "datasets").iterdir() if not path.name.endswith(".lock"))


def test_downloaded_unpacked_and_loaded(archive: bytes, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(body=archive, cut_after=len(archive) // 2 + 1) as server:
        monkeypatch.setenv("QTL_PHOTOS_URL", server.url)
        folder = photos.download_photos()
        assert photos.download_photos() == folder == photos.find_photos()
        assert server.behaviour.asked == [None, f"bytes={len(archive) // 2 + 1}-"]
    assert datasets(own_home) == ["hymenoptera_data"]
    data = load_dataset(DataSettings(source="photos"))
    assert (data.name, data.kind, len(data.train), len(data.val)) == ("Ants and bees, real photos", "photos", 4, 4)
    assert any(note.startswith("Files of the public archive missing: train/ants/0013035.jpg") for note in data.notes)


def test_the_wrong_archive_is_not_kept(own_home: Path) -> None:
    with Server(body=b"<html>log in to the wireless network</html>") as server, pytest.raises(UserError) as caught:
        photos.download_photos(url=server.url)
    assert caught.value.why == "It is no zip archive, or a damaged one."
    assert str(own_home / "datasets/hymenoptera_data/train") in caught.value.do
    assert datasets(own_home) == []


def test_a_failed_download_says_how_to_do_it_by_hand(own_home: Path) -> None:
    with Server(status=404) as server, pytest.raises(UserError, match="404") as caught:
        photos.download_photos(url=server.url)
    assert "unpack it so that" in caught.value.do


def test_a_stopped_download_is_continued(archive: bytes) -> None:
    arrived = threading.Event()
    with Server(body=archive, step=5000, pause=30) as server:
        with pytest.raises(StoppedByUser):
            photos.download_photos(lambda done, _: arrived.set() if done else None, arrived.is_set, url=server.url)
        server.behaviour.pause = 0
        assert (photos.download_photos(url=server.url) / "val/bees/2.png").is_file()
        assert server.behaviour.asked[1].startswith("bytes=")


def test_two_at_once_make_one_copy(archive: bytes, own_home: Path) -> None:
    with Server(body=archive, step=20_000, pause=0.02) as server:
        threads = [threading.Thread(target=photos.download_photos, kwargs={"url": server.url}) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.behaviour.asked == [None]
    assert datasets(own_home) == ["hymenoptera_data"]


def test_a_half_folder_in_the_way_is_said(own_home: Path) -> None:
    (own_home / "datasets/hymenoptera_data/train").mkdir(parents=True)
    with pytest.raises(UserError, match="has no train and val"):
        photos.download_photos(url="http://127.0.0.1:9/never-asked")


def test_photos_that_are_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QTL_PHOTOS_URL")  # nothing is fetched here: what is said must name the real address
    with pytest.raises(UserError, match="are not on this computer") as caught:
        load_dataset(DataSettings(source="photos"))
    assert photos.PHOTOS_URL in caught.value.do
    status = {each.source: each for each in dataset_status()}
    assert status["photos"].where is None and photos.PHOTOS_URL in status["photos"].how
    assert status["drawn"].where is None


def test_a_shared_copy_is_found_after_home(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for root in (tmp_path, own_home):
        for split in ("train", "val"):
            (root / "datasets/hymenoptera_data" / split).mkdir(parents=True)
    monkeypatch.setenv("QTL_SHARED", str(tmp_path))
    assert photos.find_photos() == own_home / "datasets/hymenoptera_data"
    (own_home / "datasets/hymenoptera_data/val").rmdir()
    assert photos.find_photos() == tmp_path / "datasets/hymenoptera_data"


@pytest.mark.parametrize(("source", "said"), [("folder", "No folder is named"), ("dataset", "No data set is named")])
def test_sources_that_name_nothing(source: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        load_dataset(DataSettings(source=source))


def test_a_source_may_be_named_alone(tmp_path: Path) -> None:
    """As scripts of earlier versions do."""
    folder = made_pictures(tmp_path)
    assert load_dataset("folder", str(folder)) == load_dataset(DataSettings(source="folder", folder=str(folder)))


def test_differences_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("train/a.jpg", "train/b.jpg", "val/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    hashes = {name: sha256_of(tmp_path / name) for name in ("train/a.jpg", "train/b.jpg", "val/c.jpg")}
    (tmp_path / ".list.json").write_text(json.dumps({"files": hashes}))
    monkeypatch.setattr(photos, "MANIFEST", tmp_path / ".list.json")
    assert compare_with_manifest(tmp_path) == Difference() and Difference().sentences() == ()
    (tmp_path / "train/a.jpg").unlink()
    (tmp_path / "train/b.jpg").write_text("changed")
    for number in range(5):
        (tmp_path / f"val/{number}.jpg").touch()
    assert compare_with_manifest(tmp_path).sentences() == (
        "Files of the public archive missing: train/a.jpg.",
        "Files that differ from the public archive: train/b.jpg.",
        "Files that the public archive does not have: val/0.jpg, val/1.jpg, val/2.jpg and 2 more.",
    )


def test_the_list_has_the_recipes_pictures_and_the_one_gif() -> None:
    listed = photos.read_manifest()
    pictures = [name for name in listed if not name.endswith(".gif")]
    assert sum(name.startswith("train/") for name in pictures) == 244
    assert sum(name.startswith("val/") for name in pictures) == 153
    assert set(listed) - set(pictures) == {"train/ants/imageNotFound.gif"}


@pytest.mark.shared
@needs_shared
def test_the_shared_copy_is_the_public_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTL_SHARED", str(SHARED))
    data = load_dataset(DataSettings(source="photos"))
    assert (len(data.train), len(data.val), data.notes) == (244, 153, ())


@pytest.mark.shared
@needs_shared
def test_the_real_photos_through_a_server(own_home: Path) -> None:
    packed = shutil.make_archive(str(own_home / "packed"), "zip", SHARED / "datasets", "hymenoptera_data")
    with Server(body=Path(packed).read_bytes(), step=1 << 20) as server:
        folder = photos.download_photos(url=server.url)
    assert compare_with_manifest(folder) == Difference()

"""The stranger, the careless and the malicious: wrong links, wrong folders, wrong files, no network, no disk.

Whatever they do, the page says in a sentence what is wrong, and the next run works.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import bad_pictures
from tests.browser.steps import (
    FIRST_RUN_MS,
    choose,
    enter,
    notes,
    pictures,
    reset,
    start,
    status,
    wait_for,
)
from tests.conftest import SHARED, needs_shared
from tests.helpers.made_runs import made_pictures
from tests.helpers.serve import Server
from tools.browser import settled

OWN = "source=folder&backbone=efficientnet_lite0&engine=torch&epochs=1"


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A folder that works, and unusual pictures in it."""
    folder = made_pictures(tmp_path_factory.mktemp("good"))
    bad_pictures.odd_but_good(folder / "train/ants")
    return folder


@pytest.fixture
def page(app, visit) -> Iterator[Page]:
    opened = visit(f"{app}/?{OWN}")
    yield opened
    expect(opened.get_by_role("heading", name="Teach a quantum circuit")).to_be_visible()


def train(page: Page, folder: Path | str, says: str | re.Pattern[str]) -> str:
    """Types a folder, presses Start and waits for these words."""
    enter(page, "Folder", str(folder))
    settled(page)
    start_anyhow(page)
    return wait_for(page, says, FIRST_RUN_MS)


def start_anyhow(page: Page) -> None:
    """Presses Start; the run may have failed before anybody could see that it had begun."""
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Reset", exact=True)).to_be_enabled()


def test_a_wrong_link_is_named_value_by_value_and_the_usual_ones_are_used(app, visit):
    wrong = {
        "qubits": "99",
        "depth": "abc",
        "entangler": "star",
        "learning_rate": "nan",
        "epochs": "-3",
        "seed": "9" * 30,
        "augmentation": "maybe",
        "backbone": "vgg",
        "source": "../../etc",
        "gamma": "1e999",
    }
    query = "&".join(f"{name}={quote(value)}" for name, value in wrong.items())
    page = visit(f"{app}/?{query}&job=../../etc/passwd&unknown=1")
    expect(page.get_by_text("The run that this link names is no longer on this server")).to_be_visible()
    said = notes(page)
    for name in wrong:
        assert re.search(rf"The link asks for {name} = .* is not allowed", said.replace("\\", "")), name
    assert "job=" not in page.url
    expect(page.get_by_role("slider", name=re.compile("Qubits"))).to_have_value("4")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def test_markup_in_a_link_is_shown_as_text_and_run_by_nobody(app, visit):
    evil = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>[a](javascript:0)"
    page = visit(f"{app}/?qubits={quote(evil)}&source={quote(evil)}&job={quote(evil)}")
    assert "<img src=x onerror=" in notes(page)
    assert page.locator(".stMain img, .stMain a[href^=javascript]").count() == 0
    assert page.title() != "taken"


def test_a_link_cannot_make_the_server_read_a_file(app, visit):
    page = visit(f"{app}/?source=folder&folder=/etc&weights=/etc/passwd")
    expect(page.get_by_text("Start has to wait: No folder is named yet.")).to_be_visible()
    assert "passwd" not in page.inner_text("body")
    assert "etc" not in page.url


def folders(root: Path) -> dict[str, tuple[Path | str, str]]:
    """Every wrong folder, with what is said of it."""
    (root / "empty").mkdir()
    shutil.rmtree(made_pictures(root / "one") / "val/bees")
    shutil.rmtree(root / "one/train/bees")
    (made_pictures(root / "other") / "val/bees").rename(root / "other/val/wasps")
    for file in (made_pictures(root / "without") / "val/bees").iterdir():
        file.unlink()
    (root / "file").write_text("no folder")
    return {
        "missing": (root / "nowhere", "nowhere cannot be read."),
        "empty": (root / "empty", "empty"),
        "one class": (root / "one", "one class"),
        "other classes": (root / "other", "wasps"),
        "no pictures": (root / "without", "has no picture that can be used."),
        "a file": (root / "file", "file"),
        "a stranger's": ("~nobody_here/pictures", "nobody_here"),
        "relative": ("../../../../etc", "etc"),
        "markup": ("<b>x</b> **y** `z`", "<b>x</b> **y** `z`"),
        "too long": ("/" + "x" * 4000, "xxx"),
    }


def test_every_wrong_folder_gets_a_sentence_and_the_next_run_works(page, tmp_path, good):
    for kind, (folder, says) in folders(tmp_path).items():
        train(page, folder, re.compile(r"\S"))
        expect(status(page).get_by_test_id("stAlert"), kind).to_contain_text(says, timeout=FIRST_RUN_MS)
        settled(page)
        reset(page)
    enter(page, "Folder", "")
    expect(page.get_by_text("Start has to wait: No folder is named yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    train(page, good, "Finished after 1 epoch")
    reset(page)


def test_bad_pictures_are_passed_over_and_listed_and_odd_ones_used(page, good, tmp_path):
    folder = shutil.copytree(good, tmp_path / "mixed")
    bad = bad_pictures.unusable(folder / "train/ants")
    train(page, folder, "Finished after 1 epoch")
    settled(page)
    expect(page.get_by_text(f"{bad} files were passed over")).to_be_visible()
    expect(page.get_by_text("10 pictures to train on, 6 for validation")).to_be_visible()
    reset(page)


def test_names_of_classes_are_shown_as_they_are(page, tmp_path):
    names = (bad_pictures.MARKUP.replace("/", "∕"), bad_pictures.LONG.strip())
    train(page, bad_pictures.renamed(tmp_path / "named", *names), "Finished after 1 epoch")
    settled(page)
    said = page.inner_text("body")
    assert names[0] in said
    assert names[1] in said
    assert page.locator(".stMain img:not([alt])").count() == 0
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 1280
    page.get_by_role("tab", name="All validation pictures").click()
    expect(pictures(page).first).to_be_visible()
    reset(page)


def test_wrong_weights_files_are_refused_and_none_runs_code(page, good, tmp_path):
    import torch

    trace = tmp_path / "trace"
    other = tmp_path / "other.pth"
    torch.save({"conv1.weight": torch.zeros(3)}, other)
    (tmp_path / "words.pth").write_text("no weights")
    page.get_by_text("More settings").click()
    page.get_by_role("tab", name="Network", exact=True).click()
    enter(page, "Weights file", str(tmp_path / "nowhere.pth"))
    expect(page.get_by_text("Start has to wait: There is no weights file")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    for file, says in (
        (other, "does not fit this network"),
        (tmp_path / "words.pth", "cannot be read as weights"),
        (bad_pictures.code_running_weights(tmp_path / "code.pth", trace), "cannot be read as weights"),
    ):
        enter(page, "Weights file", str(file))
        train(page, good, says)
        settled(page)
        reset(page)
    assert not trace.exists()
    enter(page, "Weights file", "")
    settled(page)
    train(page, good, "Finished after 1 epoch")
    reset(page)


def test_without_network_a_download_says_what_failed_what_is_used_and_what_to_do(app, visit):
    page = visit(f"{app}/train")
    page.get_by_role("button", name="Get the photos").click()
    expect(page.get_by_text("hymenoptera_data.zip could not be downloaded.")).to_be_visible()
    expect(page.get_by_text("by other means and unpack it so that")).to_be_visible()
    page.get_by_role("button", name="Get ResNet-18").click()
    expect(page.get_by_text("resnet18.pth could not be downloaded.")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def zipped(folder: Path, file: Path) -> bytes:
    """An archive of a folder of pictures, as the public one is laid out."""
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, Path("hymenoptera_data") / path.relative_to(folder))
    return file.read_bytes()


def test_other_photos_than_the_public_ones_are_said_to_be_others(tmp_path, serve, visit):
    body = zipped(made_pictures(tmp_path / "made"), tmp_path / "made.zip")
    with Server(body=body) as server:
        address = serve(tmp_path / "home", QTL_PHOTOS_URL=server.url)
        page = visit(f"{address}/?backbone=efficientnet_lite0&engine=torch&epochs=1")
        page.get_by_role("button", name="Get the photos").click()
        expect(page.get_by_text("real photos of ants and bees")).to_be_visible(timeout=FIRST_RUN_MS)
        start(page)
        wait_for(page, "Finished after 1 epoch", FIRST_RUN_MS)
        settled(page)
        assert "Files of the public archive missing" in notes(page)
        assert "Files that the public archive does not have" in notes(page)
        assert "Beside the paper" not in page.inner_text("body")


@pytest.mark.shared
@needs_shared
def test_the_public_photos_are_downloaded_unpacked_and_used(tmp_path, serve, visit):
    body = zipped(SHARED / "datasets/hymenoptera_data", tmp_path / "photos.zip")
    with Server(body=body) as server:
        address = serve(tmp_path / "home", QTL_PHOTOS_URL=server.url)
        page = visit(f"{address}/data")
        page.get_by_role("button", name="Get the photos").click()
        expect(page.get_by_text("244 photos to train on and 153 for validation")).to_be_visible(timeout=FIRST_RUN_MS)
        assert notes(page) == ""


def test_a_home_that_cannot_be_written_is_said_and_training_works_all_the_same(tmp_path, serve, visit, good):
    (tmp_path / "file").write_text("a home cannot lie below a file")
    home = tmp_path / "file/home"
    address = serve(tmp_path / "app", QTL_HOME=str(home))
    page = visit(f"{address}/?{OWN}")
    train(page, good, "Finished after 1 epoch")
    settled(page)
    expect(status(page).get_by_test_id("stAlert")).to_contain_text("Nothing can be kept in")
    expect(status(page).get_by_test_id("stAlert")).to_contain_text("QTL_HOME")


@pytest.fixture
def tiny_disk(tmp_path) -> Iterator[Path]:
    """A disk of 2 MB: too small for the drawn pictures."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.name != "posix" or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk to fill can only be mounted by root on Linux")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_and_the_next_run_works(tiny_disk, tmp_path, serve, visit, good):
    address = serve(tmp_path / "app", QTL_HOME=str(tiny_disk))
    page = visit(f"{address}/?{OWN}")
    choose(page, "Pictures", "Ants and bees, drawn")
    settled(page)
    page.get_by_role("button", name="Start", exact=True).click()
    said = status(page).get_by_test_id("stAlert")
    expect(said).to_contain_text("There is no room left on the disk.", timeout=FIRST_RUN_MS)
    settled(page)
    reset(page)
    choose(page, "Pictures", "A folder of your own")
    train(page, good, "Finished after 1 epoch")

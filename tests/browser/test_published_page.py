"""A published page in a real Chromium, from a plain server and from disk, with no other network: it answers as the app.

Its own arithmetic, in JavaScript, is held to Pillow's and to the simulator's beside that.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.inference.number_answers import answer_numbers
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.interpolation import interpolated_bloch_vectors
from qtl_core.pictures.sources.drawn import draw_picture
from qtl_core.publish.facts import circuit_facts
from qtl_core.publish.folder import ASSETS
from tests.helpers.made_circuits import CIRCUITS, name
from tests.helpers.other_pictures import as_png
from tests.publish.test_folder import with_circuit
from tests.publish.test_numbers import find_rows, numbers_run
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, launch, open_page
from tools.fake_camera import camera_option, write_scene
from tools.plain_server import plain_server
from tools.published_page import asked, opened, written

EXACT = 1e-4
TITLE = "Ants or bees?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published page of the head that comes along."""
    made = tmp_path_factory.mktemp("page")
    written(named_model("bundled"), TITLE, made)
    return made


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A drawing, and noise as people's files come: on its side, in few colours of its own, long and thin."""
    made = tmp_path_factory.mktemp("pictures")
    noise = np.random.default_rng(3).integers(0, 256, (310, 290, 3)).astype(np.uint8)
    soft = Image.fromarray(noise).resize((900, 640), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    (made / "drawing.jpg").write_bytes(drawn_example("val/bees/003.jpg"))
    soft.save(made / "turned.jpg", exif=exif, quality=70, progressive=True)
    soft.crop((0, 0, 900, 150)).save(made / "thin.png")
    soft.save(made / "modern.webp", lossless=True)
    return sorted(made.iterdir())


@pytest.fixture(params=["from a plain server", "from disk, on a phone"])
def page(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Page]:
    """The page, ready; it must have been without a fault."""
    with plain_server(folder) as address:
        on_phone = "phone" in request.param
        page, watch = open_page(browser, PHONE_DARK if on_phone else DESKTOP_LIGHT)
        yield opened(page, (folder / "index.html").as_uri() if on_phone else address)
        page.context.close()
    assert watch.problems == []


def test_it_answers_as_the_app_does(page: Page, pictures: list[Path]):
    predictor = Predictor(bundled_run())
    for file in pictures:
        wanted = predictor.explain(file)
        assert asked(page, file).shares == pytest.approx([*wanted.prediction.probabilities.values()], abs=EXACT)
        expect(page.locator(".verdict b")).to_have_text(wanted.prediction.label)
        expect(page.locator(".verdict b")).to_be_in_viewport()
    expect(page.locator(".strip li")).to_have_count(len(pictures))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_cannot_be_looked_at_is_said_in_words(page: Page, pictures: list[Path], tmp_path: Path):
    for file, content, words in (
        ("letter.jpg", b"Dear network", "letter.jpg: It is no picture that this browser can open"),
        ("empty.png", b"", "empty.png: The file is empty."),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "phone.heic: It is a HEIC photo"),
        ("scan.tif", b"II*\0\x08\0\0\0", "save the picture as JPEG or PNG"),
        ("bee.svg", b'<?xml version="1.0"?><!-- Drawn --><svg xmlns="x"/>', "bee.svg: It is a drawing (SVG)"),
        ("strip.png", as_png(Image.new("RGB", (2100, 100))), "a strip of 2100 x 100 pixels, longer than 20 times"),
    ):
        (tmp_path / file).write_bytes(content)
        page.set_input_files("input[type=file]", tmp_path / file)
        expect(page.locator(".status")).to_contain_text(words)
    several = [tmp_path / "letter.jpg", tmp_path / "empty.png", pictures[0]]
    page.set_input_files("input[type=file]", several)
    expect(page.locator(".verdict b")).not_to_be_empty()
    for file in several[:2]:
        expect(page.locator(".status")).to_contain_text(f"{file.name}: ")
    plain = tmp_path / "plain.png"
    Image.new("RGB", (300, 300), "#88AACC").save(plain)
    assert "hardly anything in this picture but plain colour" in asked(page, plain).doubt


FAULTS = {
    "model.js is missing": ("model.js", None),
    "page.js is missing": ("page.js", None),
    "engine.js is damaged": ("engine.js", lambda content: content[: len(content) // 2]),
    "model.js is damaged": ("model.js", lambda content: content.replace(b"A", b"B", 9)),
    "run.js is damaged: cut off, changed, or from another": ("run.js", lambda content: b"const RUN = {};"),
}
BROWSERS = {"runs no WebAssembly": "WebAssembly", "too old": "DecompressionStream"}


@pytest.mark.parametrize("words", [*FAULTS, *BROWSERS])
def test_a_start_that_fails_says_why(browser: Browser, folder: Path, tmp_path: Path, words: str):
    name, change = FAULTS.get(words, ("", None))
    for file in folder.iterdir():
        if file.name != name:
            (tmp_path / file.name).symlink_to(file)
        elif change:
            (tmp_path / name).write_bytes(change(file.read_bytes()))
    page, _ = open_page(browser, DESKTOP_LIGHT)
    if words in BROWSERS:
        page.add_init_script(f"delete window.{BROWSERS[words]}")
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator("html")).to_have_attribute("data-state", "failed")
    expect(page.locator(".status")).to_contain_text(words)
    expect(page.locator("input[type=file]")).to_be_disabled()
    page.context.close()


def test_a_page_can_load_nothing_from_elsewhere(browser: Browser, folder: Path):
    page, _ = open_page(browser, DESKTOP_LIGHT)
    with plain_server(folder) as address:
        page.goto(address)
        page.evaluate(
            """(other) => {
                window.refused = new Set();
                document.addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
                new Image().src = other;
                document.head.append(Object.assign(document.createElement("script"), { src: other }));
                fetch(other).catch(() => {});
            }""",
            address.replace("127.0.0.1", "localhost"),
        )
        page.wait_for_function("['img-src', 'script-src-elem', 'connect-src'].every((each) => refused.has(each))")
    page.context.close()


def test_the_camera_is_answered_live(browser: Browser, folder: Path, tmp_path: Path):
    scene = tmp_path / "scene.mjpeg"
    write_scene(scene, [draw_picture("train", "ants", number) for number in range(4)])
    seeing = launch(browser.browser_type, camera_option(scene))
    page, watch = open_page(seeing, DESKTOP_LIGHT)
    opened(page, (folder / "index.html").as_uri())
    page.evaluate(
        """() => {
            window.streams = [];
            const camera = navigator.mediaDevices, ask = camera.getUserMedia.bind(camera);
            camera.getUserMedia = async (wanted) => { streams.push(await ask(wanted)); return streams.at(-1); };
            for (const press of [1, 2]) document.querySelector(".camera").click(); // the first is not there yet
        }"""
    )
    expect(page.locator(".status")).to_have_text(re.compile(r"\d answers a second"))
    expect(page.locator(".verdict b")).to_have_text("ants")
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("video")).to_be_hidden()
    page.wait_for_function("streams.length === 2 && streams.every((each) => !each.active)")
    seeing.close()
    assert watch.problems == []


def test_a_page_of_numbers_answers_as_the_app_does(browser: Browser, monkeypatch, tmp_path: Path):
    find_rows(monkeypatch)
    run = numbers_run()
    written(TrainedModel("made", run), "Plants", tmp_path)
    page, watch = open_page(browser, PHONE_DARK)
    opened(page, (tmp_path / "index.html").as_uri())
    fields = page.locator(".fields input[type=number]")
    for values in ([2.5, 12], [-3, 1e4], [0.125, 28.5]):
        for at, value in enumerate(values):
            fields.nth(at).fill(str(value))
        wanted = answer_numbers(run, np.array([values])).probabilities[0]
        page.wait_for_function(
            """([wanted, exact]) => [...document.querySelectorAll(".bars li")].every(
                (bar, label) => Math.abs(bar.dataset.share - wanted[label]) < exact)""",
            arg=[wanted.tolist(), EXACT],
        )
        doubted = "Beyond all it learnt from" in page.locator(".doubt").inner_text()
        assert doubted == (values[0] < 0)
    fields.nth(0).fill("")
    expect(page.locator(".status")).to_have_text("No number stands in x, so that 0.125 still counts.")
    page.locator(".plane canvas").click(position={"x": 60, "y": 60})
    expect(fields.nth(0)).not_to_have_value(re.compile("^(0.125)?$"))
    expect(page.locator(".status")).to_be_empty()
    top = page.locator(".verdict b").inner_text()
    expect(page.locator(".unseen")).to_contain_text(top)  # also where it changed while the one before was read out
    page.locator(".fields input[type=range]").nth(1).press("End")
    expect(fields.nth(1)).to_have_value("30")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watch.problems == []
    page.context.close()


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page with the published page's own arithmetic and nothing else."""
    page, _ = open_page(browser, DESKTOP_LIGHT)
    for script in ("transform", "statevector"):
        page.add_script_tag(path=ASSETS / f"{script}.js")
    yield page
    page.context.close()


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(500, 375), (223, 900), (64, 40), (257, 256)])
def test_the_transform_is_pillows_to_the_last_bit(blank: Page, kernel: str, size: tuple[int, int]):
    pixels = np.random.default_rng(1).integers(0, 256, (*size[::-1], 4)).astype(np.uint8)
    image = Image.fromarray(pixels[..., :3])
    shorter = min(size)
    resized = image.resize(tuple(int(256 * side / shorter) for side in size), Image.Resampling[kernel.upper()])
    left, top = (round((side - 224) / 2) for side in resized.size)
    found = blank.evaluate(
        """([width, height, text, interpolation]) => {
            const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
            const view = centreView({ width, height, data }, { resize: 256, crop: 224, interpolation });
            return btoa(Array.from(view, (value) => String.fromCharCode(value)).join(""));
        }""",
        [*size, base64.b64encode(pixels.tobytes()).decode(), f"{kernel}, antialiased"],
    )
    seen = np.frombuffer(base64.b64decode(found), np.uint8).reshape(224, 224, 3)
    np.testing.assert_array_equal(seen, resized.crop((left, top, left + 224, top + 224)))


@pytest.mark.parametrize("circuit", CIRCUITS, ids=name)
def test_qubits_turn_as_in_the_simulator(blank: Page, circuit):
    run = with_circuit(circuit)
    drawn, angles = circuit_facts(run), np.random.default_rng(2).uniform(-1.5, 1.5, circuit.qubits)
    found = blank.evaluate("([circuit, angles]) => blochPath(circuit, angles)", [drawn, angles.tolist()])
    weights = run.checkpoint.best_weights["q_params"].ravel()
    wanted = interpolated_bloch_vectors(build_circuit(circuit), angles, weights, drawn["parts"])
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)

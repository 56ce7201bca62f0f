"""The files that put the studio into a container: parsed by Docker's own parser, tried as far as that goes."""

from __future__ import annotations

import subprocess
import sysconfig
import tomllib
from pathlib import Path

import compose_spec
import pytest
import yaml

from tests.conftest import PROJECT
from tests.hosting import image
from ui.shell.room_address import CONTAINER_VARIABLE


def test_a_linter_has_nothing_to_say():
    linter = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([linter, image.DOCKERFILE], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_is_there_and_is_sent():
    sources = [source for named, _ in image.copies() for source in named]
    assert "app.py" in sources
    for source in sources:
        files = [PROJECT / source] if (PROJECT / source).is_file() else [*(PROJECT / source).rglob("*.*")]
        assert files
        kept = [each for each in files if each.is_file() and "__pycache__" not in each.parts]
        assert [each for each in kept if not image.is_sent(each.relative_to(PROJECT).as_posix())] == []


@pytest.mark.parametrize(
    "left_out",
    [
        ".git/HEAD",
        ".venv/bin/python",
        "tests/conftest.py",
        "benchmarks/RESULTS.md",
        "ui/__pycache__/a.pyc",
        "docs/home.png",
    ],
)
def test_what_the_image_does_not_need_is_not_sent(left_out: str):
    assert not image.is_sent(left_out)


def test_it_runs_without_rights_and_keeps_what_it_writes_on_a_volume():
    users = [step.value for step in image.LAST_STAGE if step.cmd == "USER"]
    volumes = [step.value for step in image.LAST_STAGE if step.cmd == "VOLUME"]
    assert users == [("1000",)]
    assert volumes == [(image.environment()["QTL_HOME"],)]
    assert image.environment()["QTL_OPEN"] == image.environment()[CONTAINER_VARIABLE] == "1"


def test_compose_builds_it_and_keeps_its_data():
    text = (PROJECT / "compose.yaml").read_text()
    assert compose_spec.PyCompose.from_yaml(text).service_names() == ["studio"]
    studio = yaml.safe_load(text)["services"]["studio"]
    assert studio["volumes"] == [f"studio:{image.environment()['QTL_HOME']}"]
    assert studio["ports"][0].endswith(f":{image.environment()['STREAMLIT_SERVER_PORT']}")
    arguments = {step.value[0].partition("=")[0] for step in image.STEPS if step.cmd == "ARG"}
    assert set(studio["build"]["args"]) <= arguments


def test_a_wrong_compose_file_would_be_noticed():
    wrong = (PROJECT / "compose.yaml").read_text().replace("restart:", "restat:")
    with pytest.raises(ValueError, match="restat"):
        compose_spec.PyCompose.from_yaml(wrong)


def test_a_space_of_hugging_face_asks_at_the_images_port():
    _, front, _ = (PROJECT / "deploy/huggingface/README.md").read_text().split("---\n", 2)
    said = yaml.safe_load(front)
    assert said["sdk"] == "docker"
    assert str(said["app_port"]) == image.environment()["STREAMLIT_SERVER_PORT"]
    assert said["license"] == tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["license"].lower()


@pytest.mark.parametrize("index", ["", "file:///index"])
def test_torch_without_cuda_is_taken_first_and_from_nowhere_else(index: str):
    asked = ["make", "--always-make", "--dry-run", ".venv/installed", f"TORCH_INDEX={index}"]
    said = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    line = next(each for each in said.splitlines() if "grep '^torch' requirements.txt" in each)
    assert line.startswith(f'test -z "{index}" || ')  # so that nothing is done where nobody asks
    assert f'PIP_INDEX_URL="{index}" PIP_CONFIG_FILE=/dev/null' in line
    assert said.index(line) < said.index("check -r requirements.txt")

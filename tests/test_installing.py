"""What `pip install .` and `pip install -e .` give: the packages, the pages, and the command `qtl` from any folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import qtl_core
from tests.conftest import PROJECT
from tools.app_server import free_port, running_server
from ui.shell.serve import INSTALLED, PACKAGE

CONFIGURED = tomllib.loads((PROJECT / "pyproject.toml").read_text())
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
JOB = """
from qtl_core.network.analysis.jobs import plateau_job
from qtl_core.jobs import JobManager
from qtl_core.settings import CircuitSettings
jobs = JobManager(slots=1, threads=1)
found = jobs.wait(jobs.submit(plateau_job(CircuitSettings(qubits=2, depth=1))))
print(found.state, found.error, len(found.view.result) == found.view.progress.total)
jobs.close()
"""


def requirements(file: str) -> list[Requirement]:
    """Returns what a file asks pip for, in its order."""
    lines = (line.partition("#")[0].strip() for line in (PROJECT / file).read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def test_the_project_needs_what_requirements_txt_installs():
    assert [Requirement(each) for each in CONFIGURED["project"]["dependencies"]] == requirements("requirements.txt")


def test_developers_have_what_builds_it():
    assert {Requirement(each) for each in CONFIGURED["build-system"]["requires"]} <= {
        *requirements("requirements-dev.txt")
    }


def test_developers_have_what_the_extras_install():
    extras = CONFIGURED["project"]["optional-dependencies"]
    assert {"hardware", "search", "cluster", "onnx", "serve", "tensorboard", "mlflow"} <= set(extras)
    for names in extras.values():
        assert {Requirement(each) for each in names} <= {*requirements("requirements-dev.txt")}


def test_one_version_is_said_everywhere():
    cited = yaml.safe_load((PROJECT / "CITATION.cff").read_text())
    headings = re.findall(r"^## (.+)$", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == f"{cited['version']} ({cited['date-released']})"
    assert cited["version"] == qtl_core.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", qtl_core.__version__)


def built(kind: str, folder: Path) -> Path:
    """Builds the wheel that pip would install, as pip has it built but in the environment that is there."""
    build = f"import sys; from hatchling import build; print(build.build_{kind}(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of `pip install .`."""
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of an environment in which the wheel is installed; what it needs is found in this one."""
    folder = tmp_path_factory.mktemp("somebody's") / "environment"
    venv.create(folder, symlinks=os.name != "nt")
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))
    python = next((folder / SCRIPTS).glob("python*"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", "--no-compile", str(wheel)], check=True)
    return folder / SCRIPTS


def told(folder: Path, *command: object) -> str:
    """Returns what a command prints that is started in a folder, in an environment that names no other."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    words = [str(each) for each in command]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_wheel_has_all_that_the_checkout_has_and_takes_no_name_of_others(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    (description,) = {name.partition("/")[0] for name in packed} - {"qtl_core", "ui"}
    assert description == f"quantum_transfer_studio-{qtl_core.__version__}.dist-info"
    entry = INSTALLED.relative_to(PACKAGE.parent).as_posix()
    wanted = {}
    for name in ("qtl_core", "ui", "app.py", "pages", ".streamlit"):
        for file in [PROJECT / name, *(PROJECT / name).rglob("*")]:
            path = file.relative_to(PROJECT).as_posix()
            if file.is_file() and "__pycache__" not in path:
                wanted[path if name in ("qtl_core", "ui") else f"{entry}/{path}"] = file.read_bytes()
    assert {name: content for name, content in packed.items() if not name.startswith(description)} == wanted


def test_an_editable_one_points_to_the_checkout_and_copies_nothing(tmp_path):
    with zipfile.ZipFile(built("editable", tmp_path)) as archive:
        (pointer,) = (name for name in archive.namelist() if ".dist-info/" not in name)
        assert pointer.endswith(".pth")
        assert Path(archive.read(pointer).decode()) == PROJECT


def test_the_command_has_all_commands_in_any_folder(scripts, tmp_path):
    qtl = scripts / "qtl"
    assert told(tmp_path, qtl, "--version") == f"Quantum transfer studio {qtl_core.__version__}\n"
    assert told(tmp_path, qtl, "train", "--help").startswith("usage: qtl train ")
    assert told(tmp_path, qtl, "app", "--help").startswith("usage: qtl app ")
    assert json.loads(told(tmp_path, qtl, "info", "--json"))["version"] == qtl_core.__version__
    assert not list(tmp_path.iterdir())


def test_a_worker_of_an_installed_program_finds_it_from_any_folder(scripts, tmp_path):
    (tmp_path / "types.py").write_text("raise SystemExit('a trap')")
    assert told(tmp_path, scripts / "python", "-P", "-c", JOB) == "done None True\n"


def test_the_app_is_served_from_any_folder(scripts, tmp_path, own_home):
    port = free_port()
    command = [str(scripts / "qtl"), "app", "--port", str(port), "--headless"]
    with running_server(command, tmp_path, port, QTL_HOME=str(own_home)) as address:
        with urllib.request.urlopen(f"{address}/train", timeout=30) as answer:
            assert b"<title>Streamlit</title>" in answer.read()
        taken = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (taken.returncode, taken.stdout) == (2, "")
    assert taken.stderr.startswith(f"Port {port} of 127.0.0.1 is taken or not allowed. ")
    assert taken.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())

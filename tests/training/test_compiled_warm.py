"""The compiled code is kept where it can be, and got ready in the background."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from qtl_core.training.compiled import code_folder, warm_up

PROJECT = Path(__file__).parents[2]
COMPILE = """
import numpy as np
from qtl_core.training.compiled.code_cache import FOLDER
from qtl_core.training.compiled.head_kernels import dot
print(FOLDER, dot(np.ones(3), np.ones(3)))
"""

# Two processes of a test: one that must find the code compiled when its turn comes, one that starts a compiler.
WAITS = """
from pathlib import Path
from qtl_core.training.compiled import warm_up as warm
warm.code_folder = lambda: Path({folder!r})
def never(): raise SystemExit("compiled although it was done")
warm.load = never
warm.compile_once()
"""
STARTS = """
import subprocess
from qtl_core.training.compiled import warm_up as warm
start = subprocess.Popen
class Told(start):
    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        print(self.pid, flush=True)
subprocess.Popen = Told
warm._compile_elsewhere(warm.code_folder())
"""


def compile_with(home: Path) -> str:
    """Compiles one kernel in a fresh process with that home; returns what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    told = subprocess.run(
        [sys.executable, "-c", COMPILE],
        cwd=PROJECT,
        env={**environment, "QTL_HOME": str(home), "XDG_CACHE_HOME": str(home.with_name("usual"))},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_compiled_code_is_kept_under_home(tmp_path):
    folder, value = compile_with(tmp_path).rsplit(" ", 1)
    assert value == "3.0"
    assert Path(folder).parent == tmp_path / "compiled"
    assert list(Path(folder).rglob("*.nbi"))


def test_a_home_that_cannot_be_written_still_compiles(tmp_path):
    (tmp_path / "file").touch()
    assert compile_with(tmp_path / "file") == "None 3.0"


def test_a_copy_or_a_change_of_the_code_does_not_count_as_compiled(tmp_path):
    first, second = (Path(shutil.copytree(Path(code_folder.__file__).parent, tmp_path / name)) for name in "ab")
    digests = [code_folder.source_digest(first)]
    assert code_folder.source_digest(first) == digests[0]
    digests.append(code_folder.source_digest(second))
    os.utime(first / "training_loop.py", (1, 1))
    digests.append(code_folder.source_digest(first))
    (first / "training_loop.py").write_text("changed")
    os.utime(first / "training_loop.py", (1, 1))
    digests.append(code_folder.source_digest(first))
    assert len(set(digests)) == 4


def test_warming_up_makes_the_engine_ready_and_happens_once():
    thread = warm_up.warm_up()
    assert warm_up.warm_up() is thread
    thread.join()
    assert warm_up.is_ready()
    assert code_folder.code_folder() is None or code_folder.is_compiled()


def test_asking_whether_it_is_ready_or_compiled_needs_no_numba():
    code = (
        "import sys; from qtl_core.training.compiled.code_folder import is_compiled; "
        "from qtl_core.training.compiled.warm_up import is_ready; "
        "is_compiled(); print(is_ready(), 'numba' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False False"


def test_of_several_processes_one_compiles_and_the_others_wait_for_it(tmp_path):
    """The second one finds everything done while it waits for the lock: it must not compile anything itself."""
    folder = tmp_path / "made" / "code"
    waiting = subprocess.Popen([sys.executable, "-c", WAITS.format(folder=str(folder))], cwd=PROJECT)
    folder.mkdir(parents=True)
    with FileLock(folder / warm_up.LOCK):
        (folder / "asked").touch()
        assert waiting.poll() is None
        time.sleep(0.5)
        assert waiting.poll() is None, "it waits"
        (folder / "made.nbc").write_bytes(b"code")
        code_folder.mark_whole(folder)
    assert waiting.wait(60) == 0


def test_who_waits_for_another_ones_compiler_starts_none(compiled, monkeypatch):
    """A process that waits for every worker would be half a gigabyte of nothing."""
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(warm_up, "_run_compiler", lambda *arguments, **_: started.append(arguments))
    monkeypatch.setattr(warm_up, "LOOK_AGAIN", 0.01)
    with FileLock(compiled / warm_up.LOCK):
        (compiled / code_folder.COMPLETE_MARK).unlink()
        waits = threading.Thread(target=warm_up._compile_elsewhere, args=(compiled,))
        waits.start()
        code_folder.mark_whole(compiled)  # the other one is done
    waits.join(60)
    assert not waits.is_alive()
    assert started == []
    (compiled / code_folder.COMPLETE_MARK).unlink()
    warm_up._compile_elsewhere(compiled)
    assert started == [(warm_up.HELD,)], "the lock is held for it: it would wait for ever for its own parent"


def test_a_server_compiles_ahead_once_and_goes_on_where_it_cannot(monkeypatch):
    started: list[str] = []

    def fails(*arguments: str) -> None:
        started.append("compiler")
        raise OSError("no more processes")

    monkeypatch.setattr(warm_up, "_ahead", None)
    monkeypatch.setattr(warm_up, "_run_compiler", fails)
    thread = warm_up.compile_ahead()
    assert warm_up.compile_ahead() is thread
    thread.join()
    assert started == ["compiler"]


def test_the_compiler_ends_with_the_process_that_started_it(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS],
        cwd=PROJECT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    compiler = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while _runs(compiler) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(compiler)
    assert not list(tmp_path.rglob(warm_up.COMPLETE_MARK))


@pytest.fixture
def compiled(tmp_path) -> Path:
    """A folder in which two functions lie compiled, marked as whole."""
    (tmp_path / "compiled_here").mkdir()
    for name in ("add", "dot"):
        (tmp_path / f"compiled_here/{name}.nbc").write_bytes(name.encode())
    code_folder.mark_whole(tmp_path)
    assert code_folder.is_whole(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "compiled_here/add.nbc").write_bytes(b"adD"),
        lambda folder: (folder / "compiled_here/add.nbc").unlink(),
        lambda folder: (folder / code_folder.COMPLETE_MARK).write_text(""),
        lambda folder: (folder / code_folder.COMPLETE_MARK).write_text("{}"),
        lambda folder: (folder / code_folder.COMPLETE_MARK).write_text("7"),
        lambda folder: (folder / code_folder.COMPLETE_MARK).write_bytes(b"\xff"),
        lambda folder: (folder / code_folder.COMPLETE_MARK).unlink(),
    ],
)
def test_damaged_code_does_not_count_as_compiled_and_is_made_again(compiled, damage, monkeypatch):
    """Machine code is run as it is: one bit that differs may end the process."""
    damage(compiled)
    code_folder._is_as_marked.cache_clear()  # a new process looks anew
    assert not code_folder.is_whole(compiled)
    found: list[list[Path]] = []
    monkeypatch.setattr(warm_up, "code_folder", lambda: compiled)
    monkeypatch.setattr(warm_up, "load", lambda: found.append([*compiled.rglob("*.nbc")]))
    warm_up.compile_once()
    assert found == [[]], "numba would have loaded what was there"


def test_what_is_compiled_later_leaves_the_rest_whole(compiled):
    (compiled / "compiled_here/double.nbc").touch()
    code_folder._is_as_marked.cache_clear()
    assert code_folder.is_whole(compiled)


@pytest.mark.parametrize("is_damaged", [False, True])
def test_code_in_a_folder_that_cannot_be_written_is_copied_into_home_if_whole(
    compiled, is_damaged, own_home, tmp_path_factory, monkeypatch
):
    """As in an image: numba reads no folder that it cannot write."""
    image = tmp_path_factory.mktemp("image")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(image))
    monkeypatch.setattr(code_folder, "_can_be_written", lambda folder: False)
    monkeypatch.setattr(code_folder, "usual_home", lambda: None)
    name = code_folder.code_folder.__wrapped__().name
    compiled.rename(image / name)
    if is_damaged:
        (image / name / "compiled_here/add.nbc").write_bytes(b"adD")
    found = code_folder.code_folder.__wrapped__()
    assert found == own_home / "compiled" / name
    assert code_folder.is_whole(found) is not is_damaged
    assert [each.name for each in found.parent.iterdir()] == ([] if is_damaged else [name])


@pytest.fixture
def usual(compiled, tmp_path_factory, monkeypatch) -> Path:
    """Whole code of this version in the folder that is home where none is named, as `make setup` leaves it."""
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(code_folder, "usual_home", lambda: None)
    folder = tmp_path_factory.mktemp("usual") / "compiled" / code_folder.code_folder.__wrapped__().name
    folder.parent.mkdir()
    compiled.rename(folder)
    monkeypatch.setattr(code_folder, "usual_home", lambda: folder.parent.parent)
    return folder


@pytest.mark.parametrize("is_damaged", [False, True])
def test_what_setup_compiled_in_the_usual_home_is_copied_into_another_one_if_whole(usual, is_damaged, own_home):
    if is_damaged:
        (usual / "compiled_here/add.nbc").write_bytes(b"adD")
    found = code_folder.code_folder.__wrapped__()
    assert found == own_home / "compiled" / usual.name
    assert code_folder.is_whole(found) is not is_damaged
    assert usual.is_dir(), "it stays for others"


def test_where_home_cannot_be_written_the_usual_ones_code_is_read_in_its_place(usual, tmp_path_factory, monkeypatch):
    file = tmp_path_factory.mktemp("no") / "home"
    file.touch()
    monkeypatch.setenv("QTL_HOME", str(file))
    assert code_folder.code_folder.__wrapped__() == usual
    (usual / code_folder.COMPLETE_MARK).unlink()
    assert code_folder.code_folder.__wrapped__() is None, "nothing is written but home"


def test_code_that_cannot_be_loaded_is_compiled_again_once(compiled, monkeypatch):
    steps: list[str] = []

    def load() -> None:
        steps.append("loaded")
        if len(steps) == 1:
            raise EOFError("Ran out of input")

    monkeypatch.setattr(warm_up, "load", load)
    monkeypatch.setattr(warm_up, "_compile_elsewhere", lambda folder: steps.append(f"{len([*folder.iterdir()])} left"))
    warm_up._load_or_compile_anew(compiled)
    assert steps == ["loaded", "0 left", "loaded"]


def test_code_that_earlier_versions_compiled_is_removed_and_nothing_else(tmp_path):
    folders = [tmp_path / f"{number:012x}" for number in range(warm_up.FOLDERS_KEPT + 3)]
    others = [tmp_path / "somebody's", tmp_path / "abcdefabcdef"]
    for age, folder in enumerate((*folders, *others)):
        folder.mkdir()
        (folder / "code.nbc").touch()
        if folder != others[1]:  # that one has no mark: it is being filled just now
            (folder / warm_up.COMPLETE_MARK).touch()
            os.utime(folder / warm_up.COMPLETE_MARK, (1_000_000 - age, 1_000_000 - age))
    warm_up.remove_old_folders(tmp_path)
    assert set(tmp_path.iterdir()) == {*folders[: warm_up.FOLDERS_KEPT], *others}


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_of_kernels_as_many_are_counted_as_numba_keeps():
    warm_up.warm_up().join()
    done, total = warm_up.kernels_compiled()
    assert done == total > 20

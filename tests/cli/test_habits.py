"""What any good command does, for all of them: a new command is covered once `working` says how it is called."""

from __future__ import annotations

import argparse
import ast
import errno
import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtl_core.__main__ import COMMANDS, CORE, main
from qtl_core.cli.parser import arranged
from qtl_core.learn.experiments.catalogue import KEYS
from qtl_core.publish import folder as publishing
from qtl_core.runs.store import find_run, keep_run, kept_runs
from qtl_core.serving import listening
from qtl_core.settings.groups import FIELDS
from qtl_core.studies.store import find_study
from tests.conftest import PROJECT
from tests.exchange.test_heads import brought_in
from tests.exchange.test_run_files import kept
from tests.helpers.made_heads import demo_head, saved
from tests.helpers.made_runs import made_pictures
from tests.helpers.own_sets import noise_picture, noise_set
from tests.helpers.shell import shell

LEAVES = [
    (command, action) for command in COMMANDS for action in (getattr(CORE.module_of(command), "ACTIONS", None) or [""])
]
NAMES = [" ".join(filter(None, leaf)) for leaf in LEAVES]
VALUES = ["-1", "-1e-3", "-.5", "-x", "-", "", "a b", "@v", "=", "-a=b", "–", "0.5"]
FILES = ["a.png", "a b", "@file", "-", "é", "x=y"]
MOONS = ["--data", "moons", "--points", "40", "--epochs", "1", "--seeds", "2"]
GOING_ON = (  # whoever reads
    ("train", ""),
    ("runs", "import"),
    ("study", "run"),
    ("study", "ask"),
    ("study", "resume"),
    ("study", "repeat"),
    ("study", "import"),
)
DASHED = ["-x.png", "--json", "--help", "-1e-3", "--no=such"]

all_leaves = pytest.mark.parametrize("leaf", LEAVES, ids=NAMES)


@pytest.fixture(autouse=True)
def ended_server(monkeypatch):
    """A server ends as soon as it answers, as if it were told to."""
    monkeypatch.setattr(listening, "serve", lambda *_, **__: None)


@pytest.fixture(autouse=True)
def short_page(monkeypatch):
    """A published page is one short file: how the real one is made takes seconds, and is tested elsewhere."""
    monkeypatch.setattr(publishing, "page_files", lambda _: {"index.html": b'<script src="model.js">'})


def working(leaf: tuple[str, str], folder: Path) -> list[str]:
    """Words with which a command does what it is for, made ready in an empty folder."""
    head = folder / "head.pt"
    head.write_bytes(saved(demo_head().state_dict()))
    match leaf:
        case "train", _:
            pictures = made_pictures(folder / "pictures")
            return ["train", "--data", str(pictures), "--backbone", "efficientnet_lite0", "--epochs", "2"]
        case "predict", _:
            return ["predict", "--run", "bundled", str(made_pictures(folder / "pictures") / "val")]
        case "evaluate", _:
            return ["evaluate", "--run", "bundled", "--shots", "10", "--data", str(made_pictures(folder / "pictures"))]
        case "draw" | "info" | "compile", _:
            return [leaf[0]]
        case "serve", _:
            return ["serve", "bundled", "--port", "0"]
        case "publish", _:
            return ["publish", "bundled", "--out", str(folder / "page")]
        case "import-head", _:
            return ["import-head", str(head)]
        case "export-head", _:
            run_id = keep_run(brought_in(head.read_bytes()), origin="head")
            return ["export-head", "--run", run_id, str(folder / "out.pt")]
        case "runs", "list":
            return ["runs", "list"] if kept() else []
        case "runs", "export":
            return ["runs", "export", kept(), str(folder / "run.qtl.zip")]
        case "runs", "import":
            assert main(["runs", "export", kept(), str(folder / "run.qtl.zip")]) == 0
            return ["runs", "import", str(folder / "run.qtl.zip")]
        case "runs", "show" | "changes" | "delete":
            return [*leaf, kept()]
        case "data", "new":
            return ["data", "new", "pets", "cats"]
        case "data", "add":
            (folder / "cat.png").write_bytes(noise_picture())
            return ["data", "add", noise_set(each=1).id, "cats", str(folder / "cat.png")]
        case "data", "import":
            return ["data", "import", str(made_pictures(folder / "pictures"))]
        case "data", "export":
            return ["data", "export", noise_set(each=2).id, str(folder / "pets.qtl-data.zip")]
        case "data", "split":
            return ["data", "split", noise_set(each=2).id, "--seed", "1"]
        case "data", "list" | "show" | "check" | "delete":
            made = noise_set(each=2)
            return [*leaf, *([] if leaf[1] == "list" else [made.id])]
        case "learn", "list":
            return ["learn", "list"]
        case "learn", "run":
            return ["learn", "run", KEYS[0]]
        case "study", "run":
            return ["study", "run", "--name", "heads", *MOONS, "--axis", "head=linear,dressed"]
        case "study", "ask":
            return ["study", "ask", "luck", "--name", "heads", *MOONS]
        case "study", "questions":
            return ["study", "questions"]
        case "study", _:
            assert main(["study", "run", "--name", "heads", *MOONS, "--axis", "head=linear,mlp"]) == 0
            if leaf[1] == "import":
                assert main(["study", "export", "heads", str(folder / "heads.qtl-study.zip")]) == 0
            named = {
                "list": [],
                "export": ["heads", str(folder / "heads.csv")],
                "report": ["heads", str(folder / "heads.html")],
                "import": [str(folder / "heads.qtl-study.zip")],
                "open": ["heads", next(iter(find_study("heads").rows()))],
            }
            return [*leaf, *named.get(leaf[1], ["heads"])]
    raise NotImplementedError(leaf)


class Broken(io.StringIO):
    """Standard output that takes nothing."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code

    def write(self, text: str) -> int:
        raise OSError(self.code, os.strerror(self.code))  # which makes a `BrokenPipeError` of EPIPE

    @property
    def buffer(self) -> Broken:
        return self


@all_leaves
def test_a_reader_who_leaves_ends_a_command_quietly_and_a_run_never(leaf, tmp_path, monkeypatch, capsys):
    words = working(leaf, tmp_path)
    capsys.readouterr()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Broken(errno.EPIPE))
        code = main(words)
    assert code == (0 if leaf in GOING_ON else 141)
    assert "rror" not in capsys.readouterr().err
    if leaf[0] == "train":
        (run_id,) = kept_runs()
        assert (find_run(run_id).state, find_run(run_id).epochs) == ("finished", 2)


@all_leaves
def test_a_full_disk_behind_standard_output_is_said_once(leaf, tmp_path, monkeypatch, capsys):
    words = working(leaf, tmp_path)
    capsys.readouterr()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Broken(errno.ENOSPC))
        code = main(words)
    assert code == 1
    assert capsys.readouterr().err.count("Standard output cannot be written. The system says: No space left") == 1


@all_leaves
def test_standard_error_may_break_at_any_time(leaf, tmp_path, monkeypatch, capsys):
    words = working(leaf, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", Broken(errno.EPIPE))
        assert main(words) == 0
    assert capsys.readouterr().out


@all_leaves
def test_results_end_in_a_newline_and_as_json_every_line_is_a_strict_object(leaf, tmp_path, capsys):
    words = working(leaf, tmp_path)
    done = shell(capsys, *words)
    assert (done.returncode, done.stdout[-1:]) == (0, "\n"), done.stderr
    if "--json" in CORE.parser_of(*leaf)[0]._option_string_actions:
        if leaf[1] == "delete":
            words.append("--undo")
        if leaf in (("study", "run"), ("study", "ask")):
            words[words.index("heads")] = "heads again"
        done = shell(capsys, *words, "--json")
        found = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
        assert found
        assert all(isinstance(each, dict) for each in found)


@all_leaves
def test_help_is_there_for_all(leaf, capsys):
    done = shell(capsys, *filter(None, leaf), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: python -m qtl_core {' '.join(filter(None, leaf))}")
    assert done.stdout.endswith("\n")


def named(parser: argparse.ArgumentParser, name: str, draw: st.DrawFn) -> str:
    """An option's name, perhaps cut as short as it can be."""
    others = [each for each in parser._option_string_actions if each != name]
    cut = [name[:size] for size in range(3, len(name)) if not any(each.startswith(name[:size]) for each in others)]
    return draw(st.sampled_from([name, *cut[:1]]))


@st.composite
def lines(draw: st.DrawFn, parser: argparse.ArgumentParser) -> tuple[list[str], dict[str, object]]:
    """A command line in any order and spelling, and what it must come to."""
    wanted = {each.dest: each.default for each in parser._actions if each.dest != "help"}
    spelt: list[list[str]] = []
    for action in parser._actions:
        if not action.option_strings or action.dest in ("help", "csv") or not (action.required or draw(st.booleans())):
            continue
        name = named(parser, draw(st.sampled_from(action.option_strings)), draw)
        if action.nargs == 0:
            wanted[action.dest] = True
            spelt.append([name])
        elif action.nargs == "?":
            value = draw(st.sampled_from(["yes", "no", None]))
            wanted[action.dest] = value or action.const
            spelt.append([name] if value is None else [f"{name}={value}"] if draw(st.booleans()) else [name, value])
        else:
            value = draw(st.sampled_from(sorted(action.choices or VALUES)))
            several = action.nargs or isinstance(action, argparse._AppendAction)
            wanted[action.dest] = [value] if several else value
            spelt.append([f"{name}={value}"] if draw(st.booleans()) else [name, value])
    names = []
    for action in (each for each in parser._actions if not each.option_strings):
        counts = {None: 1, "?": draw(st.integers(0, 1)), "+": draw(st.integers(1, 3)), "*": draw(st.integers(0, 3))}
        count = counts[action.nargs]
        found = draw(st.lists(st.sampled_from(FILES), min_size=count, max_size=count))
        if count or action.nargs == "*":
            wanted[action.dest] = found if action.nargs in ("+", "*") else found[0]
        names += found
    plain = draw(st.integers(0, len(names)))  # so many names stand among the options, the others behind `--`
    order = draw(st.permutations(range(len(spelt) + plain)))
    rest, among = iter(names[:plain]), []
    for each in order:
        among += spelt[each] if each < len(spelt) else [next(rest)]
    behind = names[plain:]
    return [*among, *(["--", *behind] if behind or draw(st.booleans()) else [])], wanted


@all_leaves
@settings(max_examples=50)
@given(data=st.data())
def test_options_stand_anywhere_and_values_may_begin_with_a_minus(leaf, data):
    parser, _ = CORE.parser_of(*leaf)
    words, wanted = data.draw(lines(parser))
    assert vars(parser.parse_args(arranged(parser, words))) == wanted


@pytest.mark.parametrize("name", DASHED)
def test_behind_two_dashes_everything_is_a_name(name):
    parser, _ = CORE.parser_of("predict")
    words = ["--run", "x", "--", "a.png", name]
    assert parser.parse_args(arranged(parser, words)).pictures == ["a.png", name]


NUMBERS = [name for name, spec in FIELDS.items() if spec.kind in ("whole", "real")]
MAY_BE_BELOW_ZERO = [name for name in NUMBERS if FIELDS[name].low < 0]


@pytest.mark.parametrize("name", MAY_BE_BELOW_ZERO)
@pytest.mark.parametrize("value", ["-1", "-1e-9"])
def test_a_number_below_zero_is_taken_where_the_range_has_it(name, value, capsys):
    assert shell(capsys, "draw", f"--{name.replace('_', '-')}", value).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in NUMBERS for value in ("-inf", "-x")),
        *((name, value) for name in NUMBERS if name not in MAY_BE_BELOW_ZERO for value in ("-1", "-1e-9")),
        *((name, f"{FIELDS[name].low - 1:g}") for name in MAY_BE_BELOW_ZERO),
    ],
)
def test_a_number_below_the_range_is_answered_with_the_range(name, value, capsys):
    done = shell(capsys, "draw", f"--{name.replace('_', '-')}", value)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{name} = " in done.stderr
    assert FIELDS[name].allowed in done.stderr


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["trian"], "Is train meant?"),
        (["runs", "exprot"], "Is export meant?"),
        (["train", "--epochz", "3"], "Is --epochs meant?"),
        (["train", "--name", "x"], "there is no option --name. A file of that name"),
        (["predict", "--run", "bundled", "-x.png"], "./-x.png"),
        (["--json"], "a command is missing: train|predict|"),
        (["runs", "--json"], "a command is missing: list|show|"),
        (["predict", "--run=--", "a.png"], "-- is no value"),
        (["train", "--lr"], "expected one argument"),
        (["train", "--lr", "--json"], "expected one argument"),
    ],
)
def test_what_is_wrong_with_the_words_is_said_in_a_line_with_what_is_near(words, answer, capsys):
    done = shell(capsys, *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert answer in done.stderr


def test_options_may_come_before_the_command(capsys):
    run_id = kept()
    assert json.loads(shell(capsys, "--json", "runs", "list").stdout)["id"] == run_id
    assert json.loads(shell(capsys, "runs", "--json", "show", run_id).stdout)["id"] == run_id


def test_angles_below_zero_stand_with_commas_or_spaces(capsysbinary):
    drawings = []
    for words in (["--angles", "-0.5", "0.3"], ["--angles", "-0.5,0.3"], ["--angles=-.5,3e-1"]):
        assert main(["draw", *words, "--qubits", "2"]) == 0
        drawings.append(capsysbinary.readouterr().out)
    assert drawings[0] == drawings[1] == drawings[2]
    assert b"RY(-0.50)" in drawings[0]


def test_a_minus_is_standard_input_and_output(tmp_path, monkeypatch, capsysbinary):
    """Each command's bytes are those of the file that it would write or read, and nothing else is among them."""
    run_id = kept()
    for words in (["runs", "export", run_id, "-"], ["runs", "export", run_id, "--json", "-"]):
        assert main(words) == 0
        told = capsysbinary.readouterr()
        assert main(["runs", "export", run_id, str(tmp_path / "run.qtl.zip")]) == 0
        assert told.out == (tmp_path / "run.qtl.zip").read_bytes()
        assert b" bytes" in told.err or json.loads(told.err)["file"] == "-"
        capsysbinary.readouterr()
    assert main(["draw", "--format", "png", "--out", "-"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"\x89PNG")

    def given(content: bytes, *words: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert main([*words, "-"]) == 0
        return capsysbinary.readouterr().out.decode()

    assert f"here already, as run {run_id}" in given(told.out, "runs", "import")
    head = saved(demo_head().state_dict())
    headed = json.loads(given(head, "import-head", "--json"))["run"]
    assert main(["export-head", "-", "--run", headed]) == 0
    assert json.loads(given(capsysbinary.readouterr().out, "import-head", "--json"))["run"] != headed
    picture = next(made_pictures(tmp_path).rglob("*.jpg"))
    answer = json.loads(given(picture.read_bytes(), "predict", "--run", "bundled", "--json"))
    assert main(["predict", "--run", "bundled", "--json", str(picture)]) == 0
    assert answer == json.loads(capsysbinary.readouterr().out) | {"file": "-"}


def test_a_file_that_is_called_minus_is_read_by_its_path(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    next(made_pictures(tmp_path).rglob("*.jpg")).rename("-")
    for name in ("./-", str(tmp_path / "-")):
        assert shell(capsys, "predict", "--run", "bundled", name).returncode == 0
    (tmp_path / "-").unlink()
    assert shell(capsys, "draw", "--output", "./-").returncode == 0
    assert "RY" in (tmp_path / "-").read_text(encoding="utf-8")


def test_commands_print_through_one_module_alone():
    """Else a pipe that is closed, a full disk or a NaN would find a way around it."""
    files = [file for file in sorted((PROJECT / "qtl_core/cli").rglob("*.py")) if file.name != "output.py"]
    calls = [
        ast.unparse(node.func)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    assert {"say", "note"} <= set(calls)
    assert not {"print", "json.dumps", "sys.stdout.write", "sys.stderr.write"} & set(calls)


@cache
def usual(words: tuple[str, ...]) -> bytes:
    """What a command prints when nothing is special."""
    return subprocess.run([sys.executable, "-m", "qtl_core", *words], cwd=PROJECT, capture_output=True).stdout


SMALL = ["draw", "--qubits", "2", "--depth", "1"]


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        (["-OO"], {}),
        (["-W", "error"], {}),
        ([], {"PYTHONWARNINGS": "default", "TERM": "dumb", "NO_COLOR": "1"}),
        ([], {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ([], {"PYTHONIOENCODING": "cp1252"}),
        ([], {"QTL_HOME": os.devnull + "/none", "HOME": "/nowhere"}),
    ],
)
@pytest.mark.parametrize("words", [SMALL, ["runs", "--help"]], ids=["draw", "help"])
def test_the_same_wherever_it_is_called(flags, changed, words, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **changed}
    command = [sys.executable, *flags, "-m", "qtl_core", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, usual(tuple(words)), b"")
    assert done.stdout


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes them")
@pytest.mark.parametrize(
    ("shown", "code", "out", "err"),
    [
        ("draw >&-", 0, "", ""),
        ("draw <&- >&- 2>&-", 0, "", ""),
        ("draw --qubits 99 2>&-", 2, "", ""),
        ("draw >/dev/full", 1, "", "Standard output cannot be written. The system says: No space left on device."),
        ("--help >/dev/full", 1, "", "Standard output cannot be written. The system says: No space left on device."),
        ("fly 2>/dev/full", 2, "", ""),
        ("runs import - <&-", 2, "", "The file standard input cannot be opened as a run. It is no zip file"),
    ],
)
def test_streams_that_are_closed_or_full(shown, code, out, err):
    done = subprocess.run(["sh", "-c", f'"{sys.executable}" -m qtl_core {shown}'], cwd=PROJECT, capture_output=True)
    assert (done.returncode, done.stdout.decode()) == (code, out)
    told = done.stderr.decode()
    assert told.startswith(err) if err else not told
    assert told.count("\n") == bool(err)

"""How this version is asked for what it writes and says, by its own commands."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
from pathlib import Path

HOME = Path("/tmp/studio")  # runs keep the full paths of their pictures: the same ones wherever this is run


def command(*words: object, cwd: Path = HOME) -> str:
    """Runs a command of the app's in a folder and returns what it printed."""
    from qtl_core.__main__ import main as app

    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.chdir(cwd), contextlib.redirect_stdout(printed):
        code = app([str(word) for word in words])
    if code:
        raise SystemExit(f"{words} ended with code {code}")
    return printed.buffer.getvalue().decode()


def lines(*words: object) -> list[dict]:
    """Returns the objects that a command with `--json` printed."""
    return [json.loads(line) for line in command(*words).splitlines()]


def write(file: Path, text: str) -> None:
    """Writes text with the line ends it has, on every system."""
    file.write_text(text, encoding="utf-8", newline="")


def said_of(run_id: str) -> dict:
    """Returns what this version says of a kept run."""
    from qtl_core.runs.store import load_run, provenance_of

    view, provenance = load_run(run_id), provenance_of(run_id)
    arrays = {
        group: {name: digest(values) for name, values in sorted(getattr(view.checkpoint, group).items())}
        for group in ("weights", "first_moments", "second_moments", "best_weights")
    }
    return {
        "show": lines("runs", "show", run_id, "--json")[0],
        "drawn": command("draw", "--run", run_id) if view.prepared.settings.model.spec.has_circuit else "",
        "arrays": arrays,
        "probabilities": [digest(epoch.val_probabilities) for epoch in view.epochs],
        "ended": dataclasses.asdict(view.ended) if view.ended else None,
        "data_sha256": provenance.data.sha256 if provenance.data else None,
        "versions": provenance.versions,
    }


def digest(values: object) -> str:
    """Returns the SHA-256 of an array as numpy writes it."""
    import numpy as np

    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(values), allow_pickle=False)
    return hashlib.sha256(file.getvalue()).hexdigest()

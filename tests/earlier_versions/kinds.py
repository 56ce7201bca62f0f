"""Runs of every kind: each head, from numbers and a table, from shots, under noise, on a machine, carried."""

from __future__ import annotations

from pathlib import Path

from tests.earlier_versions.asking import command, write

FLOWERS = "width,length,kind\n" + "".join(
    f"{1 + number % 5 / 10:.1f},{(2 if number % 2 else 4) + number % 3 / 10:.1f},{'rose' if number % 2 else 'lily'}\n"
    for number in range(30)
)
ROWS = ("0.5 0.5", "1 -0.25")  # what runs that learnt points are asked
MOONS = {
    "source": "points",
    "shape": "moons",
    "points": 40,
    "qubits": 2,
    "depth": 1,
    "epochs": 2,
    "learning_rate": 0.05,
}
KINDS: dict[str, dict[str, object]] = {
    "dressed": {"test_share": 0.5, "depth": 2, "schedule": "cosine", "warm_up": 1},
    "dressed_fixed": {"head": "dressed_fixed", "optimiser": "adamw", "weight_decay": 0.01, "schedule": "one_cycle"},
    "linear": {"head": "linear", "optimiser": "sgd", "momentum": 0.5, "schedule": "constant", "patience": 1},
    "bottleneck": {"head": "bottleneck", "label_smoothing": 0.1, "class_weights": "balanced"},
    "mlp": {"head": "mlp", "hidden_units": 3, "standardise": True, "divided_into": 4, "held_out": 2},
    "shots": {"shots": 64, "epochs": 1, "points": 20},
    "noisy": {"depolarizing_two": 0.02, "readout_flip": 0.05, "epochs": 1, "points": 20},
    "machine": {"machine": "ibmqx4", "layout": "1-0", "gate_times": 2.0, "epochs": 1, "points": 20},
}


def train_kinds(pets: str, out: Path) -> dict[str, str]:
    """Trains a run of every kind, with files of some; returns their identifiers by name."""
    from qtl_core import RunSettings

    usual = RunSettings().changed(**MOONS)
    runs = {name: _trained(usual.changed(**changes), number) for number, (name, changes) in enumerate(KINDS.items())}
    carried = {"start_from": runs["dressed"], "carry": "pre_net,circuit", "freeze": "circuit", "depth": 2, "seed": 4}
    runs["carried"] = _trained(usual.changed(**carried), len(runs))
    runs["table"] = _trained(usual.changed(source="table", table=_table(), test_share=0.2), len(runs))
    own = {"source": "dataset", "dataset": pets, "backbone": "efficientnet_lite0", "depth": 1, "epochs": 2}
    runs["own_pictures"] = _trained(RunSettings().changed(**own), len(runs))
    for name in ("carried", "noisy", "table"):
        command("runs", "export", runs[name], out / f"{name}.qtl.zip")
    write(out / "points.jsonl", "".join(command("predict", "--run", runs[name], *ROWS, "--json") for name in KINDS))
    return runs


def _trained(settings: object, number: int) -> str:
    from qtl_core import RunRequest, run

    request = RunRequest(settings, run=f"20261128-{number:02}0000-abcdef", patient=True)
    for _ in run(request, lambda _: None, lambda: False):
        pass
    return request.run


def _table() -> str:
    """Returns what settings call a table that somebody brought in by the page."""
    from qtl_core.tables.kept import keep_table

    return keep_table(FLOWERS.encode(), "flowers.csv").id

"""Compares a run with the published ones, where it is the same experiment; and why their curves look odd."""

from __future__ import annotations

from qtl_core.evaluation.metrics import Evaluation, apart_in_words, difference_interval
from qtl_core.runs.published import LINEAR, PublishedRun, published_run
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import PRESETS, RunSettings
from qtl_core.settings.backbones import BACKBONES

PUBLISHED_TOTAL = 153  # validation photos behind every published share
PAPER, _, SPIRALS = PRESETS
SPIRALS_PUBLISHED = 0.970, 0.855  # test accuracy in dressed_circuit.ipynb: dressed circuit, "entirely classical"


def published_for(settings: RunSettings) -> PublishedRun | None:
    """Returns the published run where it is the same experiment: the paper's setting on the real photos."""
    return published_run() if settings.data.source == "photos" and PAPER.matches(settings) else None


def comparison(view: TrainedRun, evaluation: Evaluation) -> list[str]:
    """Returns sentences of Markdown: the paper's result beside this one, and the trap of the published code."""
    found = []
    if _same_experiment(view, evaluation):
        found += [_with_paper(view, evaluation), _with_linear()]
    if (told := _with_notebook(view, evaluation)) is not None:
        found.append(told)
    if trap := _trap(view):
        found.append(trap)
    return found


def _with_notebook(view: TrainedRun, evaluation: Evaluation) -> str | None:
    """Returns the paper's own figures on its spirals beside this run's, where the points are the very same."""
    settings = view.prepared.settings
    if not SPIRALS.matches(settings) or len(view.epochs) < settings.training.epochs:
        return None
    last = round(view.epochs[-1].val_accuracy * evaluation.total)
    dressed, classical = (round(share * evaluation.total) for share in SPIRALS_PUBLISHED)
    return (
        f"On these very {evaluation.total} points the paper's notebook got **{dressed}** right with its dressed "
        f"circuit and **{classical}** with a classical network in the circuit's place, one seed each, after the last "
        f"step. This run gets {last} right after its last step, and {evaluation.correct} at its best epoch, which "
        "these points chose. One seed says little: others come out above and below (Repeat, further down)."
    )


def _same_experiment(view: TrainedRun, evaluation: Evaluation) -> bool:
    """The paper's setting, on the photos themselves, to its end."""
    settings = view.prepared.settings
    whole = evaluation.total == PUBLISHED_TOTAL and len(view.epochs) >= settings.training.epochs
    return settings.data.source == "photos" and whole and PAPER.matches(settings)


def _with_paper(view: TrainedRun, evaluation: Evaluation) -> str:
    theirs = round(published_run().best_val_accuracy * PUBLISHED_TOTAL)
    low, high = difference_interval(evaluation.correct, evaluation.total, theirs, PUBLISHED_TOTAL)
    apart = apart_in_words(evaluation.correct, theirs, "photos")
    chance = "so chance alone may explain it" if low < 0 < high else "more than chance alone would explain"
    other = "" if view.prepared.settings.data.backbone == "resnet18" else f" Theirs used {BACKBONES['resnet18'].title}."
    return (
        f"**Beside the paper:** its published run got {theirs} of {PUBLISHED_TOTAL} photos right, {apart} from this "
        f"one (a difference between {_points(low)} and {_points(high)} percentage points is likely, "
        f"{chance}).{other}"
    )


def _with_linear() -> str:
    quantum, linear = (round(published_run(*name).best_val_accuracy * PUBLISHED_TOTAL) for name in ((), (LINEAR,)))
    apart = apart_in_words(quantum, linear, "photos")
    return (
        f"**Without a circuit:** a plain linear layer got {linear} of {PUBLISHED_TOTAL} under the same published "
        f"recipe. The two published results are {apart}: no evidence that the circuit helps, or harms."
    )


def _trap(view: TrainedRun) -> str | None:
    """Said where training accuracy stays below validation accuracy because of the published code's batch norms."""
    last = view.epochs[-1]
    if view.prepared.settings.training.backbone_mode != "published" or last.train_accuracy >= last.val_accuracy:
        return None
    return (
        "**Why is training accuracy lower than validation accuracy?** In the published code the batch norms of the "
        "image network follow each small batch while it trains, which blurs its features; in validation they do not."
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")

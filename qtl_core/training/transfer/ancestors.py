"""The run that a training starts from, read from the store: its head, the facts about it, and its place in the lineage.

Whatever is wrong with it is said in words that name no place on disk, as whoever starts from a run need not be the one
who keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from qtl_core.common.errors import UserError
from qtl_core.common.paths import in_text
from qtl_core.pictures.datasets.creating import name_of
from qtl_core.pictures.sources.typed_path import last_name
from qtl_core.runs.events import Arrays
from qtl_core.runs.lineage import LONGEST_WORDS, MOST_ANCESTORS, Ancestor
from qtl_core.runs.store import find_run
from qtl_core.runs.store.reading import cached_run
from qtl_core.runs.store.records import RunRecord
from qtl_core.runs.view import PreparedRun
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.heads import HEADS
from qtl_core.tables.kept import is_kept
from qtl_core.tables.kept import name_of as table_name
from qtl_core.training.transfer.carrying import not_finite
from qtl_core.training.transfer.facts import HeadFacts, facts_of
from qtl_core.training.transfer.plan import TransferPlan

DO = "Choose another run to start from, or start fresh."
NOT_KNOWN = "not known"


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """A trained head to start from.

    Attributes:
        facts: What decides what of it can travel.
        weights: Those of its best epoch, by parameter name, with what its features were standardised by.
        ancestor: What a lineage says of it.
        before: What it came from itself, the nearest first.
        chosen_by: The files, or names of rows, that chose its epoch: its validation part.
    """

    facts: HeadFacts
    weights: Arrays = field(repr=False)
    ancestor: Ancestor
    before: tuple[Ancestor, ...] = ()
    chosen_by: frozenset[str] = field(default=frozenset(), repr=False)

    def lineage(self, plan: TransferPlan) -> tuple[Ancestor, ...]:
        """Returns the lineage of a run that starts from it: first this one, with what travelled, then its own."""
        own = replace(self.ancestor, carried=plan.carried, frozen=plan.frozen)
        return (own, *self.before)[:MOST_ANCESTORS]


def read_start(run_id: str) -> StartingPoint:
    """Returns a kept run as something to start from: one trained here, reopened from a file, or a head from elsewhere.

    Raises:
        UserError: There is no such run, it was deleted, it is damaged, or no epoch of it was finished.
    """
    record, view = _kept(run_id)
    if not view.epochs:
        raise UserError("The run to start from has no weights yet.", "No epoch of it was finished.", DO)
    checkpoint = view.epochs[-1].checkpoint
    weights = checkpoint.best_weights or checkpoint.weights
    facts = facts_of(view.prepared, not_finite(weights))
    if missing := [name for name in facts.shapes if name not in weights]:
        raise UserError("The run to start from cannot be used.", f"Its {missing[0]} was not kept.", DO)
    chosen_by = frozenset(view.prepared.val_files)
    return StartingPoint(facts, weights, _ancestor(record, view), view.prepared.lineage, chosen_by)


def _kept(run_id: str) -> tuple[RunRecord, PreparedRun]:
    try:
        record = find_run(run_id)
        view = cached_run(run_id, record.version)
    except UserError as error:
        is_said = run_id in error.what or repr(run_id) in error.what  # else it says where the store lies
        why = error.what if is_said else "The store of runs cannot be read."
        raise UserError("The run to start from cannot be used.", why, DO) from error
    if record.deleted is not None:
        raise UserError(
            "The run to start from was deleted.", "It can still be restored on the Runs page.", f"Restore it. Or: {DO}"
        )
    return record, view


def _ancestor(record: RunRecord, view: PreparedRun) -> Ancestor:
    prepared, pictures = view.prepared, pictures_in_words(record)[:LONGEST_WORDS]
    head = record.settings.model.head
    accuracy = view.best.val_accuracy if view.best and prepared.is_measured else float("nan")
    name = record.name or f"{HEADS[head].title.split(' (')[0]}, {pictures}"
    return Ancestor(record.id, name[:LONGEST_WORDS], head, pictures, prepared.classes, accuracy)


def pictures_in_words(record: RunRecord) -> str:
    """Returns what a run was trained on, in a few words; never where that lies."""
    data = record.settings.data
    if not record.train_size:
        return NOT_KNOWN
    if data.source == "dataset":
        return in_text(name_of(data.dataset) or ", ".join(record.classes))
    if data.source == "table" and is_kept(data.table):
        return in_text(table_name(data.table))
    if data.source in ("folder", "table"):
        return in_text(last_name(data.folder if data.source == "folder" else data.table) or ", ".join(record.classes))
    if data.source == "points":
        turned = f", turned by {data.rotation_degrees:g}°" if data.rotation_degrees else ""
        wide = f", {data.turns:g} turns" if data.shape == "spirals" else ""
        return f"{data.shape}{wide}{turned}"
    return next(choice.label for choice in FIELDS["source"].choices if choice.value == data.source)

"""Runs as they are named in a shell: by identifier, by the name that they are listed with, or by how either begins."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.common.errors import UserError
from qtl_core.compare.names import name_of, names_of
from qtl_core.inference.bundled import RUN_ID, TITLE
from qtl_core.runs.store import find_run, list_runs
from qtl_core.runs.store.layout import ID

ABOUT = "The kept run (see `runs list`), or `bundled`: the small head that comes along."
MOST_SHOWN = 5  # identifiers in one complaint
LONGEST_SHOWN = 60  # characters of what was typed


def run_named(text: str) -> str:
    """Returns the identifier of the kept run that a text names.

    An identifier is taken as it is. Else the first of these that fits one run or more decides: its whole name, how its
    identifier begins, how its name begins; capitals do not count.

    Raises:
        UserError: No run is named so, or several are.
    """
    if ID.fullmatch(text):
        return text
    names, typed = names_of(list_runs()), " ".join(text.split()).casefold()
    ways: tuple[Callable[[str, str], bool], ...] = (
        lambda run_id, name: name == typed,
        lambda run_id, name: run_id.startswith(typed),
        lambda run_id, name: name.startswith(typed),
    )
    for way in ways if typed else ():
        found = [run_id for run_id, name in names.items() if way(run_id, name.casefold())]
        if len(found) == 1:
            return found[0]
        if found:
            raise _several(text, found)
    raise UserError(
        f"There is no run {text[:LONGEST_SHOWN]!r}.",
        "No kept run has that identifier or name, or one that begins so.",
        "`runs list` shows those that are kept.",
    )


def answering_run(text: str) -> str:
    """Returns what `named_model` loads: the run that a text names, or the head that comes along.

    Raises:
        UserError: See `run_named`.
    """
    return RUN_ID if text == RUN_ID else run_named(text)


def title_of(run: str) -> str:
    """Returns what an answering run is called, also where nobody named it."""
    return TITLE if run == RUN_ID else name_of(find_run(run))


def name_given(run: str) -> str:
    """Returns what a person called an answering run, or ""."""
    return TITLE if run == RUN_ID else find_run(run).name


def _several(text: str, found: list[str]) -> UserError:
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    shown = f"They are {', '.join(found[:MOST_SHOWN])}{more}."
    what = f"{len(found)} runs are named {text[:LONGEST_SHOWN]!r}, or begin so."
    return UserError(what, shown, "Give one's identifier.")

"""Links, read from and written as the address's query; no page and no session is needed.

    ?depth=3&seed=7              settings; those that are not named have their usual values
    ?data=0f3a5c7e9b1d           a data set made in the app, as it is now: short for source=dataset&dataset=0f3a5c7e9b1d
    ?start_from=2026...          a kept run that training starts from: fresh, and said, where it is not kept here
    ?run=20261125-203000-abcdef  a kept run with its settings; settings named beside it are those on screen instead
    ?job=...&seeds_job=...       a run, or a repetition over seeds, in this server's memory
    ?model=...&open=...          what single pages show beside it (`ui.session.selections`)
    ?job=...&again=2026...       a run that trains a kept one again, and is compared with it once it is over
    ?hide=depth,seed,more        a lesson: controls that are not shown (`ui.session.lesson`)
    ?task=...                    a lesson: a teacher's words, shown on top of every page as plain text
    ?playground=on               every change of a setting trains at once
    ?dial=shots:1024,...         how results and Predict read answers out, apart from training (`ui.session.dial_link`)

Paths are taken only as typed in this session: a link must not make the server read a file of the sender's choice.
Whatever cannot be is left out and said. A new setting is in links by itself; a new parameter is a field of `Link`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings, SettingsError, TransferSettings
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.relevant import counts
from ui.session.dial_link import DIAL_PARAMETER, DialState, read_dial, text_of_dial
from ui.session.lesson import LONGEST_TASK, clean_task
from ui.session.selections import SELECTED, Selections, query_of_selections, read_selections

JOB_PARAMETER, SEEDS_PARAMETER, RUN_PARAMETER, HIDE_PARAMETER = "job", "seeds_job", "run", "hide"
AGAIN_PARAMETER = "again"
DATA_PARAMETER = "data"
TASK_PARAMETER, PLAYGROUND_PARAMETER = "task", "playground"
TOPIC_PARAMETER, TERM_PARAMETER, STOP_PARAMETER, SHOW_PARAMETER = "topic", "term", "stop", "show"  # of single pages
LINKED = (
    *(*FIELDS, DATA_PARAMETER, JOB_PARAMETER, SEEDS_PARAMETER, RUN_PARAMETER, AGAIN_PARAMETER),
    *(HIDE_PARAMETER, TASK_PARAMETER, PLAYGROUND_PARAMETER, DIAL_PARAMETER, *SELECTED),
)
ON, OFF, NONE = "on", "off", "none"
MOST_SAID = 3  # names in one complaint
LONGEST_SAID = 60  # characters of a name in it

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Link:
    """The content of a link.

    Attributes:
        settings: Those on screen.
        job: A run in the server's memory, or "".
        seeds_job: A repetition over seeds there, or "".
        run: A kept run, or "".
        again: The kept run that `job` trains again, or "".
        hidden: The controls that are not shown.
        task: A teacher's words on top of every page, or "".
        playground: Whether every change of a setting trains at once.
        complaints: What could not be taken as it stands, a sentence or two each.
        selected: What single pages show beside the run on screen.
        dial: How answers are read out on results and on Predict.
    """

    settings: RunSettings = field(default_factory=RunSettings)
    job: str = ""
    seeds_job: str = ""
    run: str = ""
    again: str = ""
    hidden: frozenset[str] = frozenset()
    task: str = ""
    playground: bool = False
    complaints: tuple[str, ...] = ()
    selected: Selections = field(default_factory=Selections)
    dial: DialState = field(default_factory=DialState)


def read_link(query: Query, settings_of: Callable[[str], RunSettings], hideable: Collection[str]) -> Link:
    """Reads a query that anybody may have written.

    Args:
        query: Every parameter with all its values, of which the last counts.
        settings_of: Gives a kept run's settings; raises a `UserError` where there is no such run.
        hideable: The names that `hide` may give.
    """
    said: list[str] = []
    run, usual = _read_run(_last(query, RUN_PARAMETER), settings_of, said)
    settings = _read_settings(_with_dataset(query), usual, "run's" if run else "usual", said)
    settings = _with_start(settings, usual, settings_of, said)
    hidden = _read_hidden(query, hideable, said)
    job, seeds_job, again = (_last(query, name) for name in (JOB_PARAMETER, SEEDS_PARAMETER, AGAIN_PARAMETER))
    task, playground = _read_task(query, said), _read_playground(query, said)
    again = again[:LONGEST_SAID] if job else ""
    selected = read_selections(query, lambda each: bool(_read_run(each, settings_of, said)[0]))
    dial = read_dial(query, said)
    said = list(dict.fromkeys(said))  # a run that is gone may be named twice
    return Link(settings, job, seeds_job, run, again, hidden, task, playground, tuple(said), selected, dial)


def query_of(link: Link, run_settings: RunSettings | None = None) -> dict[str, str]:
    """Returns the parameters that say it; no paths are among them, nor settings that play no part.

    Args:
        link: What to say.
        run_settings: Those of its kept run, if it names one. What differs from them is said although it may be usual,
            and what is not usual although it may be theirs: so the link means the same where that run is not kept.
    """
    bases = (RunSettings(), run_settings or RunSettings())
    said = [name for name in FIELDS if name not in PRIVATE and counts(link.settings, name)]
    found = {name: _text(link.settings, name) for name in said}
    usual = [{name: _text(base, name) for name in found} for base in bases]
    found = {name: text for name, text in found.items() if any(base[name] != text for base in usual)}
    if link.settings.data.source == "dataset" and link.settings.data.dataset:
        found = {name: text for name, text in found.items() if name not in ("source", "dataset")}
        found = {DATA_PARAMETER: link.settings.data.dataset} | found
    found = {TASK_PARAMETER: link.task} | found  # first: its full stop would be dropped by chat programs as the last
    found |= {JOB_PARAMETER: link.job, SEEDS_PARAMETER: link.seeds_job, RUN_PARAMETER: link.run}
    found[AGAIN_PARAMETER] = link.again
    found[HIDE_PARAMETER] = ",".join(name for name in sorted(link.hidden))
    found[PLAYGROUND_PARAMETER] = ON if link.playground else ""
    found[DIAL_PARAMETER] = text_of_dial(link.dial)
    found |= query_of_selections(link.selected)
    return {name: text for name, text in found.items() if text}


def text_of(query: Mapping[str, str]) -> str:
    """Returns parameters as the part of an address behind the question mark, made to be read and typed.

    It ends in a letter, a digit or nothing: programs that make links of text take a last full stop or dash for the
    sentence's own, and leave it out.
    """
    text = urlencode(query, safe=",:")
    return text if text[-1:].isalnum() or not text else f"{text[:-1]}%{ord(text[-1]):02X}"


def _read_run(run_id: str, settings_of: Callable[[str], RunSettings], said: list[str]) -> tuple[str, RunSettings]:
    if run_id:
        try:
            return run_id, settings_of(run_id)
        except UserError as error:
            said.append(f"The link asks for the kept run {shortened(run_id)}. {_shortly(error)}")
    return "", RunSettings()


def _with_dataset(query: Query) -> Query:
    """Returns the query with a data set's settings in place of the short form."""
    if not (named := query.get(DATA_PARAMETER, ())):
        return query
    version = query.get("dataset_version", ("0",))
    return {**query, "source": ("dataset",), "dataset": (_escaped(named[-1]),), "dataset_version": version}


def _read_settings(query: Query, usual: RunSettings, whose: str, said: list[str]) -> RunSettings:
    found = usual
    for name, spec in FIELDS.items():
        values = query.get(name, ())
        if name in PRIVATE and _last(query, name) not in ("", NONE):
            said.append(
                f"The link gives {name} a value, which no link may: it would have this computer read a file of the "
                "sender's choice. Choose it here yourself."
            )
        if name in PRIVATE or not values:
            continue
        try:
            text = _typed(values[-1]) if spec.kind == "text" else values[-1]
            found = found.changed(**{name: spec.parse(text)})
        except SettingsError as error:
            said.append(f"{_refused(error)} The {whose} value, {_text(usual, name)}, is used instead.")
        else:
            if len(set(values)) > 1:
                said.append(f"The link gives {name} several values; the last, {_text(found, name)}, is used.")
    return found


def _with_start(
    settings: RunSettings, usual: RunSettings, settings_of: Callable[[str], RunSettings], said: list[str]
) -> RunSettings:
    """Returns settings that start fresh where the run that the link starts from is not kept here.

    That of a run on screen stays: it was trained so, and the page says itself what became of its ancestor.
    """
    start = settings.transfer.start_from
    if not start or start == usual.transfer.start_from:
        return settings
    try:
        settings_of(start)
    except UserError as error:
        said.append(
            f"The link starts from the run {shortened(start)}, which is not kept here, so training starts fresh and "
            f"nothing stands still. {_shortly(error)} Bring it in from its file on the Runs page to start from it."
        )
        return replace(settings, transfer=TransferSettings())
    return settings


def _refused(error: SettingsError) -> str:
    name, value, allowed = error.args
    return f"The link asks for {name} = {_shown(value)}, which is not allowed. Allowed: {allowed}."


def _shown(value: object) -> str:
    """Returns a value as a sentence has it: a text in quotes, and nothing that is longer than a line."""
    text = repr(value)
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 3]}..."


def _read_hidden(query: Query, hideable: Collection[str], said: list[str]) -> frozenset[str]:
    names = [name.strip() for text in query.get(HIDE_PARAMETER, ()) for name in text.split(",")]
    wanted = dict.fromkeys(name for name in names if name)
    unknown = [shortened(name) for name in wanted if name not in hideable]
    if unknown:
        more = f" and {len(unknown) - MOST_SAID} more" if len(unknown) > MOST_SAID else ""
        said.append(
            f"The link hides {', '.join(unknown[:MOST_SAID])}{more}, which is nothing that can be hidden. "
            f"What can be: {', '.join(hideable)}."
        )
    return frozenset(wanted) & frozenset(hideable)


def _read_task(query: Query, said: list[str]) -> str:
    text = _last(query, TASK_PARAMETER)
    if len(text) > LONGEST_TASK:
        said.append(f"The link's task has {len(text):,} characters; the first {LONGEST_TASK} are shown.")
    return clean_task(text)


def _read_playground(query: Query, said: list[str]) -> bool:
    text = _last(query, PLAYGROUND_PARAMETER).casefold()
    if text not in ("", ON, OFF):
        said.append(f"The link says {PLAYGROUND_PARAMETER} = {shortened(text)}, which is neither {ON} nor {OFF}.")
    return text == ON


def shortened(text: str) -> str:
    """Returns what a stranger wrote in quotes, cut to a length that a sentence bears."""
    return repr(text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…")


def _shortly(error: UserError) -> str:
    """Returns what went wrong, without repeating a name of 10,000 characters."""
    whole = str(error)
    return whole if len(whole) <= 10 * LONGEST_SAID else f"{whole[: 10 * LONGEST_SAID]}…"


def _last(query: Query, name: str) -> str:
    values = query.get(name, ())
    return values[-1] if values else ""


def _text(settings: RunSettings, name: str) -> str:
    """Returns a setting's value as a link says it; a text that says "none" itself has a backslash more (`_typed`)."""
    value = settings.value(name)
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return (_escaped(text) if FIELDS[name].kind == "text" else text) or NONE


def _escaped(text: str) -> str:
    """Returns a text that is not taken for none, whatever it says."""
    return f"\\{text}" if _says_none(text) else text


def _typed(text: str) -> str:
    """Returns the text that `_text` says so."""
    return "" if text == NONE else text[_says_none(text) :]


def _says_none(text: str) -> bool:
    return text.lstrip("\\") == NONE

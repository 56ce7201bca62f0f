"""Small things said on a page: progress, notes, a result of other settings, files that are not used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from qtl_core.common.progress import Progress
from qtl_core.compare.sides import differing_settings, value_in_words
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS
from ui.base.errors import as_plain_text, without_own_paths
from ui.base.wording import about, megabytes


def show_progress(key: str, share: float, words: str) -> None:
    """Shows how far something is, 0 to 1, and what it is doing; `key` tells it from others on the page.

    The words are not the bar's own label, because a browser fetches the code of Streamlit's bar when it first meets
    one: until then there would be a grey box without a word.
    """
    with st.container(gap="xxsmall", key=f"progress_{key}"):
        st.markdown(words)
        st.progress(share)


def show_report(key: str, report: Progress) -> None:
    """Shows a report of progress as a bar, with how much is done and the time left where they are known."""
    show_progress(key, share_of(report), report_words(report))


def share_of(report: Progress) -> float:
    """Returns the share of a stage that is over, 0 to 1; 0 where it is not known how much there is."""
    return min(1.0, report.done / report.total) if report.total else 0.0


def left_words(report: Progress) -> str:
    """Returns the time left, to put behind a sentence: ", about 3 s left", or nothing."""
    return f", {about(report.seconds_left)} left" if report.seconds_left is not None else ""


def report_words(report: Progress) -> str:
    """Returns what is being done, how much of it is done and how long it goes on."""
    if not report.total:
        return f"{report.stage} …"
    said = megabytes if report.stage.startswith("Downloading") else "{:,}".format  # downloads are counted in bytes
    return f"{report.stage}: {said(report.done)} of {said(report.total)}{left_words(report)}."


def show_notes(notes: tuple[str, ...], title: str = "", key: str = "notes") -> None:
    """Shows what a person should know in one line, and all of it behind a click; nothing where there is nothing.

    Args:
        notes: Sentences, each of which may be several.
        title: What they come to, in a few words; by default how the first begins.
        key: Another for each place of a page that may show some beside another.
    """
    if not notes:
        return
    first = notes[0].partition(". ")[0].rstrip(".")
    more = f", and {len(notes) - 1} more" if len(notes) > 1 and not title else ""
    with st.container(horizontal=True, vertical_alignment="center", key=key, gap="small"):
        st.markdown(f":material/info: {as_plain_text(title or first)}{more}.", width="content")
        with st.popover("More", type="tertiary"):
            for note in notes:
                st.markdown(as_plain_text(note))


def stand_ins(asked: RunSettings, used: RunSettings) -> str:
    """Says what stands in for what in a few words; "" where nothing does."""
    said = []
    if asked.data.source != used.data.source:
        said.append("drawn pictures stand in for the photos")
    if asked.data.backbone != used.data.backbone:
        verb = "" if said else " stands in"
        said.append(f"{spec_of(used.data.backbone).title}{verb} for {spec_of(asked.data.backbone).title}")
    sentence = ", and ".join(said)
    return sentence[:1].upper() + sentence[1:]


def show_stale(ran: RunSettings, on_screen: RunSettings) -> None:
    """Marks the result below as made with other settings, naming each."""
    changed = differences(ran, on_screen)
    if changed:
        st.warning(f"These figures belong to other settings: {as_plain_text('; '.join(changed))}.")


def differences(ran: RunSettings, on_screen: RunSettings) -> list[str]:
    """Returns every setting whose value differs, for example `Qubits 4 → 6`: first what ran, then what is on screen.

    Of one that plays a part in one of the two alone, another that is said here is the reason, such as another head.
    """
    return [
        f"{FIELDS[name].label} {' → '.join(value_in_words(name, value) for value in values)}"
        for name, values in differing_settings((ran, on_screen)).items()
        if None not in values
    ]


def show_skipped_files(files: Sequence[tuple[str, str]]) -> None:
    """Lists (file, reason) pairs below a line that counts them; shows nothing where there are none.

    As a table, not as Markdown: a file's name is shown as it is.
    """
    if not files:
        return
    count = "1 file was" if len(files) == 1 else f"{len(files)} files were"
    with st.expander(f"{count} passed over", icon=":material/block:"):
        st.dataframe(
            {
                "file": [Path(file).name for file, _ in files],
                "reason": [reason for _, reason in files],
                "folder": [without_own_paths(str(Path(file).parent)) for file, _ in files],
            },
            hide_index=True,
        )

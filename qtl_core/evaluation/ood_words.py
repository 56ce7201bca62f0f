"""Words for a distance to the training pictures, the same on every page and in the shell.

Only what was measured is said: how far a picture is from those a run learnt from, which limit that exceeds, and how
many known pictures exceed it, too. What a picture shows no distance can tell: a run that only saw drawings is far from
most photos of the very same animals.
"""

from __future__ import annotations

from collections.abc import Sequence

from qtl_core.evaluation.metrics import percent
from qtl_core.evaluation.ood import OodReport

BLANK = "There is hardly anything in this picture but plain colour, so the answer means nothing."
DIGITS = 3  # of a distance; more where a distance and its limit would read the same
NOT_WHAT = "This says how far away it is, not what it shows."
NOT_WHAT_OF_SEVERAL = "This says how far away they are, not what they show."


def flag_message(report: OodReport) -> str:
    """Returns what the flag of one picture means, in plain words; "" for no flag."""
    if report.flag == "blank":
        return BLANK
    if report.flag == "unlike" and report.distance is not None:
        distance, limit = _figures(report.distance, report.limit)
        return (
            f"Unlike the pictures this run learnt from (it only saw {report.trained_on}): its distance from the "
            f"nearest of them is {distance}, beyond the limit of {limit}. {limit_words(report, too=True)} {NOT_WHAT}"
        )
    return ""


def flags_message(reports: Sequence[OodReport]) -> list[str]:
    """Returns what the flags of several pictures mean, a sentence for each kind of flag there is.

    Args:
        reports: Those of all pictures that one run answered, also of those with no flag.
    """
    said = []
    far = [report for report in reports if report.flag == "unlike"]
    if far:
        are, farther = ("is unlike", NOT_WHAT) if len(far) == 1 else ("are unlike", NOT_WHAT_OF_SEVERAL)
        said.append(
            f"**{len(far)} of {len(reports)} {are} the pictures this run learnt from** (it only saw "
            f"{far[0].trained_on}): farther from the nearest of them than the limit of {far[0].limit:.{DIGITS}f}. "
            f"{limit_words(far[0], too=True)} {farther}"
        )
    blank = sum(report.flag == "blank" for report in reports)
    if blank:
        show, them = ("shows", "it") if blank == 1 else ("show", "them")
        means = "its answer means" if blank == 1 else "their answers mean"
        said.append(
            f"**{blank} of {len(reports)} pictures {show} nothing.** There is hardly anything in {them} but plain "
            f"colour, so {means} nothing."
        )
    return said


def distance_in_words(report: OodReport) -> str:
    """Returns how far away a picture is beside those that are known to be of the same kind; "" where nobody knows."""
    if report.distance is None:
        return ""
    distance, limit = _figures(report.distance, report.limit)
    farther = f"{report.farther or 'None'} of them {'is' if report.farther == 1 else 'are'}"
    return (
        f"Its distance from the nearest training pictures is {distance}, from 0 (alike) to 1 (nothing in common). "
        f"The limit is {limit}. {limit_words(report)} {farther} as far away as this one, or farther."
    )


def limit_words(report: OodReport, *, too: bool = False) -> str:
    """Says how often known pictures of the kind that a run is for exceed the limit, as a flagged one does, `too`."""
    share = f" ({percent(report.beyond / report.held_out)})" if report.held_out else ""
    exceed = "exceeds" if report.beyond == 1 else "exceed"
    return f"Of {report.held_out} {report.kind}, {report.beyond}{share} {exceed} it{' as well' if too else ''}."


def _figures(distance: float, limit: float) -> tuple[str, str]:
    """Returns both with as many digits as it takes to tell them apart."""
    digits = next((count for count in range(DIGITS, 7) if f"{distance:.{count}f}" != f"{limit:.{count}f}"), DIGITS)
    return f"{distance:.{digits}f}", f"{limit:.{digits}f}"

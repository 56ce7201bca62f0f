"""Numbers and things as people call them."""

from __future__ import annotations

from qtl_core.runs.store.records import NAME_LENGTH
from qtl_core.runs.view import RunView
from qtl_core.settings import DataSettings, RunSettings


def cut_name(name: str) -> str:
    """Returns a run's name in one line, cut to what is kept: a pasted paragraph is no reason to keep nothing."""
    line = " ".join(name.split())
    return line if len(line) <= NAME_LENGTH else f"{line[: NAME_LENGTH - 1]}…"


def duration(seconds: float) -> str:
    """Returns a time as one would say it: "under 0.1 s", "0.4 s", "12 s", "3 min 20 s", "1 h 5 min"."""
    if seconds < 0.05:
        return "under 0.1 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def between(low: float, high: float) -> str:
    """Returns an estimated range of time, rounded outwards to what one would say: "20 to 40 s", "under 1 s"."""
    if high < 1:
        return "under 1 s"
    if high < 90:
        step = 1 if high <= 10 else 5
        first, last = int(low / step) * step, -int(-high // step) * step
        return f"{first} to {last} s" if first else f"up to {last} s"
    first, last = int(low / 60), -int(-high // 60)
    return f"{first} to {last} min" if first else f"up to {last} min"


def about(seconds: float) -> str:
    """Returns an estimated time: "about 12 s", "under 0.1 s"."""
    said = duration(seconds)
    return said if said.startswith("under") else f"about {said}"


def plain(number: float) -> str:
    """Returns a number without exponent or trailing zeros: 0.0004, 1, 0.000001."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def megabytes(count: int) -> str:
    """Returns bytes in MB."""
    return f"{count / 1e6:.1f} MB"


def file_size(count: int) -> str:
    """Returns the size of a file, of a small one in kB."""
    return megabytes(count) if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def what_is_learnt(data: DataSettings) -> str:
    """Returns what to call things where photos and drawings are pictures alike: pictures, points or rows."""
    return data.noun if data.is_numbers else "pictures"


def said_of(data: DataSettings, words: str) -> str:
    """Returns what a setting says of pictures as said of points or rows, where these are what is learnt."""
    if not data.is_numbers:
        return words
    noun = data.noun
    words = words.replace("Pictures", noun.capitalize()).replace("pictures", noun)
    return words.replace("picture", noun.removesuffix("s"))


def noun_of(view: RunView) -> str:
    """Returns what to call the run's pictures: only real ones are photos."""
    return noun_of_settings(view.prepared.settings) if view.prepared else "pictures"


def noun_of_settings(settings: RunSettings) -> str:
    """Returns what to call the pictures of these settings."""
    return settings.data.noun

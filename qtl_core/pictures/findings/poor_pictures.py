"""Pictures that show too little: plain, dark, blurred or tiny ones, each kind as one finding.

The limits are on what networks look at, pictures of 256 pixels' shorter side. `benchmarks/planted_faults.py` measures
what they find, and how often they are wrong about 397 photos that people took.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qtl_core.pictures.datasets.names import is_nothing
from qtl_core.pictures.findings.finding import CheckedPicture, CheckedSet, Finding, Kind, key_of, plural
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash

DARK = 0.3  # of full brightness: 99 pixels in 100 are darker
BLURRED = 0.58  # `PerceptualHash.blur`; the most blurred of 397 photos has 0.56, a blur of 3 pixels 0.52 to 0.83
TINY = 112  # pixels of the shorter side: half of the 224 that networks look at

EMPTY = frozenset({"plain", "dark", "blurred"})

_WORDS: dict[Kind, tuple[str, str]] = {
    "plain": ("shows next to nothing: all of it has one colour", "show next to nothing: all of each has one colour"),
    "dark": ("is so dark that hardly anything can be seen", "are so dark that hardly anything can be seen"),
    "blurred": ("is blurred", "are blurred"),
    "tiny": (
        f"is tiny: below {TINY} pixels, where the network looks at 224",
        f"are tiny: below {TINY} pixels, where the network looks at 224",
    ),
}


def faults_of(look: PerceptualHash) -> list[Kind]:
    """Returns what is poor about a picture; a plain or dark one is not called blurred as well."""
    if look.pixels:
        return ["plain"]
    if look.brightest < DARK:
        return ["dark"]
    found: list[Kind] = ["blurred"] if look.blur > BLURRED else []
    return [*found, "tiny"] if 0 < min(look.width, look.height) < TINY else found


def poor_pictures(checked: CheckedSet, looks: Sequence[PerceptualHash | None]) -> Iterator[Finding]:
    """Yields a finding for each fault, with all pictures that have it; one also for files that cannot be read.

    A class of what is none of the others is to hold an empty table or a covered lens: its pictures may show nothing.
    """
    pictures, may_be_poor = checked.pictures, [is_nothing(name) for name in checked.classes]
    unreadable = [(picture, picture.name) for picture, look in zip(pictures, looks, strict=True) if look is None]
    if unreadable:
        are = "is no picture" if len(unreadable) == 1 else "are no pictures"
        yield _shared("unreadable", f"{plural(len(unreadable), 'file')} {are} that can be read.", unreadable)
    for kind, words in _WORDS.items():
        found = [
            (picture, look.sha256)
            for picture, look in zip(pictures, looks, strict=True)
            if look is not None and kind in faults_of(look) and not (kind in EMPTY and may_be_poor[picture.label])
        ]
        if found:
            yield _shared(kind, f"{plural(len(found), 'picture')} {words[len(found) > 1]}.", found)


def _shared(kind: Kind, sentence: str, found: Sequence[tuple[CheckedPicture, str]]) -> Finding:
    """A finding on pictures with the same fault, and one on each of them; each picture comes with its SHA-256."""
    each = tuple(Finding(kind, sentence, (picture,), "remove", key=key_of(kind, [digest])) for picture, digest in found)
    pictures, digests = tuple(picture for picture, _ in found), [digest for _, digest in found]
    return Finding(kind, sentence, pictures, "remove", key=key_of(kind, digests), each=each)

"""The plan of an archive: what is understood to be in it, as records to be shown, sent to a worker and carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from qtl_core.pictures.datasets.records import PARTS, Part, SplitSettings


@dataclass(frozen=True)
class Source:
    """The place of what is to be taken over.

    Attributes:
        name: What people call it: "pets.zip", or a folder's name.
        path: A zip, a tar or a folder on this computer; None for files one by one.
        files: For those, each one's path below the folder that was dropped, and where it lies now.
    """

    name: str
    path: Path | None = None
    files: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True)
class PlannedPicture:
    """A picture that is to be taken over.

    Attributes:
        path: Its path in the source, as the source writes it.
        name: The same as people read it.
        class_name: The class it is to be in.
        part: The part it is to be in, or None where the set divides it.
        group: Pictures of one group stay in one part; "" for one by itself.
        sha256: Of its bytes, where the source says so: another picture in its place is not taken over.
    """

    path: str
    name: str
    class_name: str
    part: Part | None = None
    group: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class SetDescription:
    """All that a data set's own file says of the set besides its pictures.

    Attributes:
        name, note: What a person wrote on it.
        split: How its pictures are divided.
        classes: (name, colour) of every class, in order.
    """

    name: str
    note: str
    split: SplitSettings
    classes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlannedClass:
    """A class of a plan.

    Attributes:
        name: Its name.
        train, val, test: Pictures by the part they come with.
        undivided: Pictures that come without one.
    """

    name: str
    train: int = 0
    val: int = 0
    test: int = 0
    undivided: int = 0

    @property
    def count(self) -> int:
        """All its pictures."""
        return self.train + self.val + self.test + self.undivided


@dataclass(frozen=True)
class Skipped:
    """A file that is not taken over, by the name people know it by, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Offer:
    """A way to tell the classes where nothing says them for sure; `understand` takes it up where it is given these.

    Attributes:
        question: What is offered, as a question.
        by_name: Whether the beginnings of the files' names are the classes.
        into: The one class of all pictures, or "".
    """

    question: str
    by_name: bool = False
    into: str = ""


@dataclass(frozen=True)
class ArchivePlan:
    """All that is understood of a zip or a folder; nothing of it is written anywhere yet.

    Attributes:
        source: Where its files are.
        pictures: What is to be taken over; none where nothing says what the pictures show.
        empty_classes: Names of classes without a picture that can be used.
        skipped: Every file that is not taken over, but for those that systems put there.
        notes: Sentences on what was taken for what.
        offers: How the classes could be told where nothing says them for sure.
        described: What a data set's own file says of the set; None for any other source.
    """

    source: Source
    pictures: tuple[PlannedPicture, ...] = field(repr=False)
    empty_classes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    described: SetDescription | None = None

    @property
    def classes(self) -> tuple[PlannedClass, ...]:
        """The classes by name, with how many pictures each part gets."""
        counts: dict[str, Counter[str]] = {}
        for picture in self.pictures:
            counts.setdefault(picture.class_name, Counter())[picture.part or "undivided"] += 1
        return tuple(PlannedClass(name, **found) for name, found in sorted(counts.items()))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that it comes divided into."""
        found = {picture.part for picture in self.pictures}
        return tuple(part for part in PARTS if part in found)

    @property
    def title(self) -> str:
        """A name for the set that comes of it."""
        if self.described and self.described.name.strip():
            return self.described.name
        plain = self.source.name.replace("\\", "/").rstrip("/").rpartition("/")[2]
        for ending in (".qtl-data.zip", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip", ".tar"):
            if plain.lower().endswith(ending) and len(plain) > len(ending):
                plain = plain[: -len(ending)]
                break
        return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())[:80] or "Pictures"

    def sentence(self) -> str:
        """Says in one sentence what is to be taken over."""
        if not self.pictures:
            return f"{self.source.name} holds no pictures whose classes are known."
        classes = self.classes
        named = ", ".join(f"{each.name} ({each.count:,})" for each in classes[:8])
        more = f" and {len(classes) - 8} more" if len(classes) > 8 else ""
        return (
            f"{counted(len(self.pictures), 'picture')} in {counted(len(classes), 'class', 'classes')}: {named}{more}."
        )


def counted(count: int, one: str, many: str = "") -> str:
    """Returns "1 picture", "2 pictures"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def by_reason(skipped: Iterable[Skipped]) -> dict[str, tuple[str, ...]]:
    """Returns the names of what is not taken over by why, the reason of most files first."""
    found: dict[str, list[str]] = {}
    for each in skipped:
        found.setdefault(each.reason, []).append(each.name)
    return {reason: tuple(names) for reason, names in sorted(found.items(), key=lambda item: -len(item[1]))}

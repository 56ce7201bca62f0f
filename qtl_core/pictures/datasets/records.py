"""Records of a data set made in the app: plain values, no pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qtl_core.common.errors import UserError

Part = Literal["train", "val", "test"]
PARTS: tuple[Part, ...] = ("train", "val", "test")
MOST_VAL, MOST_TEST = 0.6, 0.4  # shares of a class; beyond them too little is left to train on
LARGEST_SEED = 2**31 - 1
RULE = 2  # by which new splits are divided


@dataclass(frozen=True)
class SplitSettings:
    """The rule by which pictures are divided into parts.

    Attributes:
        val_share: Share of each class that is held out for validation, above 0.
        test_share: Share of each class that is set aside: looked at once, when training is over.
        seed: Another one divides the pictures in another way.
        rule: 1 as sets were divided at first, whose splits stay as they are; 2 gives the smaller of two groups to
            validation (`parts`).
    """

    val_share: float = 0.3
    test_share: float = 0.0
    seed: int = 0
    rule: int = RULE

    def __post_init__(self) -> None:
        """Refuses shares that leave a part empty.

        Raises:
            UserError: One is out of range.
        """
        if not 0.0 < self.val_share <= MOST_VAL:
            raise UserError(f"The share for validation is {self.val_share:g}.", f"Allowed: above 0, up to {MOST_VAL}.")
        if not 0.0 <= self.test_share <= MOST_TEST:
            raise UserError(f"The share for testing is {self.test_share:g}.", f"Allowed: from 0 to {MOST_TEST}.")
        if self.val_share + self.test_share > 0.8 + 1e-9:
            raise UserError("The shares leave less than a fifth to train on.", "", "Make one of them smaller.")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= LARGEST_SEED:
            raise UserError(f"The seed is {self.seed!r}.", f"Allowed: a whole number from 0 to {LARGEST_SEED}.")
        if self.rule not in range(1, RULE + 1):
            raise UserError(
                f"The rule of the split is {self.rule!r}.", f"Known: 1 to {RULE}.", "Use the newer version."
            )


@dataclass(frozen=True)
class ClassRecord:
    """A class of a set.

    Attributes:
        id: Its number in the set, which stays when it is renamed.
        name: What people call it, and the name of its folder in a version.
        colour: Index into the colours of classes.
        count: Pictures in it.
    """

    id: int
    name: str
    colour: int
    count: int


@dataclass(frozen=True)
class DatasetRecord:
    """A set as a list shows it.

    Attributes:
        id: Its identifier, also in links: who knows it may look.
        name, note: What a person wrote on it.
        owner: Hash of its maker's secret; "" where it was made when everything was everybody's.
        created, used: Seconds since the epoch: when it was made, and when somebody last did something with it.
        revision: Grows with every change; for caches.
        classes: Its classes in the order they were added.
        split: How its pictures are divided.
        deleted: When it was deleted, or None.
        maker: Hash of the secret of the browser that made it, also where it has no owner; "" for a shell.
    """

    id: str
    name: str
    note: str
    owner: str
    created: float
    used: float
    revision: int
    classes: tuple[ClassRecord, ...]
    split: SplitSettings
    deleted: float | None = None
    maker: str = ""

    def belongs_to(self, owner: str) -> bool:
        """Returns whether it is that visitor's: without an owner it is of the browser that made it, if one did."""
        return owner == self.owner or (bool(owner) and not self.owner and owner == self.maker)

    @property
    def count(self) -> int:
        """All its pictures."""
        return sum(each.count for each in self.classes)

    def class_named(self, name: str) -> ClassRecord | None:
        """Returns the class of that name, or None."""
        return next((each for each in self.classes if each.name == name), None)


@dataclass(frozen=True)
class PictureRecord:
    """A picture of a set.

    Attributes:
        id: Its number in the set.
        sha256: Of its bytes as they are kept.
        name: The name of its file, as a person knows it.
        class_id: Its class.
        group: Pictures of one group, such as a burst, are in the same part; "" where it is alone.
        chosen_part: The part that a person put it into, or None.
        part: The part it is in.
        origin: How it came: "file", "camera", "phone", "paste", "archive", "ready-made", ....
        added: Seconds since the epoch.
        width, height: In pixels, as stored.
        size: Bytes.
        path: The file.
    """

    id: int
    sha256: str
    name: str
    class_id: int
    group: str
    chosen_part: Part | None
    part: Part
    origin: str
    added: float
    width: int
    height: int
    size: int
    path: Path


@dataclass(frozen=True)
class Added:
    """The outcome of adding a picture.

    Attributes:
        picture: As it is in the set now; None where it was not added.
        reason: Why not, as a sentence; "" where it was.
        note: What about it is kept in another way than it came, but for its metadata; a sentence, or "".
    """

    picture: PictureRecord | None
    reason: str = ""
    note: str = ""

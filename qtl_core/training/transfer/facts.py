"""The facts about a head that decide what can travel to or from it; known before anything is built or looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.events import Prepared
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import Shapes, hidden_width, parameter_shapes

POINTS = 2  # numbers of a point in the plane


@dataclass(frozen=True)
class HeadFacts:
    """The facts about a head, and what it reads and tells apart, that decide what can travel to or from it.

    Attributes:
        settings: Those of its run.
        classes: Class names; index = label.
        feature_size: How many numbers it reads.
        weights_sha256: The hash of its image network's weights; "" where that is not known (yet).
        feature_names: What the numbers are called, where no pictures are learnt; empty where not known (yet).
        not_finite: Parts with a number that is none (NaN or infinite).
    """

    settings: RunSettings
    classes: tuple[str, ...] = field(repr=False)
    feature_size: int
    weights_sha256: str = ""
    feature_names: tuple[str, ...] = ()
    not_finite: tuple[str, ...] = ()

    @property
    def shapes(self) -> Shapes:
        """The shape of every parameter, by name."""
        settings = self.settings
        return parameter_shapes(self.feature_size, len(self.classes), settings.circuit, settings.model)

    @property
    def width(self) -> int:
        """The count of numbers that the last layer reads."""
        return hidden_width(self.feature_size, len(self.classes), self.settings.circuit, self.settings.model)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts it consists of."""
        return HEADS[self.settings.model.head].parts

    @property
    def title(self) -> str:
        """The name of its kind within a sentence, such as "a linear layer"."""
        return f"a {HEADS[self.settings.model.head].title.split(' (')[0].lower()}"


def facts_of(prepared: Prepared, not_finite: tuple[str, ...] = ()) -> HeadFacts:
    """Returns the facts about a run's head; `not_finite` names its parts that hold something that is no number."""
    return HeadFacts(
        prepared.settings,
        prepared.classes,
        prepared.feature_size,
        prepared.weights_sha256,
        prepared.feature_names,
        not_finite,
    )


def facts_before(
    settings: RunSettings, classes: Sequence[str], feature_size: int = 0, feature_names: Sequence[str] = ()
) -> HeadFacts:
    """Returns what is known of a head before anything is prepared.

    Args:
        settings: Those on screen.
        classes: Of the pictures or numbers that are chosen.
        feature_size: How many numbers a table has; of pictures, and of points, it follows from the settings.
        feature_names: What a table's numbers are called.
    """
    if not feature_size:
        feature_size = POINTS if settings.data.is_numbers else spec_of(settings.data.backbone).feature_size
    return HeadFacts(settings, tuple(classes), feature_size, feature_names=tuple(feature_names))

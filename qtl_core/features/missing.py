"""Which pictures a run would still have to put through the network."""

from __future__ import annotations

from collections.abc import Sequence

from qtl_core.backbones.resolve import ResolvedBackbone
from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.datasets.records import Picture
from qtl_core.features.digests import digests_of
from qtl_core.features.kept import KeptFeatures


def missing_pictures(
    pictures: Sequence[Picture], resolved: ResolvedBackbone, *, views: int = 0, should_stop: ShouldStop = never_stop
) -> list[Picture]:
    """Returns those of `pictures` of which not all features (the recipe's view and `views` more) are kept.

    Files that cannot be read are not among them: no network will see them.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    digests = digests_of(pictures, should_stop)
    with KeptFeatures(resolved) as kept:
        found = kept.read((digest, view) for digest in digests for view in range(views + 1))
    return [
        picture
        for picture, digest in zip(pictures, digests, strict=True)
        if digest and any((digest, view) not in found for view in range(views + 1))
    ]

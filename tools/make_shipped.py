"""Makes what comes along so that nobody waits for it: the drawn pictures, and their features by EfficientNet-Lite0.

Run from the project's folder, some minutes:  python -m tools.make_shipped
Once more after a change of the drawings, of the network's weights or of the transform.
"""

from __future__ import annotations

import os
import tempfile

from qtl_core.common.progress import never_stop
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.features.shipped import content_name, write_shipped
from qtl_core.pictures.sources.drawn import shipped
from qtl_core.pictures.sources.drawn.contents import all_pictures, file_name
from qtl_core.pictures.sources.drawn.store import drawn_jpeg, load_drawn
from qtl_core.settings.backbones import FALLBACK


def main() -> None:
    """Draws and computes all of it anew, in an empty home."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(QTL_HOME=home, QTL_SHARED="")
        shipped.pack((file_name(*key), drawn_jpeg(*key)) for key in all_pictures())
        dataset, resolved = load_drawn(), resolve_backbone(FALLBACK)
        for outdated in shipped.ARCHIVE.parent.glob("pictures_v*.zip"):
            if outdated != shipped.ARCHIVE:
                outdated.unlink()
        features = compute_features((*dataset.train, *dataset.val), resolved, use_shipped=False, should_stop=never_stop)
        file = write_shipped(resolved, features.digests, features.values)
    print(f"{len(features.digests)} pictures and {content_name(resolved)}: {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

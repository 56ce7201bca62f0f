"""Writes what the head that comes with the app compares pictures with to `qtl_core/inference/bundled/reference.npz`.

Run from the project's folder, where the real photos are:  QTL_SHARED=... python -m tools.make_bundled_reference
The drawn training pictures seen through EfficientNet-Lite0, as their first singular vectors, and the distances of the
real training photos to them. No photo and no feature of one is written.
"""

from __future__ import annotations

import numpy as np

from qtl_core.evaluation.ood import directions, distances
from qtl_core.inference import bundled
from qtl_core.settings import RunSettings
from qtl_core.training.preparation import prepare

VECTORS = 24  # 70 KB; 16 flag fewer drawings of other things, 32 and 48 no more


def main() -> None:
    """Computes and writes."""
    drawn, photos = (training_features(source) for source in ("drawn", "photos"))
    amounts, vectors = shortened(directions(drawn))
    held_out = np.sort(distances(photos, amounts.astype(np.float32) @ vectors.astype(np.float32)))
    whole = np.sort(distances(photos, directions(drawn)))  # for runs that have all of the drawings' features
    np.savez_compressed(
        bundled.FOLDER / "reference.npz",
        amounts=amounts,
        vectors=vectors,
        held_out=held_out.astype(np.float32),
        photo_distances=whole.astype(np.float32),
    )
    print(f"{len(drawn)} drawings and {len(photos)} photos; limit {bundled.bundled_reference().limit:.4f}.")


def training_features(source: str) -> np.ndarray:
    """Returns the features of a source's training pictures, float32 (pictures, 1280)."""
    settings = RunSettings().changed(source=source, backbone="efficientnet_lite0")
    return prepare(settings, lambda _: None, lambda: False, allow_fallback=False).source.train


def shortened(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns two half-precision factors whose product is nearest to `rows`: (pictures, VECTORS), (VECTORS, size)."""
    left, sizes, right = np.linalg.svd(rows, full_matrices=False)
    return (left * sizes)[:, :VECTORS].astype(np.float16), right[:VECTORS].astype(np.float16)


if __name__ == "__main__":
    main()

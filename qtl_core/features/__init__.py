"""Images to features: computed once per picture, network and view, and kept on disk.

Neither this package nor reading kept features imports torch; computing new ones does.
"""

from qtl_core.features.compute import compute_features, features_of_images
from qtl_core.features.missing import missing_pictures
from qtl_core.features.records import Features
from qtl_core.features.transforms import picture_tensor

__all__ = ["Features", "compute_features", "features_of_images", "missing_pictures", "picture_tensor"]

"""Where pictures come from: the real photos, the drawn set, or a folder of a person's own."""

from __future__ import annotations

from qtl_core.datasets.catalogue import DatasetStatus, dataset_status, load_dataset
from qtl_core.datasets.decode import open_picture
from qtl_core.datasets.photos import download_photos
from qtl_core.datasets.records import Dataset, Picture, SkippedFile, Split, fingerprint, labels_of

__all__ = [
    "Dataset",
    "DatasetStatus",
    "Picture",
    "SkippedFile",
    "Split",
    "dataset_status",
    "download_photos",
    "fingerprint",
    "labels_of",
    "load_dataset",
    "open_picture",
]

"""Where a run looked: which places of a picture speak for a class, or move one qubit's measured value.

Two ways: Grad-CAM follows the gradient back to the image network's last maps (`gradcam`); occlusion covers part after
part of the picture and watches what is lost (`occlusion`). Both give places that are 0 or more, the larger the more a
place speaks for the target. For a qubit the target is its value as it came out: up where it is positive, else down.

Nothing here imports torch at its top: pages ask, a worker looks. `paint` lays a map over the picture.
"""

from qtl_core.heatmap.job import heatmap_job
from qtl_core.heatmap.paint import blended, is_blank, ramp_colours
from qtl_core.heatmap.records import GRADIENT, METHODS, OCCLUSION, HeatMaps

__all__ = [
    "GRADIENT",
    "METHODS",
    "OCCLUSION",
    "HeatMaps",
    "blended",
    "heatmap_job",
    "is_blank",
    "ramp_colours",
]

"""An ansatz at a glance: what it is made of, what its states are like, and how its gradients fade; numpy alone."""

from qtl_core.ansatz.counts import Counts, LightCone, count
from qtl_core.ansatz.job import plateau_job, sampling_job
from qtl_core.ansatz.plateau import PlateauPoint, plateau_seconds, plateau_sizes
from qtl_core.ansatz.sampling import Sampled, sampling_pairs, sampling_seconds

__all__ = [
    "Counts",
    "LightCone",
    "PlateauPoint",
    "Sampled",
    "count",
    "plateau_job",
    "plateau_seconds",
    "plateau_sizes",
    "sampling_job",
    "sampling_pairs",
    "sampling_seconds",
]

"""Pictures in a run's file: those of the very version of a data set that the run was trained on, and no others.

They are a data set's own file within the run's. When the run comes in they become a data set here, unless that version
is here already, and the run names it from then on, so that it can be trained again.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.container import LARGEST, MEGABYTE, PICTURES
from qtl_core.pictures.archives.data_files import data_file_of_version, write_data_file
from qtl_core.pictures.archives.plan import ArchivePlan, Source
from qtl_core.pictures.archives.taking_over import take_over
from qtl_core.pictures.archives.understanding import understand
from qtl_core.pictures.datasets.creating import create, delete
from qtl_core.pictures.datasets.versions import find_version, freeze
from qtl_core.runs.events import Prepared
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings, RunSettings


def why_no_pictures(view: TrainedRun) -> str:
    """Returns why a run cannot bring its pictures along, as a sentence, or ""."""
    data = view.prepared.settings.data
    if data.source != "dataset" or not data.dataset_version:
        return (
            "Only pictures of a data set made on the Data page can come along; a folder or a zip can become one there."
        )
    try:
        size = sum(each.size for each in data_file_of_version(data.dataset, data.dataset_version).pictures)
    except (UserError, OSError) as error:
        return str(error) if isinstance(error, UserError) else "Some of its pictures are gone."
    if size > LARGEST[PICTURES] - 8 * MEGABYTE:  # the rest is for names
        most = f"up to {LARGEST[PICTURES] / 1e6:,.0f} MB go into a run's file"
        return f"Its pictures take {size / 1e6:,.0f} MB, and {most}: take the data set along as a file of its own."
    return ""


def carried_pictures(view: TrainedRun) -> bytes:
    """Returns the file of the pictures that a run was trained on.

    Raises:
        UserError: They cannot come along.
    """
    if why := why_no_pictures(view):
        raise UserError("The pictures of this run cannot come along.", why)
    data = view.prepared.settings.data
    return b"".join(write_data_file(data_file_of_version(data.dataset, data.dataset_version)))


def with_pictures(
    prepared: Prepared, provenance: Provenance, content: bytes, name: str, whose: tuple[str, str]
) -> tuple[Prepared, str]:
    """Makes a run's pictures a data set here; returns what names that set, and its identifier.

    Args:
        prepared: What was trained on, as the run's file says.
        provenance: With the SHA-256 of every picture.
        content: The file of the pictures.
        name: The run's file, for messages.
        whose: The set's owner and maker; see `datasets.creating.create`.

    Returns:
        `prepared` unchanged, and "", where just this version is here already.

    Raises:
        UserError: They are not the run's, damaged, or cannot be kept; nothing of them is.
    """
    with tempfile.TemporaryDirectory(prefix=".bring-in.", dir=paths.writable("runs")) as folder:
        file = Path(folder, PICTURES)
        file.write_bytes(content)
        plan = understand(Source(f"{PICTURES} in {name}", file))
        _check_its_own(plan, provenance, name)
        if _is_here(prepared.settings.data, plan):
            return prepared, ""
        made = create(plan.title, owner=whose[0], maker=whose[1])
        try:
            taken = take_over(plan, made.id)
            if taken.skipped:
                raise UserError(f"The pictures in {name} cannot be kept.", taken.skipped[0].reason)
            number = freeze(made.id).number
        except UserError:
            delete(made.id)
            raise
    return _naming(prepared, made.id, number), made.id


def _check_its_own(plan: ArchivePlan, provenance: Provenance, name: str) -> None:
    """Refuses pictures that are not those of the run."""
    data = provenance.data
    wanted = {digest for _, digest in (*data.train, *data.val, *data.test)} if data else set()
    found = {each.sha256 for each in plan.pictures}
    if plan.described is None or plan.skipped or not wanted or not wanted <= found:
        raise UserError(
            f"The file {name} cannot be opened as a run.",
            "The pictures in it are not those that the run was trained on.",
            "Ask for the file again where it came from; nothing of it was kept.",
        )


def _is_here(data: DataSettings, plan: ArchivePlan) -> bool:
    try:
        entries = find_version(data.dataset, data.dataset_version).entries
    except UserError:
        return False
    return sorted((each.sha256, each.class_name, each.part) for each in entries) == sorted(
        (each.sha256, each.class_name, each.part or "") for each in plan.pictures
    )


def _naming(prepared: Prepared, set_id: str, number: int) -> Prepared:
    def named(settings: RunSettings) -> RunSettings:
        if settings.data.source != "dataset":
            return settings
        return settings.changed(dataset=set_id, dataset_version=number)

    return replace(prepared, settings=named(prepared.settings), asked=named(prepared.asked))

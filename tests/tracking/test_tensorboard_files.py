"""TensorBoard's own reader finds in its files what a run told, in order and at the times it was."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata, plugin_data_pb2

from qtl_core.common.errors import UserError
from qtl_core.runs.store import find_run, load_run
from qtl_core.tracking.reader import log_kept
from qtl_core.tracking.tensorboard_files import TAGS, TensorBoardFolder
from tests.exchange.test_run_files import kept


def read(folder, run_id: str) -> EventAccumulator:
    found = EventAccumulator(str(folder / run_id))
    found.Reload()
    return found


def test_a_kept_run_is_read_back(tmp_path):
    run_id = kept()
    record, view = find_run(run_id), load_run(run_id)
    log_kept(record, view, TensorBoardFolder(tmp_path).log(run_id))
    found = read(tmp_path, run_id)
    for name, tag in TAGS.items():
        steps = found.Scalars(tag)
        assert [each.step for each in steps] == [1, 2, 3]
        assert [each.value for each in steps] == pytest.approx([getattr(epoch, name) for epoch in view.epochs])
    began = record.created + view.prepared.seconds_features
    assert [each.wall_time - began for each in found.Scalars("loss/training")] == pytest.approx([0.05, 0.1, 0.15])
    assert found.Scalars("result/best_epoch")[0].value == 2
    tags = found.Tags()
    assert set(tags["images"]) == {"confusion_validation", "circuit"}
    picture = Image.open(io.BytesIO(found.Images("confusion_validation")[0].encoded_image_string))
    assert len(np.unique(np.asarray(picture))) > 2
    said = found.Tensors("run")[0].tensor_proto.string_val[0].decode()
    assert "# Ants at noon" in said and f"**qtl.run**: {run_id}" in said and "**qtl.seed**: 0" in said


def test_settings_are_hyperparameters_and_no_path_is_among_them(tmp_path):
    run_id = kept()
    log_kept(find_run(run_id), load_run(run_id), TensorBoardFolder(tmp_path).log(run_id))
    content = read(tmp_path, run_id).SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    told = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    assert told["qubits"].number_value == 4
    assert told["backbone"].string_value == "efficientnet_lite0"
    assert "folder" not in told and "weights" not in told


def test_a_run_that_is_there_already_is_not_written_over(tmp_path):
    run_id = kept()
    TensorBoardFolder(tmp_path).log(run_id)
    assert not list(tmp_path.iterdir())  # nothing has begun
    log_kept(find_run(run_id), load_run(run_id), TensorBoardFolder(tmp_path).log(run_id))
    with pytest.raises(UserError, match="already"):
        TensorBoardFolder(tmp_path).log(run_id)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        log_kept(find_run(run_id), load_run(run_id), TensorBoardFolder(tmp_path / "file").log(run_id))

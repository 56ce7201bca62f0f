"""Numbers are learnt as suits them, as long as nobody chose another training; pictures by the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.settings import PRESETS, DataSettings, RunSettings, TrainingSettings, numbers_training
from qtl_core.tables.usual_training import following, training_rows, usual_training

TEXT = "a,b,kind\n" + "".join(f"{n},{n % 5},{'xyz'[n % 3]}\n" for n in range(5, 35))


@pytest.fixture
def table(tmp_path: Path) -> DataSettings:
    (tmp_path / "plants.csv").write_text(TEXT)
    return DataSettings(source="table", table=str(tmp_path / "plants.csv"))


def test_rows_and_numbers_are_counted_of_what_is_there(table: DataSettings):
    assert training_rows(table) == (21, 2)
    assert training_rows(DataSettings(source="table", table=table.table, columns="a", per_class=3)) == (9, 1)
    assert training_rows(DataSettings(source="points", points=60)) == (60, 2)
    for none in (DataSettings(), DataSettings(source="table"), DataSettings(source="table", table="/no/such.csv")):
        assert training_rows(none) == (0, 0)
        assert usual_training(none) == TrainingSettings()


def test_the_training_follows_the_data_there_and_back(table: DataSettings):
    kept = TrainingSettings(seed=3, engine="torch", standardise=True)
    photos = RunSettings(training=kept)
    none = RunSettings(training=kept, data=DataSettings(source="table"))
    rows = RunSettings(training=kept, data=table)
    assert following(photos, none) == none, "there is no table yet to suit"
    learnt = following(none, rows)
    assert learnt.training == numbers_training(21, 2, kept)
    assert following(learnt, RunSettings(training=learnt.training)).training == kept


def test_what_somebody_chose_stays(table: DataSettings):
    for training in (TrainingSettings(learning_rate=0.01), TrainingSettings(epochs=3), PRESETS[2].training):
        now = RunSettings(training=training, data=table)
        assert following(RunSettings(training=training), now) == now
    papers = RunSettings(data=table)
    other = papers.changed(columns="a")
    assert following(papers, other) == other, "the paper's, which were asked back for a table"

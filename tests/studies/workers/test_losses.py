"""Chunks whose workers end: trained again twice, then said; and a search or a study is none the worse for it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies.execution import MOST_LOSSES, train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore
from qtl_core.studies.workers import Chunk, Lost, in_process

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=1)


class Losing:
    """The process itself, but for the first chunk, which is lost so many times."""

    count, ahead, words = 1, 1, "nowhere"

    def __init__(self, losses: int) -> None:
        self.losses, self.submitted = losses, []

    @contextmanager
    def bench(self, *given):
        with in_process().bench(*given) as inside:
            self.inside, self.lost = inside, []
            yield self

    def submit(self, chunk: Chunk) -> None:
        self.submitted.append(chunk.number)
        if chunk.number == 1 and self.losses:
            self.losses -= 1
            self.lost.append(Lost(1, "The lights went out."))
        else:
            self.inside.submit(chunk)

    def wait(self, seconds: float) -> list:
        if self.inside.waiting:
            return self.inside.wait(seconds)
        lost, self.lost = self.lost, []
        return lost

    def close(self) -> None:
        raise AssertionError("who gives workers keeps them")


@pytest.fixture
def store() -> StudyStore:
    return StudyStore.create(StudyPlan("lost", MOONS, (axis_from("depth=1,2"),), 4))


def test_a_chunk_is_trained_again_where_its_worker_ended(store):
    workers = Losing(MOST_LOSSES - 1)
    came = [row.key for row in train_study(store, lambda _: None, never_stop, workers)]
    assert sorted(came) == sorted(store.plan.runs())
    assert workers.submitted.count(1) == MOST_LOSSES


def test_a_chunk_that_ended_three_workers_is_said_with_the_reason_and_the_others_are_kept(store):
    with pytest.raises(UserError, match="ended what trained them") as said:
        list(train_study(store, lambda _: None, never_stop, Losing(MOST_LOSSES)))
    assert said.value.why == "The lights went out."
    assert store.count() == 4

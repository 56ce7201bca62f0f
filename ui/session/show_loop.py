"""The rounds of show mode: time and again, a new training with a new seed, its map, and its answers.

One session has one director. It holds two rounds at the most, the one on screen and the one in the making, and the job
managers forget each job as soon as its result is taken: so it can go on for days.
"""

from __future__ import annotations

import secrets
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from qtl_core.explain.decision_map.frames import map_job
from qtl_core.explain.decision_map.request import PictureMap, axes_of, request_of, why_no_map
from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, trace_job
from qtl_core.inference.requests import model_of
from qtl_core.jobs import JobManager, JobSpec
from qtl_core.pictures.sources.photos import find_photos
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, training_job

ROUND_SECONDS = 70.0  # from one round's arrival to the beginning of the next: a round is on screen for about 90
AGAIN_SECONDS = 20.0  # after something went wrong
PICTURES = 3
SEEDS = 1_000_000  # more rounds than in two years


@dataclass(frozen=True, eq=False)
class Round:
    """A training, and what came of it.

    Attributes:
        seed: Its seed.
        run: The run, all epochs with their weights.
        map: Its pictures by the angles of two qubits; None where there can be none.
        traces: Pictures that it answers for.
    """

    seed: int
    run: TrainedRun
    map: PictureMap | None
    traces: tuple[PictureTrace, ...]


class ShowLoop:
    """Prepares one round after another.

    Args:
        trainers: Where training runs.
        helpers: Where short work runs.
        owner: Whose jobs they are.
        settings: What is trained, but for the seed.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        trainers: JobManager,
        helpers: JobManager,
        owner: str,
        settings: RunSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trainers, self.helpers, self.owner, self.settings, self.clock = trainers, helpers, owner, settings, clock
        self.lock = threading.Lock()  # a page run may begin while an older one still looks
        self.ready: Round | None = None
        self.problem = ""
        self.made: dict[str, Any] = {}  # of the round in the making: "run", "map", "traces"
        self.job: dict[str, Any] = {}  # the one job under way: "jobs", "id", "part"
        self.seed, self.next = secrets.randbelow(SEEDS), clock()
        weakref.finalize(self, _drop, self.job).atexit = False

    def refresh(self) -> Round | None:
        """Takes what has been done, begins what is next, and returns the newest round that is ready."""
        with self.lock:
            if self.job:
                self._look()
            elif self.clock() >= self.next:
                self._begin()
            return self.ready

    def close(self) -> None:
        """Ends the job under way; whoever refreshes it again begins anew."""
        with self.lock:
            _drop(self.job)
            self.made = {}

    def _begin(self) -> None:
        self.seed = (self.seed + 1) % SEEDS
        request = RunRequest(self.settings.changed(seed=self.seed), keep=False)
        self.made = {}
        self._submit("run", self.trainers, lambda: training_job(request, self.owner))

    def _look(self) -> None:
        jobs, part = self.job["jobs"], self.job["part"]
        snapshot = jobs.snapshot(self.job["id"])
        if snapshot is not None and not snapshot.is_over:
            return
        _drop(self.job)
        if snapshot is None or snapshot.state != "done" or (part == "run" and not snapshot.view.best):
            self._fail(snapshot.error[0] if snapshot and snapshot.error else "")
            return
        self.made[part] = TrainedRun.of(snapshot.view) if part == "run" else snapshot.view.result
        self._go_on(part)

    def _go_on(self, part: str) -> None:
        run = self.made["run"]
        if part == "run" and not why_no_map(run):
            axes = axes_of(run)[0]
            self._submit("map", self.helpers, lambda: map_job(request_of(run, axes), self.owner))
        elif part in ("run", "map"):
            pictures = choose_pictures(find_photos(), PICTURES)
            model = model_of(run, f"show-{self.seed}")
            self._submit("traces", self.helpers, lambda: trace_job(model, pictures, self.owner))
        else:
            self.ready = Round(self.seed, _lean(run), self.made.get("map"), self.made["traces"])
            self.made, self.problem, self.next = {}, "", self.clock() + ROUND_SECONDS

    def _submit(self, part: str, jobs: JobManager, make: Callable[[], JobSpec[Any]]) -> None:
        try:
            self.job |= {"jobs": jobs, "id": jobs.submit(make()), "part": part}
        except Exception as error:  # too many are waiting, or the manager is closed: the show goes on with what it has
            self._fail(str(error))

    def _fail(self, problem: str) -> None:
        self.made, self.problem, self.next = {}, problem, self.clock() + AGAIN_SECONDS


def _lean(run: TrainedRun) -> TrainedRun:
    """The run without the checkpoint that one would go on from."""
    return replace(run, epochs=tuple(replace(each, checkpoint=each.checkpoint.thinned()) for each in run.epochs))


def _drop(job: dict[str, Any]) -> None:
    """Lets go of the job under way; in a thread, because the garbage collector may call from anywhere."""
    if job:
        threading.Thread(target=job["jobs"].drop, args=[job["id"]], daemon=True).start()
        job.clear()

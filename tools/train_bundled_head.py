"""Trains the head that comes with the app and writes it to `qtl_core/inference/bundled/`.

Run from the project's folder:  python -m tools.train_bundled_head
The paper's circuit and training on the drawn set, seen through EfficientNet-Lite0, whose weights come with its
package: everything it takes is here, and seed 0 makes it the same again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.inference import bundled
from qtl_core.runs.events import Failed, Prepared
from qtl_core.runs.store import legacy
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run

SETTINGS = RunSettings().changed(source="drawn", backbone="efficientnet_lite0", seed=0)


def main() -> None:
    """Trains and writes."""
    view = lean(trained())
    legacy.write_run(view, bundled.FOLDER)
    right = round(view.ended.best_val_accuracy * view.prepared.val_size)
    print(f"{right} of {view.prepared.val_size} drawn validation pictures right; written to {bundled.FOLDER}.")


def trained() -> RunView:
    """Returns the finished run."""
    view = RunView()
    for event in run(RunRequest(SETTINGS, allow_fallback=False), lambda _: None, lambda: False):
        if isinstance(event, Failed):
            raise UserError(event.what, event.why, event.do)
        view = view.apply(event)
    return view


def lean(view: RunView) -> RunView:
    """Returns what answering needs: no history, nothing to go on training from, no path of this machine."""
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, weights={}, first_moments={}, second_moments={}, backbone_state={})
    best = [view.best] if view.best.epoch != last.epoch else []
    epochs = (*best, replace(last, checkpoint=checkpoint))
    return replace(view, prepared=_without_paths(view.prepared), epochs=epochs, ended=replace(view.ended, run=""))


def _without_paths(prepared: Prepared) -> Prepared:
    names = tuple("/".join(Path(file).parts[-3:]) for file in prepared.val_files)
    return replace(prepared, val_files=names, passed_over=(), notes=())


if __name__ == "__main__":
    main()

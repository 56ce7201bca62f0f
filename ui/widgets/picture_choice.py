"""The choice of pictures to ask about: files, the camera's, or pictures that the run was checked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from qtl_core.inference.bundled import RUN_ID, drawn_example
from qtl_core.inference.requests import TrainedModel
from qtl_core.pictures.sources.system_files import is_hidden_path
from ui.base.errors import as_plain_text
from ui.base.uploads import keep_uploads_in_memory
from ui.session import keys, session
from ui.session.picture_requests import UploadedPicture
from ui.widgets.live_camera import show_live_camera

FILES, CAMERA, EXAMPLES = "Your files", "Camera", "Examples"
EXAMPLE_COUNT = 6  # one row of the gallery
MAX_PICTURES = 1_000  # files of one's own at a time, 150 KB each once they are answered


class Drawn:
    """A picture of the drawn set, drawn when it is needed: the set need not be on disk.

    Args:
        name: Its name inside the set.
    """

    size = 30_000  # bytes, about; it is drawn only once it is on its way

    def __init__(self, name: str) -> None:
        self.name = name

    def getvalue(self) -> bytes:
        """Returns the picture as a JPEG."""
        return drawn_example(self.name)


def choose_pictures(model: TrainedModel, temperature: float = 1.0) -> tuple[list[UploadedPicture], bool]:
    """Returns the pictures to ask about, and whether they are the app's own drawings.

    Args:
        model: The run that answers; live, as long as the camera is open.
        temperature: That of its percentages.
    """
    origin = st.segmented_control(
        "Pictures from", (FILES, CAMERA, EXAMPLES), default=FILES, required=True, key=keys.PREDICT_FROM
    )
    keep_uploads_in_memory()
    if origin == EXAMPLES:
        return _examples(model), model.run.prepared.settings.data.source == "drawn"
    session.predict.uploads.begin(origin)
    if origin == CAMERA:
        return _with_those_of_before(_camera(model, temperature)), False
    session.predict.held.clear()  # from here on they count as pictures from before
    return _with_those_of_before(_files()), False


def _files() -> list[UploadedPicture]:
    uploads = st.file_uploader(
        "Drop pictures here, as many as you like: JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF",
        accept_multiple_files=True,
        key=keys.PREDICT_FILES,
        on_change=_note_change,
        args=(keys.PREDICT_FILES,),
    )
    uploads = [upload for upload in uploads if not is_hidden_path(upload.name)]  # they come along with a whole folder
    if len(uploads) > MAX_PICTURES:
        st.warning(
            f"**Only the first {MAX_PICTURES:,} of these {len(uploads):,} pictures are answered for:** "
            "so many fit in memory. `python -m qtl_core predict`, from a shell, takes any number."
        )
    return [UploadedPicture(upload.file_id, upload.name, upload) for upload in uploads[:MAX_PICTURES]]


def _camera(model: TrainedModel, temperature: float) -> list[UploadedPicture]:
    """Shows the camera with live answers, and returns the pictures that were held, the newest first."""
    held = session.predict.held
    frame = show_live_camera(model, keys.PREDICT_CAMERA, temperature=temperature)
    if frame and held.add(UploadedPicture(frame.id, f"Held {held.count + 1}", frame)):
        st.session_state[keys.PREDICT_SHOWN] = frame.id  # its reasons are what one waits for
    pictures = held.newest_first()
    session.predict.uploads.changed([picture.id for picture in pictures])  # the oldest may have made room
    if pictures:
        st.button("Let go of what is held", icon=":material/close:", type="tertiary", on_click=held.clear)
    else:
        st.caption("Tap the picture, or press **Hold this picture**, to have its answer explained below.")
    return pictures


def _with_those_of_before(listed: Sequence[UploadedPicture]) -> list[UploadedPicture]:
    """Returns the pictures together with those given before this page's widget began empty, and says so."""
    before = session.predict.uploads.take(listed)
    if before:
        names = f"**{as_plain_text(before[0].name)}**" if len(before) == 1 else f"**{len(before)} pictures**"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{names} from before {'is' if len(before) == 1 else 'are'} still here.", width="content")
            st.button("Take away", icon=":material/close:", type="tertiary", on_click=session.predict.uploads.take_back)
    return [*before, *listed][:MAX_PICTURES]


def _note_change(key: str) -> None:
    found = st.session_state[key] or []
    session.predict.uploads.changed([upload.file_id for upload in (found if isinstance(found, list) else [found])])


def _examples(model: TrainedModel) -> list[UploadedPicture]:
    """Some of the validation pictures, spread over the classes; a button goes on to others."""
    files = model.run.prepared.val_files
    offset = st.session_state.setdefault(keys.PREDICT_EXAMPLES, 0)
    step = max(1, len(files) // EXAMPLE_COUNT)
    chosen = [files[(offset + number * step) % len(files)] for number in range(min(EXAMPLE_COUNT, len(files)))]
    st.markdown("Pictures that the run was checked with: it never learnt from them.")
    st.button("Other examples", icon=":material/shuffle:", on_click=_go_on)
    if model.key == RUN_ID:
        return [UploadedPicture(file, file, Drawn(file)) for file in chosen]
    return [UploadedPicture(file, f"{Path(file).parent.name}/{Path(file).name}", Path(file)) for file in chosen]


def _go_on() -> None:
    st.session_state[keys.PREDICT_EXAMPLES] += 1

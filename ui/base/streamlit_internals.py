"""Streamlit's names that its documentation does not promise: this module alone touches them.

Each was read in Streamlit 1.67. Where another version lacks one, the app goes on without what it gives, and the log
says once what that is. `tests/ui/test_streamlit_internals.py` holds every name used here against the version that is
installed: when it fails after an upgrade, mend the one function that its message names.
"""

from __future__ import annotations

import contextlib
import io
import logging
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator as Container  # noqa: F401  # what pages are annotated with
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

LOGGER = logging.getLogger(__name__)


@cache  # once a server
def _miss(what: str) -> None:
    LOGGER.warning("Streamlit %s is not as this app knows it: %s", st.__version__, what)


try:
    from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
except ImportError:  # then an upload is known by what it is built on, and its file stays beside its stand-in
    UploadedFile, UploadedFileRec = io.BytesIO, None
    _miss("uploaded files stay in memory after they were answered.")

try:
    from streamlit.errors import FragmentHandledException
except ImportError:  # nothing raises this one

    class FragmentHandledException(Exception):
        """An error of a fragment that the fragment has shown."""

    _miss("an error in a part of a page may be shown twice.")

try:
    from streamlit.runtime.scriptrunner import get_script_run_ctx
except ImportError:

    def get_script_run_ctx() -> None:
        """Returns None, as outside a page."""

    _miss("the browser's Back button does not undo settings.")


def is_script_run() -> bool:
    """Returns whether Streamlit runs a page here, and not the server that imports `app.py`.

    Without a run context there is no telling but that a server is there already.
    """
    if get_script_run_ctx.__module__ != __name__:
        return get_script_run_ctx(suppress_warning=True) is not None
    from streamlit import runtime

    return runtime.exists()


def page_and_history() -> tuple[str | None, bool]:
    """Returns the page that runs now, by its hash, and whether the browser's Back or Forward led here.

    Read from the script's run context (`page_script_hash`, `is_history_navigation`; none is public). Without them no
    navigation counts as Back: the address changes and the settings stay.
    """
    context = get_script_run_ctx()
    return getattr(context, "page_script_hash", None), getattr(context, "is_history_navigation", False)


def forget_fragments() -> None:
    """Forgets the parts of the page before, which refresh themselves, at the beginning of another page's run.

    Streamlit does so only at that run's end. Until then it takes in what a browser still asks of such a part, and runs
    it next: as a run of the page before without any of its contents, at which the browser clears the page on screen.
    What it does not know it passes over. From the run context's `fragment_storage`; without it that may happen.
    """
    storage = getattr(get_script_run_ctx(), "fragment_storage", None)
    if storage is not None:
        storage.clear()


def replace_upload(upload: UploadedFile, content: bytes) -> None:
    """Puts `content` where an uploaded file was: in the web server's memory and in the upload at hand.

    The server's memory is the `uploaded_file_mgr` of the run context, which keeps files by session and identifier.
    Without it the upload at hand changes alone, and the server keeps the file until the session ends.
    """
    context = get_script_run_ctx()
    if context is not None and UploadedFileRec is not None:
        record = UploadedFileRec(upload.file_id, upload.name, upload.type, content)
        context.uploaded_file_mgr.add_file(context.session_id, record)
    upload.seek(0)
    upload.truncate(0)
    upload.write(content)
    upload.size = len(content)


def keep_uploads_in_memory(keep: Callable[[int, bytes], bytes]) -> None:
    """Keeps uploads out of temporary files, and has `keep` say what the server holds of each, in all of the process.

    Streamlit's server parses uploads with Starlette's `MultiPartParser`, which writes those above a megabyte to disk
    (`spool_max_size`; 0 is no limit), and holds them in a `MemoryUploadedFileManager`, whose `add_file` is replaced
    here. Without either, uploads work as Streamlit has them: on disk for a moment, and with no limit but its own.

    Args:
        keep: Takes the bytes that the session holds so far and a file that comes in; returns what to hold of it.
    """
    try:
        from starlette.formparsers import MultiPartParser
        from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    except ImportError:
        _miss("uploaded files may pass over the disk, and take as much memory as they are large.")
        return
    MultiPartParser.spool_max_size = 0
    usual = _usual_add_file()

    def add_file(manager: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
        held = list(manager.file_storage.get(session_id, {}).values())  # at once: other files come in meanwhile
        usual(manager, session_id, file._replace(data=keep(sum(len(other.data) for other in held), file.data)))

    MemoryUploadedFileManager.add_file = add_file


@cache  # once: after that, it is ours
def _usual_add_file() -> Callable[[MemoryUploadedFileManager, str, UploadedFileRec], None]:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

    return MemoryUploadedFileManager.add_file


def forget_closed_sessions() -> None:
    """Lets go of sessions whose page was closed more than two minutes ago.

    Streamlit keeps them so long for a browser that comes back, but lets go of them only when another page is opened or
    closed, and of the last one not even then, as a variable of its main loop still names it: at a server that one
    person uses, their pictures would stay for ever. They lie in a cache of the session manager's storage
    (`Runtime._session_mgr._session_storage._cache`); where that changes, they go when Streamlit lets them.
    """
    try:
        closed = _closed_sessions()
    except Exception:
        _miss("what sessions held stays in memory for a while after their pages are closed.")
        return
    for session in closed:
        with contextlib.suppress(Exception):  # one that cannot be emptied must not keep the others
            _empty(session)


def _closed_sessions() -> list[AppSession]:
    from streamlit import runtime

    if not runtime.exists():
        return []
    manager: Any = runtime.get_instance()._session_mgr
    with manager._storage_lock:
        return [info.session for _, info in manager._session_storage._cache.expire()]


def _empty(session: AppSession) -> None:
    session.shutdown()
    session.session_state.clear()
    session._fragment_storage.clear()  # panels hold what they were drawn with


def client_file(component: str) -> str:
    """Returns the name of the file with the client's code for a component, such as `DataFrame.<hash>.js`, or "".

    The folder is where Streamlit's wheel has it. Where it is elsewhere, nothing is fetched ahead.
    """
    return _client_file(Path(st.__file__).parent / "static/static/js", component)


@cache  # every run of a page asks, and the folder has hundreds of files
def _client_file(folder: Path, component: str) -> str:
    return next((file.name for file in folder.glob(f"{component}.*.js")), "")


def run_streamlit(words: list[str]) -> None:
    """Serves a script as `streamlit run` does, with the words that would follow on a command line.

    Streamlit promises the command, not the function behind it; a process of its own would get no Ctrl-C of ours.
    """
    from streamlit.web.cli import main

    main(["run", *words], prog_name="streamlit")


def end_as_asked() -> None:
    """Has the server that is ending now leave in peace: exit handlers run, and Ctrl-C is no error.

    Uvicorn sends itself the signal again that it was ended by (Server._captured_signals; its handler of signals is
    a method of the server, which is how it is found). Where that changes, a signal ends the process at once.
    """
    server = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    captured = getattr(server, "_captured_signals", None)
    if isinstance(captured, list):
        captured.clear()
    else:
        _miss("a signal ends the server before its exit handlers.")


def open_browser() -> None:
    """Opens the app in the browser of whoever started it; `streamlit run` does that for scripts, not for an `st.App`.

    By the functions with which Streamlit does it (open_browser of its cli_util, server_util). Without them, or without
    a browser, the address is on the terminal.
    """
    try:
        from streamlit import cli_util, config
        from streamlit.web.server import server_util

        named = next((name for name in ("browser.serverAddress", "server.address") if config.is_manually_set(name)), "")
        host = server_util.get_display_address(config.get_option(named)) if named else "localhost"
        cli_util.open_browser(server_util.get_url(host))
    except Exception:
        _miss("no browser opens by itself.")


def is_served() -> bool:
    """Returns whether a real server runs this page, and not a test of it."""
    from streamlit.runtime import Runtime, get_instance

    try:
        return isinstance(get_instance(), Runtime)
    except RuntimeError:  # there is none at all
        return False

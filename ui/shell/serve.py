"""`qtl app`: Streamlit's server with this app, from any folder and with its own `.streamlit/config.toml`.

A checkout has `app.py`, `pages/` and `.streamlit/` beside this package. Installed, all three lie in a folder within it
(see `hatch_build.py`): `app` and `pages` are names that another project may well have at the top of the import path.
Streamlit reads the `.streamlit/config.toml` beside the app that it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
import warnings
from pathlib import Path

from qtl_core.cli.output import say
from qtl_core.common.ports import bound, url_of

PACKAGE = Path(__file__).parents[1]
INSTALLED = PACKAGE / "entry"
BASE_OPTION, BASE_VARIABLE = "server.baseUrlPath", "STREAMLIT_SERVER_BASE_URL_PATH"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options; what Streamlit's own variables say is their default, as it is Streamlit's."""
    port, address = os.environ.get("STREAMLIT_SERVER_PORT"), os.environ.get("STREAMLIT_SERVER_ADDRESS")
    parser.add_argument("--port", type=_port, default=port or "8501", help="The port it answers at (default: 8501).")
    usual = address or _configured_address()
    parser.add_argument("--address", default=usual, help=f"The network address it answers at (default: {usual}).")
    parser.add_argument("--headless", action="store_true", help="Open no browser.")
    further = "Options of Streamlit's own, behind --: for example `-- --server.maxUploadSize 100`."
    parser.add_argument("options", nargs="*", metavar="OPTION", help=further)


def main(arguments: argparse.Namespace) -> int:
    """Serves the app until it is told to end; returns the exit code."""
    bound(arguments.address, arguments.port).close()  # Streamlit says with less advice that it cannot have it
    where = url_of(arguments.address, arguments.port) + _below(arguments.options)
    say(f"The app answers at {where} (Ctrl+C ends it).")
    if not sys.flags.dev_mode:
        warnings.simplefilter("ignore")  # they are for programmers, and would stand in the middle of the log
    from ui.base.streamlit_internals import run_streamlit  # imported here, so that a taken port is said at once

    asked = ["--server.port", str(arguments.port), "--server.address", arguments.address]
    if arguments.headless:
        asked += ["--server.headless", "true"]
    run_streamlit([str(app_file()), *asked, *arguments.options])
    return 0


def app_file() -> Path:
    """Returns the script that Streamlit runs."""
    return (INSTALLED if INSTALLED.is_dir() else PACKAGE.parent) / "app.py"


def _configured_address() -> str:
    config = app_file().with_name(".streamlit") / "config.toml"
    return tomllib.loads(config.read_text(encoding="utf-8"))["server"]["address"]


def _below(options: list[str]) -> str:
    """Returns what is behind the port in the app's address, as Streamlit's option or its variable says."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(f"--{BASE_OPTION}", dest="path", default=os.environ.get(BASE_VARIABLE, ""))
    path = parser.parse_known_args(options)[0].path.strip("/")
    return f"/{path}/" if path else ""


def _port(word: str) -> int:
    if not (word.isdecimal() and 0 < int(word) < 2**16):
        raise argparse.ArgumentTypeError(f"{word} is no port. There are 1 to 65535.")
    return int(word)

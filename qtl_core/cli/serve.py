"""`python -m qtl_core serve RUN`: a trained run behind HTTP, until Ctrl-C."""

from __future__ import annotations

import argparse
import ipaddress
import re

from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.run_names import ABOUT, answering_run, title_of
from qtl_core.common.errors import UserError
from qtl_core.common.ports import bound, url_of
from qtl_core.inference.requests import named_model
from qtl_core.serving.limits import Limits
from qtl_core.serving.requirements import PORT, require_serve

ADDRESS = "127.0.0.1"
OPEN = "Whoever reaches this address can ask: there is no password. Put a proxy in front that asks for one if need be."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("run", metavar="RUN|bundled", help=ABOUT)
    parser.add_argument("--port", default=str(PORT), help=f"The port it answers at; 0: any. Default {PORT}.")
    parser.add_argument("--address", default=ADDRESS, help=f"The network address it answers at. Default {ADDRESS}.")
    parser.add_argument("--weights", default="", metavar="FILE", help="The weights of its image network, if moved.")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="A site whose pages may ask, as https://example.org; may be given again.",
    )
    batch = Limits().batch
    parser.add_argument("--batch", default=str(batch), help=f"Pictures answered together. Default {batch}.")
    parser.add_argument("--log", action="store_true", help="Write a line for every request to standard error.")
    parser.add_argument("--json", action="store_true", help="Print one JSON object when it answers.")


def main(arguments: argparse.Namespace) -> int:
    """Answers until it is told to end.

    Raises:
        UserError: The extra is missing, the run cannot answer, or the port is not free.
    """
    port, limits = _port(arguments.port), Limits(batch=_batch(arguments.batch))
    for origin in arguments.allow_origin:
        _check_origin(origin)
    require_serve()
    from qtl_core.serving.app import make_app  # FastAPI, an extra
    from qtl_core.serving.listening import serve
    from qtl_core.serving.served_run import served

    run = answering_run(arguments.run)
    model = named_model(run)
    with bound(arguments.address, port) as listening:
        answering = served(model, limits, arguments.weights)
        name = title_of(run)
        app = make_app(answering, name, arguments.allow_origin)
        url = f"{url_of(*listening.getsockname()[:2])}/"
        said = {"url": url, "run": run, "name": name, "classes": answering.classes, "asks_for": answering.asks_for}
        say(json_of(said) if arguments.json else f"“{name}” answers at {url} (Ctrl+C ends it).")
        for sentence in (*answering.notes, *([] if _is_this_machine(arguments.address) else [OPEN])):
            note(sentence)
        serve(app, listening, log=arguments.log)
    return 0


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _check_origin(origin: str) -> None:
    if origin != "*" and not re.fullmatch(r"https?://[\w.-]+(:\d+)?", origin):
        do = "Give scheme and host alone, as in https://example.org; * lets all sites ask."
        raise UserError(f"--allow-origin {origin} is no site.", "", do)


def _port(word: str) -> int:
    if not (word.isdecimal() and int(word) < 2**16):
        raise UserError(f"--port {word} is no port.", "There are 1 to 65535; 0 takes any that is free.")
    return int(word)


def _batch(word: str) -> int:
    most = Limits().waiting
    if not (word.isdecimal() and 0 < int(word) <= most):
        raise UserError(f"--batch {word} is no number of pictures.", f"There are 1 to {most}.")
    return int(word)

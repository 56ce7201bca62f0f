"""`POST /own/{dataset}/{class_id}/folder?name=...`: what a folder holds, by the names of its files, before any is sent.

The body is the list of the files' paths as JSON. Answered is `{"ask": false}` where nothing says that they are of
several classes, else what was understood and where each file goes. With `make=1` the classes are found or made, and
their numbers answered; the browser then sends each file to its class.
"""

from __future__ import annotations

import io
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.base.errors import without_own_paths
from ui.shell.routes.access import NOT_YOURS, asker, check_own_site, may_change
from ui.shell.routes.answers import Refused, answer, in_words
from ui.shell.routes.receiving import in_thread, receive, turns

MOST_BYTES = 8_000_000  # of all names
LONGEST_NAME = 200  # characters of the folder's
GONE = "This data set is not there any more."
BESIDE = "It is in none of the folders of classes."


@in_words
async def plan_folder(request: Request) -> Response:
    """Answers the request."""
    check_own_site(request)
    set_id, query = request.path_params["dataset"], request.query_params
    await in_thread(_check, request, set_id)
    body = io.BytesIO()
    async with turns.turn(asker(request)):
        await receive(request, body, MOST_BYTES, "The folder holds too many files to be looked through at once.")
    names = _names(body.getvalue())
    name = query.get("name", "")[:LONGEST_NAME] or "The folder"
    return answer(await in_thread(_planned, set_id, names, name, query.get("make") == "1"))


def _check(request: Request, set_id: str) -> None:
    from qtl_core.pictures.datasets.creating import find_by_id
    from qtl_core.pictures.datasets.schema import UnknownDataset

    try:
        dataset = find_by_id(set_id)
    except UnknownDataset:
        raise Refused(404, GONE) from None
    if not may_change(request, dataset):
        raise Refused(403, NOT_YOURS)


def _names(body: bytes) -> list[str]:
    try:
        names = json.loads(body)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise Refused(400, "The names of the files are not said as a list.")
    return names


def _planned(set_id: str, names: list[str], name: str, make: bool) -> dict[str, Any]:
    from qtl_core.common.errors import UserError
    from qtl_core.pictures.archives.understanding import understand_names
    from qtl_core.pictures.datasets.classes_by_name import classes_by_name

    try:
        plan = understand_names(names, name)
    except UserError as error:
        return {"ask": True, "sentence": without_own_paths(str(error)), "notes": [], "classes": [], "places": []}
    classes = [each.name for each in plan.classes]
    if len(classes) < 2 and not plan.parts:
        return {"ask": False}
    placed: dict[str, list[Any]] = {
        each.path: [classes.index(each.class_name), each.part or ""] for each in plan.pictures
    }
    why = {each.name: each.reason for each in plan.skipped}
    found = {
        "ask": True,
        "sentence": plan.sentence(),
        "notes": list(plan.notes),
        "classes": classes,
        "places": [placed.get(each) or [why.get(each, BESIDE)] for each in names],
    }
    if make:
        ids = classes_by_name(set_id, classes, name)
        found["ids"] = [ids[each] for each in classes]
    return found


ROUTES = (Route("/{dataset:str}/{class_id:int}/folder", plan_folder, methods=["POST"]),)

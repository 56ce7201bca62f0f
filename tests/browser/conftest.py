"""The kit of the browser tests: one running app, one Chromium, and pages that are watched.

A page of the `visit` fixture fails its test on a console error, an uncaught exception, a request to any outside
host, or a traceback on screen; an app of `served` fails it on a traceback in the server's log. No app reaches any
server but those a test names. All tests of this folder are marked `browser`, and `make test` runs them last, one
after another.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qtl_core.pictures.sources.drawn import load_drawn
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import NOBODY, SHARED
from tests.helpers.made_runs import made_pictures
from tools.app_server import running_app
from tools.browser import CHROMIUM, DESKTOP_LIGHT, View, Watch, chromium, open_context, settled, watched_page

Visit = Callable[..., Page]
expect.set_options(timeout=45_000)  # on a machine that may be busy with other tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks this folder's tests (the hook is given all of the session's)."""
    missing = pytest.mark.skip(reason=f"{CHROMIUM} is missing: install Debian's package chromium")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def served(home: Path, shared: Path | None = None, **environment: str) -> Iterator[str]:
    """The address of an app with this home, whose log must hold no traceback at the end."""
    log = home.with_name(f"{home.name}.log")
    offline = {"QTL_PHOTOS_URL": NOBODY, "QTL_WEIGHTS_URL": NOBODY}
    with running_app(home, shared, log, **(offline | environment)) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def drawn_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the drawn pictures, to be copied: drawing them takes a quarter of a minute."""
    home = tmp_path_factory.mktemp("drawn")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(home))
        load_drawn()
    return home


@pytest.fixture(scope="session")
def app(drawn_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with no shared folder and no network; its home holds what earlier tests left there."""
    with served(shutil.copytree(drawn_home, tmp_path_factory.mktemp("app") / "home")) as address:
        yield address


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[str]:
    """The address of such an app with an empty home, at each try anew: the worst a newcomer can have."""
    with served(tmp_path / "home") as address:
        yield address


@pytest.fixture(scope="session")
def shared_app(drawn_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that finds the real photos and weights; for tests marked `needs_shared`."""
    with served(shutil.copytree(drawn_home, tmp_path_factory.mktemp("app") / "home"), SHARED) as address:
        yield address


@pytest.fixture(scope="session")
def trained_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with one kept run of a tiny folder, to ask and to look into; nothing is trained there."""
    home, folder = tmp_path_factory.mktemp("home"), made_pictures(tmp_path_factory.mktemp("pictures"))
    settings = RunSettings().changed(
        source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=2, engine="torch"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(home))
        for _ in run(RunRequest(settings), lambda _: None, lambda: False):
            pass
    with served(home) as address:
        yield address


@pytest.fixture(scope="session")
def own_data_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that is open to others, for tests of data sets that people make: each has a browser's own.

    A set belongs to the profile that made it, and `visit` forgets whose that was after each test.
    """
    with served(tmp_path_factory.mktemp("own_data") / "home", QTL_OPEN="1") as address:
        yield address


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """`serve(home, shared, NAME=value)` starts an app of the test's own; to be asked for before `visit`, or the
    server would be gone while its pages are still open.
    """
    with ExitStack() as apps:
        yield lambda *args, **environment: apps.enter_context(served(*args, **environment))


@pytest.fixture(scope="session")
def profiles() -> dict[View, BrowserContext]:
    """A profile for each screen, shared by the tests: only the first page of each has to fetch the client's code."""
    return {}


@pytest.fixture
def visit(browser: Browser, profiles: dict[View, BrowserContext]) -> Iterator[Visit]:
    """`visit(address, view=DESKTOP_LIGHT)` opens a watched page and returns it settled.

    With `wait=False` it is returned at once: a page with a run under way refreshes itself and never settles. Cookies
    and what a page stored are forgotten after each test, and a second page of a test gets a profile of its own.
    """
    opened: list[tuple[Page, Watch]] = []

    def go(address: str, view: View = DESKTOP_LIGHT, *, wait: bool = True) -> Page:
        if view not in profiles:
            profiles[view] = open_context(browser, view)
        context = profiles[view]
        opened.append(watched_page(open_context(browser, view) if context.pages else context))
        page = opened[-1][0]
        page.goto(address)
        return settled(page) if wait else page

    yield go
    for page, watch in opened:
        watch.look_for_traceback(page)
        _stop_run(page)
    for context in {page.context for page, _ in opened}:
        _forget(context) if context in profiles.values() else context.close()
    assert [problem for _, watch in opened for problem in watch.problems] == []


def _forget(context: BrowserContext) -> None:
    """Closes a profile's pages and forgets all of theirs but the files that were fetched."""
    devtools = context.new_cdp_session(context.pages[0])
    devtools.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "local_storage,indexeddb"})
    context.clear_cookies()
    context.clear_permissions()
    for page in context.pages:
        page.close()


def _stop_run(page: Page) -> None:
    """Ends a run that a failed test has left behind: the next test's would wait for it."""
    stop = page.locator(".st-key-actions").get_by_role("button", name="Stop")
    if stop.count() and stop.is_enabled():
        stop.click()
        expect(stop).to_be_disabled()

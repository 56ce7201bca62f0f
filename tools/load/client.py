"""A browser without a screen: one session of the app, over Streamlit's WebSocket and its protocol buffers.

It does what Streamlit's own client does: runs the page, keeps widgets' values, follows the navigation, refreshes
what asks to be refreshed, forgets what is stale, uploads files. Checked against Streamlit 1.67.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from tools.load.screen import Placed, Screen

MARK = re.compile(rb"visitor-[0-9a-f]{12}")  # what is one visitor's own carries their mark, and nobody else may get it
LIMIT_SECONDS = 60.0


class Client:
    """One session.

    Args:
        address: Where the app answers; on this machine.
        query: The link's query string.
    """

    def __init__(self, address: str, query: str = "") -> None:
        if urlsplit(address).hostname != "127.0.0.1":
            raise ValueError("Load is put on this machine alone.")
        self.address, self.query = address, query
        self.mark = f"visitor-{uuid.uuid4().hex[:12]}"
        self.screen, self.widgets = Screen(), {}
        self.page = self.session = ""
        self.finished = 0  # runs of whole pages
        self.refreshes = 0
        self.own = 0  # messages with this visitor's mark in them
        self.problems: list[str] = []
        self.urls: list[FileURLs] = []
        self.arrived = asyncio.Event()
        self.timers: dict[str, asyncio.Task] = {}
        self.socket: ClientConnection | None = None
        self.reader: asyncio.Task | None = None

    async def __aenter__(self) -> Client:
        host = urlsplit(self.address).netloc
        self.socket = await connect(
            f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=LIMIT_SECONDS
        )
        self.reader = asyncio.create_task(self._read())
        await self.run_page()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self.timers.values(), self.reader):
            task.cancel()
        await self.socket.close()

    # What a person does

    async def run_page(self, *touched: WidgetState) -> float:
        """Runs the whole page, as it is; returns how many seconds that took."""
        before, began = self.finished, time.perf_counter()
        await self._rerun(touched)
        await self.until(lambda: self.finished > before, "the page to be done")
        return time.perf_counter() - began

    async def go(self, title: str) -> float:
        """Follows the navigation to another page; returns the seconds until all of it was there."""
        link = self.screen.named("page_link", title)
        if link is None:
            raise LookupError(f"There is no link to {title} on this page.")
        self.page, self.query, self.widgets = link.content.page_script_hash, link.content.query_string, {}
        return await self.run_page()

    async def press(self, label: str) -> None:
        """Presses a button, and waits for what comes of it."""
        await self.until(lambda: (found := self.screen.named("button", label)) and not found.content.disabled, label)
        button = self.screen.named("button", label)
        await self._touch(button, WidgetState(id=button.content.id, trigger_value=True))

    async def upload(self, name: str, content: bytes) -> None:
        """Gives the page's uploader a file."""
        widget, self.urls = self.screen.of("file_uploader")[0], []
        message = BackMsg()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        await self.socket.send(message.SerializeToString())
        await self.until(lambda: self.urls, "an address to upload to")
        await asyncio.to_thread(_put, self.address, self.urls[0].upload_url, name, content)
        state = WidgetState(id=widget.content.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=self.urls[0].file_id, file_urls=self.urls[0]
        )
        self.widgets[widget.content.id] = state
        await self._touch(widget)

    async def until(self, condition: Callable[[], object], what: str, seconds: float = LIMIT_SECONDS) -> None:
        """Waits until something is so.

        Raises:
            TimeoutError: It does not come to that.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self.arrived.clear()
            if self.reader.done() or time.monotonic() > deadline:
                raise TimeoutError(f"Waited in vain for {what}: {self.screen.words()[-300:]!r}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.arrived.wait(), 1.0)

    # What a browser does by itself

    async def _touch(self, element: Placed, *states: WidgetState) -> None:
        if element.fragment:
            await self._rerun(states, element.fragment)
        else:
            await self.run_page(*states)

    async def _rerun(self, touched: Sequence[WidgetState] = (), fragment: str = "", *, by_itself: bool = False) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self.query, self.page, fragment
        asked.is_auto_rerun = by_itself
        asked.widget_states.widgets.extend([*self.widgets.values(), *touched])
        await self.socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self.socket:
            marks = set(MARK.findall(data))
            self.own += self.mark.encode() in marks
            if others := marks - {self.mark.encode()}:
                self.problems.append(f"{self.mark} was sent what is {others}'s")
            self._take(ForwardMsg.FromString(data))
            self.arrived.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        elif kind == "delta":
            self.screen.put(message)
        elif kind == "script_finished":
            self._finish(message)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._refresh_every(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_refreshing(message.stop_auto_rerun.fragment_ids)
        elif kind == "file_urls_response":
            self.urls = list(message.file_urls_response.file_urls)
        elif kind in ("ref_hash", "page_not_found"):
            self.problems.append(f"the server sent {kind}")

    def _begin(self, message: ForwardMsg) -> None:
        self.screen.begin(message)
        self.page, self.session = message.new_session.page_script_hash, message.new_session.initialize.session_id
        if not message.metadata.run.fragment_ids:
            self._stop_refreshing(list(self.timers))

    def _finish(self, message: ForwardMsg) -> None:
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        self.screen.finish(message)
        self.problems += [f"{self.mark} saw: {words}" for words in self.screen.errors()]
        if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.refreshes += 1
        else:
            self.finished += 1

    def _refresh_every(self, fragment: str, seconds: float) -> None:
        self._stop_refreshing([fragment])
        self.timers[fragment] = asyncio.create_task(self._keep_refreshing(fragment, seconds))

    async def _keep_refreshing(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._rerun(fragment=fragment, by_itself=True)

    def _stop_refreshing(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if timer := self.timers.pop(fragment, None):
                timer.cancel()


def _put(address: str, path: str, name: str, content: bytes) -> None:
    """Uploads a file as a browser does, with the token against forged requests that the server gives it."""
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=LIMIT_SECONDS) as answer:
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
    request = urllib.request.Request(f"{address}{path}", body, method="PUT")
    request.add_header("Content-Type", f"multipart/form-data; boundary={edge}")
    request.add_header("Cookie", cookie)
    request.add_header("X-Xsrftoken", cookie.partition("=")[2])
    urllib.request.urlopen(request, timeout=LIMIT_SECONDS).close()

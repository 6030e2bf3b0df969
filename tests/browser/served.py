"""A library that is served for a test, and somebody who visits it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from kb import settings
from kb.library import Library
from kb.settings import Settings
from kb.web import create_app

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
# Seconds that every page and every form wait for, as on a machine with too much to do: a test that looks at a page
# before it has come is found so (CONTRIBUTING.md).
LAG = float(os.environ.get("KB_TESTS_LAG", "0"))


def settings_of(home: Path) -> Settings:
    return settings.load(home, environ={}, name="Orrin Vale", meaning="off")


class Site:
    """A served library: its address, and the library as another process would have it open."""

    def __init__(self, home: Path) -> None:
        self.settings = settings_of(home)
        self.app = create_app(self.settings, local_http=True)
        self.library = Library(self.settings)
        self._server = make_server("127.0.0.1", 0, _whole(self.app), threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.app.extensions["kb"].close()
        self.library.close()


def _whole(app: WSGIApplication) -> WSGIApplication:
    """The app, with each answer made before it is sent: this server leaves a file open when the browser goes to the next
    page while it is sent (gunicorn closes it)."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if LAG and not environ["PATH_INFO"].startswith(("/static/", "/bundle/")):
            time.sleep(LAG)
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


class Visitor:
    """Somebody at a browser: pages in a context of their own, and all that the console complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def tab(self) -> Page:
        """The page that is open, as wide and light as a new one; a new one only where there is none."""
        page = self.context.pages[0] if self.context.pages else self.page()
        page.set_viewport_size({"width": 1280, "height": 720})
        page.emulate_media(color_scheme="light")
        return page

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page, if pictures are wanted."""
    if os.environ.get("KB_SCREENSHOTS"):
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

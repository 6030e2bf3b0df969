"""A real web server on this machine that takes webhooks, keeps them, and holds Slack's and Teams' to their limits."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HookServer:
    """Answers `status` with `headers`; `check` looks at a payload first and says what is wrong with it."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.hang = threading.Event()
        self.silent = False
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                room.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if room.silent:
                    room.hang.wait(10)
                    return
                wrong = complaint(json.loads(body))
                self.send_response(400 if wrong else room.status)
                for name, value in room.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write((wrong or "ok").encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/services/T0/B0/secret"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    def stop(self) -> None:
        self.hang.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def complaint(payload: Any) -> str:
    """What Slack or Teams would say against a payload; empty when nothing."""
    if "blocks" in payload:
        return _slack(payload)
    if "attachments" in payload:
        return _teams(payload)
    return ""


def _slack(payload: Any) -> str:
    """The limits of docs.slack.dev/reference/block-kit/blocks, and the one on the whole that it does not tell."""
    blocks = payload["blocks"]
    if len(payload["text"]) > 40_000 or not payload["text"]:
        return "msg_too_long"
    if not 1 <= len(blocks) <= 50:
        return "invalid_blocks: number"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_000:
        return "msg_blocks_too_long"
    for block in blocks:
        wrong = _block(block)
        if wrong:
            return f"invalid_blocks: {wrong}"
    return ""


def _block(block: Any) -> str:
    kind = block["type"]
    if kind == "header":
        text = block["text"]
        return "" if text["type"] == "plain_text" and 1 <= len(text["text"]) <= 150 else "header"
    if kind == "section":
        return "" if 1 <= len(block["text"]["text"]) <= 3000 else "section"
    if kind == "context":
        elements = block["elements"]
        return "" if 1 <= len(elements) <= 10 and all(1 <= len(e["text"]) <= 3000 for e in elements) else "context"
    return "" if kind == "divider" else f"unknown block {kind}"


def _teams(payload: Any) -> str:
    if len(json.dumps(payload, ensure_ascii=False).encode("utf-16-le")) > 28_000:
        return "RequestEntityTooLarge"
    card = payload["attachments"][0]
    if card["contentType"] != "application/vnd.microsoft.card.adaptive" or payload["type"] != "message":
        return "no adaptive card"
    content = card["content"]
    known = {"TextBlock"}
    if content["type"] != "AdaptiveCard" or not {block["type"] for block in content["body"]} <= known:
        return "not in the schema"
    return ""

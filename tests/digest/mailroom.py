"""A real SMTP server on this machine (aiosmtpd) that keeps what it gets."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """`rcpt` and `data` are asked for each address and message, and answer with a reply of their own, or nothing.

    `pause` is how long it thinks about each message, in seconds.
    """

    def __init__(self, *, pause: float = 0.0, **options: Any) -> None:
        self.pause = pause
        self.raw: list[tuple[str, bytes]] = []
        self.rcpt: Callable[[str], str | None] = lambda _address: None
        self.data: Callable[[str], str | None] = lambda _address: None
        self.after: Callable[[str], None] = lambda _address: None
        self._lock = threading.Lock()
        self._controller = _Controller(
            self, hostname="127.0.0.1", port=free_port(), server_hostname="mail.test", **options
        )
        self._controller.start()
        self.port: int = self._controller.port

    def take(self, address: str, content: bytes) -> None:
        with self._lock:
            self.raw.append((address, content))
        self.after(address)

    @property
    def messages(self) -> list[EmailMessage]:
        """What came, parsed by the standard library."""
        return [email.message_from_bytes(raw, policy=default) for _, raw in self.raw]  # type: ignore[misc]

    @property
    def received(self) -> Counter[str]:
        """How many messages came for each address."""
        return Counter(address for address, _ in self.raw)

    def stop(self) -> None:
        self._controller.stop()


class _Handler:
    """What aiosmtpd asks. It looks at every attribute of its handler with each connection, so there is little here."""

    def __init__(self, room: MailServer) -> None:
        self._room = room

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        reply = self._room.rcpt(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self._room.pause)
        reply = self._room.data(envelope.rcpt_tos[0])
        if reply is None:
            self._room.take(envelope.rcpt_tos[0], bytes(envelope.content or b""))
        return reply or "250 OK"


class _Controller(Controller):
    def __init__(self, server: MailServer, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        if tls is not None:
            options["ssl_context"] = tls
        super().__init__(_Handler(server), **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def only_ada(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """Signs in `ada` with the password `secret`."""
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ada", b"secret")
    return AuthResult(success=good, handled=False)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody knows yet, and a server's context that uses it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert,
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


class DeafServer:
    """Takes connections, says the words it is given, one for each line that it gets, then nothing more.

    With `last` it closes the connection after the last word, else it hangs."""

    def __init__(self, *words: str, hang: bool = True) -> None:
        self._words = words
        self._hang = hang
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        in_data = False
        try:
            for word in self._words:
                connection.sendall(word.encode() + b"\r\n")
                in_data = word.startswith("354")
                while (line := lines.readline()) and in_data and line != b".\r\n":
                    pass
            if not self._hang:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def stop(self) -> None:
        self._socket.close()
        for connection in self._open:
            connection.close()

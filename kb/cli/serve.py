"""`kb serve`: the pages, answered by a production server."""

from __future__ import annotations

import errno
import select
import socket
import tempfile
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from kb.cli.common import Context, pass_context
from kb.errors import KbError, UsageError
from kb.library import Library
from kb.settings import Settings

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a RAM disk for heartbeats; nothing of the library goes there
# For so many seconds somebody who has begun a request may say nothing.
SILENCE = 60.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Patient:
    """A connection on which silence is an end: who went away in the middle of a request (a laptop that was closed) would
    keep its thread for ever, and some of them all there are."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def recv(self, size: int, *flags: int) -> bytes:
        if self._connection.gettimeout() is None:
            something = select.poll()
            something.register(self._connection, select.POLLIN)
            if not something.poll(SILENCE * 1000):
                return b""
        return self._connection.recv(size, *flags)


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's own, for patient connections."""

    def handle(self, conn: Any) -> Any:
        if not isinstance(conn.sock, Patient):
            conn.sock = Patient(conn.sock)
        return super().handle(conn)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with an app that is made once, before the fork, and a library that each worker opens after it: SQLite
    connections and index readers must not be shared between processes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": f"[{self.settings.host}]:{self.settings.port}" if ":" in self.settings.host
            else f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": Worker,
            "preload_app": True,
            "post_worker_init": self.begin,
            "threads": self.settings.threads,
            # What a process cannot answer soon is left to the others: connections that are kept open would crowd in one.
            "worker_connections": 2 * self.settings.threads,
            "timeout": 120,
            "graceful_timeout": 20,
            "loglevel": "warning",
            "proc_name": "kb",
            # A question may be long, and every Japanese character of it is nine in an address.
            "limit_request_line": 0,
            # Nobody says by a header what an address begins with.
            "forwarder_headers": "",
            # Nor that it came by HTTPS: whom to believe that says KB_PROXIES (kb/web/security.py), not where it came from.
            "secure_scheme_headers": {},
            # Heartbeats of the workers must not wait for a slow disk.
            "worker_tmp_dir": SHARED_MEMORY if _has_shared_memory() else None,
        }  # fmt: skip
        for name, value in chosen.items():
            self.cfg.set(name, value)
        # Since its release 25.1 gunicorn lets itself be commanded by a socket in the home folder of whoever runs it.
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)

    def load(self) -> Any:
        from kb.web import create_app

        return create_app(self.settings, local_http=self.settings.host in LOOPBACK)

    def begin(self, _worker: Any) -> None:
        """Open the library in a worker without waiting for the first request: the model for meaning takes seconds, and
        editions go out at night, too."""
        self.wsgi().extensions["kb"].open()


def _has_shared_memory() -> bool:
    from os import W_OK, access

    return access(SHARED_MEMORY, W_OK)


def run(settings: Settings) -> None:
    """Serve until told to end (SIGTERM, Ctrl-C). Raises NoLibrary, LibraryError or KbError before anything listens."""
    Library(settings).close()
    check_port(settings.host, settings.port)
    _check_secret(settings)
    _check_temporary()
    Server(settings).run()


def _check_secret(settings: Settings) -> None:
    """Raises LibraryError, which in a worker would be a traceback. It loads the pages, too: before the fork they are read
    once, and their memory shared."""
    from kb.web.security import kept_secret

    if not settings.secret_key:
        kept_secret(settings.home / "secret_key")


def _check_temporary() -> None:
    """Raises KbError where nothing can be laid down for a moment, as an upload is while it comes in."""
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise KbError(
            "No folder for temporary files can be written: kb needs one for what is uploaded. Make /tmp writable, make room"
            " there, or set TMPDIR to another folder."
        ) from error


def check_port(host: str, port: int) -> int:
    """The port when it can be listened on (0: a free one). Raises KbError when something listens there already, UsageError
    for no address: that would be every one of this machine."""
    if not host:
        raise UsageError("--host is empty. Write 127.0.0.1 for this machine alone, 0.0.0.0 for whoever can reach it.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = "--port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "--host"
            raise KbError(
                f"kb cannot listen on port {port} of {host}: {error.strerror}. Choose another: {other}"
            ) from error
        return int(probe.getsockname()[1])


@click.command()
@click.option("--host", help="Default: the setting `host`, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: the setting `port`, 8765.")
@click.option("--workers", type=click.IntRange(1, 64), help="Default: the setting `workers`, 2.")
@pass_context
def serve(context: Context, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the library's pages."""
    settings = context.settings(host=host, port=port, workers=workers)
    Library(settings).close()
    settings = context.settings(host=host, port=check_port(settings.host, settings.port), workers=workers)
    _check_secret(settings)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"kb serves {settings.home} at http://{shown}:{settings.port}  (Ctrl-C ends it)")
    run(settings)


COMMANDS: list[click.Command] = [serve]

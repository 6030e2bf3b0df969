"""Files that come in by the browser: written once, as they arrive, into a folder of the library's own."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, Response, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

from kb.errors import LibraryError
from kb.settings import Settings

_MOST_FILES = 50_000
_LONGEST_NAME = 120
_DRAINED = 2 * 1024**3
_DRAIN_SECONDS = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')


class UploadRequest(Request):
    """A request whose files go straight to `upload_folder`, where there is one.

    Werkzeug's own way is a spooled temporary file each, all of them open at once: a folder of thousands would run
    out of file handles, and every byte would be written twice.
    """

    upload_folder: Path | None = None
    upload_kept = False

    def __init__(self, environ: WSGIEnvironment, *args: Any, **options: Any) -> None:
        super().__init__(environ, *args, **options)
        if self.content_length:
            # However much of the body is read by whom, nobody reads past its end and waits for more.
            environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], self.content_length)
        elif environ.get("wsgi.input_terminated"):
            environ["wsgi.input"] = _InPieces(environ["wsgi.input"])

    def _load_form_data(self) -> None:
        """What is typed holds no control characters: ingest refuses them, so an export with them would not come back."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        typed = self.__dict__["form"]
        self.__dict__["form"] = ImmutableMultiDict(
            (name, _CONTROL.sub("", text)) for name, text in typed.items(multi=True)
        )

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.upload_folder is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        return cast(IO[bytes], Incoming(self.upload_folder / f".incoming-{secrets.token_hex(8)}"))


class _InPieces:
    """A body that says its size piece by piece. One that is put together wrong, or cut off, is its sender's mistake; each
    server has errors of its own for it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except Exception as error:  # gunicorn's and Werkzeug's have no base in common
            raise ClientDisconnected from error


class Incoming:
    """What the form parser writes a file to: open while it is written, a path from then on."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file: IO[bytes] | None = path.open("wb")

    def write(self, data: bytes) -> int:
        assert self._file is not None
        try:
            return self._file.write(data)
        except OSError as error:
            raise LibraryError(
                "The upload cannot be kept: %(strerror)s. Nothing was brought in.", strerror=error.strerror
            ) from error

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002 - the parser rewinds when it has all of it
        self.close()
        return 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def install(app: Flask) -> None:
    app.request_class = UploadRequest

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        """What no view has kept is not left lying about: a refused form, a connection that broke."""
        sent = cast(UploadRequest, request)
        if sent.upload_folder is not None and not sent.upload_kept:
            shutil.rmtree(sent.upload_folder, ignore_errors=True)

    @app.after_request
    def read_to_the_end(response: Response) -> Response:
        """A browser shows the answer to a refused upload only if somebody takes the rest of it."""
        if response.status_code >= 400 and request.content_length:
            let_in = cast(UploadRequest, request).upload_folder is not None
            _drain(request, _DRAINED if let_in else _DRAINED // 100)
        return response


def accept(sent: Request, settings: Settings) -> None:
    """Let a large upload in, into a folder of its own. Raises RequestEntityTooLarge as soon as it says its size."""
    limit = settings.max_upload_mb * 1024 * 1024
    sent.max_content_length = limit
    sent.max_form_parts = _MOST_FILES
    cast(UploadRequest, sent).upload_folder = settings.uploads / secrets.token_hex(16)
    if (sent.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _drain(sent: Request, most: int) -> None:
    until = time.monotonic() + _DRAIN_SECONDS
    stream = sent.environ["wsgi.input"]
    while most > 0 and time.monotonic() < until:
        try:
            piece = stream.read(1024 * 1024)
        except (OSError, ValueError, HTTPException):
            return
        if not piece:
            return
        most -= len(piece)


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in: its folder, and in it what a person would name on the command line (folders, single files)."""

    folder: Path
    paths: tuple[Path, ...]


# Single files lie in a folder of this name, so that a file without an id is the same when it is dropped again.
LOOSE = "upload"


def keep(files: Iterable[FileStorage]) -> Upload | None:
    """Put what came in under its own names into the request's folder, which stays. None when nothing came."""
    sent = cast(UploadRequest, request)
    folder = sent.upload_folder
    named = [file for file in files if file.filename]
    if folder is None or not named:
        return None
    taken: set[str] = set()
    paths: dict[Path, None] = {}
    for file in named:
        incoming = cast(Incoming, file.stream)
        incoming.close()
        name = safe_name(file.filename or "")
        loose = "/" not in name
        name = free_name(f"{LOOSE}/{name}" if loose else name, taken)
        where = folder / name
        where.parent.mkdir(parents=True, exist_ok=True)
        incoming.path.rename(where)
        paths[where if loose else folder / name.split("/")[0]] = None
    sent.upload_kept = True
    return Upload(folder, tuple(paths))


def safe_name(name: str) -> str:
    """A relative path that stays where it is put: `../../etc/passwd` becomes `etc/passwd`, `C:\\a.csv` `a.csv`.

    The folders of a dropped folder are kept, since reports name files by them.
    """
    parts = [_safe_part(part) for part in re.sub(r"^[A-Za-z]:", "", name).replace("\\", "/").split("/")]
    return "/".join(part for part in parts[-8:] if part) or "file"


def _safe_part(part: str) -> str:
    part = _UNSAFE.sub("_", part).strip(" .")
    if len(part.encode()) <= _LONGEST_NAME:
        return part
    suffix = PurePosixPath(part).suffix[:20]
    return part.encode()[: _LONGEST_NAME - len(suffix.encode())].decode(errors="ignore") + suffix


def free_name(name: str, taken: set[str]) -> str:
    """The name, or with a number when another file of this upload has it (in any case: some disks fold it)."""
    path = PurePosixPath(name)
    free, count = name, 2
    while free.casefold() in taken:
        free = str(path.with_name(f"{path.stem} ({count}){path.suffix}"))
        count += 1
    taken.add(free.casefold())
    return free

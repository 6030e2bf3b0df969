"""A real `kb serve` in processes of its own, a visitor who signs in through the form, and how much memory it takes."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

EMAIL, PASSWORD = "bench@kb.example", "correct horse battery"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    url: str
    text: str


class Visitor:
    """Somebody with a browser without JavaScript: keeps cookies, follows redirects, sends forms with their token."""

    def __init__(self, address: str, seconds: float = 20.0) -> None:
        self.address = address
        self._seconds = seconds
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._token = ""

    @property
    def cookies(self) -> str:
        """The cookies as a header, for a client that asks for the same person."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    @property
    def token(self) -> str:
        """What a form sends along."""
        return self._token

    def go_to(self, address: str) -> None:
        """The server has another port now. Cookies belong to the host, so nobody is signed out."""
        self.address = address

    def get(self, path: str, **query: str) -> Answered:
        return self._open(f"{path}?{urllib.parse.urlencode(query)}" if query else path, None)

    def post(self, path: str, form: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> Answered:
        """Raises OSError when the server does not answer to the end: then nobody knows whether it was done."""
        fields = [*dict(form).items()] if isinstance(form, Mapping) else [*form]
        return self._open(path, urllib.parse.urlencode([("csrf_token", self._token), *fields]).encode())

    def _open(self, path: str, data: bytes | None) -> Answered:
        request = urllib.request.Request(self.address + path, data)  # noqa: S310 - our own server
        request.add_header("Referer", self.address)
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                return Answered(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answered(error.code, path, error.read().decode(errors="replace"))
        except http.client.HTTPException as error:
            raise ConnectionError(f"{path} was not answered to the end.") from error

    def sign_in(self, email: str = EMAIL) -> None:
        self._take_token(self.get("/sign-in"))
        answer = self.post("/sign-in", {"email": email, "password": PASSWORD})
        if answer.status != 200 or answer.url.endswith("/sign-in"):
            raise RuntimeError(f"Signing in was answered with {answer.status} at {answer.url}.")
        self._take_token(self.get("/account"))

    def _take_token(self, answer: Answered) -> None:
        found = _TOKEN.search(answer.text)
        if found is None:
            raise RuntimeError(f"{answer.url} ({answer.status}) holds no form.")
        self._token = found[1]


def kb(home: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command of kb on this library to its end."""
    command = [sys.executable, "-m", "kb", "--home", str(home), *arguments]
    return subprocess.run(command, text=True, capture_output=True, **options)  # type: ignore[call-overload, no-any-return]


class Client:
    """One connection that is kept open, for somebody whom a Visitor signed in; follows nothing and reads no cookies."""

    def __init__(self, visitor: Visitor, seconds: float = 60.0) -> None:
        place = urllib.parse.urlsplit(visitor.address)
        self._headers = {"Cookie": visitor.cookies, "Referer": visitor.address}
        self._token = visitor.token
        self._connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=seconds)

    def get(self, path: str, **query: str) -> Answered:
        return self._ask("GET", f"{path}?{urllib.parse.urlencode(query)}" if query else path, None)

    def post(self, path: str, form: Mapping[str, str]) -> Answered:
        """Where it leads to is the answer's `url`."""
        return self._ask("POST", path, urllib.parse.urlencode({"csrf_token": self._token, **form}))

    def _ask(self, method: str, path: str, body: str | None) -> Answered:
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except (http.client.HTTPException, ConnectionError):  # the server lets go of what was idle for two seconds
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        return Answered(answer.status, answer.headers.get("Location", path), answer.read().decode())

    def close(self) -> None:
        self._connection.close()


def add_member(home: Path, role: str = "curator", email: str = EMAIL) -> None:
    done = kb(home, "member", "add", email, "--role", role, "--password-stdin", input=f"{PASSWORD}\n")
    if done.returncode:
        raise RuntimeError(done.stderr)


class Server:
    """`kb serve` as a process group of its own. Started when made; `stop` ends it cleanly, `kill` at once.

    Waits so many `seconds` until it answers, or not at all. `module` is what is run instead of kb, with the same options.
    """

    def __init__(self, home: Path, workers: int = 1, seconds: float = 30.0, module: Sequence[str] = ()) -> None:
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", *(module or ("kb", "--home", str(home), "serve"))]
        command += ["--port", str(port), "--workers", str(workers)]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},  # kb was started here before, as on any machine
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if seconds:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"kb serve ended with {self.process.returncode}: {self._said()}")
            with suppress(OSError):
                if Visitor(self.address, 2.0).get("/sign-in").status == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"kb serve did not answer within {seconds:g} s: {self._said()}")

    def _said(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()[-2000:]

    def pids(self) -> list[int]:
        """The server's processes, the first one of them the parent. Linux only."""
        group = self.process.pid
        found = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _group_of(path) == group]
        return sorted(found, key=lambda pid: (pid != group, pid))

    def worked(self) -> float:
        """How many seconds of the processors its processes have taken so far. Linux only."""
        ticks = [sum(map(int, _stat(Path(f"/proc/{pid}"))[11:13])) for pid in self.pids()]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.kill()

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stderr is not None and not self.process.stderr.closed:
            self.process.stderr.close()


@contextmanager
def served(home: Path, workers: int = 1, module: Sequence[str] = ()) -> Iterator[Server]:
    server = Server(home, workers, module=module)
    try:
        yield server
    finally:
        server.stop()


def memory_mb(server: Server) -> tuple[float, float] | None:
    """What the serving takes in MB: (resident set of its largest process, proportional share of all together).

    None where there is no /proc.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    rss = [_kilobytes(pid, "status", "VmRSS") for pid in server.pids()]
    pss = [_kilobytes(pid, "smaps_rollup", "Pss") for pid in server.pids()]
    return max(rss) / 1024, sum(pss) / 1024


def _kilobytes(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.M)
    return int(found[1]) if found else 0


def _stat(path: Path) -> list[str]:
    """The fields of a process after its name (proc(5))."""
    return (path / "stat").read_text().rpartition(")")[2].split()


def _group_of(path: Path) -> int:
    try:
        return int(_stat(path)[2])
    except (OSError, IndexError, ValueError):
        return -1


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

"""Where the Chromium is that the browser tests drive.

`python -m tests.browser.find_chromium` (part of `make test`) prints one line: which one was found, or what was tried
and which tests do not run for want of it. It never fails: the tests then skip with the same words.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_NOT_RUN = "the tests in tests/browser do not run"


def find() -> str:
    """The path of a Chromium that starts; "" when there is none.

    Looked for in this order: $KB_CHROMIUM, the commands that distributions install, the one that playwright downloaded.
    """
    named = os.environ.get("KB_CHROMIUM", "")
    candidates = [named] if named else [*filter(None, map(shutil.which, _COMMANDS)), _of_playwright()]
    return next((path for path in candidates if path and _starts(path)), "")


def reason() -> str:
    """Why there is none, in the words for a skipped test."""
    if named := os.environ.get("KB_CHROMIUM", ""):
        return f"KB_CHROMIUM is {named}, which is no Chromium that starts"
    return "no Chromium was found; set KB_CHROMIUM to one, or run: python -m playwright install chromium"


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _of_playwright() -> str:
    """The browser that `playwright install` keeps in its cache: its newest Chromium."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(cache.glob("chromium*/chrome-linux*/chrome")) + sorted(
        cache.glob("chromium*/chrome-mac*/*.app/Contents/MacOS/*")
    )
    return str(found[-1]) if found else ""


def _install() -> str:
    """Try to get one: playwright's own, or the distribution's where that is allowed. Gives what was tried."""
    tried = ["playwright install chromium"]
    _quietly([sys.executable, "-m", "playwright", "install", "chromium"])
    if not find() and shutil.which("apt-get") and os.geteuid() == 0:
        tried.append("apt-get install chromium")
        _quietly(["apt-get", "update"])
        _quietly(["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-cjk"])
    return " and ".join(tried)


def _quietly(command: list[str]) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, capture_output=True, timeout=300, check=False, env=environ)
    except (OSError, subprocess.TimeoutExpired):
        return


def main() -> None:
    found = find()
    if found:
        print(f"browser tests: {found}")
        return
    if os.environ.get("KB_CHROMIUM"):
        print(f"browser tests: {_NOT_RUN}: {reason()}")
        return
    tried = _install()
    found = find()
    print(f"browser tests: {found or f'{_NOT_RUN}: {reason()} ({tried} brought none)'}")


if __name__ == "__main__":
    main()

"""What all tests share: the `--soak` option, and a real library in a temporary folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher, profiles
from blank import lay_down
from sharing import share_routes

from kb import members
from kb import settings as all_settings
from kb.library import Library

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it is pytest's
_ROOM = 4 * 1024**3  # bytes


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long kill, fuzz and load campaigns too")


def pytest_configure(config: pytest.Config) -> None:
    # Servers that tests start as processes of their own: what they find must not depend on how far the vectors are.
    os.environ.setdefault("KB_MEANING", "off")
    # Thousands of members are made in tests; what guards real passwords is told by tests/web/test_sign_in.py.
    members.PASSWORDS = PasswordHasher.from_parameters(profiles.CHEAPEST)
    share_routes()
    # Each save waits for the disk, which says nothing of kb: where there is room in memory, the tests write there.
    if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))
    # How long an example takes says how busy the machine is.
    hypothesis.settings.register_profile("kb", deadline=None)
    hypothesis.settings.load_profile("kb")
    # Hundreds of processes and sites are started: what they compile is kept, whatever this machine says of that.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    config.addinivalue_line("markers", "soak: a long campaign, run by `make soak`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    items[:] = [item for item in items if "soak" not in item.keywords]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def opened(home: Path) -> Iterator[Library]:
    """An empty library, open."""
    settings = all_settings.load(home, environ={}, meaning="off")
    lay_down(settings)
    library = Library(settings)
    yield library
    library.close()

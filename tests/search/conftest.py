from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.search.base import Engine
from kb.search.engines import ENGINES, open_engine


@pytest.fixture(params=[f"{name} {where}" for name in ENGINES for where in ("in a folder", "in memory")])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Every engine, both ways."""
    name, _, where = request.param.partition(" ")
    opened = open_engine(name, tmp_path if where == "in a folder" else None, "library")
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Every engine, in `tmp_path`."""
    opened = open_engine(request.param, tmp_path, "library")
    yield opened
    opened.close()

"""What kb reads of other people's code before it can answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["numpy", "pandas"])
def test_what_only_sqlite_utils_would_use_is_left_for_those_who_do(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.py").write_text("print('read')", encoding="utf-8")
    command = f"import kb.web; print('kb'); import {name}"
    made = subprocess.run(
        [sys.executable, "-c", command],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(_ROOT)])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == ["kb", "read"]

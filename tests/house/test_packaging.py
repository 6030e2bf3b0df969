"""The built package carries its pages and samples, and serves from outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SERVE = """
import sys
from pathlib import Path
from kb import library, resources, settings
from kb.web import create_app
assert resources.folder("templates").is_relative_to(sys.argv[1]), resources.folder("templates")
assert any(resources.folder("examples").iterdir())
chosen = settings.load(Path("home"), environ={})
library.make(chosen)
client = create_app(chosen, local_http=True).test_client()
page = client.get("/sign-in")
assert page.status_code == 200, page.status
assert "Anmelden" in client.get("/sign-in", headers={"Accept-Language": "de"}).text  # the catalogs came along
style = next(part for part in page.text.split('"') if part.startswith("/static/") and ".css" in part)
assert client.get(style).status_code == 200, style
"""


@pytest.mark.slow
def test_an_installed_kb_serves_its_pages_from_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "-w", str(tmp_path), str(ROOT)], check=True, timeout=100)
    (wheel,) = tmp_path.glob("kb-*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    environ = os.environ | {"PYTHONPATH": str(installed), "TMPDIR": str(tmp_path)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as on the machine of whoever installs it
    carried = files(installed)
    subprocess.run(
        [sys.executable, "-P", "-c", SERVE, str(installed)], cwd=tmp_path, env=environ, check=True, timeout=60
    )
    assert files(installed) == carried


def files(installed: Path) -> set[str]:
    """All but what Python compiles of modules, which pip does when it installs."""
    return {str(path) for path in installed.rglob("*") if path.is_file() and path.suffix != ".pyc"}

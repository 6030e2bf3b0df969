"""The README's one picture. It is made anew with: KB_WRITE_SCREENSHOT=1 pytest tests/browser/test_screenshot.py"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from served import Site, Visitor

PICTURE = Path(__file__).parents[2] / "docs" / "screenshot.png"


@pytest.mark.skipif(
    not os.environ.get("KB_WRITE_SCREENSHOT"), reason="the picture is only made with KB_WRITE_SCREENSHOT=1"
)
def test_the_search_page_has_its_picture_taken(samples: Site, visitor: Callable[..., Visitor]) -> None:
    page = visitor(samples, "curator", viewport={"width": 1280, "height": 900}, color_scheme="light").page()
    page.goto("/search?q=GDPR+erase+person")
    page.screenshot(path=PICTURE)
    assert PICTURE.stat().st_size < 500_000

"""How a page is looked at: in a narrow and a wide window, light and dark, by axe (https://github.com/dequelabs/axe-core)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from served import picture

_SCHEMES = {
    1440: ("light", "dark"),
    360: ("dark", "light"),
}  # by width, in an order in which one thing changes at a time
LOOKED_AT_BY_AXE = [(1440, "light"), (360, "dark")]  # each width and each scheme once: it takes its time


def look(page: Page, name: str) -> None:
    """Narrow and wide, light and dark: nothing runs out of the window, and axe is content."""
    for width, schemes in _SCHEMES.items():
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            picture(page, f"{name}-{width}-{scheme}")
            assert sideways(page) == []
            if (width, scheme) in LOOKED_AT_BY_AXE:
                assert violations(page) == []


def key(page: Page, pressed: str) -> None:
    """Press a key that a script of the page hears: what the page says is there to be read before its scripts are."""
    page.wait_for_load_state()
    page.keyboard.press(pressed)


def sideways(page: Page) -> list[Any]:
    """What makes the page wider than its window."""
    found: list[Any] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => `${e.tagName}.${e.className}`).slice(0, 9)"""
    )
    return found


def violations(page: Page) -> list[Any]:
    """What axe finds wrong. Reading its own script takes a page a third as long as the look: once for each page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("() => axe.run({resultTypes: ['violations']}).then((results) => results.violations)")
    return [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]

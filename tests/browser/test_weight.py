"""A first visit asks for little: at most 15 requests and 150 KB a page, and nothing moves while it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from served import Site, Visitor

PAGES = {
    "front page": ("curator", "/"),
    "topics": ("reader", "/tags"),
    "topic": ("curator", "/tags/1"),
    "gem": ("curator", "/gems/1?from=tag:1"),
    "review": ("curator", "/reviews/1?from=search:0:q%3Dexport"),
    "search": ("curator", "/search?q=export"),
    "trails": ("reader", "/trails"),
    "mine": ("reader", "/mine"),
}
_SHIFTS = """() => new Promise(told => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => told(sum), 300);
})"""


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_asks_for_little_and_nothing_moves(
    name: str, samples: Site, visitor: Callable[..., Visitor]
) -> None:
    role, path = PAGES[name]
    page = visitor(samples, role).page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    came: list[float] = []
    network.on("Network.loadingFinished", lambda what: came.append(what["encodedDataLength"]))
    page.goto(path)
    expect(page.get_by_role("main")).to_be_visible()
    page.wait_for_load_state("load")
    shifts: Any = page.evaluate(_SHIFTS)
    assert len(came) <= 15
    assert sum(came) <= 150_000
    assert shifts < 0.01

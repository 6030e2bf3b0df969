"""A real Chromium, and a real server over a library of samples, for every test here.

KB_SCREENSHOTS=1 keeps a picture of every page in ./screenshots/ (not in git). KB_CHROMIUM names another browser.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import find_chromium
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from samples import PASSWORD, fill
from served import Site, Visitor, settings_of

from kb import library as libraries
from kb.library import Library

# Chromium makes what drops down from its own address bar as a page, in a process beside each window, which takes longer
# than most of ours. The last list of features counts, so those that Playwright switches off stand here again.
_WITHOUT = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]  # fmt: skip
_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", f"--disable-features={','.join(_WITHOUT)}",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
    if mine and not find_chromium.find():
        for item in mine:
            item.add_marker(pytest.mark.skip(reason=find_chromium.reason()))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium.find(), args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with members, reviews and gems, its index and its secret made; copied for those who write."""
    home = tmp_path_factory.mktemp("samples") / "library"
    chosen = settings_of(home)
    libraries.make(chosen)
    opened = Library(chosen)
    fill(opened)
    opened.catch_up()
    opened.close()
    Site(home).close()  # makes the secret, so that a session holds at every copy
    return home


@pytest.fixture(scope="session")
def samples(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The samples, served for reading: a copy, since reading leaves its marks (visits, how far somebody is in a trail)."""
    site = Site(Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("read") / "library")))
    yield site
    site.close()


@pytest.fixture
def site(sample_home: Path, tmp_path: Path) -> Iterator[Site]:
    """A copy of the samples, served for one test that writes. The same secret, so that a session holds here, too."""
    site = Site(Path(shutil.copytree(sample_home, tmp_path / "library")))
    yield site
    site.close()


@pytest.fixture(scope="session")
def sessions(chromium: Browser, samples: Site) -> Callable[[str], Any]:
    """The cookies of somebody who is signed in; each role signs in once."""
    known: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in known:
            context = chromium.new_context(base_url=samples.url)
            page = context.new_page()
            page.goto("/sign-in")
            page.get_by_label("E-mail").or_(page.locator("[name=email]")).first.fill(f"{role}@kb.example")
            page.locator("[name=password]").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button").first.click()
            page.wait_for_url("**/")
            known[role] = context.storage_state()
            context.close()
        return known[role]

    return state


@pytest.fixture
def visitor(chromium: Browser, sessions: Callable[[str], Any]) -> Iterator[Callable[..., Visitor]]:
    """visitor(site, "reviewer"): that person's browser; visitor(site, None) is nobody's. Options are playwright's."""
    made: list[BrowserContext] = []

    def visit(site: Site, role: str | None, **options: Any) -> Visitor:
        chosen = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        state = sessions(role) if role else None
        context = chromium.new_context(base_url=site.url, storage_state=state, **chosen)
        context.set_default_timeout(10_000)
        made.append(context)
        return Visitor(context)

    yield visit
    for context in made:
        context.close()


@pytest.fixture(scope="session")
def reader(chromium: Browser, samples: Site, sessions: Callable[[str], Any]) -> Iterator[Callable[..., Visitor]]:
    """reader("curator").tab(): that person (in that language) at the samples, in one tab that goes from page to page and
    has seen the sheets and scripts before: a new one takes longer than most pages. For tests that change nothing."""
    made: dict[tuple[str | None, str | None], Visitor] = {}

    def read(role: str | None, locale: str | None = None) -> Visitor:
        if (role, locale) not in made:
            state = sessions(role) if role else None
            context = chromium.new_context(
                base_url=samples.url, storage_state=state, locale=locale, reduced_motion="reduce"
            )
            context.set_default_timeout(10_000)
            made[role, locale] = Visitor(context)
        made[role, locale].complaints.clear()
        return made[role, locale]

    yield read
    for visitor in made.values():
        visitor.context.close()

"""Rubbish in every address, question and form is answered, and is no fault of ours. A short slice of a long campaign: other
seeds are other rubbish."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from browsing import Browser
from flask import Flask
from werkzeug.routing import Rule

from kb import members, resources, reviews, trash
from kb.digest import editions
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft
from kb.questions import asking

RUBBISH = (
    "", "0", "-1", "1", "2", "9" * 19, "-" + "9" * 30, "9" * 5000, "1e5", "NaN", "²", "٣", "1\n", "1,,x", "a\x00b", "\udfff",
    "\ufffe\u202e", "日本語" * 50, "<script>", "%s %(x)s {0}", "../../etc/passwd", "//evil.example", "yes", "[]", '{"a": 1}',
    "up:1", "down:" + "9" * 30, "gem:1", "tag:" + "9" * 30, "search:0:q%3Dx", "search:99999:", "2026-W47", "2026-W99",
    "9999-12-31", "0000-00-00", "date:[2020 TO", "(" * 500, "a*", "x^9999999999", '"', "AND OR NOT", "admin", "published",
    "=cmd()", "> " * 500, "[" * 500, "https://[x", "ja", "x" * 20_000,
)  # fmt: skip
NAMES = sorted(
    {
        name
        for page in resources.folder("templates").rglob("*.html")
        for name in re.findall(r'name="([a-z_-]+)"', page.read_text("utf-8"))
    }
    - {"csrf_token"}
)
# They end the session that the others need, or take seconds.
LEFT_OUT = {
    "auth.sign_out", "account.change_password", "members.set_active", "members.set_role", "members.reset_password",
    "upkeep.learn",
}  # fmt: skip


@pytest.fixture
def furnished(library: Library) -> Library:
    """One of most things, in no good order: a gem waits whose review was erased, an edition is a draft."""
    curator = members.by_email(library, "curator@kb.example")
    for number in range(3):
        draft = Draft(title=f"Export {number}", body=f"By night, {number}.", reviewee="Maren Vogt", tags=("export",))
        id = reviews.add(library, draft, "Rosa Reviewer").id
        lifted = GemDraft(f"Gem {number}", "Schedule it.", f"By night, {number}.", ("export",))
        gems.lift(library, id, lifted, who=curator.name, publish=number > 0, member=curator)
    reviews.trash(library, [1], "Chris Curator")
    trash.erase(library, [1], "Chris Curator")
    asking.ask(library, "How long is a sandbox kept?", curator, named=False)
    editions.draft(library, editions.this_week(library), "Chris Curator")
    library.catch_up()
    return library


def address(rule: Rule, week: str, chance: random.Random) -> str:
    """One that the rule may match: things that are there as a rule."""
    parts = []
    for is_open, data in rule._trace:  # what Werkzeug itself builds addresses from
        if not is_open:
            parts.append(data.replace("|", ""))
        elif data == "week" and chance.random() < 0.8:
            parts.append(week)
        else:
            there = chance.choice("123") if chance.random() < 0.8 else chance.choice(RUBBISH)[:2000]
            parts.append(quote(there, safe="", errors="surrogatepass"))
    return "".join(parts)


@pytest.mark.parametrize("seed", range(2))
def test_rubbish_is_answered(
    furnished: Library, app: Flask, client_as: Callable[[str], Browser], seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed)  # noqa: S311 - so that the same seed is the same rubbish
    browsers = [client_as(who) for who in ("reader", "admin")]
    week = str(editions.this_week(furnished))
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LEFT_OUT:
            continue
        sent = {name: chance.choice(RUBBISH) for name in chance.sample(NAMES, 12)}
        browser, path = chance.choice(browsers), address(rule, week, chance)
        if "GET" in rule.methods:
            query = "&".join(f"{name}={quote(text[:2000], errors='surrogatepass')}" for name, text in sent.items())
            answer = browser.get(f"{path}?{query}")
        else:
            answer = browser.post(
                path, data={name: text.encode("utf-8", "surrogatepass") for name, text in sent.items()}
            )
        assert answer.status_code < 500, (rule.endpoint, path, sent)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []

"""Slack, Teams and plain webhooks, posted to a real server that holds them to their limits."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from newsroom import WEEK, Newsroom
from webhooks import HookServer, complaint

from kb.digest import contents, editions, settling
from kb.errors import ChannelDown
from kb.gems import life
from kb.mail import hook as hooks
from kb.mail import post, slack, teams
from kb.models import Role
from kb.values.digest import Channel, Contents, DeliveryState, Gone, Story

Make = Callable[..., Newsroom]


def states(room: Newsroom, channel: Channel = Channel.SLACK) -> dict[str, int]:
    counts = settling.counts(room.library, editions.get(room.library, WEEK)).get(channel, {})
    return {state.value: n for state, n in counts.items()}


@pytest.fixture
def slack_room(newsroom: Make, hook: HookServer) -> Newsroom:
    room = newsroom(digest_slack=hook.url, digest_optin="yes")
    room.gem("Export <b>& more</b>", tags=("a",))
    return room


def huge(text: str) -> Contents:
    """As much as an edition can hold."""
    stories = tuple(
        Story(n, text[:200], text[:240], f"https://kb.example/gems/{n}", text[:100], credit=text[:80]) for n in range(7)
    )
    gone = tuple(Gone(n, text[:200], f"https://kb.example/gems/{n}", text[:160]) for n in range(5))
    return Contents(
        WEEK, text[:300], "16–22 November", "https://kb.example/digest/2026-W47", stories, (), gone, "1 review",
        opening_text=text[:4000],
    )  # fmt: skip


def test_slack_gets_the_edition_once(slack_room: Newsroom, hook: HookServer) -> None:
    slack_room.go_out()
    slack_room.send()
    assert (len(hook.got), states(slack_room)) == (1, {"sent": 1})


def test_a_curator_reads_where_a_webhook_leads_and_not_its_secret_address(
    slack_room: Newsroom, hook: HookServer
) -> None:
    slack_room.go_out()
    edition = editions.get(slack_room.library, WEEK)
    ((_, where),), _ = settling.listed(slack_room.library, edition, [DeliveryState.SENT], 10)
    assert where == "127.0.0.1"


def test_slack_gets_a_link_per_gem_escaped(slack_room: Newsroom, hook: HookServer) -> None:
    slack_room.go_out()
    texts = [block["text"]["text"] for block in hook.payloads[0]["blocks"] if block["type"] == "section"]
    assert texts[0] == "What the team found out, to read in a minute and a half."
    assert texts[1] == "*<https://kb.example/gems/1|Export &lt;b&gt;&amp; more&lt;/b&gt;>*"


@pytest.mark.parametrize(
    "text", ["x" * 5000, "語" * 5000, "<&>" * 2000, "*_~`|" * 1000, "🚀👩‍💻" * 900, "a <!channel> b " * 400]
)
def test_the_largest_edition_is_within_the_limits(text: str) -> None:
    assert complaint(json.loads(post.as_body(slack.payload(huge(text))))) == ""
    assert complaint(json.loads(post.as_body(teams.payload(huge(text))))) == ""


def test_slack_is_not_made_to_shout(slack_room: Newsroom, hook: HookServer) -> None:
    slack_room.gem("<!channel> <@U123> *bold*", tags=("b",))
    slack_room.go_out()
    text = json.dumps(hook.payloads[0], ensure_ascii=False)
    assert "<!channel>" not in text
    assert "<@U123>" not in text


def test_teams_gets_an_adaptive_card(newsroom: Make, hook: HookServer) -> None:
    room = newsroom(digest_teams=hook.url)
    room.gem("Export [x](javascript:y) *now*")
    room.go_out()
    body = hook.payloads[0]["attachments"][0]["content"]["body"]
    assert states(room, Channel.TEAMS) == {"sent": 1}
    assert body[3]["text"].endswith("](https://kb.example/gems/1)")
    assert "\\[x\\]\\(javascript:y\\) \\*now\\*" in body[3]["text"]


def test_channels_get_it_in_the_language_of_the_library(newsroom: Make, hook: HookServer) -> None:
    room = newsroom(language="de", digest_slack=hook.url, digest_teams=hook.url, digest_webhook=hook.url)
    room.gem("Umlaute beim Import", language="de")
    chris = room.member("chris@kb.example", role=Role.CURATOR)
    life.retire(room.library, room.gem("Rezepte", language="de"), "outdated", chris)
    room.go_out()
    english = re.compile("New|What the team|The whole edition|No longer needed|Outdated|, week|November 2026|came in")
    assert len(hook.payloads) == 3
    for payload in hook.payloads:
        assert english.findall(str(payload)) == []
        assert "Veraltet" in str(payload)


def test_a_webhook_gets_signed_json(newsroom: Make, hook: HookServer) -> None:
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    room = newsroom(digest_webhook=hook.url, digest_webhook_secret=secret)
    room.gem("データ戦略")
    room.go_out()
    headers, body = hook.got[0]
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    digest = hmac.digest(b"0123456789abcdef01234567", signed, "sha256")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert json.loads(body)["data"]["gems"][0]["title"] == "データ戦略"


def test_the_same_delivery_has_the_same_id_when_it_is_tried_again(newsroom: Make, hook: HookServer) -> None:
    room = newsroom(digest_webhook=hook.url)
    room.gem()
    hook.status = 500
    room.go_out()
    hook.status = 204
    room.later(minutes=1)
    room.send()
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1
    assert states(room, Channel.WEBHOOK) == {"sent": 1}


def test_a_webhook_that_asks_to_wait_gets_its_wait(slack_room: Newsroom, hook: HookServer) -> None:
    hook.status, hook.headers = 429, {"Retry-After": "240"}
    assert "takes no more just now (429)" in slack_room.go_out().troubles[0]
    hook.status, hook.headers = 200, {}
    slack_room.later(seconds=239)
    assert slack_room.send().states == {}
    slack_room.later(seconds=1)
    assert slack_room.send().states == {"sent": 1}


def test_a_wait_may_be_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    asked = post.wait_asked(soon)
    assert asked is not None
    assert 80 < asked <= 90
    assert post.wait_asked("soon, please") is None
    assert post.wait_asked("99999999") == 24 * 3600


def test_a_webhook_that_is_gone_is_not_tried_again(slack_room: Newsroom, hook: HookServer) -> None:
    hook.status = 404
    report = slack_room.go_out()
    assert "does not take the edition (404)" in report.troubles[0]
    assert "make a new one there" in report.troubles[0]
    slack_room.later(hours=9)
    slack_room.send()
    assert (len(hook.got), states(slack_room)) == (1, {"refused": 1})


def test_a_webhook_with_trouble_of_its_own_is_tried_later(slack_room: Newsroom, hook: HookServer) -> None:
    hook.status = 500
    assert "has trouble of its own (500)" in slack_room.go_out().troubles[0]
    assert states(slack_room) == {"waiting": 1}


def test_a_webhook_that_sends_elsewhere_is_not_followed(slack_room: Newsroom, hook: HookServer) -> None:
    hook.status, hook.headers = 302, {"Location": "http://169.254.169.254/"}
    assert "kb does not follow" in slack_room.go_out().troubles[0]
    assert (len(hook.got), states(slack_room)) == (1, {"refused": 1})


def test_a_webhook_that_takes_and_says_nothing_leaves_a_doubt(
    slack_room: Newsroom, hook: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.silent = True
    monkeypatch.setattr(post.post, "__defaults__", (0.5,))
    assert "no answer came" in slack_room.go_out().troubles[0]
    assert states(slack_room) == {"uncertain": 1}


def test_what_is_said_of_a_webhook_does_not_tell_its_secret(slack_room: Newsroom, hook: HookServer) -> None:
    hook.status = 404
    assert "secret" not in slack_room.go_out().troubles[0]


@pytest.mark.parametrize(
    "url", ["http://hooks.example/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "hooks", "http://[", ""]
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ChannelDown):
        post.check_url(url)


@pytest.mark.parametrize(
    "url", ["https://hooks.example/x", "http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/"]
)
def test_https_and_this_machine_are_allowed(url: str) -> None:
    assert post.check_url(url).hostname


def test_one_channel_in_trouble_does_not_hold_up_the_other(newsroom: Make, hook: HookServer) -> None:
    room = newsroom(digest_slack="http://127.0.0.1:1/x " + hook.url, digest_teams=hook.url)
    room.gem()
    room.go_out()
    assert (states(room), states(room, Channel.TEAMS)) == ({"waiting": 1, "sent": 1}, {"sent": 1})


def test_a_webhook_that_is_set_wrong_does_not_hold_up_the_other(newsroom: Make, hook: HookServer) -> None:
    room = newsroom(digest_slack="http://hooks.example/x " + hook.url)
    room.gem()
    assert "is not reached by https" in room.go_out().troubles[0]
    assert states(room) == {"waiting": 1, "sent": 1}


def test_without_a_secret_there_is_no_signature() -> None:
    headers = hooks.headers({}, "id", "", datetime.now(UTC))
    assert "webhook-signature" not in headers


def test_the_blocks_can_be_pasted_into_the_block_kit_builder(slack_room: Newsroom, tmp_path: Path) -> None:
    from kb.digest import dryrun

    edition = slack_room.draft()
    dryrun.write(slack_room.library, edition, tmp_path)
    made = json.loads((tmp_path / "slack.json").read_text("utf-8"))
    assert made == slack.payload(contents.of_edition(slack_room.library, edition))
    assert complaint(made) == ""

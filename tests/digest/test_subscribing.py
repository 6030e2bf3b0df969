"""What members choose to get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from mailroom import MailServer
from newsroom import WEEK, Newsroom
from standing import set_status

from kb.digest import editions, links, settling, subscribing
from kb.errors import InvalidInput, NotFound
from kb.values.digest import Cadence, Scope
from kb.weeks import Week


def text(mail: MailServer, to: str) -> str:
    found = [m for m in mail.messages if to in m["To"]]
    body = found[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def chosen(room: Newsroom, member_id: int, **changes: object) -> None:
    nothing = {
        "cadence": "weekly", "scope": "all", "zone": "", "named": False, "notices": True, "followed": (), "muted": (),
    }  # fmt: skip
    subscribing.choose(room.library, member_id, **{**nothing, **changes})  # type: ignore[arg-type]


def test_nobody_gets_it_who_did_not_ask(newsroom: Callable[..., Newsroom], mail: MailServer) -> None:
    room = newsroom(digest_optin="yes", smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none")
    room.gem()
    room.member("quiet@kb.example")
    chosen(room, room.member("asked@kb.example").id)
    room.go_out()
    assert mail.received == {"asked@kb.example": 1}


def test_a_team_can_have_everybody_get_it(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("quiet@kb.example")
    chosen(room, room.member("left@kb.example").id, cadence="none")
    room.go_out()
    assert mail.received == {"quiet@kb.example": 1}


def test_a_disabled_member_gets_nothing(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    member = room.member("gone@kb.example")
    with room.library.transaction() as db:
        db.conn.execute("UPDATE members SET active = 0 WHERE id = ?", [member.id])
    room.go_out()
    assert mail.received == {}


def test_only_topics_that_i_follow(room: Newsroom, mail: MailServer) -> None:
    room.gem("Of GDPR", tags=("GDPR",))
    room.gem("Of exports", tags=("export",))
    room.member("ada@kb.example", follows=("GDPR",), scope="followed")
    room.go_out()
    assert "Of GDPR" in text(mail, "ada")
    assert "Of exports" not in text(mail, "ada")
    assert mail.messages[0]["Subject"] == "Of GDPR"


def test_nothing_in_my_topics_but_something_else_to_tell(room: Newsroom, mail: MailServer) -> None:
    from kb.models import GemStatus

    set_status(room.library, room.gem("Old", ago=timedelta(days=60)), GemStatus.RETIRED, "chris")
    room.gem("Of exports", tags=("export",))
    room.member("ada@kb.example", follows=("GDPR",), scope="followed")
    room.go_out()
    assert "Nothing new in your topics this week." in text(mail, "ada")


def test_only_when_something_new_is_in_them(room: Newsroom, mail: MailServer) -> None:
    again = room.gem("Seen again", tags=("GDPR",), ago=timedelta(days=80))
    room.seen_again(again, 3)
    room.gem("New elsewhere", tags=("export",))
    room.member("waits@kb.example", follows=("GDPR",), scope="new")
    room.member("new@kb.example", follows=("export",), scope="new")
    room.go_out()
    assert mail.received == {"new@kb.example": 1}


def test_a_muted_topic_stays_out_unless_another_is_followed(room: Newsroom, mail: MailServer) -> None:
    room.gem("Muted", tags=("billing",))
    room.gem("Both", tags=("billing 2", "GDPR"))
    room.gem("Plain", tags=("export",))
    room.member("ada@kb.example", follows=("GDPR",), mutes=("billing", "billing 2"))
    room.go_out()
    body = text(mail, "ada")
    assert ("Muted" in body, "Both" in body, "Plain" in body) == (False, True, True)


def test_once_a_month_with_the_best_of_the_weeks_between(room: Newsroom, mail: MailServer) -> None:
    room.member("monthly@kb.example", cadence="monthly")
    for number in range(6):
        room.gem(f"Of week {number}", tags=(f"t{number}",))
        room.go_out(WEEK.later(number))
        room.later(weeks=1)
    # 19 and 26 November, 3, 10, 17 and 24 December: the first of each month
    assert mail.received == {"monthly@kb.example": 2}
    assert "Of week 1" in text(mail, "monthly")
    assert "Of week 2" in text(mail, "monthly")
    assert "Of week 0" not in text(mail, "monthly")


@pytest.mark.parametrize(
    ("zone", "released", "due"),
    [
        ("", "2026-11-19T03:00", "2026-11-19T03:00"),
        ("Europe/Berlin", "2026-11-19T09:00", "2026-11-19T09:00"),
        ("America/New_York", "2026-11-19T09:00", "2026-11-19T14:00"),
        ("Asia/Tokyo", "2026-11-19T09:00", "2026-11-20T00:00"),
        ("Asia/Tokyo", "2026-11-19T06:00", "2026-11-19T06:00"),
        ("Pacific/Auckland", "2026-11-19T20:30", "2026-11-19T20:30"),
        ("Asia/Kathmandu", "2026-11-19T20:30", "2026-11-20T03:15"),
    ],
)
def test_nobody_who_named_a_zone_is_written_to_at_night(room: Newsroom, zone: str, released: str, due: str) -> None:
    at = datetime.fromisoformat(released).replace(tzinfo=UTC)
    assert subscribing.due(room.library, at, zone) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_mail_waits_for_its_readers_morning(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ny@kb.example", zone="America/New_York")
    room.go_out()
    assert mail.received == {}
    room.later(hours=5)
    room.send()
    assert mail.received == {"ny@kb.example": 1}


def test_the_link_in_a_mail_lets_its_reader_leave_and_come_back(room: Newsroom) -> None:
    member = room.member("ada@kb.example")
    token = subscribing.addresses(room.library, member.id).leave.rsplit("/", 1)[1]
    assert subscribing.leave(room.library, token).cadence is Cadence.NONE
    assert subscribing.leave(room.library, token).cadence is Cadence.NONE
    assert subscribing.come_back(room.library, token).cadence is Cadence.WEEKLY


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "2" + t[1:], lambda t: t + "x", lambda _: "", lambda _: "1.0.é"]
)
def test_a_link_that_was_tampered_with_does_nothing(room: Newsroom, change: Callable[[str], str]) -> None:
    member = room.member("ada@kb.example")
    room.member("bob@kb.example")
    token = links.token(room.library, subscribing.LEAVE, member.id)
    with pytest.raises(NotFound):
        subscribing.leave(room.library, change(token))


def test_a_link_for_one_purpose_is_none_for_another(room: Newsroom) -> None:
    member = room.member("ada@kb.example")
    token = links.token(room.library, subscribing.FEED, member.id)
    with pytest.raises(NotFound):
        subscribing.leave(room.library, token)


def test_a_new_feed_address_ends_the_old_one(room: Newsroom) -> None:
    member = room.member("ada@kb.example")
    old = subscribing.feed_token(room.library, subscribing.of_member(room.library, member.id))
    subscribing.new_feed(room.library, member.id)
    with pytest.raises(NotFound):
        subscribing.reader_of_feed(room.library, old)
    assert subscribing.of_member(room.library, member.id).cadence is Cadence.WEEKLY


@pytest.mark.parametrize(
    "changes", [{"cadence": "hourly"}, {"scope": "some"}, {"zone": "Mars/Base"}, {"followed": ("no such topic",)}]
)
def test_what_cannot_be_chosen_is_refused(room: Newsroom, changes: dict[str, object]) -> None:
    member = room.member("ada@kb.example")
    with pytest.raises(InvalidInput):
        chosen(room, member.id, **changes)


def test_topics_are_chosen_by_any_of_their_names(room: Newsroom) -> None:
    tag = room.tag("GDPR")
    member = room.member("ada@kb.example")
    chosen(room, member.id, scope="followed", followed=(" gdpr ",))
    found = subscribing.of_member(room.library, member.id)
    assert (found.followed, found.scope) == (frozenset({tag}), Scope.FOLLOWED)


def test_a_retired_members_mail_is_not_queued_for_the_next_edition(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    member = room.member("ada@kb.example")
    room.go_out()
    chosen(room, member.id, cadence="none")
    room.later(weeks=1)
    room.gem("Next")
    room.go_out(WEEK.later(1))
    edition = editions.get(room.library, WEEK.later(1))
    assert (mail.received, settling.counts(room.library, edition)) == ({"ada@kb.example": 1}, {})


@pytest.mark.parametrize(
    ("week", "label"),
    [
        ("2026-W47", "16–22 November 2026"),
        ("2026-W49", "30 November – 6 December 2026"),
        ("2026-W53", "28 December 2026 – 3 January 2027"),
    ],
)
def test_weeks_are_told_in_words(week: str, label: str) -> None:
    assert Week.parse(week).label == label


@pytest.mark.parametrize(
    "text", ["2026-W54", "2025-W53", "2026-47", "2026-W0", "W47", "", "2026-W47; DROP", "٢٠٢٦-W47"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no week"):
        Week.parse(text)

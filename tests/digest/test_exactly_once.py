"""Each message goes out once, whatever happens around it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from mailroom import MailServer
from newsroom import WEEK, Newsroom

from kb.digest import delivery, editions, queueing, settling
from kb.library import Library
from kb.mine.settings import choose
from kb.models import Role
from kb.store import deliveries
from kb.values.digest import Channel, DeliveryState, EditionState
from kb.weeks import Week


def members(room: Newsroom, count: int) -> set[str]:
    for number in range(count):
        room.member(f"m{number}@kb.example")
    return {f"m{number}@kb.example" for number in range(count)}


def states(room: Newsroom) -> dict[str, int]:
    edition = editions.get(room.library, WEEK)
    return {state.value: n for state, n in settling.counts(room.library, edition).get(Channel.MAIL, {}).items()}


def test_everybody_gets_it_once(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    people = members(room, 5)
    room.go_out()
    assert mail.received == dict.fromkeys(people, 1)
    assert editions.get(room.library, WEEK).state is EditionState.SENT


def test_sending_again_sends_nothing(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 2)
    room.go_out()
    report = room.send()
    assert (sum(mail.received.values()), report.states) == (2, {})


def test_approving_twice_sends_once(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 1)
    room.draft()
    first, second = room.approve(), room.approve()
    room.send()
    room.approve()
    room.send()
    assert (first, sum(mail.received.values())) == (second, 1)


def test_two_senders_at_once_share_the_work(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    people = members(room, 40)
    room.draft()
    room.approve()
    libraries = [Library(room.library.settings, now=lambda: room.now) for _ in range(3)]
    threads = [threading.Thread(target=delivery.run, args=[library]) for library in libraries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for library in libraries:
        library.close()
    assert mail.received == dict.fromkeys(people, 1)


@pytest.mark.parametrize("hours", [-30 * 24, -3, 2, 24])
def test_a_clock_that_jumps_sends_nothing_twice(room: Newsroom, mail: MailServer, hours: int) -> None:
    room.gem()
    members(room, 3)
    room.go_out()
    room.later(hours=hours)
    room.send()
    room.now -= timedelta(hours=hours)
    room.send()
    assert set(mail.received.values()) == {1}


def test_a_sender_that_died_leaves_its_delivery_uncertain(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 2)
    dies_in_the_middle(room, mail)
    room.later(minutes=30)
    room.send()
    assert states(room) == {"uncertain": 1, "sent": 1}
    assert set(mail.received.values()) == {1}


def dies_in_the_middle(room: Newsroom, mail: MailServer) -> None:
    """The first mail is taken by the server, and the sender is gone before it can record it."""

    class Died(BaseException):
        pass

    def die(_address: str) -> None:
        room.library.now = died  # type: ignore[method-assign]

    def died() -> None:
        raise Died

    clock = room.library.now
    mail.after = die
    room.draft()
    room.approve()
    with pytest.raises(Died):
        room.send()
    mail.after = lambda _address: None
    room.library.now = clock  # type: ignore[method-assign]


def test_what_is_claimed_just_now_is_left_to_its_sender(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 2)
    dies_in_the_middle(room, mail)
    room.later(minutes=5)
    room.send()
    assert states(room) == {"claimed": 1, "sent": 1}


def test_a_curator_sends_again_what_is_uncertain_and_a_double_click_does_not(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 1)
    dies_in_the_middle(room, mail)
    room.later(minutes=30)
    room.send()
    id = uncertain(room)
    assert settling.send_again(room.library, id, "chris")
    assert not settling.send_again(room.library, id, "chris")
    room.send()
    assert not settling.send_again(room.library, id, "chris")
    assert mail.received == {"m0@kb.example": 2}
    assert len({message["Message-ID"] for message in mail.messages}) == 1


def test_a_curator_closes_what_is_uncertain(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 1)
    dies_in_the_middle(room, mail)
    room.later(minutes=30)
    room.send()
    settling.take_as_sent(room.library, uncertain(room), "chris")
    room.send()
    assert (states(room), mail.received) == ({"settled": 1}, {"m0@kb.example": 1})


def uncertain(room: Newsroom) -> int:
    edition = editions.get(room.library, WEEK)
    found, _ = deliveries.with_states(room.library.db, edition.id, [DeliveryState.UNCERTAIN], 10)
    return found[0][0].id


def test_a_sender_that_was_slow_still_records_what_it_did(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    members(room, 1)
    room.draft()
    room.approve()

    def slow(_address: str) -> None:
        other = Library(room.library.settings, now=lambda: room.now + timedelta(hours=1))
        delivery.run(other)
        other.close()

    mail.after = slow
    room.send()
    assert (states(room), mail.received) == ({"sent": 1}, {"m0@kb.example": 1})


def test_who_leaves_while_it_goes_out_gets_nothing(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    first, second = room.member("m0@kb.example"), room.member("m1@kb.example")
    room.draft()
    room.approve()
    mail.after = lambda _address: room_choose(room, second.id)
    room.send()
    assert (mail.received, first.id < second.id) == ({"m0@kb.example": 1}, True)


def room_choose(room: Newsroom, member_id: int) -> None:
    other = Library(room.library.settings)
    with other.transaction() as db:
        db.conn.execute(
            "INSERT INTO subscriptions (member_id, cadence, changed_at) VALUES (?, 'none', '')", [member_id]
        )
    other.close()


def test_a_week_is_drafted_once_by_two_schedulers(newsroom: Callable[..., Newsroom]) -> None:
    room = newsroom(digest_draft_hours=24)
    room.now -= timedelta(hours=24)
    room.gem()
    libraries = [Library(room.library.settings, now=lambda: room.now) for _ in range(4)]
    threads = [threading.Thread(target=delivery.run, args=[library]) for library in libraries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for library in libraries:
        library.close()
    assert room.library.db.execute("SELECT count(*) FROM editions").fetchone()[0] == 1


def test_an_edition_is_drafted_the_day_before_and_goes_out_at_the_hour(room: Newsroom, mail: MailServer) -> None:
    room.gem(ago=timedelta(days=3))
    members(room, 1)
    room.now -= timedelta(hours=24, minutes=1)
    assert room.send().drafted == []
    room.later(minutes=1)
    assert room.send().drafted == ["2026-W47"]
    room.later(hours=23, minutes=59)
    assert room.send().released == []
    room.later(minutes=1)
    assert room.send().released == ["2026-W47"]
    assert mail.received["m0@kb.example"] == 1


def test_the_edition_of_a_monday_is_drafted_on_the_sunday_of_the_week_before(newsroom: Callable[..., Newsroom]) -> None:
    room = newsroom(digest_day="monday", digest_draft_hours=24)
    room.gem(ago=timedelta(days=3))
    room.later(days=3)
    assert (room.now.strftime("%A"), room.send().drafted) == ("Sunday", ["2026-W48"])


def test_an_edition_that_must_be_approved_does_not_go_out_by_itself(
    newsroom: Callable[..., Newsroom], mail: MailServer
) -> None:
    room = newsroom(
        digest_approval="hold", smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none", digest_draft_hours=1
    )
    room.gem(ago=timedelta(days=3))
    members(room, 1)
    room.now -= timedelta(hours=1)
    room.send()
    room.later(hours=2)
    room.send()
    assert editions.get(room.library, WEEK).state is EditionState.HELD
    assert mail.received == {}
    room.approve()
    room.send()
    assert mail.received["m0@kb.example"] == 1


def test_a_server_that_was_down_over_the_hour_does_not_surprise_the_curators(room: Newsroom) -> None:
    room.gem(ago=timedelta(days=3))
    room.later(hours=5)
    report = room.send()
    assert (report.drafted, report.released) == (["2026-W47"], [])
    assert editions.get(room.library, WEEK).send_at == room.now + timedelta(hours=24)


def test_an_approved_edition_can_wait_for_its_hour(room: Newsroom, mail: MailServer) -> None:
    room.now -= timedelta(hours=24)
    room.gem()
    members(room, 1)
    room.draft()
    room.approve(wait=True)
    room.send()
    assert mail.received == {}
    room.later(hours=24)
    room.send()
    assert mail.received == {"m0@kb.example": 1}


def test_summer_time_moves_the_hour_with_the_clocks_on_the_wall(newsroom: Callable[..., Newsroom]) -> None:
    room = newsroom(timezone="Europe/Berlin", digest_day="sunday", digest_hour=2)
    hours = [editions.send_hour(room.library, Week(2026, number)).hour for number in (12, 13, 14)]
    assert hours == [1, 1, 0]


def test_nothing_worth_sending_sends_nothing_and_says_so_to_curators(room: Newsroom, mail: MailServer) -> None:
    room.member("reader@kb.example")
    room.member("chris@kb.example", role=Role.CURATOR)
    room.now -= timedelta(hours=24)
    room.send()
    room.later(hours=24)
    room.send()
    assert mail.received == {"chris@kb.example": 1}
    assert mail.messages[0]["Subject"] == "Nothing to send for week 47"


def test_a_notice_is_in_the_language_of_its_curator(room: Newsroom, mail: MailServer) -> None:
    choose(room.library, room.member("chris@kb.example", role=Role.CURATOR), language="de")
    room.gem()
    queueing.tell_curators(room.library, room.draft())
    room.send()
    message = mail.messages[0]
    assert message["Subject"] == "Die Ausgabe der Woche 47 ist entworfen"
    body = message.get_body(("plain",))
    assert body is not None
    assert "am Fr., 20. Nov., um 09:00 Uhr (UTC)" in " ".join(body.get_content().split())
    assert not re.search("week|edition|approve", body.get_content().replace("/edit", ""))


def test_notices_about_one_edition_are_one_conversation(room: Newsroom, mail: MailServer) -> None:
    room.member("chris@kb.example", role=Role.CURATOR)
    room.gem()
    queueing.tell_curators(room.library, room.draft())
    room.send()
    message = mail.messages[0]
    assert message["Subject"] == "The edition of week 47 is drafted"
    assert message["References"] == message["In-Reply-To"]
    assert message["References"].startswith("<2026-W47.")

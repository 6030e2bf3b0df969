"""Mail servers as they are: each trouble has its sentence, nothing is lost, nothing goes twice."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mailroom import DeafServer, MailServer, certificate, free_port, only_ada
from newsroom import WEEK, Newsroom

from kb.digest import delivery, editions, queueing, settling, subscribing
from kb.store import deliveries, history, subscriptions
from kb.values.digest import Channel, DeliveryState, EditionState

Make = Callable[..., Newsroom]


def states(room: Newsroom) -> dict[str, int]:
    counts = settling.counts(room.library, editions.get(room.library, WEEK)).get(Channel.MAIL, {})
    return {state.value: n for state, n in counts.items()}


def with_one_reader(newsroom: Make, **chosen: Any) -> Newsroom:
    room = newsroom(**{"smtp_host": "127.0.0.1", "smtp_seconds": 1, **chosen})
    room.gem()
    room.member("ada@kb.example")
    room.draft()
    room.approve()
    return room


@pytest.fixture
def deaf() -> Iterator[Callable[..., DeafServer]]:
    made: list[DeafServer] = []

    def make(*words: str, **options: Any) -> DeafServer:
        made.append(DeafServer(*words, **options))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def test_without_a_mail_server_the_mails_wait_and_it_is_said(newsroom: Make) -> None:
    room = with_one_reader(newsroom, smtp_host="")
    assert room.send().troubles == ["Mails are waiting, but no mail server is set. Set KB_SMTP_HOST."]
    assert states(room) == {"waiting": 1}


def test_a_server_that_is_not_there(newsroom: Make) -> None:
    port = free_port()
    room = with_one_reader(newsroom, smtp_port=port, smtp_security="none")
    sentence = f"Nothing answers at the mail server 127.0.0.1:{port}. Check KB_SMTP_HOST and KB_SMTP_PORT."
    assert room.send().troubles == [sentence]
    assert (states(room), editions.get(room.library, WEEK).trouble) == ({"waiting": 1}, sentence)


def test_a_host_that_has_no_address(newsroom: Make) -> None:
    room = with_one_reader(newsroom, smtp_host="mail.invalid")
    assert "The mail server mail.invalid:587 cannot be used" in room.send().troubles[0]


def test_a_wrong_password(newsroom: Make) -> None:
    server = MailServer(authenticator=only_ada, auth_require_tls=False)
    room = with_one_reader(
        newsroom, smtp_port=server.port, smtp_security="none", smtp_user="ada", smtp_password="wrong", smtp_seconds=20
    )
    report = room.send()
    server.stop()
    assert "refuses the sign-in of ada (535" in report.troubles[0]
    assert "Check KB_SMTP_USER and KB_SMTP_PASSWORD." in report.troubles[0]
    assert states(room) == {"waiting": 1}


def test_the_right_password(newsroom: Make) -> None:
    server = MailServer(authenticator=only_ada, auth_require_tls=False)
    room = with_one_reader(
        newsroom, smtp_port=server.port, smtp_security="none", smtp_user="ada", smtp_password="secret"
    )
    assert room.send().troubles == []
    server.stop()
    assert server.received == {"ada@kb.example": 1}


def test_a_password_does_not_go_over_the_network_in_the_clear(newsroom: Make) -> None:
    host = socket.gethostname()
    server = MailServer()
    room = with_one_reader(
        newsroom, smtp_host=host, smtp_port=server.port, smtp_security="none", smtp_user="ada", smtp_password="secret"
    )
    report = room.send()
    server.stop()
    assert server.received == {}
    assert report.troubles


def test_starttls_with_a_certificate_that_is_trusted(newsroom: Make, tmp_path: Path) -> None:
    cert, context = certificate(tmp_path)
    server = MailServer(tls_context=context, require_starttls=True, authenticator=only_ada)
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_ca=str(cert), smtp_user="ada", smtp_password="secret")
    assert room.send().troubles == []
    server.stop()
    assert server.received == {"ada@kb.example": 1}


def test_tls_from_the_first_byte(newsroom: Make, tmp_path: Path) -> None:
    cert, context = certificate(tmp_path)
    server = MailServer(tls=context)
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_security="tls", smtp_ca=str(cert))
    assert room.send().troubles == []
    server.stop()
    assert server.received == {"ada@kb.example": 1}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_knows(newsroom: Make, tmp_path: Path, security: str) -> None:
    _, context = certificate(tmp_path)
    server = MailServer(**({"tls": context} if security == "tls" else {"tls_context": context}))
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_security=security)
    report = room.send()
    server.stop()
    assert "cannot be trusted" in report.troubles[0]
    assert "KB_SMTP_CA" in report.troubles[0]
    assert (states(room), server.received) == ({"waiting": 1}, {})


def test_a_server_without_tls_gets_no_mail_in_the_clear(newsroom: Make) -> None:
    server = MailServer()
    room = with_one_reader(newsroom, smtp_port=server.port)
    report = room.send()
    server.stop()
    assert "offers no STARTTLS" in report.troubles[0]
    assert server.received == {}


def test_a_server_that_refuses_tls(newsroom: Make, deaf: Callable[..., DeafServer]) -> None:
    server = deaf("220 hello", "250-here\r\n250 STARTTLS", "454 TLS not available")
    room = with_one_reader(newsroom, smtp_port=server.port)
    assert "refuses TLS (454 TLS not available). Nothing was sent unencrypted." in room.send().troubles[0]
    assert states(room) == {"waiting": 1}


def test_a_server_that_hangs_at_once(newsroom: Make, deaf: Callable[..., DeafServer]) -> None:
    room = with_one_reader(newsroom, smtp_port=deaf().port, smtp_security="none")
    assert "did not answer within 1 seconds. Nothing was sent." in room.send().troubles[0]
    assert states(room) == {"waiting": 1}


def test_a_server_that_hangs_after_the_last_dot_leaves_a_doubt(newsroom: Make, deaf: Callable[..., DeafServer]) -> None:
    server = deaf("220 hello", "250 here", "250 sender", "250 address", "354 go on")
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_security="none")
    report = room.send()
    assert "its answer never came" in report.troubles[0]
    assert states(room) == {"uncertain": 1}
    room.later(hours=5)
    assert room.send().states == {}


def test_a_server_that_hangs_before_the_message_is_tried_again(newsroom: Make, deaf: Callable[..., DeafServer]) -> None:
    server = deaf("220 hello", "250 here", "250 sender", "250 address")
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_security="none")
    room.send()
    assert states(room) == {"waiting": 1}


def test_what_is_put_off_is_tried_later(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@kb.example")
    replies = iter(["451 try later", None])
    mail.rcpt = lambda _address: next(replies)
    room.go_out()
    assert states(room) == {"waiting": 1}
    assert room.send().states == {}
    room.later(minutes=1)
    room.send()
    assert (states(room), mail.received) == ({"sent": 1}, {"ada@kb.example": 1})


def test_what_is_put_off_for_days_is_given_up(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@kb.example")
    mail.rcpt = lambda _address: "450 greylisted for ever"
    room.go_out()
    for _ in range(20):
        room.later(hours=7)
        delivery.run(room.library, WEEK)
    assert states(room) == {"refused": 1}


def test_a_refused_address_is_noted_shown_and_not_tried_again(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    gone, kept = room.member("gone@kb.example"), room.member("kept@kb.example")
    mail.rcpt = lambda address: "550 no such user" if address == "gone@kb.example" else None
    report = room.go_out()
    assert report.troubles == ["The mail server refused the address: 550 no such user"]
    refused = subscriptions.refused(room.library.db)
    assert [(id, email, reason) for id, email, reason, _ in refused] == [
        (gone.id, "gone@kb.example", "The mail server refused the address: 550 no such user")
    ]
    room.later(weeks=1)
    room.gem("Next week")
    mail.rcpt = lambda _address: None
    room.go_out(WEEK.later(1))
    assert (mail.received, kept.active) == ({"kept@kb.example": 2}, True)


def test_a_curator_allows_a_refused_address_again(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    member = room.member("back@kb.example")
    mail.rcpt = lambda _address: "550 no such user"
    room.go_out()
    subscribing.allow_again(room.library, member.id, "chris")
    assert subscriptions.refused(room.library.db) == []


def test_a_curator_sends_again_what_was_refused_of_an_edition_that_is_out(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    member = room.member("back@kb.example")
    mail.rcpt = lambda _address: "550 no such user"
    room.go_out()
    edition = editions.get(room.library, WEEK)
    ((job, address),), total = settling.listed(room.library, edition, [DeliveryState.REFUSED], 10)
    assert (edition.state, address, total) == (EditionState.SENT, "back@kb.example", 1)
    mail.rcpt = lambda _address: None
    assert settling.send_again(room.library, job.id, "chris")
    assert editions.get(room.library, WEEK).state is EditionState.APPROVED
    room.send()
    assert (mail.received, states(room)) == ({"back@kb.example": 1}, {"sent": 1})
    assert editions.get(room.library, WEEK).state is EditionState.SENT
    assert (subscriptions.refused(room.library.db), member.active) == ([], True)
    (change, *_) = history.of(room.library.db, "edition", edition.id)
    assert (change.action, change.who, change.fields) == ("sent again", "chris", {"delivery": (None, job.id)})


def test_a_message_that_is_refused_as_such_is_not_held_against_the_address(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@kb.example")
    mail.data = lambda _address: "554 looks like spam"
    room.go_out()
    assert (states(room), subscriptions.refused(room.library.db)) == ({"refused": 1}, [])


def test_a_refusal_in_the_middle_does_not_stop_the_rest(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    for number in range(6):
        room.member(f"m{number}@kb.example")
    mail.data = lambda address: "421 closing" if address == "m2@kb.example" else None
    room.go_out()
    assert states(room) == {"sent": 5, "waiting": 1}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "has no e-mail address"),
        ("nobody", "is not an e-mail address"),
        ("a b@kb.example", "is not an e-mail address"),
        ("a@kb.example\r\nRCPT TO:<x@kb.example>", "is not an e-mail address"),
        ("дмитрий@kb.example", "letters outside ASCII"),
    ],
)
def test_an_address_that_is_none_is_noted(room: Newsroom, mail: MailServer, address: str, words: str) -> None:
    room.gem()
    room.member(address)
    room.member("ada@kb.example")
    room.go_out()
    assert mail.received == {"ada@kb.example": 1}
    assert words in subscriptions.refused(room.library.db)[0][2]


def test_a_sender_that_the_server_does_not_take_stops_the_run_and_loses_nothing(
    newsroom: Make, deaf: Callable[..., DeafServer]
) -> None:
    server = deaf("220 hello", "250 here", "553 not yours", "250 reset", "221 bye")
    room = with_one_reader(newsroom, smtp_port=server.port, smtp_security="none")
    assert "Set KB_MAIL_FROM to an address that it may send for." in room.send().troubles[0]
    assert states(room) == {"waiting": 1}


def test_a_gem_that_is_erased_while_mails_go_out_is_in_no_later_mail(room: Newsroom, mail: MailServer) -> None:
    room.gem("Stays", tags=("a",))
    gone = room.gem("Erased", tags=("b",))
    room.member("ada@kb.example")
    room.draft()
    room.approve()
    with room.library.transaction() as db:
        for table in ("gem_evidence", "gem_tags"):
            db.conn.execute(f"DELETE FROM {table} WHERE gem_id = ?", [gone])  # noqa: S608
        db.conn.execute("DELETE FROM gems WHERE id = ?", [gone])
    room.send()
    assert mail.messages[0]["Subject"] == "Stays"
    assert b"Erased" not in mail.raw[0][1]


def test_an_edition_that_lost_everything_sends_nothing(room: Newsroom, mail: MailServer) -> None:
    gone = room.gem("Erased")
    room.member("ada@kb.example")
    room.draft()
    room.approve()
    with room.library.transaction() as db:
        db.conn.execute("UPDATE gems SET trashed_at = updated_at WHERE id = ?", [gone])
    room.send()
    assert (mail.received, states(room)) == ({}, {"skipped": 1})


def test_deliveries_are_claimed_in_order_and_never_twice(room: Newsroom) -> None:
    room.gem()
    for number in range(3):
        room.member(f"m{number}@kb.example")
    edition = room.draft()
    room.approve()
    queueing.queue(room.library, editions.get(room.library, WEEK))
    with room.library.transaction() as db:
        claimed = [deliveries.claim(db, [Channel.MAIL], room.now, f"{n}", edition.id) for n in range(4)]
    ids = [one.id for one in claimed if one]
    assert (len(ids), ids, claimed[3]) == (3, sorted(set(ids)), None)

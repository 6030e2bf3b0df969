"""Mails that come back days later."""

from __future__ import annotations

import pytest
from mailroom import MailServer
from newsroom import WEEK, Newsroom

from kb import forgetting, members
from kb.digest import editions, settling
from kb.store import subscriptions
from kb.values.digest import Channel, DeliveryState


def report(message_id: str, *, action: str = "failed", status: str = "5.1.1", to: str = "gone@kb.example") -> bytes:
    return f"""\
From: MAILER-DAEMON@relay.example
To: kb@kb.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user here

--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>
Subject: x

--b--
""".replace("\n", "\r\n").encode()


def test_an_address_that_came_back_is_noted_with_its_delivery(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("gone@kb.example")
    room.go_out()
    message_id = str(mail.messages[0]["Message-ID"]).strip("<>")
    found = settling.note_bounces(room.library, report(message_id))
    assert found == [("gone@kb.example", "It came back: 5.1.1 550 no such user here", True)]
    counts = settling.counts(room.library, editions.get(room.library, WEEK))
    assert counts[Channel.MAIL] == {DeliveryState.REFUSED: 1}
    assert [email for _, email, _, _ in subscriptions.refused(room.library.db)] == ["gone@kb.example"]


def test_what_comes_back_from_who_is_forgotten_is_written_down_nowhere(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    gone = room.member("gone@kb.example")
    room.go_out()
    members.set_active(room.library, gone.email, False)
    forgetting.forget(room.library, gone.id, "Ada")
    said = settling.note_bounces(room.library, report(str(mail.messages[0]["Message-ID"]).strip("<>")))
    assert [of_ours for _, _, of_ours in said] == [True]
    assert "550 no such user" not in "\n".join(room.library.db.conn.iterdump())
    counts = settling.counts(room.library, editions.get(room.library, WEEK))
    assert counts[Channel.MAIL] == {DeliveryState.SENT: 1}


def test_a_delay_is_no_refusal(room: Newsroom) -> None:
    room.member("gone@kb.example")
    assert settling.note_bounces(room.library, report("x", action="delayed", status="4.4.1")) == []


@pytest.mark.parametrize(
    "forged", ["x", "2026-W47.member1.AAAAAAAAAAAAAAAA@kb.example", "2020-W01.member1.x@kb.example"]
)
def test_a_report_that_somebody_made_up_is_not_believed(room: Newsroom, mail: MailServer, forged: str) -> None:
    room.gem()
    room.member("gone@kb.example")
    room.go_out()
    found = settling.note_bounces(room.library, report(forged))
    assert (found[0][2], subscriptions.refused(room.library.db)) == (False, [])


def test_rubbish_gives_up_nobody(room: Newsroom) -> None:
    for raw in (b"", b"\x00\xff" * 1000, b"Content-Type: message/delivery-status\r\n\r\nnothing", report("x")[:300]):
        assert settling.note_bounces(room.library, raw) == []

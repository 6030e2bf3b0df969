"""The mails of an edition, as a real server got them and the standard library reads them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from mailroom import MailServer
from newsroom import WEEK, Newsroom

from kb.digest import editions
from kb.mine import settings
from kb.values.digest import shorten

NAUGHTY = [
    "Line one\nBcc: everybody@kb.example",
    "Line one\r\n\r\n<script>alert(1)</script>",
    "🚀 Launch 👩‍💻 and résumé",
    "データ戦略のエクスポートは夜間に予約する",
    "x" * 10_000,
    "語" * 10_000,
    "a\u2028b\u202ec\x00d\ud83dfe".replace("\x00", "\x07").replace("\ud83d", ""),
    "=?utf-8?q?not_a_word?= .\n.\n",
]


def sent(room: Newsroom, mail: MailServer, title: str = "Export stops at 50,000 rows") -> EmailMessage:
    room.gem(title, body="Use **Reports > Schedule** instead.\n\n.\n\nIt is <fast> & safe.")
    room.gem("Second gem")
    room.member("ada@kb.example", name="Ada Ärger")
    room.go_out()
    assert len(mail.messages) == 1
    return mail.messages[0]


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def words(text: str) -> list[str]:
    """What a reader reads, blanks and marks of the layout aside."""
    return re.findall(r"[^\W_]+", html.unescape(text))


def test_the_subject_says_what_is_inside(room: Newsroom, mail: MailServer) -> None:
    assert sent(room, mail)["Subject"] == "Second gem – and 1 more gem"


def test_a_subject_has_no_number_when_one_gem_is_all(room: Newsroom, mail: MailServer) -> None:
    room.gem("データ戦略 🚀")
    room.member("ada@kb.example")
    room.go_out()
    assert mail.messages[0]["Subject"] == "データ戦略 🚀"


def test_the_headers_are_those_of_a_list(room: Newsroom, mail: MailServer) -> None:
    message = sent(room, mail)
    assert message["From"] == "kb <kb@kb.example>"
    assert message["To"] == "Ada Ärger <ada@kb.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<edition.kb.example>"
    assert message["Date"].datetime == room.now


def test_leaving_takes_one_click(room: Newsroom, mail: MailServer) -> None:
    message = sent(room, mail)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://kb\.example/digest/leave/[\w.-]+>", message["List-Unsubscribe"].strip())
    assert message["List-Unsubscribe"].strip("<> ") in part(message, "plain")


def test_a_library_whose_host_has_an_umlaut_sends_mails_too(
    newsroom: Callable[..., Newsroom], mail: MailServer
) -> None:
    server = {"smtp_host": "127.0.0.1", "smtp_port": str(mail.port), "smtp_security": "none"}
    named = {"base_url": "https://wissen.müller.example", "mail_from": "kb@müller.example"}
    room = newsroom(environ={f"KB_{name.upper()}": text for name, text in {**server, **named}.items()})
    message = sent(room, mail)
    assert message["From"] == "kb <kb@xn--mller-kva.example>"
    assert "<https://wissen.xn--mller-kva.example/digest/leave/" in message["List-Unsubscribe"]


def test_an_edition_begins_a_conversation_of_its_own(room: Newsroom, mail: MailServer) -> None:
    message = sent(room, mail)
    assert re.fullmatch(r"<2026-W47\.member\d+\.[\w-]{16}@kb\.example>", message["Message-ID"])
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_text_and_html_say_the_same(room: Newsroom, mail: MailServer) -> None:
    message = sent(room, mail)
    body = re.sub(r"(?s)<(style|title)>.*?</\1>", "", part(message, "html"))
    links = re.findall(r'href="([^"]+)"', body)
    shown = words(re.sub(r"<[^>]+>", " ", body))
    text = part(message, "plain")
    plain = words(re.sub(r"https?://\S+|^\d+\. ", " ", text, flags=re.M))
    assert shown == plain
    assert set(links) == set(re.findall(r"https?://\S+", text))


def test_a_long_title_of_the_text_part_hangs_beside_its_number(room: Newsroom, mail: MailServer) -> None:
    title = "CURSOR_EXPIRED: page by updated_since and by id, and then read the list of the deleted ones, too"
    room.gem(title)
    room.member("ada@kb.example")
    room.go_out()
    lines = part(mail.messages[0], "plain").splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("1. CURSOR"))
    assert len(lines[first]) <= 72
    assert f"{lines[first][3:]} {lines[first + 1][3:]}" == title
    assert lines[first + 1].startswith("   ")


def test_a_line_of_one_dot_comes_through(room: Newsroom, mail: MailServer) -> None:
    room.gem("Dots")
    room.member("ada@kb.example")
    edition = room.draft()
    editions.edit(
        room.library, WEEK, "chris", version=edition.version, opening="One\n\n.\n\n..two", order=[], dropped=set(),
        credits={},
    )  # fmt: skip
    room.approve()
    room.send()
    assert "\n.\n\n..two\n" in part(mail.messages[0], "plain").replace("\r\n", "\n")


@pytest.mark.parametrize("title", NAUGHTY, ids=range(len(NAUGHTY)))
def test_no_title_breaks_a_mail(room: Newsroom, mail: MailServer, title: str) -> None:
    room.gem(title)
    room.member("ada@kb.example", name=title[:60])
    room.go_out()
    message = mail.messages[0]
    assert not message.defects
    assert message["Bcc"] is None
    assert message["Subject"] == shorten(shorten(title, 200), 80).replace("=?", "= ?")
    assert [kind.get_content_type() for kind in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert "<script" not in part(message, "html")
    assert shorten(title, 60)[:40] in part(message, "plain").replace("\r\n", " ").replace("\n", " ")


def test_every_line_on_the_wire_is_short_and_ascii(room: Newsroom, mail: MailServer) -> None:
    room.gem("語" * 10_000, body="x" * 9_000)
    room.member("ada@kb.example")
    room.go_out()
    raw = mail.raw[0][1]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_nothing_in_the_html_is_fetched_from_anywhere(room: Newsroom, mail: MailServer) -> None:
    body = part(sent(room, mail), "html")
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import|src=", body)


def test_the_html_is_made_for_dark_mode(room: Newsroom, mail: MailServer) -> None:
    body = part(sent(room, mail), "html")
    assert "prefers-color-scheme: dark" in body
    assert '<meta name="color-scheme" content="light dark">' in body


def test_a_japanese_gem_says_its_language(room: Newsroom, mail: MailServer) -> None:
    room.gem("夜間に予約する", language="ja")
    room.member("ada@kb.example")
    room.go_out()
    assert 'lang="ja"><a' in part(mail.messages[0], "html")


def test_a_member_without_a_name_gets_a_mail_too(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@kb.example")
    room.go_out()
    assert mail.messages[0]["To"] == "ada@kb.example"


def test_a_domain_of_other_letters_is_written_as_the_wire_wants_it(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@bücher.example")
    room.go_out()
    assert mail.received == {"ada@xn--bcher-kva.example": 1}


def test_what_a_curator_says_is_safe(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    room.member("ada@kb.example")
    edition = room.draft()
    opening = "<script>x</script>[a](javascript:x) ![p](https://e.example/p.png)"
    editions.edit(
        room.library, WEEK, "chris", version=edition.version, opening=opening, order=[], dropped=set(), credits={}
    )
    room.approve()
    room.send()
    assert not re.search(r"<script|<img|javascript:", part(mail.messages[0], "html"))


def test_a_mail_is_in_the_language_of_its_reader(room: Newsroom, mail: MailServer) -> None:
    room.gem("Export stops at 50,000 rows")
    room.gem("Second gem")
    settings.choose(room.library, room.member("ada@kb.example"), language="de")
    settings.choose(room.library, room.member("eva@kb.example"), language="ja")
    room.member("bob@kb.example")
    room.go_out()
    by_reader = {message["To"]: message for message in mail.messages}
    assert by_reader["bob@kb.example"]["Subject"] == "Second gem – and 1 more gem"
    assert by_reader["ada@kb.example"]["Subject"] == "Second gem – und 1 weiteres Gem"
    head = part(by_reader["ada@kb.example"], "plain").splitlines()[:2]
    assert head == ["kb, Woche 47", "16.–22. Nov. 2026"]
    assert '<html lang="ja">' in part(by_reader["eva@kb.example"], "html")
    assert "ワンクリックで配信停止" in part(by_reader["eva@kb.example"], "plain")

"""Questions in the weekly edition: what several ask, to everybody; what was answered, to who asked, and to nobody else."""

from __future__ import annotations

from pathlib import Path

from mailroom import MailServer
from newsroom import Newsroom

from kb.digest import contents, dryrun
from kb.models import Member, Role
from kb.questions import answering, asking
from kb.questions.answering import Answer

OURS = "Your questions that were answered"


def bodies(mail: MailServer) -> dict[str, str]:
    """By address, what both parts of its mail say."""
    return {
        str(message["To"]): "".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())
        for message in mail.messages
    }


def asked(room: Newsroom, *askers: Member, text: str = "Who knows SAML?") -> int:
    for member in askers:
        id = asking.ask(room.library, text, member, named=False).question.id
    return id


def test_the_mail_of_who_asked_says_that_it_was_answered_and_no_other_does(room: Newsroom, mail: MailServer) -> None:
    room.gem()
    ada, bo = room.member("ada@kb.example"), room.member("bo@kb.example")
    reviewer = room.member("rosa@kb.example", role=Role.REVIEWER)
    room.later(days=-2)
    id = asked(room, ada)
    answering.answer(room.library, id, Answer("It is *in the docs*."), reviewer)
    room.later(days=2)
    room.go_out()
    found = bodies(mail)
    assert OURS in found["ada@kb.example"]
    assert "in the docs" in found["ada@kb.example"]
    assert f"/questions/{id}" in found["ada@kb.example"]
    assert [to for to, text in found.items() if OURS in text] == ["ada@kb.example"]
    assert bo.email in found


def test_nobody_gets_a_mail_only_because_of_an_answer(room: Newsroom, mail: MailServer) -> None:
    room.gem(tags=("other",))
    ada = room.member("ada@kb.example", scope="new", follows=("nothing here",))
    reviewer = room.member("rosa@kb.example", role=Role.REVIEWER)
    room.later(days=-2)
    answering.answer(room.library, asked(room, ada), Answer("So."), reviewer)
    room.later(days=2)
    room.go_out()
    assert "ada@kb.example" not in bodies(mail)


def test_a_dry_run_shows_nobody_whose_question_was_answered(room: Newsroom, tmp_path: Path) -> None:
    room.gem()
    ada = room.member("ada@kb.example")
    reviewer = room.member("rosa@kb.example", role=Role.REVIEWER)
    room.later(days=-2)
    answering.answer(room.library, asked(room, ada), Answer("So."), reviewer)
    room.later(days=2)
    dryrun.write(room.library, room.draft(), tmp_path / "out")
    written = [path.read_text("utf-8") for path in (tmp_path / "out").iterdir()]
    assert written
    assert not any(OURS in text or "SAML" in text for text in written)


def test_a_question_that_was_answered_after_drafting_is_not_told_as_open(room: Newsroom) -> None:
    room.gem()
    ada, bo = room.member("ada@kb.example"), room.member("bo@kb.example")
    reviewer = room.member("rosa@kb.example", role=Role.REVIEWER)
    id = asked(room, ada, bo)
    edition = room.draft()
    assert [one.text for one in contents.of_edition(room.library, edition).questions] == ["Who knows SAML?"]
    answering.answer(room.library, id, Answer("So."), reviewer)
    assert contents.of_edition(room.library, edition).questions == ()

"""The mails of an edition, one for each reader: what it says to them, and how it is addressed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

from kb.digest import contents, links, subscribing
from kb.digest.contents import base_url
from kb.languages import Days, Said
from kb.library import Library
from kb.mail import message, parts
from kb.mail.message import Envelope
from kb.mail.parts import Parts
from kb.models import Role
from kb.questions import questions
from kb.store import deliveries, editions, subscriptions
from kb.values.digest import Answered, Cadence, Contents, Edition, EditionState, Scope, Subscription
from kb.weeks import Week

# Stands in a mail that is written once for many, where each one's own link goes.
_LEAVE_HERE = "https://leave.invalid/here"
_MOST_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to be handed over."""

    mail: EmailMessage
    sender: str
    to: str


def domain(library: Library) -> str:
    """The host that the library's mails are from, for their identifiers."""
    return urlsplit(base_url(library)).hostname or "localhost"


def sender(library: Library) -> str:
    host = domain(library)
    return str(library.settings.mail_from) or f"kb@{'localhost' if ':' in host or host[-1:].isdigit() else host}"


class Letters:
    """Writes the letters of one edition. What says the same to many is put together once."""

    def __init__(self, library: Library, edition: Edition) -> None:
        self._library = library
        self._edition = edition
        self._whole = contents.of_edition(library, edition)
        self._monthly: dict[Week, Contents] = {}
        self._written: dict[tuple[object, ...], Parts] = {}

    @property
    def whole(self) -> Contents:
        """The edition as everybody reads it."""
        return self._whole

    def contents_for(self, chosen: Subscription, last: Week | None = None) -> Contents:
        """What one member gets; `last` is the edition that a monthly reader had before."""
        whole = self._whole
        if chosen.cadence is Cadence.MONTHLY:
            after = last or self._edition.week.later(-5)
            if after not in self._monthly:
                self._monthly[after] = contents.of_month(self._library, self._edition, after)
            whole = self._monthly[after]
        return contents.for_member(whole, chosen)

    def objection(self, chosen: Subscription, mine: Contents) -> str:
        """Why a member gets no letter of this edition, in a sentence; empty when they get one."""
        if not chosen.active:
            return "The member may not sign in any more."
        if chosen.cadence is Cadence.NONE:
            return "The member does not want it."
        if chosen.refused_at is not None:
            return f"The address was refused before ({chosen.refused_reason})"
        if chosen.scope is Scope.NEW and not any(story.new for story in mine.stories):
            return "Nothing new in the member's topics."
        if not mine:
            return "Nothing in it for the member."
        return ""

    def answers_for(self, chosen: Subscription, last: Week | None = None) -> tuple[Answered, ...]:
        """The member's own questions that were answered since the edition that they had before. For the letter that goes
        out, and for no look at it by others."""
        weeks = 1
        if chosen.cadence is Cadence.MONTHLY:
            weeks = max(1, (self._edition.week.monday - last.monday).days // 7) if last else 5
        since = self._edition.until - timedelta(weeks=weeks) if weeks > 1 else self._edition.since
        found = questions.answered_for(self._library, chosen.member_id, since, self._edition.until)
        return tuple(contents.answered(self._library, question, title) for question, title in found[:_MOST_ANSWERS])

    def write(self, chosen: Subscription, mine: Contents, answers: tuple[Answered, ...] = ()) -> Letter:
        """The letter. Raises DeliveryRefused when there is no address that mail can go to."""
        address = subscribing.addresses(self._library, chosen.member_id)
        mine = replace(mine, answers=answers)
        told = (*(story.id for story in mine.stories), *(("answer", one.id) for one in answers))
        language = subscribing.language(self._library, chosen.member_id)
        key = (language, chosen.cadence is Cadence.MONTHLY, mine.label, *told)
        if key not in self._written:
            self._written[key] = parts.edition(
                mine,
                leave=_LEAVE_HERE,
                preferences=address.preferences,
                nothing_yours=bool(self._whole.stories) and not mine.stories,
                language=language,
            )
        written = self._written[key]
        mine_written = Parts(
            written.subject,
            written.text.replace(_LEAVE_HERE, address.leave),
            written.html.replace(_LEAVE_HERE, address.leave),
        )
        return _address(self._library, self._edition, chosen, mine_written, address.leave, "member")


def _address(
    library: Library, edition: Edition, to: Subscription, written: Parts, leave: str, kind: str, thread: str = ""
) -> Letter:
    host = domain(library)
    envelope = Envelope(
        sender=sender(library),
        sender_name=library.settings.name,
        to=to.email,
        to_name=to.name,
        message_id=f"{letter_id(library, edition, kind, to.member_id)}@{host}",
        list_id=f"{'curators' if thread else 'edition'}.{host}",
        leave=leave,
        date=library.now().astimezone(library.zone),
        thread=thread,
    )
    return Letter(message.build(written, envelope), envelope.sender, message.ascii_address(to.email))


def letter_id(library: Library, edition: Edition, kind: str, member_id: int) -> str:
    """What stands before the @ in a letter's Message-ID. It is the same however often the letter is tried, so that a
    mailbox can tell a repetition; nobody else can make one up."""
    return f"{edition.week}.{kind}{member_id}.{links.proof(library, kind, edition.id, member_id)}"


def reader_of_letter(library: Library, message_id: str) -> tuple[Edition, int] | None:
    """The edition and the member of a letter of ours, by its Message-ID; None when it is not one."""
    found = re.match(r"([0-9]{4}-W[0-9]{2})\.(member|notice)([0-9]{1,15})\.", message_id)
    if found is None:
        return None
    edition = editions.of_week(library.db, Week.parse(found[1]))
    if edition is None or not message_id.startswith(f"{letter_id(library, edition, found[2], int(found[3]))}@"):
        return None
    return edition, int(found[3])


def sample(library: Library, edition: Edition, member_id: int) -> Parts:
    """The mail of an edition as somebody gets it who reads all of it: for looking at, not for sending."""
    address = subscribing.addresses(library, member_id)
    whole = contents.of_edition(library, edition)
    language = subscribing.language(library, member_id)
    return parts.edition(whole, leave=address.leave, preferences=address.preferences, language=language)


def last_weeks(library: Library, week: Week) -> dict[int, Week]:
    """For each member reached in the weeks before, the latest of them."""
    weeks = [str(week.later(-back)) for back in range(1, 6)]
    return {id: Week.parse(found) for id, found in deliveries.members_reached(library.db, weeks).items()}


def is_months_first(chosen: Subscription, week: Week, last: Week | None) -> bool:
    """Whether a monthly reader gets this edition: the first that reaches them in its month."""
    return chosen.cadence is not Cadence.MONTHLY or last is None or last.month != week.month


# -- Notices to curators ---------------------------------------------------------------------------------------------


def curators(library: Library) -> list[Subscription]:
    """Those who look after editions, and want to be told by mail."""
    everybody = subscriptions.of_all(library.db, subscribing.default_cadence(library))
    return [one for one in everybody if one.role >= Role.CURATOR and one.notices and one.refused_at is None]


def notice(library: Library, edition: Edition, to: Subscription) -> Letter:
    """What a curator is told of an edition: that it waits to be looked at, or that there is nothing in it.

    The notices about one edition are one conversation. Raises DeliveryRefused.
    """
    leave = subscribing.addresses(library, to.member_id, subscribing.QUIET).leave
    subject, lines, label = _notice_words(library, edition)
    written = parts.notice(
        subject,
        lines,
        link=f"{base_url(library)}/digest/{edition.week}/edit",
        label=label,
        leave=leave,
        name=Said("%(library)s, week %(number)s", library=library.settings.name, number=edition.week.number),
        language=subscribing.language(library, to.member_id),
    )
    thread = f"{edition.week}.{links.fingerprint(f'{library.id} {edition.id}')}@{domain(library)}"
    return _address(library, edition, to, written, leave, "notice", thread)


def _notice_words(library: Library, edition: Edition) -> tuple[str, list[str], str]:
    week = edition.week
    if edition.state is EditionState.EMPTY:
        return (
            Said("Nothing to send for week %(number)s", number=week.number),
            [
                Said(
                    "Nothing happened in the week of %(days)s that is worth a mail: no gem was published or strongly"
                    " confirmed, none was retired. So nothing goes out.",
                    days=week.label,
                ),
                Said("If you know of a gem that people should see, add it to the edition and approve it."),
            ],
            Said("The empty edition"),
        )
    whole = contents.of_edition(library, edition)
    local = edition.send_at.astimezone(library.zone)
    day = Days(f"{local:%A}, {local.day} {local:%B}", local.date(), local.date(), "MMMMEEEEd")
    hour = Said("%(day)s at %(time)s (%(zone)s)", day=day, time=f"{local:%H:%M}", zone=library.settings.timezone)
    fate = (
        Said("It goes out as drafted on %(hour)s unless somebody approves it before.", hour=hour)
        if library.settings.digest_approval == "send_as_drafted"
        else Said("It goes out once it is approved. If nobody does until %(hour)s, it does not go out.", hour=hour)
    )
    titles = [f"• {story.title}" for story in whole.stories]
    subject = Said("The edition of week %(number)s is drafted", number=week.number)
    return subject, [*titles, fate], Said("Look at it, change it, approve it")

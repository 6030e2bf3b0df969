"""How a claimed delivery goes out: the mail or message is written as things are now, and handed over."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from kb.digest import letters, subscribing
from kb.digest.letters import Letters
from kb.digest.queueing import hooks
from kb.errors import ChannelDown, DeliveryError, DeliveryLater, DeliveryRefused, DeliveryUncertain
from kb.library import Library
from kb.mail import hook, post, slack, teams
from kb.mail.smtp import MailServer, Postbox
from kb.store import editions as store_editions
from kb.store import subscriptions
from kb.values.digest import Channel, Contents, Delivery, DeliveryState, Edition, Outcome, Subscription
from kb.weeks import Week

log = logging.getLogger(__name__)


@contextmanager
def _in_doubt() -> Iterator[None]:
    """A fault that nobody foresaw, while a message is handed over: it may have arrived."""
    try:
        yield
    except DeliveryError:
        raise
    except Exception as error:
        log.exception("Handing a message over failed")
        raise DeliveryUncertain(f"Something went wrong here while it was handed over ({error}).") from error


def mail_server(library: Library) -> MailServer:
    settings = library.settings
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_ca,
        float(settings.smtp_seconds),
    )


class MailWay:
    """How a claimed mail goes out."""

    def __init__(self, library: Library, postbox: Postbox) -> None:
        self._library = library
        self._postbox = postbox
        self._letters: dict[int, Letters] = {}
        self._editions: dict[int, Edition] = {}
        self._last: dict[int, dict[int, Week]] = {}

    def send(self, job: Delivery) -> Outcome:
        library = self._library
        chosen = subscribing.of_member(library, job.member_id or 0)
        edition = self._edition(job.edition_id)
        try:
            if job.channel is Channel.NOTICE:
                if not chosen.notices or not chosen.active:
                    return Outcome(job, DeliveryState.SKIPPED, "The member does not want it.")
                letter = letters.notice(library, edition, chosen)
            else:
                writer = self._writer(edition)
                last = self._last[edition.id].get(chosen.member_id)
                mine = writer.contents_for(chosen, last)
                why = writer.objection(chosen, mine)
                if why:
                    return Outcome(job, DeliveryState.SKIPPED, why)
                letter = writer.write(chosen, mine, writer.answers_for(chosen, last))
            with _in_doubt():
                self._postbox.send(letter.mail, letter.sender, letter.to)
        except DeliveryRefused as error:
            if error.address:
                self._note(chosen, str(error))
            raise
        return Outcome(job, DeliveryState.SENT, code=250)

    def _note(self, chosen: Subscription, reason: str) -> None:
        now = self._library.now()
        with self._library.transaction() as db:
            subscriptions.note_refused(db, chosen.member_id, reason, now)

    def _edition(self, id: int) -> Edition:
        if id not in self._editions:
            found = store_editions.get(self._library.db, id)
            assert found is not None
            self._editions[id] = found
        return self._editions[id]

    def _writer(self, edition: Edition) -> Letters:
        if edition.id not in self._letters:
            self._letters[edition.id] = Letters(self._library, edition)
            self._last[edition.id] = letters.last_weeks(self._library, edition.week)
        return self._letters[edition.id]


class HookWay:
    """How a claimed message to a webhook goes out."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._hooks = hooks(library)

    def send(self, job: Delivery) -> Outcome:
        url = self._hooks.get((job.channel, job.target))
        if url is None:
            return Outcome(job, DeliveryState.SKIPPED, "This webhook is not set any more.")
        edition = store_editions.get(self._library.db, job.edition_id)
        assert edition is not None
        whole = Letters(self._library, edition).whole
        if not whole:
            return Outcome(job, DeliveryState.SKIPPED, "Nothing in the edition is there any more.")
        now = self._library.now()
        body, headers = message_for(self._library, job.channel, whole, now, f"edition-{edition.week}-{job.target}")
        try:
            with _in_doubt():
                post.post(url, body, headers)
        except ChannelDown as error:
            # One webhook that is set wrong does not hold up the others.
            raise DeliveryLater(str(error)) from error
        return Outcome(job, DeliveryState.SENT, code=200)


def message_for(
    library: Library, channel: Channel, whole: Contents, now: datetime, id: str
) -> tuple[dict[str, object], dict[str, str]]:
    """The body and the headers that a webhook of this channel gets, in the library's language."""
    language = library.settings.language
    if channel is Channel.SLACK:
        return slack.payload(whole, language), {}
    if channel is Channel.TEAMS:
        return teams.payload(whole, language), {}
    body = hook.payload(whole, now, language)
    return body, hook.headers(body, id, library.settings.digest_webhook_secret, now)

"""Sending an edition, each message exactly once.

A delivery is a row. It is claimed (compare and set, committed) before its message is handed over, and its outcome is
recorded after. Two senders never claim the same row; one that dies in between leaves a claim, which becomes uncertain:
it is shown to curators and never repeated by itself. Whatever else happens, a row that waits is sent later.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from kb import editions, letters, subscribing
from kb.digest_values import (
    Cadence,
    Channel,
    Contents,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Outcome,
    Subscription,
)
from kb.errors import ChannelDown, DeliveryError, DeliveryLater, DeliveryRefused, DeliveryUncertain, InvalidInput
from kb.letters import Letters
from kb.library import Library
from kb.links import fingerprint
from kb.mail import bounce, hook, post, slack, teams
from kb.mail.smtp import MailServer, Postbox
from kb.store import deliveries, history, members, subscriptions
from kb.store import editions as store_editions
from kb.store.database import Database
from kb.weeks import Week

log = logging.getLogger(__name__)

# No conversation with a mail server or webhook lasts this long: a claim this old belongs to a sender that is gone.
CLAIM_LASTS = timedelta(minutes=20)
# How long a message that is put off waits, by how often it was tried. After three days it has gone stale.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
_MOST_TRIES = 16
# How long a draft that its hour passed by (a server that was down) is still made by itself.
_FORGIVEN = timedelta(hours=24)
_GONE = "Its sender stopped while it was being sent. It may have arrived, or not."
_KEPT_BACK = (EditionState.DRAFT,)


@dataclass(slots=True)
class Report:
    """What one run did: deliveries by their new state, and what stood in the way, in sentences."""

    states: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    def trouble(self, sentence: str) -> None:
        if sentence not in self.troubles:
            self.troubles.append(sentence)


# -- What is due -----------------------------------------------------------------------------------------------------


def run(library: Library, week: Week | None = None, stop: Callable[[], bool] = lambda: False) -> Report:
    """Everything that is due now: draft, release, queue, send. Safe to run at any time, by any number at once.

    With `week`, only that edition's messages. `stop` is asked between two messages.
    """
    report = Report()
    if week is None:
        _draft_if_due(library, report)
        _release_if_due(library, report)
    else:
        editions.get(library, week)
    for edition in store_editions.in_states(library.db, [EditionState.APPROVED]):
        if week is None or edition.week == week:
            _queue(library, edition)
    _doubt_old_claims(library)
    only = editions.get(library, week).id if week is not None else None
    _send(library, report, only, stop)
    _close(library)
    return report


def _draft_if_due(library: Library, report: Report) -> None:
    now = library.now()
    for week in (editions.this_week(library), editions.this_week(library).later(1)):
        begins, ends = editions.draft_hour(library, week), editions.send_hour(library, week) + _FORGIVEN
        if begins <= now < ends and store_editions.of_week(library.db, week) is None:
            drafting = editions.draft(library, week, "kb")
            if drafting.made:
                report.drafted.append(str(week))
                tell_curators(library, drafting.edition)


def tell_curators(library: Library, edition: Edition) -> None:
    """Queue a notice to each curator: the edition waits for them, or there is nothing to send."""
    now = library.now()
    people = letters.curators(library) if library.settings.smtp_host else []
    with library.transaction() as db:
        rows = [(Channel.NOTICE, f"{one.member_id}", one.member_id, DeliveryState.WAITING, now, "") for one in people]
        deliveries.queue(db, edition.id, rows)


def _release_if_due(library: Library, report: Report) -> None:
    now = library.now()
    for edition in store_editions.in_states(library.db, _KEPT_BACK):
        if now < edition.send_at:
            continue
        late = now >= edition.send_at + timedelta(days=6)
        with library.transaction() as db:
            if library.settings.digest_approval == "hold" or late:
                store_editions.change_state(db, edition.id, was=_KEPT_BACK, state=EditionState.HELD)
            elif editions.release(library, db, edition, "nobody: as drafted", now):
                report.released.append(str(edition.week))


def _queue(library: Library, edition: Edition) -> None:
    """Write a delivery for everybody who gets the edition, once, when its time has come."""
    now = library.now()
    if edition.queued_at is not None or edition.released_at is None or edition.released_at > now:
        return
    rows = [*_mail_rows(library, edition, now), *_hook_rows(library, now)]
    with library.transaction() as db:
        if store_editions.set_queued(db, edition.id, now):
            deliveries.queue(db, edition.id, rows)


def _mail_rows(
    library: Library, edition: Edition, now: datetime
) -> Iterator[tuple[Channel, str, int | None, DeliveryState, datetime, str]]:
    writer = Letters(library, edition)
    last = letters.last_weeks(library, edition.week)
    for one in subscriptions.of_all(library.db, subscribing.default_cadence(library)):
        if one.cadence is Cadence.NONE or not letters.is_months_first(one, edition.week, last.get(one.member_id)):
            continue
        why = writer.objection(one, writer.contents_for(one, last.get(one.member_id)))
        state = DeliveryState.SKIPPED if why else DeliveryState.WAITING
        due = subscribing.due(library, now, one.zone)
        yield Channel.MAIL, str(one.member_id), one.member_id, state, due, why


def hooks(library: Library) -> dict[tuple[Channel, str], str]:
    """The webhooks that are set, by channel and the fingerprint of their address."""
    settings = library.settings
    named = (
        (Channel.SLACK, settings.digest_slack),
        (Channel.TEAMS, settings.digest_teams),
        (Channel.WEBHOOK, settings.digest_webhook),
    )
    return {(channel, fingerprint(url)): url for channel, urls in named for url in urls.split()}


def _hook_rows(
    library: Library, now: datetime
) -> Iterator[tuple[Channel, str, int | None, DeliveryState, datetime, str]]:
    for channel, target in hooks(library):
        yield channel, target, None, DeliveryState.WAITING, now, ""


# -- One after the other ---------------------------------------------------------------------------------------------


def _doubt_old_claims(library: Library) -> None:
    now = library.now()
    with library.transaction() as db:
        deliveries.doubt_old_claims(db, now - CLAIM_LASTS, now + CLAIM_LASTS, _GONE)


def _send(library: Library, report: Report, only: int | None, stop: Callable[[], bool]) -> None:
    mail_ways = [Channel.MAIL, Channel.NOTICE]
    if library.settings.smtp_host:
        with ExitStack() as stack:
            way = _MailWay(library, stack.enter_context(Postbox(mail_server(library))))
            _empty(library, report, mail_ways, only, way.send, stop)
    elif _waits(library, mail_ways, only):
        report.trouble("Mails are waiting, but no mail server is set. Set KB_SMTP_HOST.")
    way_out = _HookWay(library)
    _empty(library, report, [Channel.SLACK, Channel.TEAMS, Channel.WEBHOOK], only, way_out.send, stop)


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


def _waits(library: Library, channels: list[Channel], only: int | None) -> bool:
    return deliveries.any_due(library.db, channels, library.now(), only)


def _empty(
    library: Library,
    report: Report,
    channels: list[Channel],
    only: int | None,
    send: Callable[[Delivery], Outcome],
    stop: Callable[[], bool],
) -> None:
    """Claim, hand over, record, until nothing is due. The record of one and the claim of the next are one transaction:
    one flush to the disk a message."""
    outcome: Outcome | None = None
    while True:
        now = library.now()
        with library.transaction() as db:
            if outcome is not None:
                _record(db, outcome, now)
            ended = stop()
            job = None if ended else deliveries.claim(db, channels, now, secrets.token_hex(8), only)
        if job is None:
            return
        try:
            outcome = send(job)
        except ChannelDown as error:
            report.trouble(str(error))
            with library.transaction() as db:
                deliveries.unclaim(db, job)
                store_editions.set_trouble(db, job.edition_id, str(error))
            return
        except DeliveryError as error:
            outcome = judge(job, error, library.now())
        except Exception:
            # A fault of ours while the letter was written: nothing was handed over. It waits for the mended version.
            with library.transaction() as db:
                deliveries.unclaim(db, job)
            raise
        report.states[outcome.state.value] += 1
        if outcome.state is not DeliveryState.SENT and outcome.reason and outcome.state is not DeliveryState.SKIPPED:
            report.trouble(outcome.reason)


def judge(job: Delivery, error: DeliveryError, now: datetime) -> Outcome:
    """What becomes of a delivery that failed: later, never, or nobody knows."""
    if isinstance(error, DeliveryUncertain):
        return Outcome(job, DeliveryState.UNCERTAIN, str(error), error.code)
    if isinstance(error, DeliveryLater) and job.attempts < _MOST_TRIES:
        wait = _WAITS[min(job.attempts, len(_WAITS)) - 1]
        if error.seconds is not None:
            wait = timedelta(seconds=max(error.seconds, 1))
        return Outcome(job, DeliveryState.WAITING, str(error), error.code, now + wait)
    return Outcome(job, DeliveryState.REFUSED, str(error), error.code)


def _record(db: Database, outcome: Outcome, now: datetime) -> None:
    if not deliveries.record(db, outcome, now):
        return
    store_editions.set_trouble(db, outcome.delivery.edition_id, "")


class _MailWay:
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
                mine = writer.contents_for(chosen, self._last[edition.id].get(chosen.member_id))
                why = writer.objection(chosen, mine)
                if why:
                    return Outcome(job, DeliveryState.SKIPPED, why)
                letter = writer.write(chosen, mine)
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


class _HookWay:
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
        post.post(url, body, headers)
        return Outcome(job, DeliveryState.SENT, code=200)


def message_for(
    library: Library, channel: Channel, whole: Contents, now: datetime, id: str
) -> tuple[dict[str, object], dict[str, str]]:
    """The body and the headers that a webhook of this channel gets."""
    if channel is Channel.SLACK:
        return slack.payload(whole), {}
    if channel is Channel.TEAMS:
        return teams.payload(whole), {}
    body = hook.payload(whole, now)
    return body, hook.headers(body, id, library.settings.digest_webhook_secret, now)


def _close(library: Library) -> None:
    """Editions of which nothing waits any more are out."""
    now = library.now()
    for edition in store_editions.in_states(library.db, [EditionState.APPROVED]):
        if edition.queued_at is None:
            continue
        with library.transaction() as db:
            if not deliveries.unfinished(db, edition.id):
                store_editions.change_state(
                    db, edition.id, was=[EditionState.APPROVED], state=EditionState.SENT, sent_at=now
                )


# -- How it stands ----------------------------------------------------------------------------------------------------


def counts(library: Library, edition: Edition) -> dict[Channel, dict[DeliveryState, int]]:
    """How many deliveries of an edition are in which state, by channel."""
    return deliveries.counts(library.db, [edition.id]).get(edition.id, {})


def listed(
    library: Library, edition: Edition, states: Iterable[DeliveryState], limit: int, offset: int = 0
) -> tuple[list[tuple[Delivery, str]], int]:
    """Deliveries in these states, each with where it goes in words, and how many there are."""
    found, total = deliveries.with_states(library.db, edition.id, states, limit, offset)
    hosts = {target: urlsplit(url).hostname or "" for (_, target), url in hooks(library).items()}
    return [(job, email or hosts.get(job.target, "a webhook that is not set any more")) for job, email in found], total


def note_bounces(library: Library, raw: bytes) -> list[tuple[str, str, bool]]:
    """Note what came back: a mail server's report as it arrived. Gives each address, what was said, and whether it is a
    member's. An address that is given up is not tried again; the delivery that came back counts as refused."""
    found: list[tuple[str, str, bool]] = []
    now = library.now()
    for one in bounce.read(raw):
        with library.transaction() as db:
            member = members.by_email(db, one.address)
            if member is not None:
                subscriptions.note_refused(db, member.id, one.reason, now)
                week = one.message_id.partition(".")[0]
                deliveries.note_returned(db, member.id, week, one.reason)
        found.append((one.address, one.reason, member is not None))
    return found


# -- A curator's word ------------------------------------------------------------------------------------------------


def send_again(library: Library, id: int, who: str) -> bool:
    """Let a delivery that is uncertain or was refused be tried again. A second click changes nothing."""
    return _settle(library, id, DeliveryState.WAITING, "", who, "sent again")


def take_as_sent(library: Library, id: int, who: str) -> bool:
    """Close a delivery that is uncertain or was refused: it is not tried again."""
    return _settle(library, id, DeliveryState.SETTLED, f"Closed by {who}.", who, "delivery closed")


def _settle(library: Library, id: int, state: DeliveryState, reason: str, who: str, action: str) -> bool:
    now = library.now()
    with library.transaction() as db:
        job = deliveries.get(db, id)
        if job is None:
            raise InvalidInput(f"There is no delivery {id}.")
        done = deliveries.settle(
            db, id, was=[DeliveryState.UNCERTAIN, DeliveryState.REFUSED], state=state, now=now, reason=reason
        )
        if done:
            if state is DeliveryState.WAITING:
                if job.member_id is not None:
                    subscriptions.forget_refused(db, job.member_id)
                store_editions.change_state(db, job.edition_id, was=[EditionState.SENT], state=EditionState.APPROVED)
            history.add(db, "edition", job.edition_id, action, who, now, {"delivery": (None, id)})
    return done

"""Sending an edition, each message exactly once.

A delivery is a row. It is claimed (compare and set, committed) before its message is handed over, and its outcome is
recorded after. Two senders never claim the same row; one that dies in between leaves a claim, which becomes uncertain:
it is shown to curators and never repeated by itself. Whatever else happens, a row that waits is sent later.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kb.digest import editions, queueing
from kb.digest.ways import HookWay, MailWay, mail_server
from kb.errors import ChannelDown, DeliveryError, DeliveryLater, DeliveryUncertain
from kb.library import Library
from kb.mail.smtp import Postbox
from kb.store import deliveries
from kb.store import editions as store_editions
from kb.store.database import Database
from kb.values.digest import Channel, Delivery, DeliveryState, EditionState, Outcome
from kb.weeks import Week

# No conversation with a mail server or webhook lasts this long: a claim this old belongs to a sender that is gone.
CLAIM_LASTS = timedelta(minutes=20)
# How long a message that is put off waits, by how often it was tried. After three days it has gone stale.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
_MOST_TRIES = 16
_GONE = "Its sender stopped while it was being sent. It may have arrived, or not."


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


def run(library: Library, week: Week | None = None, stop: Callable[[], bool] = lambda: False) -> Report:
    """Everything that is due now: release, draft, queue, send. Safe to run at any time, by any number at once.

    With `week`, only that edition's messages. `stop` is asked between two messages.
    """
    report = Report()
    if week is None:
        # In this order: an edition that is too late to go out leaves what it had to tell to the next one.
        report.released = queueing.release_due(library)
        report.drafted = queueing.draft_due(library)
    else:
        editions.get(library, week)
    for edition in store_editions.in_states(library.db, [EditionState.APPROVED]):
        if week is None or edition.week == week:
            queueing.queue(library, edition)
    _doubt_old_claims(library)
    only = editions.get(library, week).id if week is not None else None
    _send(library, report, only, stop)
    _close(library)
    return report


def _doubt_old_claims(library: Library) -> None:
    now = library.now()
    with library.transaction() as db:
        deliveries.doubt_old_claims(db, now - CLAIM_LASTS, now + CLAIM_LASTS, _GONE)


def _send(library: Library, report: Report, only: int | None, stop: Callable[[], bool]) -> None:
    mail_ways = [Channel.MAIL, Channel.NOTICE]
    if library.settings.smtp_host:
        with ExitStack() as stack:
            way = MailWay(library, stack.enter_context(Postbox(mail_server(library))))
            _empty(library, report, mail_ways, only, way.send, stop)
    elif deliveries.any_due(library.db, mail_ways, library.now(), only):
        report.trouble("Mails are waiting, but no mail server is set. Set KB_SMTP_HOST.")
    way_out = HookWay(library)
    _empty(library, report, [Channel.SLACK, Channel.TEAMS, Channel.WEBHOOK], only, way_out.send, stop)


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

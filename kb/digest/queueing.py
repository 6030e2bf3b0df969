"""What is due: an edition to be drafted, released, queued for everybody who gets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kb.digest import editions, letters, subscribing
from kb.digest.letters import Letters
from kb.digest.links import fingerprint
from kb.library import Library
from kb.store import deliveries, subscriptions
from kb.store import editions as store_editions
from kb.values.digest import Cadence, Channel, DeliveryState, Edition, EditionState

# How long a draft that its hour passed by (a server that was down) is still made by itself.
_FORGIVEN = timedelta(hours=24)
# An edition older than this is stale: it does not go out by itself any more.
_STALE = timedelta(days=6)

Row = tuple[Channel, str, int | None, DeliveryState, datetime, str]


def draft_due(library: Library) -> list[str]:
    """Draft the edition whose time has come, and tell the curators. Gives the weeks that were drafted."""
    made = []
    now = library.now()
    for week in (editions.this_week(library), editions.this_week(library).later(1)):
        begins, ends = editions.draft_hour(library, week), editions.send_hour(library, week) + _FORGIVEN
        if begins <= now < ends and store_editions.of_week(library.db, week) is None:
            drafting = editions.draft(library, week, "kb")
            if drafting.made:
                made.append(str(week))
                tell_curators(library, drafting.edition)
    return made


def tell_curators(library: Library, edition: Edition) -> None:
    """Queue a notice to each curator: the edition waits for them, or there is nothing to send."""
    now = library.now()
    people = letters.curators(library) if library.settings.smtp_host else []
    with library.transaction() as db:
        rows = [(Channel.NOTICE, f"{one.member_id}", one.member_id, DeliveryState.WAITING, now, "") for one in people]
        deliveries.queue(db, edition.id, rows)


def release_due(library: Library) -> list[str]:
    """Release drafts whose hour has come, or hold them, as the setting says. Gives the weeks that were released."""
    released = []
    now = library.now()
    for edition in store_editions.in_states(library.db, [EditionState.DRAFT]):
        if now < edition.send_at:
            continue
        late = now >= edition.send_at + _STALE
        with library.transaction() as db:
            if library.settings.digest_approval == "hold" or late:
                store_editions.change_state(db, edition.id, was=[EditionState.DRAFT], state=EditionState.HELD)
            elif editions.release(library, db, edition, "nobody: as drafted", now):
                released.append(str(edition.week))
    return released


def queue(library: Library, edition: Edition) -> None:
    """Write a delivery for everybody who gets the edition, once, when its time has come."""
    now = library.now()
    if edition.queued_at is not None or edition.released_at is None or edition.released_at > now:
        return
    rows = [*_mail_rows(library, edition, now), *_hook_rows(library, now)]
    with library.transaction() as db:
        if store_editions.set_queued(db, edition.id, now):
            deliveries.queue(db, edition.id, rows)


def _mail_rows(library: Library, edition: Edition, now: datetime) -> Iterator[Row]:
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


def _hook_rows(library: Library, now: datetime) -> Iterator[Row]:
    for channel, target in hooks(library):
        yield channel, target, None, DeliveryState.WAITING, now, ""

"""What a member gets of the digest: how often, of which topics, at which hour; and leaving it with one click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from kb.digest import links
from kb.digest.contents import base_url
from kb.errors import InvalidInput, NotFound
from kb.languages import LANGUAGES
from kb.library import Library
from kb.store import history, mine, subscriptions
from kb.store import tags as store_tags
from kb.tags import tags
from kb.values.digest import Cadence, Scope, Subscription
from kb.words import name_key

LEAVE = "leave the digest"
QUIET = "no more notices"
FEED = "read the feed"

# Where a member named their zone, a mail comes in the working day that begins at the digest's hour.
_WORKING_HOURS = 9


def default_cadence(library: Library) -> Cadence:
    """What somebody gets who chose nothing."""
    return Cadence.NONE if library.settings.digest_optin == "yes" else Cadence.WEEKLY


def language(library: Library, member_id: int) -> str:
    """The language of a member's mails: the one they chose for the pages, else the library's."""
    chosen = mine.settings(library.db, member_id).language
    return chosen if chosen in LANGUAGES else str(library.settings.language)


def of_member(library: Library, member_id: int) -> Subscription:
    """Raises NotFound."""
    found = subscriptions.of_member(library.db, member_id, default_cadence(library))
    if found is None:
        raise NotFound("There is no such member any more.")
    return found


def choose(
    library: Library,
    member_id: int,
    *,
    cadence: str,
    scope: str,
    zone: str,
    named: bool,
    notices: bool,
    followed: Iterable[str],
    muted: Iterable[str],
) -> Subscription:
    """Keep what a member chose; topics are given by name or alias. Raises InvalidInput, NotFound."""
    if cadence not in list(Cadence) or scope not in list(Scope):
        raise InvalidInput("Choose how often, and which gems, from the list.", "cadence")
    if zone and zone not in available_timezones():
        raise InvalidInput("%(zone)s is no time zone. Write one such as Europe/Berlin.", "zone", zone=repr(zone[:40]))
    now = library.now()
    with library.transaction() as db:
        chosen = replace(
            of_member(library, member_id),
            cadence=Cadence(cadence),
            scope=Scope(scope),
            zone=zone,
            named=named,
            notices=notices,
        )
        subscriptions.save(db, chosen, now)
        subscriptions.set_tags(db, "follows", member_id, _topics(library, followed, "followed"))
        subscriptions.set_tags(db, "muted_tags", member_id, _topics(library, muted, "muted"))
        # Who looks after their subscription has an address that deserves another try.
        subscriptions.forget_refused(db, member_id)
    return of_member(library, member_id)


def _topics(library: Library, names: Iterable[str], field: str) -> list[int]:
    wanted = [name for name in (name.strip() for name in names) if name]
    found = store_tags.find(library.db, wanted)
    missing = [name for name in wanted if name_key(name) not in found]
    if missing:
        raise InvalidInput(
            "There is no topic %(missing)s. Pick one from the list as you type.", field, missing=repr(missing[0][:60])
        )
    return [found[name_key(name)] for name in wanted]


def topic_names(library: Library, ids: Iterable[int]) -> list[str]:
    wanted = set(ids)
    return [tag.name for tag in tags.listed(library) if tag.id in wanted] if wanted else []


def leave(library: Library, token: str) -> Subscription:
    """What the link in a mail does: no more of it. Safe to repeat. Raises NotFound for a token that is not ours."""
    return _set_by_link(library, token, on=False)


def come_back(library: Library, token: str) -> Subscription:
    """Undo `leave`: weekly again, or notices again."""
    return _set_by_link(library, token, on=True)


def _set_by_link(library: Library, token: str, *, on: bool) -> Subscription:
    member_id, quiet = _from_token(library, token)
    with library.transaction() as db:
        chosen = of_member(library, member_id)
        cadence = Cadence.WEEKLY if on else Cadence.NONE
        changed = replace(chosen, notices=on) if quiet else replace(chosen, cadence=cadence)
        subscriptions.save(db, changed, library.now())
    return of_member(library, member_id)


def about(library: Library, token: str) -> tuple[Subscription, bool]:
    """Whose link it is, and whether it is about the notices to curators only. Raises NotFound."""
    member_id, quiet = _from_token(library, token)
    return of_member(library, member_id), quiet


def _from_token(library: Library, token: str) -> tuple[int, bool]:
    try:
        return links.read(library, LEAVE, token)[0], False
    except NotFound:
        return links.read(library, QUIET, token)[0], True


@dataclass(frozen=True, slots=True)
class Addresses:
    """The links at the foot of a mail."""

    leave: str
    preferences: str


def addresses(library: Library, member_id: int, purpose: str = LEAVE) -> Addresses:
    base = base_url(library)
    return Addresses(f"{base}/digest/leave/{links.token(library, purpose, member_id)}", f"{base}/digest/preferences")


def feed_token(library: Library, chosen: Subscription) -> str:
    return links.token(library, FEED, chosen.member_id, chosen.feed_number)


def new_feed(library: Library, member_id: int) -> None:
    """Another private address for the feed; the old one answers no more."""
    with library.transaction() as db:
        subscriptions.new_feed(db, member_id, library.now())


def reader_of_feed(library: Library, token: str) -> Subscription:
    """Whose feed it is. Raises NotFound when the address was changed, or the member may not sign in any more."""
    member_id, number = links.read(library, FEED, token)
    chosen = of_member(library, member_id)
    if not chosen.active or chosen.feed_number != number:
        raise NotFound("This feed's address is no longer good. Find the new one on the page of what you get.")
    return chosen


def due(library: Library, released: datetime, zone: str) -> datetime:
    """When a mail that was released at this time goes to a member of this zone.

    Who named no zone gets it at once. Else it waits for the working day where they are: nobody is written to at night.
    """
    if not zone:
        return released
    local = released.astimezone(ZoneInfo(zone))
    hour: int = library.settings.digest_hour
    opens = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if opens > local and opens - timedelta(days=1) + timedelta(hours=_WORKING_HOURS) > local:
        return released
    if opens <= local < opens + timedelta(hours=_WORKING_HOURS):
        return released
    return (opens if opens > local else opens + timedelta(days=1)).astimezone(released.tzinfo)


def refused(library: Library) -> list[tuple[int, str, str, datetime | None]]:
    """Addresses that are not tried any more: member, address, what the mail server said, since when."""
    return subscriptions.refused(library.db)


def allow_again(library: Library, member_id: int, who: str) -> None:
    """Try an address again that was refused before. Raises NotFound."""
    with library.transaction() as db:
        of_member(library, member_id)
        subscriptions.forget_refused(db, member_id)
        history.add(db, "member", member_id, "address allowed again", who, library.now())

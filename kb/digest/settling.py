"""What became of deliveries, and a curator's word on those that went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from kb.digest import letters
from kb.digest.queueing import hooks
from kb.errors import InvalidInput
from kb.library import Library
from kb.mail import bounce
from kb.store import deliveries, history, members, subscriptions
from kb.store import editions as store_editions
from kb.values.digest import Channel, Delivery, DeliveryState, Edition, EditionState


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
    """Note what came back: a mail server's report as it arrived. Gives each address, what was said, and whether it was
    a letter of ours. An address that is given up is not tried again; the delivery that came back counts as refused."""
    found: list[tuple[str, str, bool]] = []
    now = library.now()
    for one in bounce.read(raw):
        with library.transaction() as db:
            # Anybody can write such a report: it counts only with the identifier of a letter of ours.
            letter = letters.reader_of_letter(library, one.message_id)
            # Who left is forgotten, and their letters come back thereafter: what the server says names them.
            if letter is not None and members.by_id(db, letter[1]) is not None:
                edition, member_id = letter
                subscriptions.note_refused(db, member_id, one.reason, now)
                deliveries.note_returned(db, member_id, edition.id, one.reason)
        found.append((one.address, one.reason, letter is not None))
    return found


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
            raise InvalidInput("There is no delivery %(id)s.", id=id)
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

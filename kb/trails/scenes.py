"""Where in a conversation somebody can try their hand: before each answer that a customer got.

A **point** is the first turn of an answer: an agent's turn after a customer's. Internal notes are left out of what is
shown before it, since they may tell the answer. Turns whose role no source gave are told apart by who speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.models import Review, Turn
from kb.values.trails import fingerprint

CUSTOMER, AGENT, NOTE = "customer", "agent", "note"
_NEITHER = frozenset({"bot", NOTE})


def roles(review: Review) -> list[str]:
    """For each turn who speaks; without a role: as that speaker elsewhere; the reviewee answers, who spoke first asks."""
    known: dict[str, str] = {}
    for turn in review.turns:
        if turn.role and turn.speaker:
            known.setdefault(turn.speaker, turn.role)
    if review.reviewee.strip():
        known.setdefault(review.reviewee, AGENT)
    bare = [turn.speaker for turn in review.turns if not turn.role and turn.speaker and turn.speaker not in known]
    if bare and CUSTOMER not in {*known.values(), *(turn.role for turn in review.turns)}:
        known[bare[0]] = CUSTOMER
    return [turn.role or known.get(turn.speaker, AGENT if turn.speaker else "") for turn in review.turns]


def points(review: Review) -> tuple[int, ...]:
    """The turns (0-based) with which an answer to the customer begins; none when nobody asks or nobody answers."""
    found: list[int] = []
    last = ""
    for index, role in enumerate(roles(review)):
        if role in _NEITHER or not role:
            continue
        if role == AGENT and last == CUSTOMER:
            found.append(index)
        last = role
    return tuple(found)


def answer(review: Review, point: int) -> list[Turn]:
    """What was said from a point on, until the customer speaks again."""
    who = roles(review)
    end = next((index for index in range(point, len(who)) if who[index] == CUSTOMER), len(who))
    return list(review.turns[point:end])


def before(review: Review, point: int, since: int = 0) -> list[tuple[int, Turn]]:
    """The turns from `since` up to a point with their places, internal notes left out."""
    who = roles(review)
    return [(index, review.turns[index]) for index in range(since, point) if who[index] != NOTE]


def mark(review: Review) -> str:
    """Names the conversation as it is now."""
    return fingerprint(*words(review.turns))


def words(turns: Sequence[Turn]) -> list[str]:
    return [text for turn in turns for text in (turn.speaker, turn.role, turn.text)]


def untold(review: Review) -> Review:
    """Only what cannot tell the answer: title, text, gems, topics, feedback and the rest of the conversation may."""
    return Review(
        review.id, review.kind, "", "", review.created_at, review.updated_at, date=review.date, channel=review.channel,
        product=review.product, language=review.language,
    )  # fmt: skip

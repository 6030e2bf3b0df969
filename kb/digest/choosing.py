"""Which gems an edition tells of, and why.

A gem's worth in a week is the sum of a few plain counts, each damped (the tenth sighting says less than the second):

    worth = 3 if it is new
          + 2   * log2(1 + reviews that it was seen in)
          + 1.5 * log2(1 + members whom it worked for)
          + 0.5 * log2(1 + readings)
          + 1   * log2(1 + reviews that it was seen in earlier, in a library's first edition)
          - 1.5 * log2(1 + members whom it failed)
          - 2   * log2(1 + passages that contradict it)

Only gems that are new or strongly confirmed are weighed, in a library's first edition also older ones that were brought
in this week, and only those worth more than nothing are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

from kb.languages import N_, Said
from kb.values.digest import Facts

MOST = 7
MOST_OF_A_TOPIC = 2
# Nothing is told twice in so many weeks, unless its words changed.
WEEKS_APART = 10
# What strongly confirmed means: seen in, or worked for, at least so many this week.
STRONG = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gem that may be told. `topics` are the ids of its tags, `mark` is the fingerprint of its words."""

    id: int
    facts: Facts
    mark: str
    topics: tuple[int, ...] = ()
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A gem that was weighed and not chosen, with the reason in a phrase."""

    candidate: Candidate
    why: str


def worth(facts: Facts) -> float:
    return (
        3.0 * facts.new
        + 2.0 * log2(1 + facts.seen)
        + 1.5 * log2(1 + facts.worked)
        + 0.5 * log2(1 + facts.reads)
        + 1.0 * log2(1 + facts.earlier)
        - 1.5 * log2(1 + facts.failed)
        - 2.0 * log2(1 + facts.contradicted)
    )


def is_news(facts: Facts) -> bool:
    """Whether a gem is new, also to those who were told of none yet, or strongly confirmed."""
    return facts.new or facts.earlier > 0 or facts.seen >= STRONG or facts.worked >= STRONG


def choose(
    candidates: Iterable[Candidate], told: Mapping[int, set[str]], most: int = MOST, language: str = ""
) -> tuple[list[Candidate], list[Passed]]:
    """The gems to tell, the worthiest first, and those passed over. Of those worth the same, the ones in the library's own
    `language` come first: most can read them.

    `told` maps the gems of the last editions to the fingerprints of their words then.
    """
    chosen: list[Candidate] = []
    passed: list[Passed] = []
    topics: Counter[int] = Counter()
    ranked = sorted(candidates, key=lambda one: (-worth(one.facts), one.language != language, -one.id))
    for one in ranked:
        why = _objection(one, told, topics, len(chosen), most)
        if why:
            passed.append(Passed(one, why))
            continue
        chosen.append(one)
        topics.update(one.topics)
    return chosen, passed


def _objection(one: Candidate, told: Mapping[int, set[str]], topics: Counter[int], chosen: int, most: int) -> str:
    if not is_news(one.facts):
        return "neither new nor seen again often enough"
    if worth(one.facts) <= 0:
        return "contradicted, or failed for more than it helped"
    if one.mark in told.get(one.id, ()):
        return f"told in the last {WEEKS_APART} weeks, and unchanged"
    if chosen >= most:
        return f"an edition has at most {most} gems"
    if any(topics[topic] >= MOST_OF_A_TOPIC for topic in one.topics):
        return f"its topic has {MOST_OF_A_TOPIC} gems already"
    return ""


def explain(facts: Facts) -> str:
    """Why a gem is told, in a line: "New · seen in 4 reviews this week · worked for 3"."""
    parts: list[str] = [Said("New")] if facts.new else []
    if facts.seen and not (facts.new and facts.seen == 1):
        first, more = N_("Seen in %(num)s review this week"), N_("Seen in %(num)s reviews this week")
        parts.append(
            Said.several("seen in %(num)s review this week", "seen in %(num)s reviews this week", facts.seen)
            if parts
            else Said(first if facts.seen == 1 else more, num=facts.seen)
        )
    if facts.worked:
        first, more = N_("Worked for %(num)s person"), N_("Worked for %(num)s people")
        parts.append(
            Said.several("worked for %(num)s person", "worked for %(num)s people", facts.worked)
            if parts
            else Said(first if facts.worked == 1 else more, num=facts.worked)
        )
    if facts.reads >= 5:
        message = N_("read %(num)s times") if parts else N_("Read %(num)s times")
        parts.append(Said(message, num=facts.reads))
    if facts.earlier and not parts:
        parts = [Said.several("Seen in %(num)s review so far", "Seen in %(num)s reviews so far", facts.earlier)]
    return Said.joined(parts, " · ") if parts else Said("Chosen by a curator")

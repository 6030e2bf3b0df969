"""Rules by which tags are suggested: words, a phrase, a regular expression, a product, a team.

Regular expressions are RE2's (https://github.com/google/re2/wiki/Syntax): it takes time in proportion to the text
whatever the expression, where Python's own can take for ever. They look at one paragraph at a time, and a rule that
takes longer than `LIMIT` seconds over one review is set aside with a word to the curators.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from kb.errors import InvalidInput
from kb.languages import N_, Count, Said
from kb.library import Library
from kb.models import Review, TagRule
from kb.search.analysis import stream
from kb.store import history, reviews, tags
from kb.store import tag_rules as store
from kb.words import name_key

KINDS = {
    "words": N_("all these words"),
    "phrase": N_("this phrase"),
    "regex": N_("this regular expression"),
    "": N_("no words"),
}
LONGEST = 500
LIMIT = 0.05
_PIECE = 4000
_TRIED_ON = 2000
_TRIED_FOR = 2.0
TOO_SLOW = N_("It took longer than 50 ms over one review, so it is set aside. Write it more narrowly.")


class TooSlow(Exception):
    """A rule took longer than its limit."""


@dataclass(frozen=True, slots=True)
class Readable:
    """A review as rules read it: its words and their stems, its text, its product and team."""

    words: str
    forms: frozenset[str]
    text: str
    language: str
    product: str
    team: str

    @classmethod
    def of(cls, review: Review) -> Readable:
        text = "\n\n".join([review.title, review.body, *(turn.text for turn in review.turns)])
        found = stream(text, review.language)
        forms = frozenset(found.words) | frozenset(" ".join(found.stems).split())
        words = f" {' '.join(found.words)} "
        return cls(words, forms, text, review.language, name_key(review.product), name_key(review.team))


@dataclass(slots=True)
class Trial:
    """What a rule would do: of `seen` reviews it matches `matched`, of which `tagged` carry the tag already. `first`
    are some of those that do not; `cut_short` says that the time was up before all were looked at."""

    seen: int = 0
    matched: int = 0
    tagged: int = 0
    first: list[Review] = field(default_factory=list)
    cut_short: bool = False


def check(rule: TagRule) -> TagRule:
    """The rule made tidy. Raises InvalidInput, with the field, when it cannot be used."""
    if rule.kind not in KINDS:
        raise InvalidInput(
            "A rule goes by %(join)s; not by %(kind)s.", "kind", join=", ".join(KINDS), kind=repr(rule.kind)
        )
    pattern = rule.pattern.strip()
    product, team = " ".join(rule.product.split()), " ".join(rule.team.split())
    if len(pattern) > LONGEST:
        raise InvalidInput(
            "That has %(count)s characters; a rule has at most %(longest)s.",
            "pattern",
            count=Count(len(pattern)),
            longest=LONGEST,
        )
    if rule.kind == "regex" and pattern:
        _expression(pattern)
    elif rule.kind and pattern and not stream(pattern).words:
        raise InvalidInput("There is no word in that.", "pattern")
    if not pattern and not product and not team:
        raise InvalidInput("A rule needs words, a product or a team to go by.", "pattern")
    return TagRule(rule.id, rule.tag_id, rule.tag_name, rule.kind if pattern else "", pattern, product, team)


def add(library: Library, tag_id: int, rule: TagRule, who: str) -> TagRule:
    """Keep a rule; one that is there already stays the only one. Raises InvalidInput when it cannot be used, NotFound."""
    rule = check(rule)
    now = library.now()
    with library.transaction() as db:
        tag = tags.get(db, tag_id)
        for there in store.all_rules(db, tag.id):
            if _matched_by(there) == _matched_by(rule):
                return there
        id = store.insert(db, tag.id, rule, now)
        history.add(db, "tag", tag.id, "rule added", who, now, {"rule": (None, in_words(rule))})
        return store.get(db, id)


def _matched_by(rule: TagRule) -> tuple[str, ...]:
    return (rule.kind, rule.pattern, rule.product, rule.team)


def remove(library: Library, id: int, who: str) -> TagRule:
    """Take a rule out: what it was, so that it can be added again. Raises NotFound."""
    now = library.now()
    with library.transaction() as db:
        rule = store.get(db, id)
        store.delete(db, id)
        history.add(db, "tag", rule.tag_id, "rule taken out", who, now, {"rule": (in_words(rule), None)})
    return rule


def in_words(rule: TagRule) -> str:
    """`the phrase “data request”, product Console`"""
    first = {
        "words": Said("the words “%(pattern)s”", pattern=rule.pattern),
        "phrase": Said("the phrase “%(pattern)s”", pattern=rule.pattern),
        "regex": Said("the expression “%(pattern)s”", pattern=rule.pattern),
    }
    parts: list[str] = [first[rule.kind]] if rule.kind else []
    parts += [Said("product %(name)s", name=rule.product)] if rule.product else []
    parts += [Said("team %(name)s", name=rule.team)] if rule.team else []
    return Said.joined(parts, ", ")


def try_out(library: Library, rule: TagRule) -> Trial:
    """What this rule would match among the newest reviews, within two seconds. Raises InvalidInput."""
    rule = check(rule)
    trial = Trial()
    until = time.monotonic() + _TRIED_FOR
    for batch in _newest(library, _TRIED_ON):
        for review in batch:
            trial.seen += 1
            try:
                if not matches(rule, Readable.of(review)):
                    continue
            except TooSlow as error:
                raise InvalidInput(TOO_SLOW, "pattern") from error
            trial.matched += 1
            if any(tag.id == rule.tag_id for tag in review.tags):
                trial.tagged += 1
            elif len(trial.first) < 10:
                trial.first.append(review)
        if time.monotonic() > until:
            trial.cut_short = True
            break
    return trial


def _newest(library: Library, most: int, size: int = 100) -> Iterator[list[Review]]:
    for offset in range(0, most, size):
        rows, _ = reviews.rows(library.db, limit=size, offset=offset)
        if not rows:
            return
        ids = [row.id for row in rows]
        found = reviews.get_many(library.db, ids, tags.of_reviews(library.db, ids))
        yield [found[id] for id in ids]


def matching(library: Library, review: Readable, rules: Sequence[TagRule]) -> set[int]:
    """The tags that these rules find in a review. A rule that takes too long is set aside from now on."""
    found: set[int] = set()
    slow: list[int] = []
    for rule in rules:
        if rule.trouble:
            continue
        try:
            if matches(rule, review):
                found.add(rule.tag_id)
        except TooSlow:
            slow.append(rule.id)
        except InvalidInput:  # written by a kb whose RE2 took more
            continue
    if slow:
        with library.transaction() as db:
            store.set_trouble(db, slow, TOO_SLOW)
    return found


def matches(rule: TagRule, review: Readable) -> bool:
    """Whether all that the rule asks for is in the review. Raises TooSlow, InvalidInput."""
    if rule.product and name_key(rule.product) != review.product:
        return False
    if rule.team and name_key(rule.team) != review.team:
        return False
    match rule.kind:
        case "words":
            return all(forms & review.forms for forms in _forms(rule.pattern, review.language))
        case "phrase":
            return _phrase(rule.pattern, review.language) in review.words
        case "regex":
            return _found(_expression(rule.pattern), _pieces(review.text))
        case _:
            return True


@lru_cache(maxsize=4096)
def _forms(pattern: str, language: str) -> tuple[frozenset[str], ...]:
    """For each word of a rule, what it may stand as."""
    whole = stream(pattern, language).words
    return tuple(frozenset({word, *" ".join(stream(word, language).stems).split()}) for word in whole)


@lru_cache(maxsize=4096)
def _phrase(pattern: str, language: str) -> str:
    return f" {' '.join(stream(pattern, language).words)} "


@lru_cache(maxsize=512)
def _expression(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise InvalidInput(
            "That is no regular expression that can be used: %(reason)s. Look-around and back references "
            "are not taken; they can take for ever.",
            "pattern",
            reason=reason,
        ) from error


def _pieces(text: str) -> Iterable[bytes]:
    for paragraph in text.split("\n\n"):
        for at in range(0, len(paragraph), _PIECE):
            yield paragraph[at : at + _PIECE].encode("utf-8", "replace")


def _found(expression: Any, pieces: Iterable[bytes]) -> bool:
    until = time.monotonic() + LIMIT
    for piece in pieces:
        if expression.search(piece) is not None:
            return True
        if time.monotonic() > until:
            raise TooSlow
    return False

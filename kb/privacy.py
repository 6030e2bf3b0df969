"""Blameless by default: what a reader is not shown of a review.

A reviewee's name stands in the header, but also in the conversation ("Hi, this is Maren"), in titles and in quotes. All
of it is taken out of what a reader sees and of what everybody's search looks through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.models import Comment, Evidence, Feedback, Gem, Kind, Review, Role
from kb.search.folding import fold
from kb.settings import Settings
from kb.values.gems import Sighting
from kb.words import MASK

CASE_OWNER = "Case owner"

_NO_LETTERS = re.compile(r"[\W\d_]+")
_BETWEEN = r"[\s.,_()<>-]+"
_PARTS = re.compile(_BETWEEN)
_SHORT = 4  # letters of a name that other words have in them, too (Ann: planning)

# Latin letters only at the edges: in Japanese a name runs into the next word without a space ("Sunadaさん").
_EDGE = r"[A-Za-zÀ-ÖØ-öø-ÿĀ-ž]"


def sees_scores(settings: Settings, role: Role) -> bool:
    """Whether members of this role see scores, verdicts and reviewees' names in this library."""
    return role >= Role.from_word(settings.scores_visible_to)


def is_blameless(settings: Settings) -> bool:
    return Role.from_word(settings.scores_visible_to) > Role.READER


@dataclass(frozen=True, slots=True)
class _Name:
    """`pattern` finds a person's full name in any case, its parts as they are written, and an e-mail address; a text
    without any of `signs` (folded) holds none of these, which is quicker to see."""

    pattern: re.Pattern[str]
    signs: tuple[str, ...]


@lru_cache(maxsize=4096)
def _named(name: str) -> _Name | None:
    name = name.strip()
    if len(name) < 2:
        return None
    local = name.split("@")[0] if "@" in name else name
    parts = [part for part in _PARTS.split(local) if len(part) >= 3]
    signs = tuple(map(_folded, parts or [name]))
    if "@" in name:
        parts = [part.capitalize() for part in parts] + parts
    whole = rf"(?i:(?<!{_EDGE}){re.escape(name)}(?!{_EDGE}))"
    each = [rf"(?<!{_EDGE}){re.escape(part)}(?!{_EDGE})" for part in parts]
    return _Name(re.compile("|".join([whole, *each])), signs)


def _folded(text: str) -> str:
    """Alike for all spellings that `(?i:)` takes for one; that has the dotted and the dotless i among them."""
    folded = text.casefold()
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def mask(text: str, names: Iterable[str]) -> str:
    """The text with these people's names taken out."""
    folded = ""
    for name in names:
        found = _named(name)
        if found is None or not text:
            continue
        folded = folded or _folded(text)
        if any(sign in folded for sign in found.signs):
            text = found.pattern.sub(MASK, text)
    return text


def as_written(masked: str, text: str, names: Iterable[str]) -> str:
    """A passage that these names were taken out of, as it stands in its text; as it is where it stands nowhere in it."""
    patterns = [found.pattern.pattern for name in names if (found := _named(name))]
    if MASK not in masked or not patterns:
        return masked
    parts = [r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in masked.split(MASK)]
    there = re.search(f"(?:{'|'.join(patterns)})".join(parts), text)
    return there[0] if there else masked


def mask_all(texts: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Each of the texts with these people's names taken out; together, which is quicker where there are none."""
    if not names:
        return texts
    folded = _folded("\n".join(texts))
    there = [name for name in names if (found := _named(name)) and any(sign in folded for sign in found.signs)]
    return [mask(text, there) for text in texts] if there else texts


@lru_cache(maxsize=4096)
def _in_full(name: str) -> _Name | None:
    """All parts of a name one after the other, in any case, last name first or not; an address; a name of one word as it is
    written, since other words may be written so in another case (will, mark)."""
    name = name.strip()
    local, at, _ = name.partition("@")
    parts = [part for part in _PARTS.split(local) if part]
    if len(name) < 2 or not parts:
        return None
    orders = [parts] if len(parts) == 1 else [parts, [parts[-1], *parts[:-1]]]
    whole = [] if at and len(parts) == 1 else [_BETWEEN.join(map(re.escape, order)) for order in orders]
    wanted = "|".join([re.escape(name), *whole]) if at else "|".join(whole)
    case = "" if len(parts) == 1 and not at else "(?i)"
    return _Name(re.compile(rf"{case}(?<!{_EDGE})(?:{wanted})(?!{_EDGE})"), (_folded(parts[-1]),))


def mask_in_full(text: str, names: Iterable[str]) -> str:
    """The text without the names of these people where they stand whole: for a text that need not be about any of them, in
    which a part of a name may be another word."""
    folded = _folded(text)
    for name in names:
        found = _in_full(name)
        if found is not None and found.signs[0] in folded:
            text = found.pattern.sub(MASK, text)
    return text


def id_for_reader(external_id: str, names: Iterable[str]) -> str:
    """What another tool, or a file's name, calls something; nothing where that may hold one of these names, in whatever
    spelling (`2026-10/josé_vogt.md`), since an id with a hole in it is none."""
    folded = fold(external_id)
    words = set(_NO_LETTERS.split(folded))
    for name in names:
        parts = [part for part in _NO_LETTERS.split(fold(name)) if part]
        if any(part in words or (len(part) > _SHORT and part in folded) for part in parts):
            return ""
    return external_id


def hidden_names(review: Review) -> tuple[str, ...]:
    """The names that a reader of this review is not to see: the reviewee's, and so the reviewer's of a self review."""
    names = [review.reviewee]
    if review.kind is Kind.SELF:
        names.append(review.reviewer)
    return tuple(dict.fromkeys(name for name in names if name.strip()))


def for_reader(review: Review) -> Review:
    """The review as somebody sees it who may not see scores, verdicts and the reviewee's name."""
    names = hidden_names(review)
    return replace(
        review,
        title=mask(review.title, names),
        body=mask(review.body, names),
        reviewee="",
        reviewer="" if review.kind is Kind.SELF else mask(review.reviewer, names),
        score=None,
        scorecard=(),
        feedback=Feedback(comment=mask(review.feedback.comment, names)),
        # What another tool sent along may hold a verdict under any name.
        extra={},
        external_id=id_for_reader(review.external_id, names),
        turns=tuple(
            replace(
                turn,
                text=mask(turn.text, names),
                speaker="" if turn.role == "agent" else mask(turn.speaker, names),
            )
            for turn in review.turns
        ),
    )


def comments_for_reader(comments: Iterable[Comment], names: Sequence[str]) -> list[Comment]:
    """A thread without these people's names: what one of them says in it is the case owner's."""
    return [
        replace(comment, body=mask(comment.body, names), author=author_for_reader(comment.author, names))
        for comment in comments
    ]


def author_for_reader(author: str, names: Sequence[str]) -> str:
    """Who says something, where these people are not to be named."""
    return CASE_OWNER if author.casefold() in {name.casefold() for name in names} else mask(author, names)


def gem_for_reader(gem: Gem) -> Gem:
    """A gem without the names of those whose reviews it was lifted from."""
    names = gem.reviewees
    return replace(
        gem,
        title=mask(gem.title, names),
        body=mask(gem.body, names),
        owner=mask(gem.owner, names),
        verified_by=mask(gem.verified_by, names),
        doubted_by=mask(gem.doubted_by, names),
        doubt=mask(gem.doubt, names),
        word=mask(gem.word, names),
        retired_word=mask(gem.retired_word, names),
        evidence=tuple(evidence_for_reader(passage, names) for passage in gem.evidence),
        external_id=id_for_reader(gem.external_id, names),
        reviewees=(),
    )


def evidence_for_reader(passage: Evidence, others: tuple[str, ...] = ()) -> Evidence:
    """A passage without the names of its review's people, and of `others`."""
    names = (*passage.people, *others)
    return replace(
        passage, quote=mask(passage.quote, names), review_title=mask(passage.review_title, names), reviewee=""
    )


def sighting_for_reader(passage: Sighting) -> Sighting:
    """A passage that waits under a gem, without the names of its review's people."""
    quote, title = (mask(text, passage.people) for text in (passage.quote, passage.review_title))
    return replace(passage, quote=quote, review_title=title, reviewee="")


_ABOUT_PEOPLE = frozenset({Gem, Review, Evidence, Sighting})


def names_somebody(value: object) -> bool:
    """Whether this is still as it was written, and about people whom readers are not to know by it."""
    if type(value) not in _ABOUT_PEOPLE:
        return False  # asked for every word of a page
    if isinstance(value, Gem):
        return bool(value.reviewees)
    if isinstance(value, Review):
        return bool(hidden_names(value))
    return isinstance(value, Evidence | Sighting) and bool(value.people)


_PERSONAL = re.compile(
    r"(?P<address>(?<![^\s@<>,;:])[^\s@<>,;:]+@[^\s@<>,;]+\.[^\s@<>,;]+)"
    # Telephone, card, account and order numbers: seven digits or more, also with signs between them. Not days,
    # nor what begins with a zero and an x: that is an error code.
    r"|(?P<number>(?<![\w-])(?!0[xX])(?!(?:19|20)\d\d-\d\d-\d\d(?!\d))\+?\(?\d(?:[ ()/.\-\u2010-\u2015]{0,2}\d){6,}(?!\w))"
    r"|(?P<code>\b(?!0[xX])\w*\d{9,}\w*)"
)


def mask_personal(text: str) -> str:
    """What somebody typed, without the e-mail addresses and long numbers in it, of whatever script their digits are."""
    return _PERSONAL.sub(lambda found: f"[{'e-mail' if found['address'] else 'number'}]", text)

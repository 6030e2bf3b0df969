"""Blameless by default: what a reader is not shown of a review.

A reviewee's name stands in the header, but also in the conversation ("Hi, this is Maren"), in titles and in quotes. All
of it is taken out of what a reader sees and of what everybody's search looks through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import unquote

from kb.models import Comment, Evidence, Feedback, Gem, Kind, Review, Role
from kb.names import Name, anywhere, in_full, plain, replaced, signs_of
from kb.search.folding import fold
from kb.settings import Settings
from kb.values.gems import Sighting
from kb.words import MASK

CASE_OWNER = "Case owner"

_NO_LETTERS = re.compile(r"[\W\d_]+")
_SHORT = 4  # letters of a name that other words have in them, too (Ann: planning)


def sees_scores(settings: Settings, role: Role) -> bool:
    """Whether members of this role see scores, verdicts and reviewees' names in this library."""
    return role >= Role.from_word(settings.scores_visible_to)


def is_blameless(settings: Settings) -> bool:
    return Role.from_word(settings.scores_visible_to) > Role.READER


def mask(text: str, names: Iterable[str]) -> str:
    """The text with these people's names taken out, in whatever spelling."""
    return replaced(text, _known(names), MASK) if text else text


def _known(names: Iterable[str]) -> list[Name]:
    return [found for name in names if (found := anywhere(name)) is not None]


def as_written(masked: str, text: str, names: Iterable[str]) -> str:
    """A passage that these names were taken out of, as it stands in its text; as it is where it stands nowhere in it."""
    known = _known(names)
    if MASK not in masked or not known:
        return masked
    parts = [r"\s+".join(map(re.escape, re.split(r"\s+", plain(part)))) for part in masked.split(MASK)]
    one = "|".join(found.expression for found in known)
    there = Name(f"(?:{one})".join(parts), ())
    return next((text[begin:end] for begin, end in there.spans(text)), masked)


def mask_all(texts: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Each of the texts with these people's names taken out; together, which is quicker where there are none."""
    if not names:
        return texts
    signs = signs_of(plain("\n".join(texts)))
    there = [found for found in _known(names) if found.may_be_in(signs)]
    return [replaced(text, there, MASK) for text in texts] if there else texts


def mask_in_full(text: str, names: Iterable[str]) -> str:
    """The text without the names of these people where they stand whole: for a text that need not be about any of them, in
    which a part of a name may be another word."""
    return replaced(text, (found for name in names if (found := in_full(name)) is not None), MASK)


def id_for_reader(external_id: str, names: Sequence[str]) -> str:
    """What another tool, or a file's name, calls something; nothing where that may hold one of these names, in whatever
    spelling (`2026-10/josé_vogt.md`), since an id with a hole in it is none."""
    folded = fold(external_id)
    words = set(_NO_LETTERS.split(folded))
    for name in names:
        parts = [part for part in _NO_LETTERS.split(fold(name)) if part]
        if any(part in words or (len(part) > _SHORT and part in folded) for part in parts):
            return ""
    return external_id if mask(external_id, names) == external_id else ""


def case_for_reader(review: Review, names: Sequence[str]) -> Review:
    """The review without these names in what the case tool calls its case, which may be by the owner: an address of
    /agents/maren.holt/12, a channel that is somebody's inbox."""
    _, _, place = review.case_url.partition("://")
    path = unquote(place.partition("/")[2])
    return replace(
        review,
        case_id=id_for_reader(review.case_id, names),
        case_url=review.case_url if id_for_reader(path, names) == path else "",
        customer=mask_in_full(review.customer, names),
        channel=mask(review.channel, names),
    )


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
        case_for_reader(review, names),
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


ABOUT_PEOPLE = frozenset({Gem, Review, Evidence, Sighting})


def names_somebody(value: object) -> bool:
    """Whether this is still as it was written, and about people whom readers are not to know by it."""
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

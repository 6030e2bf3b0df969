"""Which review a changed row is: the one that has its id, one whose file had the same name, or somebody else's.

Ids collide: two colleagues each have a `notes.md`, two tools both count from 1. What tells an edit from another text is
how many of its words in a row stand in the other: see `is_another`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kb import privacy
from kb.ingest.base import Located
from kb.models import Draft, Review, SkippedRow
from kb.search.analysis import stream
from kb.store import reviews
from kb.store.database import Database

# Fewer different words than that say nothing: a placeholder that is filled in is an edit.
_ENOUGH = 20
# Of the pairs of neighbouring words of the shorter text. Of two reviews of one desk on different things fewer than a
# tenth stand in both, nearly always; of an edit that keeps a third of the sentences, more. Single words tell less: the
# function words and the words of the trade alone make a fifth to a third.
_FEW_PAIRS = 0.1
# The same words in another order are no other text.
_FEW_WORDS = 0.5

_HEADING = re.compile(r"^ {0,3}#{1,6} .*$", re.MULTILINE)

_WHO_AND_WHEN = ("date", "reviewer", "reviewee", "customer")
_HEADER = (*_WHO_AND_WHEN, "case_id", "case_url", "channel", "product", "team", "cycle")
_LONGEST_TITLE = 80
_GO_ON = (
    "If they are two reviews, bring this one in with a source of its own (--source NAME). If it is to take that one's"
    " place, say so (--replace). In the browser both stand beside the rows that were set aside."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a run with its identity. `by_name` says that it is known by the name of its file alone; `beside` the
    review that has this name already, 0 for none."""

    located: Located
    draft: Draft
    content_hash: str
    source: str
    by_name: bool
    beside: int = 0

    @property
    def where(self) -> str:
        return ", ".join(part for part in (self.located.source, self.located.location) if part)


class Verdict(NamedTuple):
    """What a changed row is, and the id that it goes by. `before` is the review that it changes, None for a new one;
    `same` says that nothing changes; `taken_by` is the review of another text that has its id."""

    external_id: str
    before: Review | None = None
    same: bool = False
    taken_by: Review | None = None
    beside: int = 0


class _Words(NamedTuple):
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def _text(of: Draft | Review) -> str:
    """What it says; headings are a template's, which two notes of one desk have in common."""
    body = _HEADING.sub("", of.body) if "#" in of.body else of.body
    return "\n".join([of.title, body, *(turn.text for turn in of.turns)])


def _words(of: Draft | Review) -> _Words:
    """In scripts without spaces the words are pairs of characters, so that a pair of them is three characters."""
    words = stream(_text(of)).words
    return _Words(frozenset(words), frozenset(pairwise(words)))


def likeness(one: Draft | Review, other: Draft | Review) -> float:
    """How much of the shorter of two texts stands in the other, 0 to 1, by pairs of neighbouring words: the overlap
    coefficient (Szymkiewicz-Simpson). 1 where there are too few words to tell, or the words are the same in another
    order."""
    return _likeness(_words(one), _words(other))


def _likeness(one: _Words, other: _Words) -> float:
    fewer = min(len(one.words), len(other.words))
    if fewer < _ENOUGH or len(one.words & other.words) >= _FEW_WORDS * fewer:
        return 1.0
    return len(one.pairs & other.pairs) / min(len(one.pairs), len(other.pairs))


def is_another(there: Review, draft: Draft) -> bool:
    """Whether a row with the id of a review is another review: their texts have hardly anything in common, and nothing
    in the header says that they are one (as it does of a translation)."""
    if _begin_or_end_alike(_text(there), _text(draft)) or _same_header(there, draft):
        return False
    return likeness(there, draft) < _FEW_PAIRS


def _begin_or_end_alike(one: str, other: str) -> bool:
    """Whether a third of the shorter text is how both begin, or end: most edits, and much quicker seen than words."""
    third = min(len(one), len(other)) // 3
    return third > 0 and (one[:third] == other[:third] or one[-third:] == other[-third:])


def _same_header(there: Review, draft: Draft) -> bool:
    if draft.case_url and draft.case_url == there.case_url:
        return True
    if draft.case_id and draft.case_id == there.case_id != draft.external_id:
        return True
    known = sum(bool(getattr(draft, name)) for name in _WHO_AND_WHEN)
    return known >= 2 and all(getattr(draft, name) == getattr(there, name) for name in _HEADER)


def verdicts(
    db: Database, rows: Sequence[tuple[int, Row]], there: Mapping[int, Review], *, replace: bool
) -> Iterable[Verdict]:
    """What each of the changed rows is, given with the number of the review that has its id; `there` holds these.

    With `replace` a row takes that review's place whatever it says.
    """
    named = [row for _, row in rows if row.by_name]
    beside = _beside(db, named)
    elsewhere = reviews.known_hashes(db, sorted({row.content_hash for row in named})) if named else {}
    for id, row in rows:
        if row.by_name:
            yield _named_by_file(
                row, there[id], beside.get((row.source, row.draft.external_id), ()), elsewhere, replace
            )
        elif not replace and is_another(there[id], row.draft):
            yield Verdict(row.draft.external_id, taken_by=there[id])
        else:
            yield Verdict(row.draft.external_id, there[id])


def _named_by_file(
    row: Row, first: Review, others: Sequence[tuple[Review, str]], elsewhere: Container[str], replace: bool
) -> Verdict:
    """The review of this file among all whose files have its name: the one that it is most like, else a new one."""
    for other, content_hash in others:
        if content_hash == row.content_hash:
            return Verdict(other.external_id, same=True)
    meant = [one for one in (first, *(other for other, _ in others)) if not is_another(one, row.draft)]
    if meant:
        best = max(meant, key=lambda one: likeness(one, row.draft)) if len(meant) > 1 else meant[0]
        return Verdict(best.external_id, best)
    if replace:
        return Verdict(first.external_id, first)
    if row.content_hash in elsewhere:  # two files have changed their names
        return Verdict(row.draft.external_id, same=True)
    taken = [_number(other.external_id) for other, _ in others]
    return Verdict(f"{row.draft.external_id}#{max(taken, default=1) + 1}", beside=first.id)


def _number(external_id: str) -> int:
    return int(external_id.rpartition("#")[2])


def _beside(db: Database, rows: Sequence[Row]) -> dict[tuple[str, str], list[tuple[Review, str]]]:
    """The further reviews whose files have these names (`notes.md#2`), with their content's hash."""
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row.source, set()).add(row.draft.external_id)
    found: dict[tuple[str, str], list[tuple[Review, str]]] = {}
    for source, wanted in names.items():
        numbered = {
            id: (external_id, content_hash)
            for id, external_id, content_hash in reviews.numbered(db, source, sorted(wanted))
            if re.fullmatch(r"#[1-9][0-9]{0,8}", external_id[external_id.rfind("#") :])
        }
        for id, review in reviews.get_many(db, numbered, {}).items():
            external_id, content_hash = numbered[id]
            found.setdefault((source, external_id.rpartition("#")[0]), []).append((review, content_hash))
    return found


def set_aside(row: Row, taken_by: Review) -> SkippedRow:
    """A row whose id a review of another text has, with a sentence that says which and how to go on."""
    title = privacy.mask(taken_by.title, privacy.hidden_names(taken_by))
    title = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rstrip()} …"
    away = ", in the trash," if taken_by.trashed_at else ""
    reason = (
        f"Review {taken_by.id} (“{title}”){away} has the id {row.draft.external_id} of the source {row.source}, and its"
        f" text has hardly anything in common with this one. {_GO_ON}"
    )
    found = row.located
    return SkippedRow(found.source, found.location, reason, found.raw, found.format, taken_by=taken_by.id)

"""A question as the engines are asked: its topics by all their names, its words with what else they mean, and what
follows when little has them all (docs/findability.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.finding import spelling, synonyms
from kb.languages import Said
from kb.library import Library
from kb.models import Kind
from kb.search import query
from kb.search.base import Page, Query
from kb.search.folding import fold_value
from kb.search.nodes import (
    And,
    Boost,
    Filter,
    FilterPattern,
    Leaf,
    Maybe,
    Node,
    Not,
    Or,
    Some,
    Telling,
    Word,
    leaves,
    nearest_of,
    walk,
    without_wholes,
    written_otherwise,
)
from kb.search.query import Parsed
from kb.search.ranking import MOST_WORDS, is_cut
from kb.store import tags

_FEW = 10  # results with all the words; with fewer, those with some of them follow
_FEW_WORDS = 4  # of a question whose words are looked for in longer ones


@dataclass(frozen=True, slots=True)
class Answer:
    """A page and how it was come by. `node` is what was searched in the end, which decides what is marked; `lean` is the
    same without what is known to find nothing, however it is narrowed."""

    page: Page
    node: Node | None
    relaxed: bool = False
    corrected: bool = False
    better: str | None = None
    notes: tuple[str, ...] = ()
    lean: Node | None = None


def answer(library: Library, question: str, parsed: Parsed, asked: Query) -> Answer:
    """First what has all the words. Where that is nothing, the words that the library does not have are read as the
    nearest that it has; where it is little, what has some of the words follows, below (docs/findability.md)."""
    page = ask(library, asked)
    node = asked.node
    if node is None or page.total >= _FEW or (page.total and parsed.exact):
        return Answer(page, node)
    everywhere = _everywhere(library, asked, page)
    if everywhere >= _FEW:
        return Answer(page, node)
    if not everywhere and (better := spelling.corrected(library, question, parsed.words)):
        node = read(library, better)
        corrected = ask(library, replace(asked, node=node))
        if parsed.exact:
            return _widened(library, asked, page, better if corrected.total else None, exact=True)
        found = _widened(library, replace(asked, node=node), corrected, better)
        return replace(found, corrected=bool(found.better))
    found = _widened(library, asked, page, None, exact=parsed.exact)
    if everywhere or found.node == node or found.node is None:
        return found
    return replace(found, lean=without_wholes(found.node))


def _everywhere(library: Library, asked: Query, page: Page) -> int:
    """How much a question finds before anything is chosen beside it. What is chosen narrows that list by as much as its
    count says: it must not be what widens or corrects the question."""
    if not (asked.filters or asked.days):
        return page.total
    return ask(library, replace(asked, filters={}, days=None, limit=0, offset=0, facets=())).total


def ask(library: Library, asked: Query) -> Page:
    """What an engine finds for a question with all that its words also mean."""
    return library.engine.search(replace(asked, node=synonyms.of(library).expand(asked.node)))


def _widened(library: Library, asked: Query, page: Page, better: str | None, *, exact: bool = False) -> Answer:
    node = asked.node
    compounds = _compounds(library, node) if page.total < _FEW and not exact else {}
    alone = node is None or len(set(leaves(node)) - written_otherwise(node)) < 2
    if page.total >= _FEW or node is None or (page.total and alone and not compounds):
        return Answer(page, node, better=better if page.total else None)
    wider = nearest_of(node, compounds)
    # Of what has all the words it is known already when that is nothing: it need not be looked for again.
    wanted = wider if page.total else without_wholes(wider)
    wide = ask(library, replace(asked, node=wanted)) if wider != node else page
    if wide.total <= page.total:
        return Answer(page, node, better=better if page.total else None)
    cut = _cut(wider)
    if not page.total:
        return Answer(wide, wider, relaxed=True, better=better, notes=cut)
    if alone:
        return Answer(wide, wider, better=better, notes=(_in_longer_words(page.total),))
    said = Said.several(
        "%(num)s has all of these words; the others have some of them.",
        "%(num)s have all of these words; the others have some of them.",
        page.total,
    )
    return Answer(wide, wider, better=better, notes=(said, *cut))


def _cut(wider: Node) -> tuple[str, ...]:
    """That not all words of a very long question count where some suffice."""
    if not any(is_cut(each) for each in walk(wider) if isinstance(each, Telling)):
        return ()
    long = Said(
        "The question is very long; where some of its words suffice, the %(most)s rarest were searched.",
        most=MOST_WORDS,
    )
    return (long,)


def _in_longer_words(count: int) -> Said:
    return Said.several(
        "%(num)s has this word; the others have it within a longer word, or as two words.",
        "%(num)s have this word; the others have it within a longer word, or as two words.",
        count,
    )


def _compounds(library: Library, node: Node | None) -> dict[Word, Sequence[Leaf]]:
    """What else the plain words of a short question are looked for by; a long one says enough by its words (measured)."""
    kids = node.children if isinstance(node, And) else (node,)
    words = [kid for kid in kids if isinstance(kid, Word) and not kid.field]
    if len(words) > _FEW_WORDS:
        return {}
    found = ((word, library.engine.compounds(word.text)) for word in words)
    return {word: others for word, others in found if others}


def read(library: Library, question: str) -> Node | None:
    """A question as it is searched here: understood, with all that its topics are called."""
    return with_names_resolved(library, query.parse(question, today=library.today()).node)


def with_names_resolved(library: Library, node: Node | None) -> Node | None:
    """`tag:dsgvo` means the tag GDPR when that is its alias, and all that it is or was called; `reviewer:mila` also the
    self reviews of hers, whose reviewer is who was reviewed, for those who may see that."""
    fields = {n.field for n in walk(node) if isinstance(n, Filter | FilterPattern)}
    if node is None or not fields & {"tag", "reviewer"}:
        return node
    names: dict[str, tuple[str, ...]] = {}
    for tag in tags.all_tags(library.db) if "tag" in fields else ():
        every = tuple(fold_value(name) for name in (tag.name, *tag.aliases))
        names.update(dict.fromkeys(every, every))

    def resolve(node: Node) -> Node:
        match node:
            case Filter("tag", values):
                return Filter("tag", tuple(dict.fromkeys(n for value in values for n in names.get(value, (value,)))))
            case Filter("reviewer") | FilterPattern("reviewer"):
                return Or((node, And((Filter("kind", (Kind.SELF.value,)), replace(node, field="reviewee")))))
            case And(kids):
                return And(tuple(map(resolve, kids)))
            case Or(kids):
                return Or(tuple(map(resolve, kids)))
            case Some(kids, least):
                return Some(tuple(map(resolve, kids)), least)
            case Maybe(required, optional):
                return Maybe(resolve(required), resolve(optional))
            case Not(child):
                return Not(resolve(child))
            case Boost(child, factor):
                return Boost(resolve(child), factor)
            case _:
                return node

    return resolve(node)

"""What is offered while somebody types: what they searched for before, topics, people, gems and reviews, words."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from kb.errors import SearchIndexError
from kb.finding import asking, hits
from kb.library import Library
from kb.models import Member
from kb.search import query
from kb.search.base import Hit, Query
from kb.search.folding import fold, fold_value
from kb.search.languages import FUNCTION_WORDS
from kb.search.nodes import And, Node, Some, Word, leaves
from kb.search.vocabulary import slips_between
from kb.store import mine, tags
from kb.tags import tags as tag_cases

LIMIT = 8
_PAST = 2
_PEOPLE = 2
_TAGS = 3
_MOST_PEOPLE = 5000
_GEMS = 4
_GUESSED_FROM = 2  # letters of a word behind others: one may be the beginning of anything
_PARTS = re.compile(r"[^\W_]+")
_FORGIVING = 4  # letters typed, from which on a slip is forgiven
# By library: the change up to which the index was looked through, and who is named in it, with how many reviews. Names
# that not everybody may see are kept apart.
_known: WeakKeyDictionary[Library, tuple[int, dict[str, tuple[tuple[str, int], ...]]]] = WeakKeyDictionary()
_looking = threading.Lock()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A way to go on while typing. `kind` is tag, gem, review or word; for a member past and person, too."""

    kind: str
    text: str
    url: str = ""
    count: int = 0


def for_member(library: Library, typed: str, member: Member, *, unmasked: bool, limit: int = LIMIT) -> list[Suggested]:
    """Ways to go on for this member, who alone is offered what they searched for. One slip is forgiven everywhere."""
    if not typed.strip():
        return []
    past = [
        Suggested("past", text, _search(text)) for text in _nearest(typed, mine.searches(library.db, member.id))[:_PAST]
    ]
    people = _people(library, typed, unmasked)
    rest = suggest(library, typed, unmasked=unmasked, limit=limit - len(past) - len(people))
    topics = [one for one in rest if one.kind == "tag"] or _topics(library, typed)
    others = [one for one in rest if one.kind != "tag"]
    if _is_of_a_name(library, typed.rpartition(" ")[0], unmasked):  # what follows is the rest of the name
        others = [one for one in others if one.kind != "word"]
    return [*past, *topics, *people, *others][:limit]


def suggest(library: Library, typed: str, *, unmasked: bool, limit: int = LIMIT) -> list[Suggested]:
    """Ways to go on while somebody types: tags by name or alias, then gems and reviews by the words typed so far, then
    words of the library that begin so."""
    typed = typed.strip()
    if not typed:
        return []
    found = [
        Suggested("tag", tag.name, f"/tags/{tag.id}", tag.reviews + tag.gems)
        for tag in tag_cases.complete(library, typed, limit=_TAGS)
    ]
    try:
        found += _of_the_index(library, typed, unmasked, limit - len(found))
        if not found and (better := _last_corrected(library, typed)):
            found = _of_the_index(library, better, unmasked, limit)
    except SearchIndexError:
        pass
    return found[:limit]


def _of_the_index(library: Library, typed: str, unmasked: bool, limit: int) -> list[Suggested]:
    *before, last = typed.split()
    guessed = library.engine.suggest(last, limit) if len(last) >= _GUESSED_FROM or not before else ()
    words = [word for word in guessed if word.text != last.casefold()]
    found = _titles(library, typed, unmasked, limit)
    asked = asking.read(library, " ".join(before)) if before else None
    # The whole question, which is what is searched when it is chosen; of that nobody knows how much it finds.
    return found + [
        Suggested("word", " ".join([*before, word.text]), "", 0 if before else word.count)
        for word in words
        if fold(word.text) not in FUNCTION_WORDS and _is_there(library, word.text, asked, unmasked)
    ]


def _is_there(library: Library, word: str, before: Node | None, unmasked: bool) -> bool:
    """Whether a text has the word, and one of those typed before it: any other was not what they were leading to. An index
    knows words of what was thrown away, erased or masked since for a while: nobody is to learn them from it."""
    node: Node = Word(word)
    if before is not None:
        words = leaves(before)
        node = And((node, Some(tuple(words), 1) if words else before))
    return asking.ask(library, Query(node=node, unmasked=unmasked, limit=0, facets=())).total > 0


def _last_corrected(library: Library, typed: str) -> str | None:
    """With a slip in its last word read as what the library has."""
    *whole, last = typed.split()
    nearest = library.engine.correct(last)
    return " ".join([*whole, nearest]) if nearest else None


def _titles(library: Library, typed: str, unmasked: bool, limit: int) -> list[Suggested]:
    """Gems, then reviews, whose title has the words, the last of them as far as it is typed: in one (`imp-2` as `imp2`), or
    where no title has that, in its parts (`err_42` of SSO_ERR_42)."""
    *whole, last = typed.split()
    found = _titled(library, [*map(_plain, whole), _plain(last)], unmasked, limit)
    parts = _PARTS.findall(last)
    return found or (_titled(library, [*map(_plain, whole), *parts], unmasked, limit) if len(parts) > 1 else [])


def _titled(library: Library, words: Sequence[str], unmasked: bool, limit: int) -> list[Suggested]:
    *whole, last = words
    question = " ".join([*(f"title:{word}" for word in whole if word), f"title:{last}*"])
    node = query.parse(question, today=library.today()).node
    if node is None or not last:
        return []
    found: list[Hit] = []
    for type, most in (("gem", min(limit, _GEMS)), ("review", limit)):
        asked = Query(node=node, filters={"type": (type,)}, unmasked=unmasked, limit=max(most, 0), facets=())
        found += library.engine.search(asked).hits
    shown = hits.shown(library, found[: max(limit, 0)], None, unmasked=unmasked)
    return [Suggested(hit.type, hit.title, hit.url) for hit in shown]


def _plain(word: str) -> str:
    """A typed word without the signs that mean something in a question."""
    return "".join(letter for letter in word if letter.isalnum())


def _search(question: str) -> str:
    return f"/search?{urlencode({'q': question})}"


def _topics(library: Library, typed: str) -> list[Suggested]:
    """Those that are meant where none begins as typed."""
    everything = {name: tag for tag in tags.all_tags(library.db) for name in (tag.name, *tag.aliases)}
    found = dict.fromkeys(everything[name] for name in _nearest(typed, everything))
    return [Suggested("tag", tag.name, f"/tags/{tag.id}", tag.reviews + tag.gems) for tag in list(found)[:_TAGS]]


def _people(library: Library, typed: str, unmasked: bool) -> list[Suggested]:
    """Who reviewed, and for those who may see it who was reviewed: a search for their reviews."""
    found = []
    for field, names in _names(library).items():
        if field == "reviewer" or unmasked:
            counts = dict(names)
            found += [
                Suggested("person", name, _search(f'{field}:"{name}"'), counts[name])
                for name in _nearest(typed, counts)
                if '"' not in name
            ]
    by_name = {one.text: one for one in reversed(found)}  # who both reviewed and was reviewed is offered once
    return [one for one in found if by_name[one.text] is one][:_PEOPLE]


def _is_of_a_name(library: Library, words: str, unmasked: bool) -> bool:
    """Whether the words are a name, or some of one, that this member may see."""
    wanted = f" {fold_value(words)} "
    names = (name for field, found in _names(library).items() if field == "reviewer" or unmasked for name, _ in found)
    return wanted.strip() != "" and any(wanted in f" {fold_value(name)} " for name in names)


def _names(library: Library) -> dict[str, tuple[tuple[str, int], ...]]:
    """The names in the index, the commonest first; none while it cannot be read."""
    try:
        there = library.engine.watermark()
        with _looking:
            known = _known.get(library)
        if known is None or known[0] != there:
            fields = ("reviewer", "reviewee")
            asked = Query(unmasked=True, limit=0, facets=fields, facet_size=_MOST_PEOPLE)
            found = library.engine.search(asked).facets
            known = there, {field: found.get(field, ()) for field in fields}
            with _looking:
                _known[library] = known
        return known[1]
    except SearchIndexError:
        return {}


def _nearest(typed: str, texts: Iterable[str]) -> list[str]:
    """The texts that begin as typed, or a word of which does; else those that would but for one slip."""
    wanted = fold_value(typed)
    folded = [(text, fold_value(text)) for text in texts]
    if not wanted:
        return []
    begins = [text for text, said in folded if said.startswith(wanted) and said != wanted]
    within = [text for text, said in folded if f" {wanted}" in said]
    if begins or within or len(wanted) < _FORGIVING or any(said == wanted for _text, said in folded):
        return list(dict.fromkeys([*begins, *within]))
    return [text for text, said in folded if any(_begins_nearly(part, wanted) for part in _parts(said))]


def _parts(said: str) -> list[str]:
    """The text from each of its words on."""
    words = said.split()
    return [" ".join(words[at:]) for at in range(len(words))]


def _begins_nearly(said: str, wanted: str) -> bool:
    """Whether it begins so but for one letter more, less, other, or two swapped. The first letter is right, as a rule."""
    lengths = (len(wanted), len(wanted) - 1, len(wanted) + 1)
    return said[:1] == wanted[:1] and any(slips_between(wanted, said[:length], 1) <= 1 for length in lengths)

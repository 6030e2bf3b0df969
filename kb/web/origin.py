"""Where somebody came from to a gem or review: a topic or a search, kept in the address (`?from=tag:12`,
`?from=search:3:q%3Dexport`), so that "next" needs no memory of ours and a copied address works for others, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from kb.finding import next_previous
from kb.finding.next_previous import Step
from kb.models import TagRef
from kb.search.nodes import Node
from kb.tags import tags
from kb.topics import family
from kb.web import languages
from kb.web.asked import LONGEST_ORIGIN, SIZE, Asked
from kb.web.context import library, unmasked
from kb.web.languages import gettext as _

_FARTHEST = 10_000


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """What stands above a gem or review: the way to it, and what is before and after it there; for who comes from a
    search, what it asked (`question`) and how that was read (`node`)."""

    crumbs: tuple[Link, ...] = ()
    before: Link | None = None
    after: Link | None = None
    question: str = ""
    node: Node | None = None


def from_tag(id: int) -> str:
    """For the links of a topic's page."""
    return f"tag:{id}"


def of_page(type: str, id: int, own: Sequence[TagRef]) -> Way:
    """The way to the gem or review of this page. Nonsense in the address counts as nothing; without anything the first of
    its own topics is the way."""
    said = request.args.get("from", "")
    kind, _colon, rest = said.partition(":")
    if kind == "search" and (way := _in_search(type, id, rest)) is not None:
        return way
    everything = tags.listed(library())
    wanted = int(rest) if kind == "tag" and rest.isascii() and rest.isdigit() and len(rest) < 10 else 0
    tag = next((one for one in everything if one.id == wanted), None)
    if tag is None:
        first = {one.id for one in own[:1]}
        tag = next((one for one in everything if one.id in first), None)
        said = ""
    if tag is None:
        return Way()
    links = [Link(_("Topics"), url_for("tags.index"))]
    links += [Link(one.name, url_for("tags.show", id=one.id)) for one in (*family.above(tag, everything), tag)]
    if not said:
        return Way(tuple(links))
    ids = [one.id for one in family.of(tag.id, everything)]
    found = next_previous.in_topics(library(), ids, type, id, unmasked=unmasked())
    return Way(tuple(links), _link(found.before, said), _link(found.after, said))


def _in_search(type: str, id: int, rest: str) -> Way | None:
    number, _colon, said = rest.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 6) or len(said) > 4 * LONGEST_ORIGIN:
        return None
    place = min(int(number), _FARTHEST)
    asked = Asked.from_args(MultiDict(parse_qsl(said)))
    found = next_previous.in_search(
        library(), asked.question, filters=asked.filters, sort=asked.sort, place=place, type=type, id=id,
        unmasked=unmasked(), exact=asked.exact, reads=languages.code(),
    )  # fmt: skip
    page = place // SIZE + 1
    back = f"{asked.at_page(page)}#n{(place % SIZE if found.row is None else found.row) + 1}"
    words = _("Search: %(words)s", words=asked.question[:60]) if asked.question else _("Search")
    before, after = (
        _link(step, asked.as_origin(step.place)) if step is not None else None for step in (found.before, found.after)
    )
    return Way((Link(words, back),), before, after, asked.question, found.node)


def _link(step: Step | None, said: str) -> Link | None:
    if step is None:
        return None
    return Link(step.title, f"/{step.type}s/{step.id}?from={quote(said, safe=':')}", step.language)

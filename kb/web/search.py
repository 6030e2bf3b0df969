"""The search page and the suggestions under the search box. Every search is an address that can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from kb import explaining, finding
from kb.languages import N_
from kb.web import paging, shown
from kb.web.context import library, restricted, served
from kb.web.languages import gettext as _

pages = Blueprint("search", __name__)

# What results can be narrowed by on the page, in this order, with the words for it.
FACETS: Mapping[str, str] = {
    "tag": N_("Topic"),
    "kind": N_("Kind"),
    "product": N_("Product"),
    "team": N_("Team"),
    "language": N_("Language"),
    "year": N_("Year"),
}
# Also taken from an address, but not offered as a list.
_ONLY_IN_ADDRESS: Mapping[str, str] = {"type": N_("Only")}
# Where the words of a question stand in a result.
_SECTIONS: Mapping[str, str] = {
    "title": N_("in the title"),
    "tags": N_("in its topics and their other names"),
    "gem": N_("in the words of a gem"),
    "body": N_("in the text"),
    "turns": N_("in the conversation"),
    "comments": N_("in the comments"),
}
_SORTS: Mapping[str, str] = {"relevance": N_("relevance"), "newest": N_("newest")}
SIZE = 10
LONGEST_ORIGIN = 1500
_LONGEST = 10_000
_MOST_VALUES = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of the search page asks for."""

    question: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str = "relevance"

    @classmethod
    def from_request(cls) -> Asked:
        return cls.from_args(request.args)

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Asked:
        chosen = {
            name: tuple(dict.fromkeys(value for value in args.getlist(name) if value))[:_MOST_VALUES]
            for name in (*FACETS, *_ONLY_IN_ADDRESS)
        }
        sort = args.get("sort", "")
        return cls(
            args.get("q", "")[:_LONGEST].strip(),
            {name: values for name, values in chosen.items() if values},
            sort if sort in _SORTS else "relevance",
        )

    @property
    def url(self) -> str:
        return self.at_page(1)

    def at_page(self, number: int) -> str:
        values: dict[str, object] = {"q": self.question, **{name: list(found) for name, found in self.filters.items()}}
        if self.sort != "relevance":
            values["sort"] = self.sort
        if number > 1:
            values["page"] = number
        return url_for("search.index", **values)  # type: ignore[arg-type]

    def explaining(self, number: int, result: str) -> str:
        """The address of a page of results with one of them explained."""
        address = self.at_page(number)
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'why': result})}"

    def as_origin(self, place: int) -> str:
        """What the address of the result at this place (from 0) says of where one came from: origin.py reads it. Nothing
        for a question too long to be carried along."""
        said = urlencode([("q", self.question), *self.kept()])
        return f"search:{place}:{said}" if len(said) <= LONGEST_ORIGIN else ""

    def ask(self, question: str) -> Asked:
        return replace(self, question=question)

    def sorted_by(self, sort: str) -> Asked:
        return replace(self, sort=sort)

    def with_value(self, name: str, value: str) -> Asked:
        return replace(self, filters={**self.filters, name: (*self.filters.get(name, ()), value)})

    def without(self, name: str, value: str) -> Asked:
        left = {**self.filters, name: tuple(kept for kept in self.filters.get(name, ()) if kept != value)}
        return replace(self, filters={name: values for name, values in left.items() if values})

    def bare(self) -> Asked:
        """The same question without filters."""
        return replace(self, filters={})

    def everything(self) -> list[tuple[str, str]]:
        """The question and what is chosen, for a form that goes over all that it finds."""
        return [("q", self.question), *((name, value) for name, values in self.filters.items() for value in values)]

    def kept(self) -> list[tuple[str, str]]:
        """What a new question from this page keeps, for the form's hidden fields."""
        pairs = [(name, value) for name, values in self.filters.items() for value in values]
        return pairs if self.sort == "relevance" else [*pairs, ("sort", self.sort)]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: the words for it, how many finds have it, and where choosing or leaving it leads."""

    words: str
    count: int | None
    url: str
    chosen: bool


@pages.get("/search")
def index() -> str:
    asked = Asked.from_request()
    paging_ = paging.asked(SIZE)
    found = finding.search(
        library(),
        asked.question,
        restricted=restricted(),
        filters=asked.filters,
        sort=asked.sort,
        limit=paging_.size,
        offset=paging_.offset,
    )
    if asked.question and paging_.number == 1 and not asked.filters and finding.BROKEN not in found.notes:
        # What has only some of the words, or means something near to them, is not known to be what was asked for.
        served().searches.searched(asked.question, 0 if found.relaxed or found.only_meant else found.total)
    return render_template(
        "search/index.html",
        asked=asked,
        found=found,
        came_from=lambda row: asked.as_origin(paging_.offset + row),
        facets=[(name, _(words), facet(asked, found, name)) for name, words in FACETS.items()],
        chosen=[
            (_(words), value_words(name, value), asked.without(name, value).url)
            for name, words in {**_ONLY_IN_ADDRESS, **FACETS}.items()
            for value in asked.filters.get(name, ())
        ],
        sorts={sort: _(words) for sort, words in _SORTS.items()},
        paging=paging_,
        page_url=paging.page_url(),
        explained=_explained(found),
        section_words=_SECTIONS,
    )


def _explained(found: finding.Found) -> tuple[str, explaining.Why | None]:
    """The one result that the address wants explained, as "gem:12", and why it was found."""
    wanted = request.args.get("why", "")
    for hit in found.hits:
        if wanted == f"{hit.type}:{hit.id}":
            return wanted, explaining.why(library(), hit, found.node)
    return "", None


def facet(asked: Asked, found: finding.Found, name: str) -> list[Choice]:
    """The values of a facet with their counts; those chosen come first, also when nothing has them."""
    counts = dict(found.facets.get(name, ()))
    mine = asked.filters.get(name, ())
    chosen = [
        Choice(value_words(name, value), counts.get(value), asked.without(name, value).url, True) for value in mine
    ]
    offered = [
        Choice(value_words(name, value), count, asked.with_value(name, value).url, False)
        for value, count in counts.items()
        if value not in mine
    ]
    return chosen + offered


def value_words(name: str, value: str) -> str:
    """What a filter's value is called on the page."""
    if name == "kind":
        return shown.kind_word(value)
    if name == "language":
        return shown.language_word(value)
    if name == "type":
        return {"gem": _("Gems"), "review": _("Reviews")}.get(value, value)
    return value


@pages.get("/search/suggest")
def suggest() -> Response:
    """What the box offers while somebody types: `{"suggestions": [{"kind", "text", "url", "count"}]}`."""
    typed = request.args.get("q", "")[:200]
    offered = finding.suggest(library(), typed, restricted=restricted()) if typed.strip() else []
    return jsonify(suggestions=[{"kind": s.kind, "text": s.text, "url": s.url, "count": s.count} for s in offered])

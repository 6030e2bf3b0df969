"""What an address of the search page asks for: a question, what narrows it, an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from flask import g, url_for
from werkzeug.datastructures import MultiDict

from kb.finding.narrowing import FROM, TO
from kb.languages import N_
from kb.search.base import WITHOUT

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
ONLY_IN_ADDRESS: Mapping[str, str] = {"type": N_("Only")}
SORTS: Mapping[str, str] = {"relevance": N_("relevance"), "newest": N_("newest")}
SIZE = 10
LONGEST_ORIGIN = 1500
_LONGEST = 10_000
_MOST_VALUES = 20
_LONGEST_VALUE = 200  # as the index has them
_LONGEST_DAY = 60  # characters
_PLAIN = "!$'()*,/:;?@"  # as werkzeug writes a query


def _path() -> str:
    """The search page's address, found out once an answer: a page of results has a hundred and more of them."""
    here = g._get_current_object()
    if not hasattr(here, "search_path"):
        here.search_path = url_for("search.index")
    path: str = here.search_path
    return path


@lru_cache(maxsize=500)  # a page of results has a hundred and more addresses, alike but for one of their pairs
def _written(name: str, value: str) -> str:
    return urlencode([(name, value)], safe=_PLAIN)


def is_exact(args: MultiDict[str, str]) -> bool:
    """Whether only what was typed is asked for."""
    return args.get("exact", "") not in ("", "0")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of the search page asks for."""

    question: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str = "relevance"
    exact: bool = False  # only what was typed

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Asked:
        fields = (*FACETS, *ONLY_IN_ADDRESS)
        chosen = {
            name: tuple(dict.fromkeys(value[:_LONGEST_VALUE] for value in args.getlist(name) if value))[:_MOST_VALUES]
            for name in (*fields, *(f"{WITHOUT}{field}" for field in fields))
        }
        for name in (FROM, TO):
            day = args.get(name, "")[:_LONGEST_DAY].strip()
            chosen[name] = (day,) if day else ()
        sort = args.get("sort", "")
        return cls(
            args.get("q", "")[:_LONGEST].strip(),
            {name: values for name, values in chosen.items() if values},
            sort if sort in SORTS else "relevance",
            is_exact(args),
        )

    @property
    def url(self) -> str:
        return self.at_page(1)

    def at_page(self, number: int) -> str:
        pairs = [("q", self.question), *self.kept(), *self.how()]
        if number > 1:
            pairs.append(("page", str(number)))
        return f"{_path()}?{'&'.join([_written(name, value) for name, value in pairs])}"

    def explaining(self, number: int, result: str) -> str:
        """The address of a page of results with one of them explained."""
        address = self.at_page(number)
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'why': result})}"

    def as_origin(self, place: int) -> str:
        """What the address of the result at this place (from 0) says of where one came from: origin.py reads it. Nothing
        for a question too long to be carried along."""
        said = urlencode([("q", self.question), *self.kept(), *self.how()])
        return f"search:{place}:{said}" if len(said) <= LONGEST_ORIGIN else ""

    def ask(self, question: str) -> Asked:
        return replace(self, question=question)

    def as_typed(self, exact: bool = True) -> Asked:
        """Only what was typed, or, again, what is likely to be meant by it."""
        return replace(self, exact=exact)

    def sorted_by(self, sort: str) -> Asked:
        return replace(self, sort=sort)

    def with_value(self, name: str, value: str) -> Asked:
        return replace(self, filters={**self.filters, name: (*self.filters.get(name, ()), value)})

    def without(self, name: str, value: str) -> Asked:
        left = {**self.filters, name: tuple(kept for kept in self.filters.get(name, ()) if kept != value)}
        return replace(self, filters={name: values for name, values in left.items() if values})

    def left_out(self, name: str, value: str) -> Asked:
        """Without what has this value."""
        return self.without(name, value).with_value(f"{WITHOUT}{name}", value)

    def between(self, first: str, last: str) -> Asked:
        """Only the days from the first to the last, each in whatever words; "" is open."""
        return replace(self, filters={**self.of_any_day().filters, **{
            name: (text,) for name, text in ((FROM, first), (TO, last)) if text
        }})  # fmt: skip

    def of_any_day(self) -> Asked:
        return replace(self, filters={name: found for name, found in self.filters.items() if name not in (FROM, TO)})

    def bare(self) -> Asked:
        """The same question without filters."""
        return replace(self, filters={})

    def everything(self) -> list[tuple[str, str]]:
        """The question and what is chosen, for a form that goes over all that it finds."""
        return [("q", self.question), *((name, value) for name, values in self.filters.items() for value in values)]

    def how(self) -> list[tuple[str, str]]:
        """What belongs to this question alone: another one is searched as usual."""
        return [("exact", "1")] if self.exact else []

    def kept(self) -> list[tuple[str, str]]:
        """What a new question from this page keeps, for the form's hidden fields."""
        pairs = [(name, value) for name, values in self.filters.items() for value in values]
        return pairs if self.sort == "relevance" else [*pairs, ("sort", self.sort)]

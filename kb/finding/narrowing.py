"""What narrows a search besides its words: values of facets, values left out, days; and the counts beside each of them.

In a search's address, and where it is kept, these are all filters: `tag`, `-tag` (left out), and `from` and `to`, which
hold a day, a month … or words for one (`last-quarter`), so that a saved search moves along with the calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.finding import fusion, synonyms
from kb.languages import Said
from kb.library import Library
from kb.search import day_words, days
from kb.search.base import FILTER_FIELDS, WITHOUT, Query
from kb.search.nodes import DateRange, Keys, both
from kb.store import tags

Filters = Mapping[str, tuple[str, ...]]
FROM, TO = "from", "to"
NAMES = (*FILTER_FIELDS, *(f"{WITHOUT}{field}" for field in FILTER_FIELDS), FROM, TO)
_MOST_BARS = 36
_UNITS = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Filters as an engine takes them, the days, and sentences on what was not understood."""

    filters: Filters
    days: DateRange | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A month, quarter or year with its finds; `name` is what `from` and `to` call it. `chosen`: within the days asked
    for, if any are."""

    name: str
    unit: str
    first: date
    count: int
    chosen: bool


def of(library: Library, filters: Filters) -> Narrowed:
    """Filters understood: the days read, and every topic by all of its names."""
    notes = []
    ends: dict[str, tuple[date, date]] = {}
    for name in (FROM, TO):
        for text in filters.get(name, ())[:1]:
            if found := days.span(text, library.today()):
                ends[name] = found
            else:
                notes.append(Said("“%(text)s” is not a date that kb knows, so it was left out.", text=text[:30]))
    first = ends[FROM][0] if FROM in ends else None
    last = ends[TO][1] if TO in ends else None
    if first and last and last < first:  # the same days, said from their end
        first, last = ends[TO][0], ends[FROM][1]
    values = {name: found for name, found in filters.items() if name not in (FROM, TO)}
    span = DateRange(first, last) if first or last else None
    return Narrowed(_every_name_of_tags(library, values), span, tuple(notes))


def _every_name_of_tags(library: Library, filters: Filters) -> Filters:
    """A tag that was just renamed or merged is found at once: what is not indexed anew yet has it by its old name, which
    is an alias now."""
    asked = [field for field in ("tag", f"{WITHOUT}tag") if filters.get(field)]
    if not asked:
        return filters
    names = {name: (tag.name, *tag.aliases) for tag in tags.all_tags(library.db) for name in (tag.name, *tag.aliases)}
    return {
        **filters,
        **{
            field: tuple(dict.fromkeys(name for value in filters[field] for name in names.get(value, (value,))))
            for field in asked
        },
    }


def counts(library: Library, asked: Query, added: Collection[str], field: str) -> tuple[tuple[str, int], ...]:
    """How many finds each value of a facet would have if none of it were chosen: what a search that already has one of
    its values finds with another. `asked.node` is what was searched in the end; `added` are the keys that only meaning
    found. `month` counts the finds of every day. Raises SearchIndexError."""
    free = replace(
        asked,
        filters={name: values for name, values in asked.filters.items() if name != field},
        days=None if field == "month" else asked.days,
        limit=0,
        offset=0,
        facets=(field,),
    )
    engine = library.engine
    found = engine.search(replace(free, node=synonyms.of(library).expand(asked.node))).facets.get(field, ())
    if not added:
        return found
    own = both([*fusion.conditions(asked.node), Keys(tuple(sorted(added)))])
    return fusion.summed(found, engine.search(replace(free, node=own)).facets.get(field, ()), free.size_of(field))


def bars(found: Sequence[tuple[str, int]], asked: DateRange | None) -> list[Bar]:
    """The finds by month, oldest first, without gaps; by quarter or year where the months are too many to look at. Finds
    without a day are in none. `found` is the facet `month`, `asked` the days that were asked for."""
    months = {first: count for name, count in found if (first := _first_of(name))}
    if not months:
        return []
    for unit in _UNITS:
        firsts = _between(unit, min(months), max(months))
        if len(firsts) <= _MOST_BARS:
            break
    totals = dict.fromkeys(firsts[-_MOST_BARS:], 0)
    for month, count in months.items():
        if (first := day_words.unit_of(month, unit, 0)[0]) in totals:
            totals[first] += count
    return [Bar(_name(first, unit), unit, first, count, _within(first, unit, asked)) for first, count in totals.items()]


def _first_of(month: str) -> date | None:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        return None


def _between(unit: str, first: date, last: date) -> list[date]:
    found = []
    at, at_last = day_words.unit_of(first, unit, 0)
    while at <= last:
        found.append(at)
        if at_last == date.max:
            break
        at, at_last = day_words.unit_of(at_last + timedelta(1), unit, 0)
    return found


def _name(first: date, unit: str) -> str:
    year = f"{first.year:04d}"
    return {"month": f"{year}-{first.month:02d}", "quarter": f"{year}-Q{(first.month + 2) // 3}", "year": year}[unit]


def _within(first: date, unit: str, asked: DateRange | None) -> bool:
    if asked is None:
        return False
    last = day_words.unit_of(first, unit, 0)[1]
    return (asked.first or date.min) <= last and first <= (asked.last or date.max)

"""What stands beside the results to narrow them by: values to choose or to leave out, days, and what is chosen so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from kb.finding.finding import Found
from kb.finding.narrowing import FROM, TO, Bar
from kb.languages import N_
from kb.search.base import WITHOUT
from kb.web import languages, shown, wording
from kb.web.asked import FACETS, ONLY_IN_ADDRESS, Asked
from kb.web.languages import gettext as _

# Days in one click: the words for them, and what `from` and `to` say.
_QUICK: Mapping[str, tuple[str, str]] = {
    N_("Last 30 days"): ("30d", ""),
    N_("Last quarter"): ("last-quarter", "last-quarter"),
    N_("This year"): ("this-year", ""),
}
_HIGH = 40  # of the chart, in its own units; each bar is _WIDE
_WIDE = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: the words for it, how many finds have it, where choosing or leaving it leads, and where to
    leave out what has it ("" where it is chosen or left out already)."""

    words: str
    count: int | None
    url: str
    chosen: bool = False
    left_out: bool = False
    without_url: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that narrows the results, and the address without it."""

    group: str
    words: str
    url: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of the chart: what it is called, how many finds, its address, and where it is drawn."""

    name: str
    words: str
    count: int
    url: str
    chosen: bool
    x: int
    height: float


@dataclass(frozen=True, slots=True)
class Dates:
    """Choosing days: quick ones (words, address, whether chosen), the two ends as a form shows them, and the chart.
    `unit` is what a bar stands for."""

    quick: Sequence[tuple[str, str, bool]]
    first: str
    last: str
    kept: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    unit: str
    base: str


def lists(asked: Asked, found: Found) -> list[tuple[str, str, list[Choice]]]:
    """Name, words and values of each facet."""
    return [(name, _(words), _values(asked, found, name)) for name, words in FACETS.items()]


def _values(asked: Asked, found: Found, name: str) -> list[Choice]:
    """The values of a facet with their counts; those chosen and left out come first, also when nothing has them."""
    counts = dict(found.facets.get(name, ()))
    mine = asked.filters.get(name, ())
    away = asked.filters.get(f"{WITHOUT}{name}", ())
    return [
        *(Choice(value_words(name, value), counts.get(value, 0), asked.without(name, value).url, chosen=True)
          for value in mine),
        *(Choice(value_words(name, value), None, asked.without(f"{WITHOUT}{name}", value).url, left_out=True)
          for value in away),
        *(Choice(value_words(name, value), count, asked.with_value(name, value).url,
                 without_url=asked.left_out(name, value).url)
          for value, count in counts.items() if value not in mine and value not in away),
    ]  # fmt: skip


def chips(asked: Asked, found: Found) -> list[Chip]:
    """All that narrows the results, in the order of the facets."""
    made = []
    for name, words in {**ONLY_IN_ADDRESS, **FACETS}.items():
        for field in (name, f"{WITHOUT}{name}"):
            made += [
                Chip(_(words), value_words(name, value), asked.without(field, value).url, field != name)
                for value in asked.filters.get(field, ())
            ]
    if asked.filters.get(FROM) or asked.filters.get(TO):
        made.append(Chip(_("Date"), _days_words(asked, found), asked.of_any_day().url))
    return made


def _ends(asked: Asked) -> tuple[str, str]:
    return "".join(asked.filters.get(FROM, ())), "".join(asked.filters.get(TO, ()))


def _days_words(asked: Asked, found: Found) -> str:
    quick = next((words for words, ends in _QUICK.items() if ends == _ends(asked)), "")
    if quick:
        return _(quick)
    if found.days is None:
        return " – ".join(dict.fromkeys(filter(None, _ends(asked))))
    first, last = wording.day(found.days.first), wording.day(found.days.last)
    if first and last:
        return first if first == last else f"{first} – {last}"
    return _("from %(day)s", day=first) if first else _("until %(day)s", day=last)


def dates(asked: Asked, found: Found, bars: Sequence[Bar]) -> Dates:
    """`bars` are the finds by month, quarter or year."""
    first, last = (found.days.first, found.days.last) if found.days else (None, None)
    language = languages.code()
    most = max((bar.count for bar in bars), default=1) or 1
    columns = [
        Column(
            bar.name, _bar_words(bar.unit, bar.first, language), bar.count, asked.between(bar.name, bar.name).url,
            bar.chosen, at * _WIDE, max(round((_HIGH - 2) * bar.count / most, 1), 2 if bar.count else 0.6),
        )
        for at, bar in enumerate(bars)
    ]  # fmt: skip
    return Dates(
        quick=[(_(words), asked.between(*ends).url, ends == _ends(asked)) for words, ends in _QUICK.items()],
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        kept=[("q", asked.question), *asked.of_any_day().kept(), *asked.how()],
        columns=columns if len(columns) > 1 else (),
        unit=bars[0].unit if bars else "",
        base=asked.of_any_day().url,
    )


@lru_cache(maxsize=1_000)
def _bar_words(unit: str, first: date, language: str) -> str:
    """March 2026, Q1 2026, 2026"""
    if unit == "year":
        return str(first.year)
    if unit == "quarter":
        return format_date(first, "y年qqqq" if language == "ja" else "qqq y", locale=language)
    return format_skeleton("yMMM", first, locale=language)


def value_words(name: str, value: str) -> str:
    """What a filter's value is called on the page."""
    if name == "kind":
        return shown.kind_word(value)
    if name == "language":
        return shown.language_word(value)
    if name == "type":
        return {"gem": _("Gems"), "review": _("Reviews")}.get(value, value)
    return value


def in_words(filters: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What a search that is kept is narrowed to, a piece for each facet. Days stay in their own words: which ones they
    are changes with the day."""
    said = []
    for name, values in filters.items():
        if name not in (FROM, TO):
            words = ", ".join(value_words(name.removeprefix(WITHOUT), value) for value in values)
            said.append(_("without %(what)s", what=words) if name.startswith(WITHOUT) else words)
    asked = Asked("", filters)
    return [*said, _days_words(asked, Found(""))] if any(_ends(asked)) else said

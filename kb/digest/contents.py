"""What an edition says: the one source of its page, its mails, its feed and what goes to webhooks.

It is put together anew each time from the gems as they are now, blameless, so that what was erased, thrown away or
changed after drafting is neither shown nor sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as Day

from kb import markup, privacy
from kb.digest import choosing
from kb.languages import N_, Count, Days, Said
from kb.library import Library
from kb.models import Gem, GemStatus
from kb.questions import naming
from kb.store import editions, gems, news, subscriptions
from kb.values.digest import (
    Answered,
    Asked,
    Contents,
    Edition,
    Facts,
    Gone,
    Item,
    Section,
    Story,
    Subscription,
    shorten,
    two_lines,
)
from kb.values.questions import Question
from kb.weeks import MONTHS, Week

TITLE = 200
SAYS = 2000  # so much of a text is looked at for its first two lines
_WHY_RETIRED = {
    "fixed": N_("Fixed in the product"),
    "outdated": N_("Outdated"),
    "wrong": N_("Wrong"),
    "replaced": N_("Replaced by another gem"),
    "duplicate": N_("Told by another gem"),
}


def base_url(library: Library) -> str:
    """The address under which readers reach the library, without a slash at its end."""
    settings = library.settings
    if settings.base_url:
        return str(settings.base_url)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def of_edition(library: Library, edition: Edition) -> Contents:
    """An edition as everybody reads it."""
    return of_editions(library, [edition])[0]


def of_editions(library: Library, told: Sequence[Edition]) -> list[Contents]:
    """Several editions, each as everybody reads it, at the price of one."""
    shelf = _fetch(library, told)
    return [_gather(shelf, [one], one.week.label) for one in told]


def of_month(library: Library, edition: Edition, after: Week) -> Contents:
    """For who reads once a month: the worthiest of the editions after `after`, up to and with this one."""
    told = editions.of_weeks(library.db, max(after.later(1), edition.week.later(-5)), edition.week)
    if len(told) <= 1:
        return of_edition(library, edition)
    year, month = edition.week.month
    label = Said(
        "The weeks from %(first)s to %(last)s, up to %(days)s",
        first=told[0].week.number,
        last=edition.week.number,
        days=edition.week.label,
    )
    named = Said.joined(
        [library.settings.name, Days(f"{MONTHS[month - 1]} {year}", Day(year, month, 1), Day(year, month, 1), "yMMMM")],
        ", ",
    )
    whole = _gather(_fetch(library, told), told[::-1], label)
    ranked = sorted(whole.stories, key=lambda story: -story.score)[: choosing.MOST]
    return replace(whole, stories=tuple(ranked), name=named)


def for_member(contents: Contents, chosen: Subscription) -> Contents:
    """What of it one member gets, by the topics that they follow and have muted."""
    return replace(contents, stories=tuple(story for story in contents.stories if _wants(chosen, story)))


def _wants(chosen: Subscription, story: Story) -> bool:
    topics = set(story.tags)
    if topics & chosen.followed:
        return True
    if topics & chosen.muted:
        return False
    return chosen.scope.value == "all"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What editions tell of, fetched once, as a reader sees it: gems and questions by number, the gems that replace retired
    ones, who may be named."""

    name: str
    base: str
    gems: Mapping[int, Gem]
    replacements: Mapping[int, Gem]
    questions: Mapping[int, tuple[str, str]]
    willing: Mapping[int, str]


def _fetch(library: Library, told: Sequence[Edition]) -> _Shelf:
    shown = [item for edition in told for item in edition.items if not item.dropped]

    def ids(*sections: Section) -> list[int]:
        return list(dict.fromkeys(item.object_id for item in shown if item.section in sections))

    told_of = _for_readers(library, ids(Section.GEM, Section.RETIRED))
    return _Shelf(
        name=library.settings.name,
        base=base_url(library),
        gems=told_of,
        replacements=_for_readers(library, {gem.replaced_by for gem in told_of.values() if gem.replaced_by}),
        questions=_questions_for_readers(library, ids(Section.QUESTION)),
        willing=subscriptions.named(library.db),
    )


def _for_readers(library: Library, ids: Iterable[int]) -> dict[int, Gem]:
    return {id: privacy.gem_for_reader(gem) for id, gem in gems.get_many(library.db, ids).items()}


def _questions_for_readers(library: Library, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    found = news.question_texts(library.db, ids)
    return {id: (naming.words_for_reader(library, text), language) for id, (text, language) in found.items()}


def _gather(shelf: _Shelf, told: Sequence[Edition], label: str) -> Contents:
    """From one edition, or several, the newest first; what stands in two of them is told once."""
    shown = [item for edition in told for item in edition.items if not item.dropped]
    left_out: list[str] = []
    stories: dict[int, Story] = {}
    for item in (i for i in shown if i.section is Section.GEM):
        gem = shelf.gems.get(item.object_id)
        trouble = _objection(item, gem)
        if trouble:
            left_out.append(trouble)
        elif gem is not None and gem.id not in stories:
            stories[gem.id] = _story(item, gem, shelf.base, shelf.willing.get(item.credit_id or 0, ""))
    week, opening = told[0].week, told[0].opening
    return Contents(
        week=week,
        name=Said("%(library)s, week %(number)s", library=shelf.name, number=week.number),
        label=label,
        url=f"{shelf.base}/digest/{week}",
        stories=tuple(stories.values()),
        questions=_questions(shelf, shown),
        gone=_gone(shelf, shown),
        numbers=_numbers(told, len(stories)),
        opening_html=markup.to_html(opening) if opening else "",
        opening_text=markup.to_text(opening).strip(),
        left_out=tuple(left_out),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of an edition as its curator sees it: also what was dropped, or is not there any more."""

    item: Item
    title: str
    url: str
    reason: str
    trouble: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()


def entries(library: Library, edition: Edition) -> list[Entry]:
    """Everything that was chosen, in its order."""
    base = base_url(library)
    found = _for_readers(library, [i.object_id for i in edition.items if i.section is not Section.QUESTION])
    texts = _questions_for_readers(library, [i.object_id for i in edition.items if i.section is Section.QUESTION])
    return [_entry(item, found.get(item.object_id), texts.get(item.object_id), base) for item in edition.items]


def _entry(item: Item, gem: Gem | None, question: tuple[str, str] | None, base: str) -> Entry:
    if item.section is Section.QUESTION:
        text, language = question or ("", "")
        trouble = "" if question else "The question was answered, or is gone."
        url = f"{base}/questions/{item.object_id}"
        return Entry(
            item,
            shorten(text, TITLE),
            url,
            _asked_by(item),
            trouble,
            language,
        )
    if gem is None:
        return Entry(item, Said("Gem %(id)s", id=item.object_id), "", "", _objection(item, None))
    title, url = shorten(gem.title, TITLE), f"{base}/gems/{gem.id}"
    if item.section is Section.RETIRED:
        trouble = "" if gem.status is GemStatus.RETIRED else "It was brought back."
        return Entry(item, title, url, "Retired", trouble, gem.language)
    topics = tuple(tag.name for tag in gem.tags)
    story = _story(item, gem, base, "")
    return Entry(item, title, url, story.reason, _objection(item, gem), gem.language, topics)


def _objection(item: Item, gem: Gem | None) -> str:
    """Why a gem that was chosen is not told any more, in a sentence; empty when it is."""
    if gem is None:
        return Said("Gem %(id)s was erased after the edition was drafted.", id=item.object_id)
    title = shorten(gem.title, 60)
    if gem.trashed_at is not None:
        return Said("“%(title)s” was thrown away after the edition was drafted.", title=title)
    if gem.status is not GemStatus.PUBLISHED:
        return Said("“%(title)s” is %(status)s now.", title=title, status=Said(gem.status.value))
    if (item.facts.get("seen") or item.facts.get("earlier")) and not gem.evidence:
        return Said(
            "“%(title)s” has lost the reviews that it was lifted from since the edition was drafted.", title=title
        )
    return ""


def _story(item: Item, gem: Gem, base: str, credit: str) -> Story:
    facts = Facts(**item.facts)
    seen = len({passage.review_id or -passage.id for passage in gem.evidence})
    return Story(
        id=gem.id,
        title=shorten(gem.title, TITLE),
        says=two_lines(markup.to_text(gem.body[:SAYS])),
        url=f"{base}/gems/{gem.id}",
        # A review that was taken away since is not counted any more.
        reason=choosing.explain(replace(facts, seen=min(facts.seen, seen), earlier=min(facts.earlier, seen))),
        language=gem.language,
        credit=shorten(credit, 80),
        new=facts.new,
        tags=tuple(tag.id for tag in gem.tags),
        topics=tuple(tag.name for tag in gem.tags),
        score=item.score,
    )


def _gone(shelf: _Shelf, shown: Iterable[Item]) -> tuple[Gone, ...]:
    ids = dict.fromkeys(item.object_id for item in shown if item.section is Section.RETIRED)
    there = [shelf.gems[id] for id in ids if id in shelf.gems]
    return tuple(
        Gone(
            gem.id,
            shorten(gem.title, TITLE),
            f"{shelf.base}/gems/{gem.id}",
            _why(gem, shelf.replacements.get(gem.replaced_by or 0)),
            gem.language,
        )
        for gem in there
        if gem.status is GemStatus.RETIRED and gem.trashed_at is None
    )


def _why(gem: Gem, replacement: Gem | None) -> str:
    said = Said(_WHY_RETIRED.get(gem.retired_for, N_("No longer true")))
    if replacement is not None and replacement.status is GemStatus.PUBLISHED and replacement.trashed_at is None:
        said = Said("Use instead: %(title)s", title=shorten(replacement.title, 120))
    ended = Said("%(reason)s.", reason=said)
    word = gem.retired_word
    return Said.joined([ended, shorten(word, 160)], " ") if word.strip() else ended


def _asked_by(item: Item) -> str:
    return Said("Asked by %(num)s people", num=item.facts.get("asked", 0))


def _questions(shelf: _Shelf, shown: Iterable[Item]) -> tuple[Asked, ...]:
    items = {item.object_id: item for item in shown if item.section is Section.QUESTION}
    return tuple(
        Asked(
            id,
            shorten(shelf.questions[id][0], TITLE),
            f"{shelf.base}/questions/{id}",
            _asked_by(item),
            shelf.questions[id][1],
        )
        for id, item in items.items()
        if id in shelf.questions
    )


def answered(library: Library, question: Question, gem_title: str) -> Answered:
    """A reader's own question that was answered, as their mail tells it."""
    says = two_lines(markup.to_text(question.answer[:SAYS]))
    return Answered(
        question.id,
        shorten(question.text, TITLE),
        says or shorten(gem_title, TITLE),
        f"{base_url(library)}/questions/{question.id}",
        question.language,
    )


def _numbers(told: Sequence[Edition], stories: int) -> str:
    """The line of numbers: "12 reviews came in · 240 gems in the library"."""
    reviews = sum(edition.numbers.get("reviews", 0) for edition in told)
    gems_now = told[0].numbers.get("gems", 0)
    parts: list[str] = []
    if reviews:
        parts.append(
            Said.several("%(count)s review came in", "%(count)s reviews came in", reviews, count=Count(reviews))
        )
    if gems_now > stories:
        parts.append(
            Said.several(
                "%(count)s gem in the library", "%(count)s gems in the library", gems_now, count=Count(gems_now)
            )
        )
    return Said.joined(parts, " · ") if parts else ""

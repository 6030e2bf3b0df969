"""What an edition says: the one source of its page, its mails, its feed and what goes to webhooks.

It is put together anew each time from the gems as they are now, blameless, so that what was erased, thrown away or
changed after drafting is neither shown nor sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb import choosing, markup, privacy
from kb.digest_values import Asked, Contents, Edition, Facts, Gone, Item, Section, Story, Subscription, shorten
from kb.library import Library
from kb.models import Gem, GemStatus
from kb.store import editions, gems, news, subscriptions
from kb.weeks import MONTHS, Week

TITLE = 200
SAYS = 240
_WHY_RETIRED = {
    "fixed": "Fixed in the product",
    "outdated": "Outdated",
    "wrong": "Wrong",
    "replaced": "Replaced by another gem",
    "duplicate": "Told by another gem",
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
    return _gather(library, [edition], edition.week, f"Week {edition.week.number}, {edition.week.label}")


def of_month(library: Library, edition: Edition, after: Week) -> Contents:
    """For who reads once a month: the worthiest of the editions after `after`, up to and with this one."""
    told = editions.of_weeks(library.db, max(after.later(1), edition.week.later(-5)), edition.week)
    if len(told) <= 1:
        return of_edition(library, edition)
    year, month = edition.week.month
    whole = _gather(library, told[::-1], edition.week, f"The weeks up to {edition.week.label}")
    ranked = sorted(whole.stories, key=lambda story: -story.score)[: choosing.MOST]
    return replace(whole, stories=tuple(ranked), name=f"{library.settings.name}, {MONTHS[month - 1]} {year}")


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


def _gather(library: Library, told: Sequence[Edition], week: Week, label: str) -> Contents:
    """From one edition, or several, the newest first; what stands in two of them is told once."""
    shown = [item for edition in told for item in edition.items if not item.dropped]
    found = gems.get_many(library.db, [i.object_id for i in shown if i.section is not Section.QUESTION])
    base = base_url(library)
    willing = subscriptions.named(library.db) if any(item.credit_id for item in shown) else {}
    left_out: list[str] = []
    stories: dict[int, Story] = {}
    for item in (i for i in shown if i.section is Section.GEM):
        gem = found.get(item.object_id)
        trouble = _objection(item, gem)
        if trouble:
            left_out.append(trouble)
        elif gem is not None and gem.id not in stories:
            stories[gem.id] = _story(item, gem, base, willing.get(item.credit_id or 0, ""))
    opening = told[0].opening
    return Contents(
        week=week,
        name=f"{library.settings.name}, week {week.number}",
        label=label,
        url=f"{base}/digest/{week}",
        stories=tuple(stories.values()),
        questions=_questions(library, shown, base),
        gone=_gone(library, shown, found, base),
        numbers=_numbers(told, len(stories)),
        opening_html=markup.to_html(opening) if opening else "",
        opening_text=markup.to_text(opening).strip(),
        left_out=tuple(left_out),
    )


def _objection(item: Item, gem: Gem | None) -> str:
    """Why a gem that was chosen is not told any more, in a sentence; empty when it is."""
    if gem is None:
        return f"Gem {item.object_id} was erased after the edition was drafted."
    name = f"“{shorten(gem.title, 60)}”"
    if gem.trashed_at is not None:
        return f"{name} was thrown away after the edition was drafted."
    if gem.status is not GemStatus.PUBLISHED:
        return f"{name} is {gem.status.value} now."
    if item.facts.get("seen") and not gem.evidence:
        return f"{name} has lost the reviews that it was lifted from since the edition was drafted."
    return ""


def _story(item: Item, gem: Gem, base: str, credit: str) -> Story:
    masked = privacy.gem_for_reader(gem)
    facts = Facts(**item.facts)
    seen = len({passage.review_id or -passage.id for passage in gem.evidence})
    return Story(
        id=gem.id,
        title=shorten(masked.title, TITLE),
        says=shorten(markup.to_text(masked.body[: SAYS * 8]), SAYS),
        url=f"{base}/gems/{gem.id}",
        # A review that was taken away since is not counted any more.
        reason=choosing.explain(replace(facts, seen=min(facts.seen, seen))),
        language=gem.language,
        credit=shorten(credit, 80),
        new=facts.new,
        tags=tuple(tag.id for tag in gem.tags),
        topics=tuple(tag.name for tag in gem.tags),
        score=item.score,
    )


def _gone(library: Library, shown: Iterable[Item], found: dict[int, Gem], base: str) -> tuple[Gone, ...]:
    ids = list(dict.fromkeys(item.object_id for item in shown if item.section is Section.RETIRED))
    there = [found[id] for id in ids if id in found]
    there = [gem for gem in there if gem.status is GemStatus.RETIRED and gem.trashed_at is None]
    reasons = news.retirements(library.db, [gem.id for gem in there])
    return tuple(
        Gone(
            gem.id,
            shorten(privacy.gem_for_reader(gem).title, TITLE),
            f"{base}/gems/{gem.id}",
            _why(*reasons.get(gem.id, ("", "", ""))),
            gem.language,
        )
        for gem in there
    )


def _why(kind: str, word: str, replacement: str) -> str:
    said = _WHY_RETIRED.get(kind, "No longer true")
    if replacement:
        said = f"Use instead: {shorten(replacement, 120)}"
    return f"{said}. {shorten(word, 160)}" if word.strip() else f"{said}."


def _questions(library: Library, shown: Iterable[Item], base: str) -> tuple[Asked, ...]:
    items = {item.object_id: item for item in shown if item.section is Section.QUESTION}
    texts = news.question_texts(library.db, list(items))
    return tuple(
        Asked(
            id,
            shorten(texts[id][0], TITLE),
            f"{base}/questions/{id}",
            f"Asked by {item.facts.get('asked', 0)} people",
            texts[id][1],
        )
        for id, item in items.items()
        if id in texts
    )


def _numbers(told: Sequence[Edition], stories: int) -> str:
    """The line of numbers: "12 reviews came in · 240 gems in the library"."""
    reviews = sum(edition.numbers.get("reviews", 0) for edition in told)
    gems_now = told[0].numbers.get("gems", 0)
    parts = []
    if reviews:
        parts.append(f"{reviews:,} review{'s' if reviews != 1 else ''} came in")
    if gems_now > stories:
        parts.append(f"{gems_now:,} gems in the library")
    return " · ".join(parts)

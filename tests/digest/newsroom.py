"""A library to make editions of, with a clock of the test's own and gems at a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kb import reviews
from kb.digest import delivery, editions
from kb.digest.subscribing import of_member
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft, Member, Role, TagDraft
from kb.settings import Settings
from kb.store import members, subscriptions
from kb.tags import tags
from kb.values.digest import Cadence, Edition, Scope
from kb.weeks import Week

# A Thursday, at the hour when editions go out by default: week 47 of 2026.
NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
WEEK = Week(2026, 47)


class Newsroom:
    """An open library, and what tests do with it."""

    def __init__(self, settings: Settings) -> None:
        self.now = NOW
        self.library = Library(settings, now=lambda: self.now)
        self._count = 0

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def gem(
        self, title: str = "", *, tags: tuple[str, ...] = (), body: str = "Schedule it by night.", seen: int = 1,
        ago: timedelta = timedelta(days=1), language: str = "en",
    ) -> int:  # fmt: skip
        """A published gem of some time ago, cited by so many reviews of that day."""
        self._count += 1
        title = title or f"Gem number {self._count}"
        at = self.now - ago
        passed, self.now = self.now, at
        try:
            for number in range(seen):
                id = self._lift(title, body, tags or (f"topic {self._count}",), language, at, number)
        finally:
            self.now = passed
        return id

    def _lift(
        self, title: str, body: str, topics: tuple[str, ...], language: str, at: datetime, number: int
    ) -> int:  # fmt: skip
        quote = f"What helped was passage {number} of {self._count}."
        review = reviews.add(
            self.library,
            Draft(title=f"Review {number}", body=f"A case. {quote}", language=language, date=at, reviewee="Maren Holt"),
            "ada",
        )
        if number:
            self.confirm(self.last, review.id, quote)
            return self.last
        draft = GemDraft(title[:80], body[:80], quote, topics)
        self.last = gems.lift(self.library, review.id, draft, who="ada", publish=True).id
        # An import takes titles of any length, and with any letters; the form does not.
        with self.library.transaction() as db:
            db.conn.execute(
                "UPDATE gems SET title = ?, body = ?, language = ? WHERE id = ?", [title, body, language, self.last]
            )
        return self.last

    def confirm(self, gem: int, review: int, quote: str) -> None:
        """Another review in which the gem was seen."""
        with self.library.transaction() as db:
            db.conn.execute(
                "INSERT INTO gem_evidence (gem_id, review_id, quote, seen_on)"
                " SELECT ?, id, ?, date FROM reviews WHERE id = ?",
                [gem, quote, review],
            )

    def seen_again(self, gem: int, times: int) -> None:
        for number in range(times):
            quote = f"It helped again, {self._count}.{number}."
            self._count += 1
            review = reviews.add(self.library, Draft(title="Again", body=quote, date=self.now), "ada")
            self.confirm(gem, review.id, quote)

    def member(
        self, email: str, *, name: str = "", role: Role = Role.READER, follows: tuple[str, ...] = (),
        mutes: tuple[str, ...] = (), **chosen: Any,
    ) -> Member:  # fmt: skip
        """An account without a password, and what it chose to get."""
        with self.library.transaction() as db:
            found = members.insert(db, email, name, role, "", self.now)
        if chosen or follows or mutes:
            self.choose(found, follows=follows, mutes=mutes, **chosen)
        return found

    def choose(
        self, member: Member, *, follows: tuple[str, ...] = (), mutes: tuple[str, ...] = (), cadence: str = "weekly",
        scope: str = "all", zone: str = "", named: bool = False,
    ) -> None:  # fmt: skip
        before = of_member(self.library, member.id)
        with self.library.transaction() as db:
            subscriptions.save(
                db,
                replace(before, cadence=Cadence(cadence), scope=Scope(scope), zone=zone, named=named),
                self.now,
            )
            subscriptions.set_tags(db, "follows", member.id, [self.tag(name) for name in follows])
            subscriptions.set_tags(db, "muted_tags", member.id, [self.tag(name) for name in mutes])

    def tag(self, name: str) -> int:
        tags.bring_in(self.library, [TagDraft(name)], "ada")
        return tags.named(self.library, name).id

    def draft(self, week: Week = WEEK, **options: Any) -> Edition:
        return editions.draft(self.library, week, "chris", **options).edition

    def approve(self, week: Week = WEEK, **options: Any) -> Edition:
        return editions.approve(self.library, week, "chris", **options)

    def go_out(self, week: Week = WEEK) -> delivery.Report:
        """Draft, approve and send."""
        self.draft(week)
        self.approve(week)
        return delivery.run(self.library)

    def send(self) -> delivery.Report:
        return delivery.run(self.library)

    def titles(self, edition: Edition) -> list[str]:
        ids = [item.object_id for item in edition.items if item.section == "gem" and not item.dropped]
        return [gems.get(self.library, id, unmasked=True).title for id in ids]

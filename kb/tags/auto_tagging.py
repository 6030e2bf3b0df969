"""Tags that kb puts on new reviews by itself: only those for which a curator said so, by rule or by what was learned.

It follows new reviews as the search index does, after the save and never in its way: whoever brings the index up to date
calls `follow` first.
"""

from __future__ import annotations

from kb.library import Library
from kb.models import Review, TagRule
from kb.store import changes, history, reviews, tags
from kb.store import tag_rules as rule_rows
from kb.store.database import Database
from kb.tags import learning
from kb.tags import rules as tag_rules
from kb.tags.mentions import mentions
from kb.tags.rules import Readable

_BATCH = 100
WHO = {"rule": "kb (by rule)", "learned": "kb (by what it learned)"}


def set_automatic(library: Library, tag_id: int, who: str, *, on: bool) -> None:
    """Let kb put this tag on the reviews that come from now on, or no longer. What it has put on stays. Raises NotFound."""
    now = library.now()
    with library.transaction() as db:
        tag = tags.get(db, tag_id)
        if tag.automatic != on:
            if not tags.automatic(db):
                rule_rows.set_followed(db, reviews.next_id(db) - 1)
            tags.set_automatic(db, tag.id, on=on)
            history.add(db, "tag", tag.id, "edited", who, now, {"automatic": (tag.automatic, on)})


def follow(library: Library) -> int:
    """Tag the reviews that came since it was last called; says on how many it put something."""
    wanted = tags.automatic(library.db)
    if not wanted:
        return 0
    done = 0
    while True:
        last = rule_rows.followed(library.db)
        ids = reviews.ids_after(library.db, last, _BATCH)
        if not ids:
            return done
        found = _found(library, ids, wanted)
        with library.transaction() as db:
            if rule_rows.followed(db) == last:  # else another process was quicker
                done += _put_on(library, db, found)
                rule_rows.set_followed(db, ids[-1])


def _found(library: Library, ids: list[int], wanted: dict[int, int]) -> list[tuple[int, int, str]]:
    """(review, tag, why) for every tag that may be put on by itself and fits."""
    db = library.db
    rules = [rule for rule in rule_rows.all_rules(db) if rule.tag_id in wanted]
    model = learning.model(library)
    everything = tags.all_tags(db) if model is not None else []
    found = []
    for id, review in reviews.get_many(db, ids, tags.of_reviews(db, ids)).items():
        readable = Readable.of(review)
        by_rule = _by_rule(library, readable, rules)
        by_learning = {tag for tag, _ in model.suggest(review, mentions(readable, everything))} if model else set()
        for tag_id, after in wanted.items():
            if id > after and tag_id in by_rule | by_learning and not _is_on(review, tag_id):
                found.append((id, tag_id, "rule" if tag_id in by_rule else "learned"))
    return found


def _by_rule(library: Library, review: Readable, rules: list[TagRule]) -> set[int]:
    return tag_rules.matching(library, review, rules) if rules else set()


def _is_on(review: Review, tag_id: int) -> bool:
    return any(tag.id == tag_id for tag in review.tags)


def _put_on(library: Library, db: Database, found: list[tuple[int, int, str]]) -> int:
    now = library.now()
    there = tags.automatic(db)
    found = [(id, tag, why) for id, tag, why in found if tag in there and tag not in tags.refused(db, id)]
    tags.put_on_reviews(db, found)
    names = {id: tags.get(db, id).name for id in {tag for _, tag, _ in found}}
    for id, tag, why in found:
        history.add(db, "review", id, "tagged", WHO[why], now, {"tag": (None, names[tag])})
    tagged = sorted({id for id, _, _ in found})
    changes.note(db, "review", tagged)
    return len(tagged)

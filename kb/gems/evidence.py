"""The passages that gems cite: kept at the right words while their reviews change, and what stays when a review goes."""

from __future__ import annotations

from collections.abc import Sequence

from kb import anchor, privacy
from kb.anchor import Anchor, Whole
from kb.library import Library
from kb.models import Evidence, Gem, Review, Seen
from kb.settings import Settings
from kb.store import changes, evidence, gem_comments, gem_life, gems, notices, questions, reviews
from kb.store.database import Database


def whole(review: Review) -> Whole:
    return Whole(review.body, [turn.text for turn in review.turns])


def keeps_excerpts(settings: Settings) -> bool:
    """Whether a gem goes on showing the words of a review that was thrown away or erased."""
    return bool(settings.excerpts == "keep")


def seen(library: Library, found_gems: Sequence[Gem]) -> dict[int, Seen]:
    """For each gem in how many reviews it was met, by how many people, when last, how many contradict it."""
    if not found_gems:
        return {}
    found = evidence.seen(library.db, [gem.id for gem in found_gems], away=keeps_excerpts(library.settings))
    return {gem.id: found.get(gem.id, Seen()) for gem in found_gems}


def follow(db: Database, before: Review, after: Review) -> None:
    """Find the passages of a review that was changed again: where they stand now, or what became of them."""
    evidence.note_day(db, after.id, after.date)
    old, new = whole(before), whole(after)
    if old.places == new.places:
        return
    cited = [
        passage for passage in evidence.of(db, "review_id", [after.id], away=True).get(after.id, ()) if passage.quote
    ]
    for passage in cited:
        was = anchor_of(passage)
        stood = passage.start is not None
        outcome = anchor.follow(new, passage.quote, was, old if stood else None)
        if outcome.anchor is not None:
            evidence.move(db, passage.id, outcome.anchor)
        else:
            evidence.lose(db, passage.id, outcome.state, outcome.place)
    changes.note(db, "gem", sorted({passage.gem_id for passage in cited}))


def anchor_of(passage: Evidence) -> Anchor | None:
    """Where a passage stood last, with what stood around it; None when it was never found."""
    if passage.start is None or passage.stop is None:
        if not passage.before and not passage.after:
            return None
        return Anchor(anchor.BODY if passage.turn is None else passage.turn, 0, 0, passage.before, passage.after)
    place = anchor.BODY if passage.turn is None else passage.turn
    return Anchor(place, passage.start, passage.stop, passage.before, passage.after, passage.nth)


def before_erasing(library: Library, db: Database, review_ids: Sequence[int]) -> None:
    """Who may not be named is known by the review: before it is erased, the names are written out of the gems that cite
    it, and of what was said about them. Its excerpts are kept, if the library does that (`excerpts`), without names and
    without what stood around them.
    """
    found = evidence.of(db, "review_id", list(review_ids), away=True)
    keeps = keeps_excerpts(library.settings)
    for review in reviews.get_many(db, list(found), {}).values():
        names = privacy.hidden_names(review)
        _write_out(db, {passage.gem_id for passage in found[review.id]}, names)
        if keeps:
            rows = [(passage.id, privacy.mask(passage.quote, names)) for passage in found[review.id]]
            evidence.let_go(db, review.id, rows, review.kind.value, review.language)


def _write_out(db: Database, gem_ids: set[int], names: Sequence[str]) -> None:
    for gem in gems.get_many(db, gem_ids, away=True).values():
        texts = {name: getattr(gem, name) for name in ("title", "body", "doubt", "word", "retired_word")}
        masked = {name: privacy.mask(text, names) for name, text in texts.items()}
        texts["external_id"], masked["external_id"] = gem.external_id, privacy.id_for_reader(gem.external_id, names)
        if changed := {name: text for name, text in masked.items() if text != texts[name]}:
            gems.note(db, gem.id, **changed)
            changes.note(db, "gem", [gem.id])
        _write_out_of_talk(db, gem.id, names)


def _write_out_of_talk(db: Database, gem_id: int, names: Sequence[str]) -> None:
    for id, body in gem_comments.bodies(db, gem_id).items():
        if (masked := privacy.mask(body, names)) != body:
            gem_comments.rewrite(db, id, masked)
    for member_id, word in gem_life.vote_words(db, gem_id).items():
        if (masked := privacy.mask(word, names)) != word:
            gem_life.rewrite_vote(db, gem_id, member_id, masked)
    for id, _, answer in questions.answers_by(db, "gem", [gem_id]):
        if (masked := privacy.mask(answer, names)) != answer:
            questions.rewrite_answer(db, id, masked)
    for id, words in notices.words_about(db, "gem", gem_id).items():
        if (masked := privacy.mask(words, names)) != words:
            notices.rewrite(db, id, masked)

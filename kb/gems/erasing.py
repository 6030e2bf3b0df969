"""What stays of a review that is erased, without the names of its people: only the review knew whom to name nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from kb import privacy
from kb.finding.indexing import touch_reviews_of_gem
from kb.gems.evidence import keeps_excerpts
from kb.library import Library
from kb.models import Evidence, Gem
from kb.store import changes, evidence, gem_comments, gem_life, gems, history, notices, planned_gems, questions, reviews
from kb.store.database import Database

_TOLD = ("title", "body", "word", "gem")  # what a gem's history tells in words; its topics are no text
_ANSWER = ("answer",)


def before_erasing(library: Library, db: Database, review_ids: Sequence[int]) -> None:
    """The names are written out of the gems that cite these reviews, of what was said about them and answered with them, and
    of how all this read earlier. The reviews' excerpts are kept, if the library does that (`excerpts`), without names and
    without what stood around them.
    """
    found = evidence.of(db, "review_id", list(review_ids), away=True)
    citing = {review_id: _with_merged(db, passages) for review_id, passages in found.items()}
    answered = {type: questions.ever_answered_by(db, type) for type in ("review", "gem")} if review_ids else {}
    erased = reviews.get_many(db, review_ids, {}).values()
    if keeps_excerpts(library.settings):
        for review in erased:
            rows = [(passage.id, passage.quote) for passage in found.get(review.id, ())]
            evidence.let_go(db, review.id, rows, review.kind.value, review.language)
    for review in erased:
        if names := privacy.hidden_names(review):
            gem_ids = citing.get(review.id, set())
            _write_out(db, gem_ids, names)
            _write_out_of_passages(db, gem_ids, names)
            answers = [answered["gem"].get(id, set()) for id in gem_ids] + [answered["review"].get(review.id, set())]
            _write_out_of_answers(db, sorted(set().union(*answers)), names)


def _with_merged(db: Database, passages: Iterable[Evidence]) -> set[int]:
    """The gems that these are of, with all that was merged into them: they may be parted again."""
    return {id for gem_id in {passage.gem_id for passage in passages} for id in gems.with_merged(db, gem_id)}


def _write_out(db: Database, gem_ids: Collection[int], names: Sequence[str]) -> None:
    for gem in gems.get_many(db, gem_ids, away=True).values():
        texts = {name: getattr(gem, name) for name in ("title", "body", "doubt", "word", "retired_word")}
        masked = {name: privacy.mask(text, names) for name, text in texts.items()}
        texts["external_id"], masked["external_id"] = gem.external_id, privacy.id_for_reader(gem.external_id, names)
        if changed := {name: text for name, text in masked.items() if text != texts[name]}:
            gems.note(db, gem.id, **changed)
            changes.note(db, "gem", [gem.id])
            touch_reviews_of_gem(db, gem)
        history.reword(db, "gem", gem.id, _TOLD, lambda text: privacy.mask(text, names))
        _write_out_of_talk(db, gem, names)


def _write_out_of_passages(db: Database, gem_ids: Collection[int], names: Sequence[str]) -> None:
    """Of the erased review's excerpts, and of what the gems cite from other reviews: beside the excerpts it would say of
    whom they are. The other review keeps its own words, and the passage its place in them.
    """
    for gem_id, passages in evidence.of(db, "gem_id", list(gem_ids), away=True).items():
        masked = [(passage, privacy.mask(passage.quote, names)) for passage in passages]
        if named := [(passage.id, quote) for passage, quote in masked if quote != passage.quote]:
            evidence.reword(db, named)
            changes.note(db, "gem", [gem_id])
            touch_reviews_of_gem(db, gems.get_many(db, [gem_id], away=True)[gem_id])


def _write_out_of_talk(db: Database, gem: Gem, names: Sequence[str]) -> None:
    for id, body in gem_comments.bodies(db, gem.id).items():
        if (masked := privacy.mask(body, names)) != body:
            gem_comments.rewrite(db, id, masked)
    for member_id, word in gem_life.vote_words(db, gem.id).items():
        if (masked := privacy.mask(word, names)) != word:
            gem_life.rewrite_vote(db, gem.id, member_id, masked)
    for id, words in notices.words_about(db, "gem", gem.id).items():
        if (masked := privacy.mask(words, names)) != words:
            notices.rewrite(db, id, masked)
    for id, title in planned_gems.titles_of(db, gem.id).items():
        if (masked := privacy.mask(title, names)) != title:
            planned_gems.rename(db, id, masked)


def _write_out_of_answers(db: Database, question_ids: Sequence[int], names: Sequence[str]) -> None:
    for id, answer in questions.answers(db, question_ids).items():
        if (masked := privacy.mask(answer, names)) != answer:
            questions.rewrite_answer(db, id, masked)
        history.reword(db, "question", id, _ANSWER, lambda text: privacy.mask(text, names))

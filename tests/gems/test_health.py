"""Fresh, due, overdue: who vouches for a gem, until when, and what changes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lifting import Clock, People, add_gem, add_review

from kb import notices
from kb.errors import InvalidInput, NotAllowed
from kb.gems import confirming, gems, health
from kb.gems import life as gem_life
from kb.gems import reads as gem_reads
from kb.gems import talk as gem_talk
from kb.library import Library
from kb.models import Gem, Role
from kb.store import gem_life as store
from kb.store import members, sightings
from kb.tags import tags


def state(library: Library, gem: Gem) -> str:
    return health.of(gems.get(library, gem.id, unmasked=True), library.today())


def test_a_published_gem_is_fresh_then_due_then_overdue(library: Library, people: People, clock: Clock) -> None:
    gem = add_gem(library, people.curator)
    seen = [state(library, gem)]
    for days in (179, 1, 29, 1):
        clock.pass_days(days)
        seen.append(state(library, gem))
    assert seen == ["fresh", "fresh", "due", "due", "overdue"]


def test_what_is_not_published_shows_its_status(library: Library, people: People) -> None:
    waiting, retired = add_gem(library, people.reviewer, publish=False), add_gem(library, people.curator)
    gem_life.retire(library, retired.id, "wrong", people.curator)
    assert [state(library, gem) for gem in (waiting, retired)] == ["nominated", "retired"]


@pytest.mark.parametrize("publish", [True, False])
def test_only_what_is_published_is_verified_or_doubted(library: Library, people: People, publish: bool) -> None:
    gem = add_gem(library, people.curator, publish=publish)
    if publish:
        gem_life.retire(library, gem.id, "wrong", people.curator)
    with pytest.raises(InvalidInput, match="Only a published gem"):
        health.verify(library, gem.id, people.curator)
    with pytest.raises(InvalidInput, match="Only a published gem"):
        health.doubt(library, gem.id, "hm", people.reader)


def test_verifying_brings_no_day_nearer(library: Library, people: People, clock: Clock) -> None:
    gem = add_gem(library, people.curator, tags=("export",))
    health.set_term(library, tags.named(library, "export").id, 10)
    assert health.verify(library, gem.id, people.curator).true_until == gem.true_until


def test_a_history_says_who_verified_or_doubted_a_gem_until_when_and_why(
    library: Library, people: People, clock: Clock
) -> None:
    gem = add_gem(library, people.curator)
    clock.pass_days(1)
    health.doubt(library, gem.id, "the menu moved", people.reader)
    health.verify(library, gem.id, people.curator)
    assert [(change.action, change.who, change.fields) for change in gems.past(library, gem.id)[:2]] == [
        ("verified", "Curator One", {"true_until": ("2026-03-03", "2026-08-30")}),
        ("doubted", "Reader One", {"true_until": ("2026-08-29", "2026-03-03"), "word": ("", "the menu moved")}),
    ]


def test_a_term_is_1_to_3650_days(library: Library, people: People) -> None:
    add_gem(library, people.curator, tags=("export",))
    tag = tags.named(library, "export").id
    for term in (1, 3650):
        health.set_term(library, tag, term)
    for term in (0, 3651):
        with pytest.raises(InvalidInput, match="1 to 3650 days"):
            health.set_term(library, tag, term)


def test_the_library_says_how_long_gems_hold_and_a_topic_may_say_less(
    make_library: Callable[..., Library], clock: Clock
) -> None:
    library = make_library(gem_days="60")
    gem = gems.lift(
        library, add_review(library, "A. B.").id, gems.GemDraft("T", "b", "A.", ("GDPR",)), who="a", publish=True
    )
    assert (gem.true_until or clock.at.date()) - clock.at.date() == health.timedelta(days=60)
    health.set_term(library, tags.named(library, "GDPR").id, 10)
    other = gems.lift(
        library, add_review(library, "A. B.").id, gems.GemDraft("U", "b", "A.", ("GDPR",)), who="a", publish=True
    )
    assert (other.true_until or clock.at.date()) - clock.at.date() == health.timedelta(days=10)


def test_verifying_begins_the_term_anew_and_settles_a_doubt(library: Library, people: People, clock: Clock) -> None:
    gem = add_gem(library, people.curator)
    health.doubt(library, gem.id, "the menu moved", people.reader)
    assert state(library, gem) == "due"
    after = health.verify(library, gem.id, people.curator)
    assert (state(library, gem), after.doubt, after.verified_by) == ("fresh", "", "Curator One")


def test_only_its_owner_or_a_curator_verifies(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    with pytest.raises(NotAllowed):
        health.verify(library, gem.id, people.reviewer)
    health.hand_over(library, [gem.id], people.curator, to=people.reviewer.id)
    assert health.verify(library, gem.id, people.reviewer).owner == "Reviewer One"


def test_a_doubt_needs_a_word_and_reaches_the_owner(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    with pytest.raises(InvalidInput):
        health.doubt(library, gem.id, "  ", people.reader)
    with pytest.raises(InvalidInput, match="at most 500"):
        health.doubt(library, gem.id, "x" * 501, people.reader)
    health.doubt(library, gem.id, "the menu moved", people.reader)
    (notice,) = notices.listed(library, people.curator)
    assert (notice.kind, notice.words, notice.who) == ("doubted", "the menu moved", "Reader One")


def propose(library: Library, gem: Gem) -> int:
    review = add_review(library, "This time too: run the export at night.")
    with library.transaction() as db:
        sightings.propose(db, [(gem.id, review.id, 0.9, -1, "run the export at night")], library.now())
    return review.id


def test_a_confirmation_renews_a_gem_that_was_due(library: Library, people: People, clock: Clock) -> None:
    gem = add_gem(library, people.curator)
    clock.pass_days(200)
    confirming.confirm(library, gem.id, propose(library, gem), people.reviewer)
    assert state(library, gem) == "fresh"
    assert len(gems.get(library, gem.id, unmasked=True).evidence) == 2


def test_a_contradiction_makes_it_due_and_tells_its_owner(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    confirming.contradict(library, gem.id, propose(library, gem), people.reviewer)
    assert state(library, gem) == "due"
    assert [passage.stance for passage in gems.get(library, gem.id, unmasked=True).evidence].count("contradicts") == 1
    assert notices.listed(library, people.curator)[0].kind == "contradicted"


def test_a_refused_passage_is_not_proposed_again(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    review = propose(library, gem)
    confirming.refuse(library, gem.id, review, people.reviewer)
    with library.transaction() as db:
        assert sightings.propose(db, [(gem.id, review, 0.9, -1, "run")], library.now()) == 0
    assert confirming.proposed(library, gem.id, unmasked=True) == ([], 0)


def test_what_is_due_shows_the_most_read_first(library: Library, people: People, clock: Clock) -> None:
    seldom, often, fresh = (add_gem(library, people.curator, title=title) for title in ("Seldom", "Often", "Fresh"))
    clock.pass_days(181)
    health.verify(library, fresh.id, people.curator)
    counter = gem_reads.Counter()
    for _ in range(3):
        counter.add(often.id)
    counter.add(seldom.id)
    counter.save(library)
    found, total = health.due(library)
    assert ([gem.title for gem in found], total) == (["Often", "Seldom"], 2)
    assert health.reads(library, found) == {often.id: 3, seldom.id: 1}


def test_reads_of_a_gem_that_is_not_there_are_let_fall(library: Library) -> None:
    counter = gem_reads.Counter()
    counter.add(9999)
    counter.save(library)
    assert library.db.execute("SELECT count(*) FROM gem_reads").fetchone()[0] == 0


def test_handing_over_tells_the_owner(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    assert health.hand_over(library, [gem.id], people.curator, to=people.reviewer.id) == 1
    assert notices.listed(library, people.reviewer)[0].kind == "due"


def test_readers_votes_reach_the_owner_and_weigh_in_the_order(library: Library, people: People) -> None:
    bad, good = (add_gem(library, people.curator, title=title) for title in ("Bad", "Good"))
    gem_talk.vote(library, bad.id, people.reader, worked=False, word="not on 4.2")
    gem_talk.vote(library, good.id, people.reader, worked=True)
    found, _ = gems.listed(library, best_first=True, unmasked=True)
    assert [gem.title for gem in found] == ["Good", "Bad"]
    assert [notice.kind for notice in notices.listed(library, people.curator)] == ["worked", "did not work"]


def test_one_member_has_one_vote(library: Library, people: People) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.vote(library, gem.id, people.reader, worked=False)
    after = gem_talk.vote(library, gem.id, people.reader, worked=True)
    assert (after.worked, after.failed) == (1, 0)
    assert gem_talk.unvote(library, gem.id, people.reader).standing == gem.standing


def test_of_a_gem_with_hundreds_of_votes_ones_own_and_what_was_said_are_still_there(
    library: Library, people: People, clock: Clock
) -> None:
    gem = add_gem(library, people.curator)
    gem_talk.vote(library, gem.id, people.reader, worked=False, word="not on 4.2")
    clock.pass_days(1)
    with library.transaction() as db:
        for number in range(200):
            one = members.insert(db, f"{number}@kb.example", "", Role.READER, "", library.now())
            store.vote(db, gem.id, one.id, worked=True, word="", now=library.now())
    talk = gem_talk.of(library, gem, people.reader, unmasked=True)
    assert talk.own is not None
    assert (talk.own.worked, [vote.word for vote in talk.votes]) == (False, ["not on 4.2"])

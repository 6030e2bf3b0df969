"""Two gems made one and parted again: nothing is lost, the old address leads on, a crash leaves all or nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifting import People, add_gem, add_review

from kb import notices
from kb.errors import Conflict, InvalidInput, NotFound
from kb.finding import finding
from kb.gems import confirming, gems, health, merging
from kb.gems import life as gem_life
from kb.gems import talk as gem_talk
from kb.library import Library
from kb.models import GemDraft, GemStatus

TABLES = ("gems", "gem_evidence", "gem_tags", "gem_votes", "gem_comments", "gem_sightings", "gem_reads", "tags")


def contents(library: Library) -> dict[str, list[Any]]:
    return {table: sorted(map(repr, library.db.execute(f"SELECT * FROM {table}"))) for table in TABLES}  # noqa: S608


def test_the_kept_gem_has_what_both_had_and_the_old_address_leads_to_it(library: Library, people: People) -> None:
    gone = add_gem(library, people.curator, title="Gone", tags=("export", "night"))
    kept = add_gem(library, people.curator, title="Kept", tags=("export",))
    gem_talk.vote(library, gone.id, people.reader, worked=True)
    gem_talk.say(library, gone.id, "well found", people.reader)
    merging.merge(library, gone.id, kept.id, people.curator)
    found = gems.get(library, gone.id, unmasked=True)
    assert (found.id, found.title, gems.tag_names(found), len(found.evidence)) == (
        kept.id,
        "Kept",
        ["export", "night"],
        2,
    )
    assert (found.worked, len(gem_talk.of(library, found, people.reader, unmasked=True).comments)) == (1, 1)
    assert gems.listed(library, unmasked=True)[1] == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_merging_and_undoing_gives_the_library_back_as_it_was(
    library: Library, people: People, data: st.DataObject
) -> None:
    tags = st.lists(st.sampled_from(["export", "night", "GDPR", "login"]), unique=True, max_size=3)
    both = [add_gem(library, people.curator, title=title, tags=tuple(data.draw(tags))) for title in ("One", "Two")]
    shared = add_review(library, "Both say so: run the export by night.")
    everyone = [people.reader, people.reviewer, people.curator]
    for gem in both:
        for member in data.draw(st.lists(st.sampled_from(everyone), unique=True)):
            gem_talk.vote(library, gem.id, member, worked=data.draw(st.booleans()))
        if data.draw(st.booleans()):
            confirming.further_evidence(library, gem.id, shared.id, "run the export by night", people.reviewer)
        if data.draw(st.booleans()):
            gem_talk.say(library, gem.id, "hm", people.reader)
    before = contents(library)
    merging.merge(library, both[0].id, both[1].id, people.curator)
    assert contents(library) != before
    merging.undo(library, both[0].id, people.curator)
    assert contents(library) == before


def test_what_came_to_the_kept_gem_since_stays_with_it(library: Library, people: People) -> None:
    gone, kept = add_gem(library, people.curator, title="Gone"), add_gem(library, people.curator, title="Kept")
    merging.merge(library, gone.id, kept.id, people.curator)
    review = add_review(library, "Later: run the export by night.")
    confirming.further_evidence(library, gone.id, review.id, "run the export by night", people.reviewer)
    merging.undo(library, gone.id, people.curator)
    assert [len(gems.get(library, id, unmasked=True).evidence) for id in (gone.id, kept.id)] == [1, 2]


def test_gems_merged_in_a_row_lead_to_the_last_and_are_undone_in_order(library: Library, people: People) -> None:
    first, second, third = (add_gem(library, people.curator, title=title) for title in "ABC")
    merging.merge(library, first.id, second.id, people.curator)
    merging.merge(library, second.id, third.id, people.curator)
    assert gems.get(library, first.id, unmasked=True).id == third.id
    with pytest.raises(Conflict, match="Undo that first"):
        merging.undo(library, first.id, people.curator)
    merging.undo(library, second.id, people.curator)
    assert gems.get(library, first.id, unmasked=True).id == second.id


def found(library: Library, question: str) -> set[str]:
    library.catch_up()
    return {f"{hit.type} {hit.id}" for hit in finding.search(library, question, unmasked=True).hits}


def test_a_merged_gem_is_found_no_more_and_the_reviews_of_both_by_the_kept_ones_words(
    library: Library, people: People
) -> None:
    gone, kept = (add_gem(library, people.curator, title=title) for title in ("Chunking", "Pagination"))
    cited = {id: f"review {gems.get(library, id, unmasked=True).evidence[0].review_id}" for id in (gone.id, kept.id)}
    before = found(library, "chunking"), found(library, "pagination")
    assert before == ({f"gem {gone.id}", cited[gone.id]}, {f"gem {kept.id}", cited[kept.id]})
    merging.merge(library, gone.id, kept.id, people.curator)
    assert found(library, "gem:chunking") == set()
    assert found(library, "pagination") == {f"gem {kept.id}", *cited.values()}
    merging.undo(library, gone.id, people.curator)
    assert (found(library, "chunking"), found(library, "pagination")) == before


def test_nobody_is_found_by_what_the_kept_gem_calls_them_once_it_cites_their_review(
    library: Library, people: People
) -> None:
    kept = gems.lift(
        library,
        add_review(library, "Schedule it.").id,
        GemDraft("As Kim says", "", "Schedule it"),
        who="a",
        publish=True,
    )
    gone = gems.lift(
        library,
        add_review(library, "Do it by night.", reviewee="Kim Berg").id,
        GemDraft("By night", "", "by night"),
        who="a",
        publish=True,
    )

    def readers_find() -> int:
        library.catch_up()
        return finding.search(library, "kim", unmasked=False).total

    assert readers_find() == 2
    merging.merge(library, gone.id, kept.id, people.curator)
    assert readers_find() == 0
    merging.undo(library, gone.id, people.curator)
    assert readers_find() == 2


def test_the_history_of_both_gems_tells_of_a_merge_and_of_its_undoing(library: Library, people: People) -> None:
    gone, kept = (add_gem(library, people.curator, title=title) for title in ("Gone", "Kept"))
    merging.merge(library, gone.id, kept.id, people.curator)
    merging.undo(library, gone.id, people.curator)
    told = [
        ("merge undone", "Curator One", {"gem": ("Kept", "Gone")}),
        ("merged", "Curator One", {"gem": ("Gone", "Kept")}),
    ]
    for gem in (gone, kept):
        assert [(change.action, change.who, change.fields) for change in gems.past(library, gem.id)[:2]] == told


@pytest.mark.parametrize("publish", [True, False])
def test_the_owner_of_a_gem_or_who_nominated_it_is_told_that_it_was_merged(
    library: Library, people: People, publish: bool
) -> None:
    gone = add_gem(library, people.reviewer, publish=publish)
    kept = add_gem(library, people.curator, title="Kept")
    merging.merge(library, gone.id, kept.id, people.curator)
    (notice,) = notices.listed(library, people.reviewer)
    assert (notice.kind, notice.object_id, notice.who) == ("merged", kept.id, "Curator One")


def test_two_nominated_gems_may_be_merged(library: Library, people: People) -> None:
    gone, kept = (add_gem(library, people.reviewer, publish=False, title=title) for title in ("Gone", "Kept"))
    assert len(merging.merge(library, gone.id, kept.id, people.curator).evidence) == 2


def test_what_cannot_be_merged_is_refused_with_a_sentence(library: Library, people: People) -> None:
    gem, waiting = add_gem(library, people.curator), add_gem(library, people.reviewer, publish=False)
    retired = add_gem(library, people.curator)
    gem_life.retire(library, retired.id, "wrong", people.curator)
    for gone, kept, why in (
        (gem, gem, "one gem already"),
        (gem, waiting, "would vanish in a nominated one"),
        (gem, retired, "That gem is retired"),
        (waiting, retired, "That gem is retired"),
    ):
        with pytest.raises(InvalidInput, match=why):
            merging.merge(library, gone.id, kept.id, people.curator)
    with pytest.raises(NotFound):
        merging.undo(library, gem.id, people.curator)


def test_a_declined_gem_is_not_merged(library: Library, people: People) -> None:
    kept, declined = add_gem(library, people.curator), add_gem(library, people.reviewer, publish=False)
    gem_life.decline(library, declined.id, "known already", people.curator)
    with pytest.raises(NotFound, match="was declined"):
        merging.merge(library, declined.id, kept.id, people.curator)


def test_what_is_said_of_a_merged_gem_does_not_befall_the_one_that_it_went_into(
    library: Library, people: People
) -> None:
    gone, kept, third = (add_gem(library, people.curator, title=title) for title in ("Gone", "Kept", "Third"))
    merging.merge(library, gone.id, kept.id, people.curator)
    before = contents(library)
    for act in (  # from a page that was open since before
        lambda: gem_life.retire(library, gone.id, "wrong", people.curator),
        lambda: gem_life.withdraw(library, gone.id, people.curator),
        lambda: gems.edit(library, gone.id, GemDraft("Gone", "So.", ""), version=kept.version, member=people.curator),
        lambda: health.verify(library, gone.id, people.curator),
        lambda: merging.merge(library, gone.id, third.id, people.curator),
    ):
        with pytest.raises(Conflict, match="Somebody merged this gem into another one"):
            act()
    assert contents(library) == before


def test_a_gem_brought_in_again_after_it_was_merged_does_not_come_back(library: Library, people: People) -> None:
    review = add_review(library, "Do run the export by night.")
    draft = gems.GemDraft("Gone", "x", "run the export by night", id="g1")
    with library.transaction() as db:
        gone, _ = gems.take_in(
            db, review, draft, source="files", status=GemStatus.PUBLISHED, now=library.now(), days=180
        )
    kept = add_gem(library, people.curator, title="Kept")
    merging.merge(library, gone, kept.id, people.curator)
    with library.transaction() as db:
        again, changed = gems.take_in(
            db, review, draft, source="files", status=GemStatus.PUBLISHED, now=library.now(), days=180
        )
    assert (again, changed) == (kept.id, False)


_KILLED = """
import os, signal, sys
from pathlib import Path
from kb import members, settings
from kb.gems import merging
from kb.library import Library

def merge(most):
    steps = 0
    def kill(*_):
        nonlocal steps
        steps += 1
        if steps > most:
            os.kill(os.getpid(), signal.SIGKILL)
    library = Library(settings.load(Path(sys.argv[1]), environ={}))
    curator = members.by_email(library, "curator@kb.example")
    library.db.conn.set_trace_callback(kill)
    merging.merge(library, 1, 2, curator)

for line in sys.stdin:
    child = os.fork()
    if not child:
        merge(int(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def merging_until(home: Path) -> Iterator[Callable[[int], int]]:
    """Merges gem 1 into gem 2 in a process that is killed after so many statements; gives how it ended."""
    command = [sys.executable, "-c", _KILLED, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdin
        assert starter.stdout
        asked, answered = starter.stdin, starter.stdout

        def merge(steps: int) -> int:
            asked.write(f"{steps}\n")
            asked.flush()
            return int(answered.readline())

        yield merge
        asked.close()


def test_a_kill_in_the_middle_leaves_all_or_nothing(
    library: Library, people: People, merging_until: Callable[[int], int]
) -> None:
    gone, kept = add_gem(library, people.curator, title="Gone", tags=("a", "b")), add_gem(library, people.curator)
    before = contents(library)
    outcomes = set()
    for steps in range(2, 80, 3):
        ended = merging_until(steps)
        now = gems.get(library, gone.id, unmasked=True)
        if now.id == kept.id:
            assert len(now.evidence) == 2
            outcomes.add("all")
            break
        assert ended == -signal.SIGKILL
        assert contents(library) == before
        outcomes.add("nothing")
    assert outcomes == {"all", "nothing"}

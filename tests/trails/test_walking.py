"""Walking a trail: where one is, what is done, what changed since, how long it takes."""

from __future__ import annotations

import pytest
from walking_about import add_case, add_gem

from kb import reviews
from kb.gems import gems, health
from kb.models import Draft, GemDraft
from kb.trails import reading_time, replays, steps, trails, walking
from kb.values.trails import StepKind, TrailState


@pytest.fixture
def trail(library, people):
    made = trails.make(library, "First week", "", people.curator)
    for number in (1, 2, 3):
        gem = add_gem(library, people.curator, f"Gem {number}")
        steps.add(library, made.id, StepKind.GEM, people.curator, object_id=gem.id)
    return trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)


def walk(library, trail, member):
    return walking.walk(library, trail.id, member, unmasked=False)


def test_one_comes_back_to_where_one_left_off(library, people, trail) -> None:
    one = walk(library, trail, people.reader)
    assert one.next.title == "Gem 1"
    walking.come_to(library, one, one.rows[1].id, people.reader)
    assert walk(library, trail, people.reader).next.title == "Gem 2"
    walking.set_done(library, one, one.rows[1].id, people.reader, done=True)
    assert walk(library, trail, people.reader).next.title == "Gem 3"
    walking.set_done(library, one, one.rows[2].id, people.reader, done=True)
    assert walk(library, trail, people.reader).next.title == "Gem 1"
    walking.set_done(library, one, one.rows[0].id, people.reader, done=True)
    found = walk(library, trail, people.reader)
    assert (found.next, found.finished, found.seconds_left) == (None, True, 0)


def test_staying_at_a_step_writes_nothing(library, people, trail) -> None:
    one = walk(library, trail, people.reader)
    walking.come_to(library, one, one.rows[0].id, people.reader)
    said: list[str] = []
    library.db.conn.set_trace_callback(said.append)
    walking.come_to(library, walk(library, trail, people.reader), one.rows[0].id, people.reader)
    library.db.conn.set_trace_callback(None)
    assert [line for line in said if line.startswith(("INSERT", "UPDATE", "BEGIN"))] == []


def test_a_step_that_changed_since_it_was_read_says_what(library, people, trail, clock) -> None:
    one = walk(library, trail, people.reader)
    row = one.rows[0]
    walking.set_done(library, one, row.id, people.reader, done=True)
    clock.pass_(days=1)
    gem = gems.get(library, row.object_id, unmasked=True)
    draft = GemDraft(gem.title, "Schedule it, Noor Haddani said.", "", ("export",))
    gems.edit(library, gem.id, draft, version=gem.version, member=people.curator)
    after = walk(library, trail, people.reader)
    assert [after.has_changed(row) for row in after.rows] == [True, False, False]
    assert after.done_count == 1
    found = walking.differences(library, after.rows[0], after.done[row.id].at, unmasked=True)
    assert found == {"body": ("Schedule it.", "Schedule it, Noor Haddani said.")}
    walking.set_done(library, after, row.id, people.reader, done=True)
    assert not walk(library, trail, people.reader).has_changed(after.rows[0])


def test_a_verified_or_tagged_gem_has_not_changed_for_its_reader(library, people, trail, clock) -> None:
    one = walk(library, trail, people.reader)
    walking.set_done(library, one, one.rows[0].id, people.reader, done=True)
    clock.pass_(days=1)
    health.verify(library, one.rows[0].object_id, people.curator)
    assert not walk(library, trail, people.reader).has_changed(one.rows[0])


def test_what_changed_in_a_review_is_told_without_names(library, people, trail, clock) -> None:
    case = add_case(library, people.curator)
    step = steps.add(library, trail.id, StepKind.REVIEW, people.curator, object_id=case.id)
    one = walk(library, trail, people.reader)
    walking.set_done(library, one, step.id, people.reader, done=True)
    clock.pass_(days=1)
    whole = reviews.get(library, case.id, unmasked=True)
    draft = Draft(
        kind=whole.kind, title=whole.title, body="Tobias Wenck was right.", reviewee=whole.reviewee, language="en",
        turns=whole.turns[:3], date=whole.date,
    )  # fmt: skip
    reviews.edit(library, case.id, draft, version=whole.version, who="Rosa")
    one = walk(library, trail, people.reader)
    assert one.has_changed(one.rows[3])
    found = walking.differences(library, one.rows[3], one.done[step.id].at, unmasked=False)
    assert sorted(found) == ["body", "turns"]
    assert "Wenck" not in repr(found)
    assert "Wenck" in repr(walking.differences(library, one.rows[3], one.done[step.id].at, unmasked=True))


def test_a_replay_is_done_when_it_is_compared(library, people, trail) -> None:
    case = add_case(library, people.curator)
    step = steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=case.id)
    one = walk(library, trail, people.reader)
    row = one.rows[3]
    assert not one.may_tell(row)
    walking.come_to(library, one, step.id, people.reader)
    replay = replays.begin(library, case.id, 1, "Which rows?", people.reader, step_id=step.id)
    assert not walk(library, trail, people.reader).is_done(row)
    replays.compare(library, replay.id, people.reader)
    one = walk(library, trail, people.reader)
    assert one.is_done(row)
    assert one.may_tell(row)
    assert not walk(library, trail, people.newcomer).may_tell(row)


def test_mine_are_those_begun_or_assigned_the_unfinished_first(library, people, trail) -> None:
    other = trails.copy(library, trail.id, people.curator, "Second week")
    trails.set_state(library, other.id, TrailState.PUBLISHED, people.curator)
    assert walking.mine(library, people.reader) == []
    for one in (walk(library, other, people.reader), walk(library, trail, people.reader)):
        walking.come_to(library, one, one.rows[0].id, people.reader)
    one = walk(library, trail, people.reader)
    for row in one.rows:
        walking.set_done(library, one, row.id, people.reader, done=True)
    assert [(one.trail.title, one.finished) for one in walking.mine(library, people.reader)] == [
        ("Second week", False),
        ("First week", True),
    ]
    assert len(walking.mine(library, people.reader, 1)) == 1
    assert walking.mine(library, people.reader, assigned=True) == []


def test_beginning_anew_forgets_all_of_it(library, people, trail) -> None:
    one = walk(library, trail, people.reader)
    walking.set_done(library, one, one.rows[0].id, people.reader, done=True)
    walking.share(library, trail.id, people.reader, shared=True)
    walking.forget(library, trail.id, people.reader)
    assert library.db["trail_done"].count == library.db["trail_readers"].count == 0


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("word " * 228, "en", 60),
        ("Wort " * 179, "de", 60),
        ("palabra " * 218, "es-MX", 60),
        ("word " * 184, "", 60),
        ("語" * 357, "ja", 60),
        ("字" * 255, "zh", 60),
        ("字" * 255, "", 60),
        ("語" * 357 + "export " * 184, "ja", 120),
        ("ก" * 1000, "th", 68),
        ("", "en", 0),
    ],
    ids=["en", "de", "es", "unknown", "ja", "zh", "han", "two-scripts", "thai", "empty"],
)
def test_reading_takes_as_long_as_was_measured(text, language, seconds) -> None:
    assert reading_time.seconds(text, language) == pytest.approx(seconds)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (60, 1), (61, 2)])
def test_minutes_are_whole(seconds, minutes) -> None:
    assert reading_time.minutes(seconds) == minutes

"""Trails as their curators have them: made, put in order, published, copied, thrown away; and gaps in them."""

from __future__ import annotations

import pytest
from walking_about import add_case, add_gem

from kb import members, reviews
from kb.errors import Conflict, InvalidInput, NotFound
from kb.gems import life, merging
from kb.models import Draft
from kb.store import notices
from kb.store import reviews as review_store
from kb.tags import merging as tag_merging
from kb.tags import tags
from kb.trails import exporting, outline, steps, trails, walking
from kb.values.trails import StepKind, TrailState


@pytest.fixture
def trail(library, people):
    made = trails.make(library, "First week", "Read these.", people.curator)
    for number in (1, 2, 3):
        gem = add_gem(library, people.curator, f"Gem {number}")
        steps.add(library, made.id, StepKind.GEM, people.curator, object_id=gem.id)
    return trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)


def titles(library, trail) -> list[str]:
    return [row.title for row in outline.rows(library, trails.steps(library, trail.id), unmasked=True)]


def ids(library, trail) -> list[int]:
    return [step.id for step in trails.steps(library, trail.id)]


def told(library, member) -> list[tuple[str, str, str]]:
    return [(one.kind, one.type, one.title) for one in notices.of(library.db, member.id, 50)]


def test_a_trail_starts_from_a_topic_with_its_first_gems(library, people) -> None:
    for number in range(12):
        add_gem(library, people.curator, f"G{number}", tags=("GDPR",))
    made = trails.from_topic(library, tags.named(library, "GDPR").id, people.curator, "%s: first gems")
    kinds = [step.kind for step in trails.steps(library, made.id)]
    assert (made.title, made.state) == ("GDPR: first gems", TrailState.DRAFT)
    assert kinds == [StepKind.TOPIC] + [StepKind.GEM] * 10


def test_steps_are_moved_one_by_one_and_at_once(library, people, trail) -> None:
    first, second, third = ids(library, trail)
    steps.move(library, trail.id, third, -1, people.curator)
    assert ids(library, trail) == [first, third, second]
    steps.move(library, trail.id, first, -1, people.curator)
    assert ids(library, trail) == [first, third, second]
    steps.order(library, trail.id, [second, 999, second], people.curator)
    assert ids(library, trail) == [second, first, third]


def test_a_step_taken_out_is_put_back_where_it_was(library, people, trail) -> None:
    before = ids(library, trail)
    steps.take_out(library, trail.id, before[1], people.curator)
    assert ids(library, trail) == [before[0], before[2]]
    steps.put_back(library, trail.id, before[1], people.curator)
    assert ids(library, trail) == before


def test_every_step_kind_can_be_added_and_only_what_readers_can_open(library, people, trail) -> None:
    case = add_case(library, people.curator)
    silent = reviews.add(library, Draft(title="No talk", body="None."), "Rosa")
    nominated = add_gem(library, people.curator, "Later")
    life.withdraw(library, nominated.id, people.curator)
    steps.add(library, trail.id, StepKind.REVIEW, people.curator, object_id=case.id)
    steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=case.id)
    steps.add(library, trail.id, StepKind.WORDS, people.curator, words="Now rest.")
    steps.add(library, trail.id, StepKind.TOPIC, people.curator, object_id=tags.named(library, "nightly exports").id)
    with pytest.raises(InvalidInput, match="conversation"):
        steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=silent.id)
    with pytest.raises(InvalidInput, match="published"):
        steps.add(library, trail.id, StepKind.GEM, people.curator, object_id=nominated.id)
    with pytest.raises(InvalidInput):
        steps.add(library, trail.id, StepKind.WORDS, people.curator, words=" ")
    with pytest.raises(Conflict):
        steps.add(library, trail.id, StepKind.REVIEW, people.curator, object_id=case.id)
    with pytest.raises(NotFound):
        steps.add(library, trail.id, StepKind.GEM, people.curator, object_id=9999)
    assert titles(library, trail)[3:] == [case.title, case.title, "Now rest.", "nightly exports"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gem 12: Export stops", (StepKind.GEM, 12)),
        ("Review 3", (StepKind.REVIEW, 3)),
        ("topic #7", (StepKind.TOPIC, 7)),
        ("gems about 12", None),
        ("gem 99999999999999999999", None),
        ("", None),
    ],
)
def test_what_a_type_ahead_writes_is_read_again(text, found) -> None:
    assert steps.reference(text) == found


def test_words_of_two_curators_do_not_run_over_each_other(library, people, trail) -> None:
    step = ids(library, trail)[0]
    began = trails.get(library, trail.id, people.curator).version
    steps.say(library, trail.id, {step: "Mine"}, people.curator, version=began)
    with pytest.raises(Conflict):
        steps.say(library, trail.id, {step: "Theirs"}, people.second, version=began)
    steps.say(library, trail.id, {step: "Mine"}, people.second, version=began)


def test_the_history_says_who_changed_what(library, people, trail) -> None:
    steps.move(library, trail.id, ids(library, trail)[0], 1, people.second)
    newest = trails.past(library, trail.id)[0]
    assert (newest.who, newest.action, list(newest.fields)) == ("Sam Second", "steps moved", ["steps"])


def test_an_empty_trail_is_not_published(library, people) -> None:
    made = trails.make(library, "Empty", "", people.curator)
    with pytest.raises(InvalidInput, match="no step"):
        trails.set_state(library, made.id, TrailState.PUBLISHED, people.curator)


@pytest.mark.parametrize("title", ["", "  ", "x" * 201], ids=["none", "blank", "long"])
def test_a_trail_needs_a_title_of_a_line(library, people, title) -> None:
    with pytest.raises(InvalidInput):
        trails.make(library, title, "", people.curator)


def test_a_draft_is_hidden_from_readers(library, people, trail) -> None:
    trails.set_state(library, trail.id, TrailState.DRAFT, people.curator)
    with pytest.raises(NotFound):
        walking.walk(library, trail.id, people.reader, unmasked=False)
    assert walking.walk(library, trail.id, people.second, unmasked=True).count == 3


def test_a_copy_and_a_template_have_the_steps_and_no_readers(library, people, trail) -> None:
    walk = walking.walk(library, trail.id, people.reader, unmasked=False)
    walking.set_done(library, walk, walk.rows[0].id, people.reader, done=True)
    template = trails.copy(library, trail.id, people.second, "For all", TrailState.TEMPLATE)
    made = trails.copy(library, template.id, people.second, "For Nuri")
    assert titles(library, made) == titles(library, trail)
    assert trails.counts(library) == {"draft": 1, "published": 1, "template": 1, "trash": 0}
    assert walking.walk(library, made.id, people.second, unmasked=True).done_count == 0


def test_thrown_away_and_back_readers_are_where_they_were(library, people, trail, clock) -> None:
    walk = walking.walk(library, trail.id, people.reader, unmasked=False)
    walking.set_done(library, walk, walk.rows[1].id, people.reader, done=True)
    trails.trash(library, trail.id, people.curator)
    assert walking.mine(library, people.reader) == []
    trails.restore(library, trail.id, people.curator)
    assert walking.mine(library, people.reader)[0].done_count == 1
    trails.trash(library, trail.id, people.curator)
    clock.pass_(days=library.settings.trash_days + 1)
    assert trails.empty_trash(library) == 1
    for table in ("trail_steps", "trail_readers", "trail_done", "trails"):
        assert library.db[table].count == 0


def test_a_retired_gem_drops_out_and_its_curator_is_told_of_the_gap(library, people, trail) -> None:
    old = trails.steps(library, trail.id)[1]
    new = add_gem(library, people.curator, "The new way")
    life.retire(library, old.object_id, "replaced", people.second, replaced_by=new.id)
    assert [row.title for row in walking.walk(library, trail.id, people.reader, unmasked=False).rows] == [
        "Gem 1",
        "Gem 3",
    ]
    assert ("gap", "trail", "First week") in told(library, people.curator)
    assert walking.walk(library, trail.id, people.curator, unmasked=True).gaps == 1
    row = outline.rows(library, trails.steps(library, trail.id), unmasked=True)[1]
    assert (row.gap, row.instead[:2]) == ("retired", (new.id, "The new way"))
    steps.replace(library, trail.id, old.id, new.id, people.curator)
    assert titles(library, trail) == ["Gem 1", "The new way", "Gem 3"]


def test_whoever_retires_a_gem_of_their_own_trail_is_told_too(library, people, trail) -> None:
    life.retire(library, trails.steps(library, trail.id)[0].object_id, "wrong", people.curator)
    assert told(library, people.curator).count(("gap", "trail", "First week")) == 1


def test_where_nobody_keeps_the_trail_any_more_all_curators_are_told(library, people, trail) -> None:
    members.set_active(library, people.curator.email, False)
    life.retire(library, trails.steps(library, trail.id)[0].object_id, "wrong", people.second)
    assert ("gap", "trail", "First week") in told(library, people.second)
    assert ("gap", "trail", "First week") in told(library, people.admin)
    assert told(library, people.reader) == []


def test_a_gem_that_is_brought_back_is_a_step_again(library, people, trail) -> None:
    gem = trails.steps(library, trail.id)[0].object_id
    life.retire(library, gem, "wrong", people.second)
    life.bring_back(library, gem, people.second)
    assert walking.walk(library, trail.id, people.reader, unmasked=False).count == 3


@pytest.mark.parametrize("erased", [False, True], ids=["thrown-away", "erased"])
def test_a_review_that_goes_leaves_a_gap(library, people, trail, erased) -> None:
    case = add_case(library, people.curator)
    for kind in (StepKind.REVIEW, StepKind.REPLAY):
        steps.add(library, trail.id, kind, people.curator, object_id=case.id)
    reviews.trash(library, [case.id], "Sam")
    assert ("gap", "trail", "First week") in told(library, people.curator)
    if erased:
        with library.transaction() as db:
            review_store.erase(db, [case.id])
    found = outline.rows(library, trails.steps(library, trail.id), unmasked=True)
    assert [row.gap for row in found][3:] == ["gone" if erased else "thrown away"] * 2
    assert walking.walk(library, trail.id, people.reader, unmasked=False).count == 3


def test_merged_gems_and_topics_are_followed_and_a_deleted_topic_is_a_gap(library, people, trail) -> None:
    add_gem(library, people.curator, "Other", tags=("old topic",))
    kept = add_gem(library, people.curator, "Kept", tags=("new topic",))
    topic = tags.named(library, "old topic").id
    steps.add(library, trail.id, StepKind.TOPIC, people.curator, object_id=topic)
    merging.merge(library, trails.steps(library, trail.id)[0].object_id, kept.id, people.curator)
    tag_merging.merge(library, topic, tags.named(library, "new topic").id, "Sam")
    assert titles(library, trail) == ["Kept", "Gem 2", "Gem 3", "new topic"]
    tag_merging.delete(library, tags.named(library, "new topic").id, "Sam")
    assert outline.rows(library, trails.steps(library, trail.id), unmasked=True)[3].gap == "gone"


def test_the_markdown_holds_all_and_no_answer_of_a_replay(library, people, trail) -> None:
    case = add_case(library, people.curator)
    steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=case.id)
    steps.add(library, trail.id, StepKind.WORDS, people.curator, words="Now *rest*.")
    walk = walking.walk(library, trail.id, people.reader, unmasked=False)
    text = exporting.markdown(library, walk, unmasked=False, address="https://kb.example")
    assert text.startswith("# First week\n\nRead these.\n\n## 1. Gem 1\n\nSchedule it.\n\n<https://kb.example/gems/1>")
    assert "Now *rest*." in text
    assert "My export stops" in text
    assert "midnight" not in text
    assert "Wenck" not in text


def test_statements_stay_constant_with_the_number_of_steps(library, people, trail) -> None:
    def count() -> int:
        said: list[str] = []
        library.db.conn.set_trace_callback(said.append)
        walking.walk(library, trail.id, people.reader, unmasked=False)
        library.db.conn.set_trace_callback(None)
        return len(said)

    case = add_case(library, people.curator)
    steps.add(library, trail.id, StepKind.REPLAY, people.curator, object_id=case.id)
    steps.add(library, trail.id, StepKind.TOPIC, people.curator, object_id=tags.named(library, "nightly exports").id)
    few = count()
    for number in range(10):
        gem = add_gem(library, people.curator, f"More {number}", tags=(f"topic {number}",))
        steps.add(library, trail.id, StepKind.GEM, people.curator, object_id=gem.id)
        steps.add(library, trail.id, StepKind.TOPIC, people.curator, object_id=gem.tags[0].id)
        review = add_case(library, people.curator, title=f"Case {number}")
        steps.add(library, trail.id, StepKind.REVIEW, people.curator, object_id=review.id)
    assert count() == few

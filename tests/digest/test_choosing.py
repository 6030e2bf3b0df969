"""What goes into an edition, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from newsroom import NOW, WEEK, Newsroom
from standing import set_status

from kb import reviews
from kb.digest import choosing, contents, editions
from kb.digest.choosing import Candidate
from kb.errors import Conflict, InvalidInput
from kb.gems import gems, life
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.library import Library
from kb.models import GemStatus, Role
from kb.questions import asking
from kb.trails import reading_time
from kb.values.digest import EditionState, Facts, Section


@pytest.fixture
def room(newsroom: Callable[..., Newsroom]) -> Newsroom:
    return newsroom()


def test_a_gem_of_this_week_is_in_it_with_its_reason(room: Newsroom) -> None:
    room.gem("Export stops at 50,000 rows", seen=4)
    story = contents.of_edition(room.library, room.draft()).stories[0]
    assert (story.title, story.reason) == ("Export stops at 50,000 rows", "New · seen in 4 reviews this week")


def test_an_old_gem_is_not(room: Newsroom) -> None:
    room.gem("Long ago", ago=timedelta(days=40))
    assert room.draft().state is EditionState.EMPTY


ARCHIVE = [
    {"id": f"a{number}", "title": f"Call {number}", "body": f"Passage {number} helped.", "date": "2024-05-02",
     "gems": [{"title": f"Gem {number}", "quote": f"Passage {number} helped.", "tags": [f"topic {number}"]}]}
    for number in range(9)
]  # fmt: skip


def test_the_first_edition_of_a_library_that_was_filled_from_an_archive_tells_of_what_came(
    room: Newsroom, tmp_path: Path
) -> None:
    file = tmp_path / "archive.ndjson"
    file.write_text("\n".join(json.dumps(row) for row in ARCHIVE), encoding="utf-8")
    intake.ingest(room.library, [str(file)], IntakeOptions(), who="ada")
    stories = contents.of_edition(room.library, room.draft()).stories
    assert [story.reason for story in stories] == ["Seen in 1 review so far"] * choosing.MOST
    editions.approve(room.library, WEEK, "chris")
    room.later(days=7)
    assert room.draft(WEEK.later(1)).state is EditionState.EMPTY


def test_of_two_that_are_worth_the_same_the_one_in_the_librarys_language_comes_first(room: Newsroom) -> None:
    room.gem("Export in slices")
    room.gem("Exportar por partes", language="es")
    assert contents.of_edition(room.library, room.draft()).stories[0].title == "Export in slices"


LONG = {
    "en": (
        "Export stops at 50,000 rows: let a schedule do it",
        "Filter the report into slices by month or by region. " * 9,
    ),
    "ja": ("五万行を超えるデータは夜間スケジュールで", "上限はリクエスト単位なので、一つのファイルで届きます。" * 9),
}


@pytest.mark.parametrize("language", LONG)
def test_an_edition_of_long_gems_is_read_in_ninety_seconds(room: Newsroom, language: str) -> None:
    title, body = LONG[language]
    for number in range(choosing.MOST):
        room.gem(f"{title} {number}", body=body, language=language)
    told = contents.of_edition(room.library, room.draft())
    texts = [text for story in told.stories for text in (story.title, story.says)]
    reasons = [told.greeting, told.numbers, *(story.reason for story in told.stories)]
    assert len(texts) == 2 * choosing.MOST
    assert reading_time.seconds(" ".join(texts), language) + reading_time.seconds(" ".join(reasons), "en") <= 90


def test_an_old_gem_that_was_seen_again_is(room: Newsroom) -> None:
    gem = room.gem("Long ago", ago=timedelta(days=40))
    room.seen_again(gem, 2)
    story = contents.of_edition(room.library, room.draft()).stories[0]
    assert (story.reason, story.new) == ("Seen in 2 reviews this week", False)


def test_seen_once_more_is_no_strong_confirmation(room: Newsroom) -> None:
    room.seen_again(room.gem(ago=timedelta(days=40)), 1)
    assert room.draft().items == ()


def test_a_gem_that_waits_for_publication_is_not_told(room: Newsroom) -> None:
    set_status(room.library, room.gem(), GemStatus.NOMINATED, "chris")
    assert room.draft().items == ()


def test_a_gem_that_somebody_doubts_is_not_told(room: Newsroom) -> None:
    gem = room.gem()
    with room.library.transaction() as db:
        db.conn.execute("UPDATE gems SET doubted_at = '2026-11-18T10:00:00.000Z' WHERE id = ?", [gem])
    assert room.draft().items == ()


def test_what_nobody_approved_in_time_is_told_by_the_next_edition(newsroom: Callable[..., Newsroom]) -> None:
    room = newsroom(digest_approval="hold")
    room.gem("Of the week that nobody approved", ago=timedelta(days=2))
    room.now -= timedelta(days=1)
    for _ in range(9):  # from the hour of one draft to that of the next, and a day more
        room.send()
        room.later(days=1)
    assert editions.get(room.library, WEEK).state is EditionState.HELD
    assert room.titles(editions.get(room.library, WEEK.later(1))) == ["Of the week that nobody approved"]


def test_so_is_what_was_drafted_when_the_server_went_down_for_a_week(room: Newsroom) -> None:
    room.gem("Drafted, and never sent", ago=timedelta(days=2))
    room.now -= timedelta(days=1)
    room.send()
    room.later(days=7)
    room.send()
    assert editions.get(room.library, WEEK).state is EditionState.HELD
    assert room.titles(editions.get(room.library, WEEK.later(1))) == ["Drafted, and never sent"]


def test_there_are_at_most_seven(room: Newsroom) -> None:
    for _ in range(9):
        room.gem()
    assert len(room.titles(room.draft())) == 7


def test_no_three_are_of_one_topic(room: Newsroom) -> None:
    for title in "ABCD":
        room.gem(title, tags=("export", f"topic {title}"))
    room.gem("E", tags=("GDPR",))
    assert len(room.titles(room.draft())) == 3


def test_the_worthiest_comes_first(room: Newsroom) -> None:
    room.gem("once", seen=1)
    room.gem("often", seen=5)
    assert room.titles(room.draft()) == ["often", "once"]


def test_a_gem_is_not_told_again_within_ten_weeks(room: Newsroom) -> None:
    gem = room.gem("Export")
    room.go_out()
    room.later(weeks=9)
    room.seen_again(gem, 3)
    assert room.draft(WEEK.later(9)).items == ()


def test_after_ten_weeks_it_may_be(room: Newsroom) -> None:
    gem = room.gem("Export")
    room.go_out()
    room.later(weeks=11)
    room.seen_again(gem, 3)
    assert room.titles(room.draft(WEEK.later(11))) == ["Export"]


def test_a_gem_that_changed_is_news_again(room: Newsroom) -> None:
    gem = room.gem("Export")
    room.go_out()
    room.later(weeks=1)
    with room.library.transaction() as db:
        db.conn.execute("UPDATE gems SET body = 'Another way.' WHERE id = ?", [gem])
    room.seen_again(gem, 2)
    assert room.titles(room.draft(WEEK.later(1))) == ["Export"]


def test_a_gem_that_was_only_drafted_may_be_told_next_week(room: Newsroom) -> None:
    gem = room.gem("Export")
    room.draft()
    room.later(weeks=1)
    room.seen_again(gem, 2)
    assert room.titles(room.draft(WEEK.later(1))) == ["Export"]


def test_what_happened_between_two_editions_is_in_the_second(room: Newsroom) -> None:
    room.draft()
    room.later(days=20)
    room.gem("In the holidays", ago=timedelta(days=12))
    assert room.titles(room.draft(WEEK.later(3))) == ["In the holidays"]


def test_a_gem_that_was_retired_this_week_is_told_as_no_longer_needed(room: Newsroom) -> None:
    gem = room.gem("Old trick", ago=timedelta(days=90))
    set_status(room.library, gem, GemStatus.RETIRED, "chris")
    whole = contents.of_edition(room.library, room.draft())
    assert [gone.title for gone in whole.gone] == ["Old trick"]


def test_a_question_that_several_asked_is_told(room: Newsroom) -> None:
    room.gem()
    for who in ("ada", "bo", "cy"):
        member = room.member(f"{who}@kb.example")
        asking.ask(room.library, "Who knows SAML?", member, named=False)
    asking.ask(room.library, "Me alone?", member, named=False)
    asked = contents.of_edition(room.library, room.draft()).questions
    assert [(one.text, one.reason) for one in asked] == [("Who knows SAML?", "Asked by 3 people")]


def test_drafting_twice_gives_the_same_edition(room: Newsroom) -> None:
    room.gem("A")
    first = room.draft()
    room.gem("B")
    again = editions.draft(room.library, WEEK, "chris")
    assert (again.made, again.edition) == (False, first)


def test_a_draft_is_chosen_anew_when_asked(room: Newsroom) -> None:
    room.gem("A")
    room.draft()
    room.gem("B")
    assert set(room.titles(room.draft(again=True))) == {"A", "B"}


def test_what_was_approved_is_not_chosen_anew(room: Newsroom) -> None:
    room.gem()
    room.draft()
    room.approve()
    with pytest.raises(Conflict, match="approved already"):
        room.draft(again=True)


def test_a_week_that_is_still_to_come_is_refused(room: Newsroom) -> None:
    with pytest.raises(InvalidInput, match="2026-W50 is still to come"):
        room.draft(WEEK.later(3))


def test_a_past_week_can_be_drafted(room: Newsroom) -> None:
    room.gem("Then", ago=timedelta(days=21))
    room.gem("Now")
    assert room.titles(room.draft(WEEK.later(-3))) == ["Then"]


def test_an_edition_of_a_just_filled_library_is_made_of_few_statements(room: Newsroom) -> None:
    for _ in range(30):
        room.gem()
    with Counted(room.library) as many:
        room.draft()
    assert many.count < 40


def test_the_rest_of_a_choice_says_why_not() -> None:
    known = Candidate(1, Facts(new=True), "words")
    _, passed = choosing.choose([known], {1: {"words"}})
    assert passed[0].why == "told in the last 10 weeks, and unchanged"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (Facts(new=True, seen=1), "New"),
        (Facts(seen=4, worked=2), "Seen in 4 reviews this week · worked for 2 people"),
        (Facts(worked=1, reads=40), "Worked for 1 person · read 40 times"),
        (Facts(), "Chosen by a curator"),
    ],
)
def test_the_choice_is_explained(facts: Facts, words: str) -> None:
    assert choosing.explain(facts) == words


def test_contradictions_weigh_against_a_gem() -> None:
    assert choosing.worth(Facts(seen=3, contradicted=3)) == 0


def test_a_gem_whose_reviews_were_erased_after_drafting_is_left_out_and_said(room: Newsroom) -> None:
    room.gem("Gone with its review", tags=("a",))
    kept = room.gem("Stays", tags=("b",))
    edition = room.draft()
    for passage in gems.get(room.library, kept - 1, unmasked=True).evidence:
        reviews.trash(room.library, [passage.review_id], "chris")
    whole = contents.of_edition(room.library, edition)
    assert [story.title for story in whole.stories] == ["Stays"]
    assert "has lost the reviews" in whole.left_out[0]


def test_a_gem_that_was_retired_after_drafting_is_left_out_and_said(room: Newsroom) -> None:
    gem = room.gem("Wrong after all")
    edition = room.draft()
    set_status(room.library, gem, GemStatus.RETIRED, "chris")
    whole = contents.of_edition(room.library, edition)
    assert (whole.stories, whole.left_out) == ((), ("“Wrong after all” is retired now.",))


def test_nobody_is_named_in_an_edition(room: Newsroom) -> None:
    room.gem("Ask Maren Holt for the export", body="Maren Holt knows how.")
    story = contents.of_edition(room.library, room.draft()).stories[0]
    assert "Maren" not in story.title + story.says


def test_why_a_gem_is_no_longer_needed_names_nobody(room: Newsroom) -> None:
    chris = room.member("chris@kb.example", role=Role.CURATOR)
    old, new = room.gem("Export in parts", ago=timedelta(days=30)), room.gem("As Maren Holt says")
    life.retire(room.library, old, "replaced", chris, word="Maren Holt found a better way", replaced_by=new)
    (gone,) = contents.of_edition(room.library, room.draft()).gone
    assert str(gone.reason) == "Use instead: As [name] says. [name] found a better way"


def test_a_curator_reorders_drops_and_says_a_few_words(room: Newsroom) -> None:
    for title in ("A", "B", "C"):
        room.gem(title)
    edition = room.draft()
    ids = {room.titles(edition)[place]: item.id for place, item in enumerate(edition.items)}
    editions.edit(
        room.library, WEEK, "chris", version=edition.version, opening="**Good** morning",
        order=[ids["A"], ids["B"], ids["C"]], dropped={ids["B"]}, credits={},
    )  # fmt: skip
    whole = contents.of_edition(room.library, editions.get(room.library, WEEK))
    assert [story.title for story in whole.stories] == ["A", "C"]
    assert (whole.opening_text, whole.opening_html) == ("Good morning", "<p><strong>Good</strong> morning</p>")


def edit(room: Newsroom, version: int, **changes: object) -> None:
    nothing = {"opening": "", "order": [], "dropped": set(), "credits": {}}
    editions.edit(room.library, WEEK, "chris", version=version, **{**nothing, **changes})  # type: ignore[arg-type]


def test_two_curators_do_not_overwrite_each_other(room: Newsroom) -> None:
    room.gem()
    version = room.draft().version
    edit(room, version, opening="Mine")
    with pytest.raises(Conflict, match="Somebody else edited"):
        edit(room, version, opening="Yours")


def test_a_credit_line_names_only_who_agreed(room: Newsroom) -> None:
    room.gem()
    shy = room.member("shy@kb.example", name="Shy", named=False)
    glad = room.member("glad@kb.example", name="Glad", named=True)
    edition = room.draft()
    item = edition.items[0].id
    edit(room, edition.version, credits={item: shy.id})
    assert contents.of_edition(room.library, editions.get(room.library, WEEK)).stories[0].credit == ""
    edit(room, edition.version + 1, credits={item: glad.id})
    assert contents.of_edition(room.library, editions.get(room.library, WEEK)).stories[0].credit == "Glad"


def test_a_consent_that_is_taken_back_takes_the_name_away(room: Newsroom) -> None:
    room.gem()
    glad = room.member("glad@kb.example", name="Glad", named=True)
    edition = room.draft()
    edit(room, edition.version, credits={edition.items[0].id: glad.id})
    room.choose(glad, named=False)
    assert contents.of_edition(room.library, editions.get(room.library, WEEK)).stories[0].credit == ""


def test_a_curator_adds_a_gem(room: Newsroom) -> None:
    gem = room.gem("From the attic", ago=timedelta(days=200))
    edition = room.draft()
    added = editions.add_gem(room.library, WEEK, gem, "chris", version=edition.version)
    assert (added.state, room.titles(added)) == (EditionState.DRAFT, ["From the attic"])


def test_dropping_everything_leaves_an_empty_edition_that_cannot_go_out(room: Newsroom) -> None:
    room.gem()
    edition = room.draft()
    edit(room, edition.version, dropped={item.id for item in edition.items})
    with pytest.raises(Conflict, match="There is nothing in the edition"):
        room.approve()


def test_the_span_of_an_edition_ends_with_its_week(room: Newsroom) -> None:
    edition = room.draft(WEEK.later(-2))
    assert edition.until == WEEK.later(-1).begins(room.library.zone)
    assert room.draft().until == NOW


def test_votes_and_readings_weigh(room: Newsroom) -> None:
    plain, good = room.gem("plain"), room.gem("good")
    member = room.member("a@kb.example")
    with room.library.transaction() as db:
        db.conn.execute(
            "INSERT INTO gem_votes (gem_id, member_id, worked, at) VALUES (?, ?, 1, '2026-11-18T10:00:00.000Z')",
            [good, member.id],
        )
        db.conn.execute("INSERT INTO gem_reads (gem_id, week, reads) VALUES (?, '2026-11-16', 40)", [good])
    edition = room.draft()
    assert room.titles(edition) == ["good", "plain"] != [plain]
    assert contents.of_edition(room.library, edition).stories[0].reason == "New · worked for 1 person · read 40 times"
    assert edition.items[0].section is Section.GEM


class Counted:
    """How many statements a library's connection ran."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.count = 0

    def __enter__(self) -> Counted:
        self._library.db.conn.set_trace_callback(self._note)
        return self

    def _note(self, _statement: str) -> None:
        self.count += 1

    def __exit__(self, *error: object) -> None:
        self._library.db.conn.set_trace_callback(None)


def test_one_gem_in_the_library_is_counted_as_one(newsroom: Callable[..., Newsroom]) -> None:
    room = newsroom()
    room.gem()
    items = [item.id for item in room.draft().items]
    edition = editions.edit(
        room.library, WEEK, "chris", version=1, opening="", order=items, dropped=set(items), credits={}
    )
    assert contents.of_edition(room.library, edition).numbers == "1 review came in · 1 gem in the library"

"""What a reader is not shown, and cannot find out by searching."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb import library as libraries
from kb import members as member_cases
from kb import reviews, threads
from kb import settings as all_settings
from kb.finding import finding
from kb.gems import gems
from kb.library import Library
from kb.models import Answer, Draft, Feedback, GemDraft, Kind, Role, Turn
from kb.privacy import mask


@pytest.fixture
def review(opened: Library) -> int:
    draft = Draft(
        title="Noor Haddani and the export",
        body="Noor told them to export by night. Well done, NOOR HADDANI!",
        reviewer="Maren Holt",
        reviewee="Noor Haddani",
        language="en",
        score=40.0,
        scorecard=(Answer("Tone", "no", "Far too curt with them"),),
        feedback=Feedback(csat=1, comment="Noor was rude"),
        turns=(Turn("Hello, this is Noor.", "Noor Haddani", "agent"), Turn("Hi Noor", "Kim", "customer")),
        extra={"verdict": "failed"},
    )
    id = reviews.add(opened, draft, "ada").id
    opened.catch_up()
    return id


def test_a_reader_sees_no_name_score_or_verdict_of_the_reviewee(opened: Library, review: int) -> None:
    seen = repr(reviews.get(opened, review, unmasked=False))
    assert "Noor" not in seen
    assert "Haddani" not in seen.title()
    assert all(word not in seen for word in ("40.0", "curt", "failed", "csat=1"))


def test_a_reader_is_not_told_by_the_case_whose_it_was(opened: Library) -> None:
    case = {
        "case_id": "HADDANI-12", "case_url": "https://desk.example/agents/noor%2Ehaddani/12", "channel": "Noor's inbox",
        "customer": "Noor Haddani, by proxy",
    }  # fmt: skip
    id = reviews.add(opened, Draft(title="Export", body="By night.", reviewee="Noor Haddani", **case), "ada").id
    opened.catch_up()
    seen = reviews.get(opened, id, unmasked=False)
    assert (seen.case_id, seen.case_url, seen.channel, seen.customer) == ("", "", "[name]'s inbox", "[name], by proxy")
    for question in ("case:haddani*", "channel:noor*", "customer:noor*"):
        assert finding.search(opened, question, unmasked=False).total == 0, question


def test_a_case_that_names_nobody_is_linked_for_readers(opened: Library) -> None:
    case = {
        "case_id": "4390",
        "case_url": "https://desk.example/cases/4390",
        "channel": "Phone",
        "customer": "Noor Lund",
    }
    id = reviews.add(opened, Draft(title="Export", body="By night.", reviewee="Noor Desk", **case), "ada").id
    seen = reviews.get(opened, id, unmasked=False)
    assert {name: getattr(seen, name) for name in case} == case


def test_the_reviewer_stays_named_but_not_in_a_self_review(opened: Library, review: int) -> None:
    assert reviews.get(opened, review, unmasked=False).reviewer == "Maren Holt"
    own = Draft(kind=Kind.SELF, title="Mine", body="I said so.", reviewer="Ben", reviewee="Ben", language="en")
    id = reviews.add(opened, own, "ben").id
    assert reviews.get(opened, id, unmasked=False).reviewer == ""


def test_the_case_owners_comments_are_shown_without_their_name(opened: Library, review: int) -> None:
    owner = member_cases.add(
        opened, "noor@x.example", role=Role.REVIEWER, password="long enough 1", name="Noor Haddani"
    )
    threads.say(opened, review, "This is Noor, I disagree.", owner)
    (comment,) = reviews.page(opened, review, unmasked=False).comments
    assert (comment.author, comment.body) == ("Case owner", "This is [name], I disagree.")


@pytest.mark.parametrize("question", ["Noor", "haddani", "curt", "reviewee:noor*", 'reviewee:"Noor Haddani"'])
def test_a_reader_cannot_find_a_review_by_what_is_hidden(opened: Library, review: int, question: str) -> None:
    assert finding.search(opened, question, unmasked=False).total == 0
    assert finding.search(opened, question, unmasked=True).total == 1


@pytest.mark.parametrize("question", ["reviewer:ben", "reviewer:b*", "reviewee:ben", "Ben"])
@pytest.mark.parametrize("reviewee", ["", "Ben"])
def test_a_self_review_is_found_by_who_wrote_it_for_those_who_may_see_that(
    opened: Library, question: str, reviewee: str
) -> None:
    for draft in (
        Draft(kind=Kind.SELF, title="Mine", body="I said so.", reviewer="Ben", reviewee=reviewee, language="en"),
        Draft(title="Other", body="They said so.", reviewer="Maren", reviewee="Kim", language="en"),
    ):
        reviews.add(opened, draft, "ben")
    opened.catch_up()
    assert [hit.title for hit in finding.search(opened, question, unmasked=True).hits] == ["Mine"]
    assert finding.search(opened, question, unmasked=False).total == 0


def test_a_snippet_for_a_reader_is_masked_too(opened: Library, review: int) -> None:
    (hit,) = finding.search(opened, "export night", unmasked=False).hits
    assert "Noor" not in hit.title + hit.snippet


def test_a_library_set_to_show_scores_shows_them(home: object, tmp_path: object) -> None:
    settings = all_settings.load(tmp_path / "open", environ={"KB_SCORES_VISIBLE_TO": "reader"})  # type: ignore[operator]
    libraries.make(settings)
    library = Library(settings)
    reviews.add(library, Draft(title="T", body="Noor told them.", reviewee="Noor", language="en"), "ada")
    library.catch_up()
    assert finding.search(library, "Noor", unmasked=True).total == 1
    library.close()


@pytest.mark.parametrize(
    ("text", "name", "masked"),
    [
        ("Ask Maren.", "Maren Holt", "Ask [name]."),
        ("the market of Holtville", "Maren Holt", "the market of Holtville"),
        ("砂田さん、Sunadaさん", "Aiko Sunada", "砂田さん、[name]さん"),
        ("write to aiko.sunada@x.example", "aiko.sunada@x.example", "write to [name]"),
        ("Thanks, Aiko", "aiko.sunada@x.example", "Thanks, [name]"),
        ("will you?", "Will Bo", "will you?"),
    ],
)
def test_names_are_taken_out_of_text_and_other_words_left(text: str, name: str, masked: str) -> None:
    assert mask(text, [name]) == masked


def test_a_gem_lifted_from_a_self_review_names_nobody(opened: Library) -> None:
    own = Draft(
        kind=Kind.SELF,
        title="By Nina Vogt",
        body="Nina Vogt schedules it by night.",
        reviewer="Nina Vogt",
        language="en",
    )
    id = reviews.add(opened, own, "nina").id
    gem = gems.lift(opened, id, GemDraft("By night", "Ask Nina.", "Nina Vogt schedules it"), who="ada", publish=True)
    opened.catch_up()
    assert "Nina" not in repr(gems.get(opened, gem.id, unmasked=False))
    assert "Nina" not in repr(reviews.page(opened, id, unmasked=False))
    assert finding.search(opened, "Vogt", unmasked=False).total == 0


def test_a_gem_goes_on_naming_nobody_when_its_review_is_erased(opened: Library) -> None:
    id = reviews.add(opened, Draft(body="Nina Vogt schedules it.", reviewee="Nina Vogt", language="en"), "ada").id
    draft = GemDraft("By night", "Ask Nina Vogt.", "Nina Vogt schedules it")
    gem = gems.lift(opened, id, draft, who="ada", publish=True)
    reviews.trash(opened, [id], "ada")
    opened.now = lambda: datetime.now(UTC) + timedelta(days=400)
    reviews.empty_trash(opened)
    opened.catch_up()
    assert "Nina" not in repr(gems.get(opened, gem.id, unmasked=False))
    assert finding.search(opened, "Vogt", unmasked=False).total == 0


def test_an_erased_review_is_not_in_the_librarys_file_any_more(opened: Library) -> None:
    texts = [f"Quetzal{number} bloomed. " * 40 for number in range(30)]
    ids = [reviews.add(opened, Draft(title=text[:12], body=text, language="en"), "ada").id for text in texts]
    opened.catch_up()
    reviews.trash(opened, ids[::2], "ada")
    opened.now = lambda: datetime.now(UTC) + timedelta(days=400)
    assert reviews.empty_trash(opened) == 15
    held = b"".join(path.read_bytes() for path in opened.settings.home.glob("library.db*"))
    assert [number for number in range(30) if f"Quetzal{number} ".encode() in held] == list(range(1, 30, 2))

"""Offered while typing: people whom one may see, one's own past searches, and a slip forgiven in each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kb import members, reviews
from kb.finding import typeahead
from kb.library import Library
from kb.mine import reading, settings
from kb.mine.reading import Keeper
from kb.models import Draft, Kind, Member, Role
from kb.tags import tags

NOW = datetime(2026, 6, 15, tzinfo=UTC)


@pytest.fixture
def robin(opened: Library) -> Member:
    return members.add(opened, "robin@kb.example", role=Role.READER, password="correct horse battery", name="Robin")


@pytest.fixture
def filled(opened: Library) -> Library:
    for title, reviewer, reviewee, kind in (
        ("Export fails", "Rosa Reviewer", "Maren Vogt", Kind.PEER),
        ("Import fails", "Rosa Reviewer", "Tobias Ö. Lind", Kind.PEER),
        ("My own", "Maren Vogt", "Maren Vogt", Kind.SELF),
        ("データ戦略", "山田 花子", "", Kind.CALL),
    ):
        draft = Draft(title=title, body=title, reviewer=reviewer, reviewee=reviewee, kind=kind, tags=("Webhooks",))
        reviews.add(opened, draft, "ada")
    opened.catch_up()
    return opened


def offered(library: Library, typed: str, member: Member, kind: str, *, unmasked: bool = False) -> list[str]:
    found = typeahead.for_member(library, typed, member, unmasked=unmasked)
    return [one.text for one in found if one.kind == kind]


def searched(library: Library, member: Member, *questions: str) -> None:
    keeper = Keeper()
    for number, question in enumerate(questions):
        keeper.searched(member.id, question, NOW.replace(minute=number))
    keeper.save(library)


@pytest.mark.parametrize("typed", ["ros", "Rosa R", "reviewer", "rsoa", "Revewer", "ROSA"])
def test_who_reviewed_is_offered_by_any_of_their_names(filled: Library, robin: Member, typed: str) -> None:
    assert offered(filled, typed, robin, "person") == ["Rosa Reviewer"]


def test_a_name_in_any_script(filled: Library, robin: Member) -> None:
    assert offered(filled, "花", robin, "person") == ["山田 花子"]


def test_no_word_is_offered_behind_a_name_that_one_may_see(filled: Library, robin: Member) -> None:
    reviews.add(filled, Draft(title="Imports", body="Rosa and Tobias imported.", reviewer="Rosa Reviewer"), "ada")
    filled.catch_up()
    assert offered(filled, "rosa im", robin, "word") == []
    assert offered(filled, "tobias im", robin, "word") == ["tobias Import", "tobias Imports"]
    assert offered(filled, "tobias im", robin, "word", unmasked=True) == []


def test_who_was_reviewed_is_offered_only_to_those_who_may_see_it(filled: Library, robin: Member) -> None:
    for typed in ("maren", "tobias", "vogt", "mraen"):
        assert offered(filled, typed, robin, "person") == []
    assert offered(filled, "maren", robin, "person", unmasked=True) == ["Maren Vogt"]
    assert offered(filled, "tobais", robin, "person", unmasked=True) == ["Tobias Ö. Lind"]


def test_a_person_leads_to_their_reviews(filled: Library, robin: Member) -> None:
    [one] = [one for one in typeahead.for_member(filled, "rosa", robin, unmasked=False) if one.kind == "person"]
    assert one.url == "/search?q=reviewer%3A%22Rosa+Reviewer%22"
    assert one.count == 2


def test_a_new_reviewer_is_offered_as_soon_as_found(filled: Library, robin: Member) -> None:
    assert offered(filled, "zelda", robin, "person") == []
    reviews.add(filled, Draft(title="New", body="New", reviewer="Zelda Zorn"), "ada")
    filled.catch_up()
    assert offered(filled, "zelda", robin, "person") == ["Zelda Zorn"]


def test_my_past_searches_come_first_the_last_before_the_others(filled: Library, robin: Member) -> None:
    searched(filled, robin, "export of invoices", "expiry", "zebra", "Export of Invoices")
    found = typeahead.for_member(filled, "exp", robin, unmasked=False)
    assert [(one.kind, one.text) for one in found[:2]] == [("past", "Export of Invoices"), ("past", "expiry")]
    assert found[0].url == "/search?q=Export+of+Invoices"


def test_a_slip_is_forgiven_in_a_past_search_and_a_topic(filled: Library, robin: Member) -> None:
    searched(filled, robin, "zebra stripes")
    assert offered(filled, "zerba", robin, "past") == ["zebra stripes"]
    assert offered(filled, "wbehoo", robin, "tag") == ["Webhooks"]
    assert offered(filled, "wehbooks", robin, "tag") == ["Webhooks"]


def test_what_is_typed_already_is_not_offered_again(filled: Library, robin: Member) -> None:
    searched(filled, robin, "zebra")
    assert offered(filled, "zebra", robin, "past") == []


def test_nobody_else_is_offered_it(filled: Library, robin: Member) -> None:
    searched(filled, robin, "my divorce lawyer")
    other = members.add(filled, "ada@kb.example", role=Role.ADMIN, password="correct horse battery")
    assert offered(filled, "my div", other, "past", unmasked=True) == []


def test_switched_off_nothing_is_kept_and_what_was_there_is_gone(filled: Library, robin: Member) -> None:
    searched(filled, robin, "zebra stripes")
    settings.choose(filled, robin, history=False)
    searched(filled, robin, "zebra crossing")
    assert offered(filled, "zeb", robin, "past") == []
    assert reading.searches(filled, robin) == []


def test_forgetting_what_was_read_forgets_it_too(filled: Library, robin: Member) -> None:
    searched(filled, robin, "zebra stripes")
    reading.clear(filled, robin)
    assert reading.searches(filled, robin) == []


def test_only_the_last_searches_are_kept(filled: Library, robin: Member) -> None:
    keeper = Keeper()
    for number in range(reading.KEEPS_SEARCHES + 20):
        keeper.searched(robin.id, f"search {number}", NOW.replace(minute=number // 60, second=number % 60))
    keeper.save(filled)
    kept = reading.searches(filled, robin, limit=1000)
    assert len(kept) == reading.KEEPS_SEARCHES
    assert kept[0] == f"search {reading.KEEPS_SEARCHES + 19}"


@pytest.mark.parametrize("typed", ["", " ", "\0", "\ud800", '"', "a" * 300, "?!*", "%"])
def test_rubbish_is_no_error(filled: Library, robin: Member, typed: str) -> None:
    searched(filled, robin, "zebra")
    typeahead.for_member(filled, typed, robin, unmasked=True)


def test_an_alias_leads_to_its_topic(filled: Library, robin: Member) -> None:
    tags.rename(filled, tags.named(filled, "Webhooks").id, "Callbacks", "ada")
    assert offered(filled, "wbehooks", robin, "tag") == ["Callbacks"]

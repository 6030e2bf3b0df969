"""What is offered while somebody types a question."""

from __future__ import annotations

import pytest

from kb import reviews
from kb.finding import typeahead
from kb.gems import gems
from kb.library import Library
from kb.models import Draft, GemDraft


@pytest.fixture
def exports(opened: Library) -> Library:
    """Twelve reviews and one gem that have the word in their title, and a tag."""
    for number in range(12):
        reviews.add(opened, Draft(title=f"Export {number}", body="By night.", tags=("export",), language="en"), "ada")
    gems.lift(opened, 1, GemDraft("Large exports go by night", "Schedule it.", "By night."), who="ada", publish=True)
    opened.catch_up()
    return opened


def offered(library: Library, typed: str) -> list[str]:
    return [one.kind for one in typeahead.suggest(library, typed, unmasked=False)]


def test_topics_come_first_then_gems_then_reviews(exports: Library) -> None:
    assert offered(exports, "expo")[:3] == ["tag", "gem", "review"]


def test_many_reviews_leave_room_for_no_more_than_is_shown(exports: Library) -> None:
    assert len(offered(exports, "expo")) == 8


def test_a_slip_in_what_is_typed_is_forgiven(exports: Library) -> None:
    assert "gem" in offered(exports, "exprots")


def test_rubbish_is_answered_with_nothing(exports: Library) -> None:
    assert offered(exports, "?!*") == []


def test_a_word_that_is_offered_keeps_those_before_it(exports: Library) -> None:
    words = [one for one in typeahead.suggest(exports, "large nig", unmasked=False) if one.kind == "word"]
    assert [(one.text, one.count) for one in words] == [("large night", 0)]


def test_function_words_are_not_offered(exports: Library) -> None:
    reviews.add(exports, Draft(title="What would they do with the wallet?", body="Case.", language="en"), "ada")
    exports.catch_up()
    assert [one.text for one in typeahead.suggest(exports, "w", unmasked=False) if one.kind == "word"] == ["wallet"]


@pytest.fixture
def named(exports: Library) -> int:
    """A review that names somebody. Another is brought in with it, so that the index keeps both in one piece."""
    for title in ("Ledgers in winter", "Zebulon and the ledger"):
        last = reviews.add(exports, Draft(title=title, body="Case.", language="en"), "ada")
    exports.catch_up()
    assert "word" in offered(exports, "zebu")
    return last.id


def test_a_word_that_no_text_has_any_more_is_not_offered(exports: Library, named: int) -> None:
    reviews.trash(exports, [named], "ada")
    exports.catch_up()
    assert offered(exports, "zebu") == []


def test_a_name_that_was_not_known_for_one_before_is_not_offered(exports: Library, named: int) -> None:
    draft = Draft(title="Zebulon and the ledger", body="Case.", reviewee="Zebulon Quagmire", language="en")
    reviews.edit(exports, named, draft, version=reviews.get(exports, named, unmasked=True).version, who="ada")
    exports.catch_up()
    assert "word" not in [*offered(exports, "zebu"), *offered(exports, "zebulom")]


@pytest.mark.parametrize("typed", ["SSO_ERR_4", "err_42", "err_4", "sso-err"])
def test_a_code_is_offered_by_any_of_its_parts(exports: Library, typed: str) -> None:
    reviews.add(exports, Draft(title="SSO_ERR_42 on one floor", body="The clock.", language="en"), "ada")
    exports.catch_up()
    offers = typeahead.suggest(exports, typed, unmasked=False)
    assert "SSO_ERR_42 on one floor" in [one.text for one in offers if one.kind == "review"]

"""Rules that suggest tags."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kb import reviews
from kb.errors import InvalidInput
from kb.library import Library
from kb.models import Draft, TagRule
from kb.store import tag_rules as rule_rows
from kb.tags import auto_tagging, suggesting, tags
from kb.tags import rules as tag_rules

Make = Callable[..., int]


def suggested(library: Library, review: int) -> list[tuple[str, str]]:
    return [
        (tag.name, tag.origin) for tag in suggesting.for_review(library, reviews.get(library, review, unmasked=True))
    ]


@pytest.mark.parametrize(
    ("rule", "body", "found"),
    [
        (TagRule(kind="words", pattern="export file"), "Several files were exported.", True),
        (TagRule(kind="words", pattern="export file"), "They were exporting.", False),
        (TagRule(kind="phrase", pattern="Data request"), "We had a DATA  request.", True),
        (TagRule(kind="phrase", pattern="data request"), "A request for data.", False),
        (TagRule(kind="regex", pattern=r"SSO_ERR_\d+"), "It said sso_err_42 twice.", True),
        (TagRule(kind="regex", pattern=r"^SSO"), "The SSO.", False),
        (TagRule(kind="words", pattern="データ戦略"), "お客様のデータ戦略について話しました。", True),
        (TagRule(product="console"), "Anything.", True),
        (TagRule(team="EMEA"), "Anything.", False),
        (TagRule(kind="words", pattern="anything", product="Portal"), "Anything.", False),
    ],
)
def test_a_rule_finds_what_it_says(
    opened: Library, tag: Make, review: Make, rule: TagRule, body: str, found: bool
) -> None:
    tag_rules.add(opened, tag("wanted"), rule, "ada")
    got = suggested(opened, review(body=body, product="Console", team="APAC"))
    assert got == ([("wanted", "rule")] if found else [])


def test_a_suggestion_that_was_refused_is_not_made_again(opened: Library, tag: Make, review: Make) -> None:
    id = tag("wanted")
    tag_rules.add(opened, id, TagRule(kind="words", pattern="keep"), "ada")
    refused = review()
    tags.refuse(opened, refused, id)
    assert suggested(opened, refused) == []
    assert suggested(opened, review()) == [("wanted", "rule")]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (TagRule(kind="regex", pattern="(a"), "pattern"),
        (TagRule(kind="regex", pattern=r"(a)\1"), "pattern"),
        (TagRule(kind="regex", pattern="(?:a{1000}){1000}"), "pattern"),
        (TagRule(kind="words", pattern="…"), "pattern"),
        (TagRule(kind="words", pattern="x" * 501), "pattern"),
        (TagRule(kind="smell", pattern="x"), "kind"),
        (TagRule(), "pattern"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(opened: Library, tag: Make, rule: TagRule, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tag_rules.add(opened, tag("wanted"), rule, "ada")
    assert refused.value.field == field


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(?:(?:(?:x|y)*)*)*z", r"(\w+\s*)+$!"])
def test_no_expression_takes_for_ever(opened: Library, tag: Make, review: Make, pattern: str) -> None:
    tag_rules.add(opened, tag("wanted"), TagRule(kind="regex", pattern=pattern), "ada")
    long = review(body="x" * 100_000)
    began = time.monotonic()
    assert suggested(opened, long) == []
    assert time.monotonic() - began < 5


def test_a_rule_that_is_too_slow_is_set_aside_with_a_word(
    opened: Library, tag: Make, review: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_rules, "LIMIT", -1.0)
    tag_rules.add(opened, tag("wanted"), TagRule(kind="regex", pattern="nowhere"), "ada")
    assert suggested(opened, review()) == []
    assert "set aside" in rule_rows.all_rules(opened.db)[0].trouble


def test_trying_a_rule_says_what_it_would_find_and_keeps_nothing(opened: Library, review: Make) -> None:
    review("GDPR", body="Delete my data.")
    found = review(body="She wants her data deleted.")
    review(body="Billing.")
    wanted = TagRule(tag_id=tags.named(opened, "GDPR").id, kind="words", pattern="data")
    trial = tag_rules.try_out(opened, wanted)
    assert (trial.seen, trial.matched, trial.tagged, [r.id for r in trial.first]) == (3, 2, 1, [found])
    assert rule_rows.all_rules(opened.db) == []


def test_a_rule_goes_with_its_tag_when_that_is_merged(opened: Library, tag: Make) -> None:
    from kb.tags import merging as tag_merging

    tag_rules.add(opened, tag("privacy"), TagRule(kind="words", pattern="data"), "ada")
    tag_merging.merge(opened, tags.named(opened, "privacy").id, tag("GDPR"), "ada")
    assert [rule.tag_name for rule in rule_rows.all_rules(opened.db)] == ["GDPR"]


def test_kb_tags_nothing_by_itself_unless_told(opened: Library, tag: Make, review: Make) -> None:
    for name, on in (("wanted", True), ("only suggested", False)):
        tag_rules.add(opened, tag(name), TagRule(kind="words", pattern="keep"), "ada")
        auto_tagging.set_automatic(opened, tags.named(opened, name).id, "ada", on=on)
    id = review()
    opened.catch_up()
    found = reviews.get(opened, id, unmasked=True).tags
    assert [(tag.name, tag.origin) for tag in found] == [("wanted", "rule")]
    assert reviews.past(opened, id)[0].who == "kb (by rule)"


def test_reviews_from_before_are_left_alone(opened: Library, tag: Make, review: Make) -> None:
    before = review()
    tag_rules.add(opened, tag("wanted"), TagRule(kind="words", pattern="keep"), "ada")
    auto_tagging.set_automatic(opened, tags.named(opened, "wanted").id, "ada", on=True)
    after = review()
    opened.catch_up()
    assert [len(reviews.get(opened, id, unmasked=True).tags) for id in (before, after)] == [0, 1]


def test_what_was_taken_off_stays_off(opened: Library, tag: Make, review: Make) -> None:
    id = tag("wanted")
    tag_rules.add(opened, id, TagRule(kind="words", pattern="keep"), "ada")
    auto_tagging.set_automatic(opened, id, "ada", on=True)
    tagged = review()
    opened.catch_up()
    tags.take_from_review(opened, tagged, id, "bob")
    opened.catch_up()
    assert reviews.get(opened, tagged, unmasked=True).tags == ()


def test_what_is_put_on_by_itself_is_found(opened: Library, tag: Make) -> None:
    from kb.finding import finding

    id = tag("wanted")
    tag_rules.add(opened, id, TagRule(kind="words", pattern="keep"), "ada")
    auto_tagging.set_automatic(opened, id, "ada", on=True)
    reviews.add(opened, Draft(title="A case", body="What do you keep?", language="en"), "ada")
    opened.catch_up()
    assert finding.search(opened, "tag:wanted", unmasked=True).total == 1

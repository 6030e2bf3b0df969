"""What every engine does alike: finding, filters, facets, order, who may see what."""

from __future__ import annotations

from datetime import date

import pytest
from documents import ask, fill, found, gem, review

from kb.search.base import Batch, Document, Engine, Query
from kb.search.nodes import nearest_of
from kb.search.query import parse


def test_an_index_that_was_never_filled_finds_nothing(engine: Engine) -> None:
    assert ask(engine, "export").total == 0
    assert engine.watermark() == -1


def test_what_is_applied_is_found_and_the_watermark_kept(engine: Engine) -> None:
    fill(engine, review(1, "The export failed"), watermark=7)
    assert found(engine, "export") == {"review:1"}
    assert engine.watermark() == 7


def test_a_document_put_again_replaces_the_one_before(engine: Engine) -> None:
    fill(engine, review(1, "The export failed"))
    fill(engine, review(1, "The import failed"), watermark=2)
    assert found(engine, "export") == set()
    assert found(engine, "import") == {"review:1"}
    assert engine.keys() == {"review:1"}


def test_a_batch_applied_twice_changes_nothing(engine: Engine) -> None:
    batch = Batch((review(1, "The export failed"), gem(1, "Export by night")), ("review:9",), 3)
    engine.apply(batch)
    engine.apply(batch)
    assert ask(engine, "export").total == 2


def test_the_same_key_twice_in_a_batch_counts_once(engine: Engine) -> None:
    fill(engine, review(1, "old words"), review(1, "new words"))
    assert ask(engine, "words").total == 1
    assert found(engine, "new") == {"review:1"}


def test_what_is_taken_out_is_gone(engine: Engine) -> None:
    fill(engine, review(1, "export"), review(2, "export"))
    engine.apply(Batch((), ("review:1",), 2))
    assert found(engine, "export") == {"review:2"}


def test_a_review_and_a_gem_of_one_number_are_two_documents(engine: Engine) -> None:
    fill(engine, review(1, "export"), gem(1, "export"))
    engine.apply(Batch((), ("gem:1",), 2))
    assert engine.keys() == {"review:1"}


def test_the_title_weighs_more_than_the_text(engine: Engine) -> None:
    others = [review(n, "something else of the rows", title="something else") for n in range(3, 9)]
    fill(engine, review(1, "export of the rows", title="rows"), review(2, "of the rows", title="export"), *others)
    assert [hit.id for hit in ask(engine, "export").hits] == [2, 1]


def test_the_word_itself_weighs_more_than_its_form(engine: Engine) -> None:
    fill(engine, review(1, "we exported the rows"), review(2, "we export the rows"))
    assert [hit.id for hit in ask(engine, "export").hits] == [2, 1]


def test_filters_of_one_field_add_up_and_those_of_two_narrow(engine: Engine) -> None:
    fill(
        engine,
        review(1, tag="GDPR", kind="call"),
        review(2, tag="Export", kind="call"),
        review(3, tag="GDPR", kind="peer"),
    )
    assert found(engine, "", filters={"tag": ("GDPR", "Export")}) == {"review:1", "review:2", "review:3"}
    assert found(engine, "", filters={"tag": ("GDPR", "Export"), "kind": ("call",)}) == {"review:1", "review:2"}


def test_a_chosen_filter_is_exact_where_a_typed_one_is_lenient(engine: Engine) -> None:
    fill(engine, review(1, tag="GDPR"), review(2, tag="gdpr"))
    assert found(engine, "", filters={"tag": ("GDPR",)}) == {"review:1"}
    assert found(engine, "tag:gdpr") == {"review:1", "review:2"}


def test_a_filter_on_a_field_that_no_index_knows_finds_nothing(engine: Engine) -> None:
    fill(engine, review(1, "export"))
    assert found(engine, "export", filters={"colour": ("red",)}) == set()


def test_facets_count_what_choosing_them_would_find(engine: Engine) -> None:
    tags = ("GDPR", "Export", "Data strategy")
    fill(engine, *(review(n, "export", tag=tags[: n % 4], kind=("call", "peer")[n % 2]) for n in range(1, 40)))
    page = ask(engine, "export", facets=("tag", "kind"))
    for field, counts in page.facets.items():
        for value, count in counts:
            assert len(found(engine, "export", filters={field: (value,)})) == count


def test_facets_keep_the_spelling_and_the_commonest_first(engine: Engine) -> None:
    fill(engine, review(1, tag=("Résumé", "B")), review(2, tag=("Résumé", "A")))
    assert ask(engine, "", facets=("tag",)).facets == {"tag": (("Résumé", 2), ("A", 1), ("B", 1))}


def test_a_facet_is_cut_to_its_size_and_still_counted_right(engine: Engine) -> None:
    fill(engine, *(review(n, customer=f"Customer {n % 30}") for n in range(1, 91)))
    counts = ask(engine, "", facets=("customer",), facet_size=5).facets["customer"]
    assert [count for _, count in counts] == [3] * 5


def test_newest_first_and_those_without_a_day_last(engine: Engine) -> None:
    fill(
        engine,
        review(1, day=date(2026, 1, 5)),
        review(2),
        review(3, day=date(2026, 2, 5)),
        gem(4, day=date(2025, 1, 1)),
    )
    assert [hit.id for hit in ask(engine, "", sort="newest").hits] == [3, 1, 4, 2]


def test_pages_follow_each_other_without_gap_or_repeat(engine: Engine) -> None:
    fill(engine, *(review(n, "export " * (n % 5 + 1)) for n in range(1, 31)))
    pages = [ask(engine, "export", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page.hits) for page in pages] == [10, 10, 10, 0]
    assert len({hit.id for page in pages for hit in page.hits}) == 30
    assert {page.total for page in pages} == {30}


def test_a_limit_of_nothing_still_counts(engine: Engine) -> None:
    fill(engine, review(1, "export"))
    page = ask(engine, "export", limit=0)
    assert (page.total, page.hits) == (1, ())


def test_retired_gems_are_left_out_unless_asked_for(engine: Engine) -> None:
    fill(engine, gem(1, "Export by night"), gem(2, "Export by hand", status="retired"))
    assert found(engine, "export") == {"gem:1"}
    assert found(engine, "export status:retired") == {"gem:2"}
    assert found(engine, "export", filters={"status": ("retired", "published")}) == {"gem:1", "gem:2"}


def test_restricted_text_and_reviewees_are_only_for_those_who_may(engine: Engine) -> None:
    fill(engine, review(1, "export", restricted="needs coaching", reviewee="Jo"))
    for question in ("coaching", "reviewee:jo", "reviewee:*", "coach*"):
        assert found(engine, question) == set()
        assert found(engine, question, unmasked=True) == {"review:1"}
    assert found(engine, "", filters={"reviewee": ("Jo",)}) == set()
    assert found(engine, "NOT reviewee:jo") == {"review:1"}


def test_the_facet_of_reviewees_is_empty_for_those_who_may_not_see_it(engine: Engine) -> None:
    fill(engine, review(1, reviewee="Jo"))
    assert ask(engine, "", facets=("reviewee",)).facets == {"reviewee": ()}
    assert ask(engine, "", facets=("reviewee",), unmasked=True).facets == {"reviewee": (("Jo", 1),)}


def test_a_phrase_does_not_run_from_one_section_into_the_next(engine: Engine) -> None:
    fill(engine, review(1, "we lost the data", turns="strategy comes later"))
    assert found(engine, '"data strategy"') == set()


@pytest.mark.parametrize("rubbish", ["\0", "\ud800", "\x1f", "a" * 100_000, "\u202e", "[", "💥", " ", "\n\n"])
def test_whatever_a_document_holds_the_others_are_indexed(engine: Engine, rubbish: str) -> None:
    odd = Document(
        "review", 1, rubbish[:9], None, {"title": rubbish, "body": rubbish}, {"tag": (rubbish,), rubbish[:9]: ("x",)}
    )
    fill(engine, odd, review(2, "export"))
    assert engine.keys() == {"review:1", "review:2"}
    assert found(engine, "export", filters={"tag": (rubbish,)}) == set()


def test_a_relaxed_question_keeps_its_filters(engine: Engine) -> None:
    fill(engine, review(1, "export", tag="GDPR"), review(2, "rows", tag="GDPR"), review(3, "export"))
    node = parse("export rows tag:gdpr", today=date(2026, 1, 1)).node
    assert node is not None
    assert engine.search(Query(node)).total == 0
    assert {hit.id for hit in engine.search(Query(nearest_of(node))).hits} == {1, 2}

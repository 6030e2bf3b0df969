"""What stands above what, and what is found though no word is there as typed; over every engine."""

from __future__ import annotations

from datetime import date

from documents import TODAY, fill, gem, review

from kb.search.analysis import grams_of
from kb.search.base import Engine, Query
from kb.search.nodes import nearest_of
from kb.search.query import parse


def wide(engine: Engine, question: str) -> list[str]:
    """What a widened question finds, best first."""
    node = parse(question, today=TODAY).node
    assert node is not None
    return [hit.key for hit in engine.search(Query(nearest_of(node), limit=50)).hits]


def first(engine: Engine, question: str) -> str:
    hit = engine.search(Query(parse(question, today=TODAY).node)).hits[0]
    return hit.key


def others(start: int = 50) -> list[object]:
    return [review(n, f"something quite different, number {n}, about other things") for n in range(start, start + 12)]


def test_of_a_widened_question_those_with_all_the_words_stand_first(engine: Engine) -> None:
    fill(engine, review(1, "quota quota quota of the export"), review(2, "the export, its quota and then the invoice"))
    fill(engine, *others(), watermark=2)  # type: ignore[arg-type]
    assert wide(engine, "export quota invoice") == ["review:2", "review:1"]


def test_a_word_that_most_documents_have_does_not_find_them(engine: Engine) -> None:
    fill(engine, review(1, "the quota of things"), *others())  # type: ignore[arg-type]
    assert wide(engine, "quota things") == ["review:1"]


def test_a_word_that_a_quarter_of_the_documents_have_finds_them_beside_a_rare_one(engine: Engine) -> None:
    about = ["the invoice of somebody"] * 11 + ["the quota", "something else", "another thing"]
    fill(engine, *(review(n, text) for n, text in enumerate(about, 1)))
    fill(engine, *(review(n, "a report on other matters") for n in range(15, 41)), watermark=2)
    assert set(wide(engine, "quota invoice")) == {f"review:{n}" for n in range(1, 13)}
    assert wide(engine, "quota report") == ["review:12"]


def test_a_function_word_of_a_short_question_finds_nothing_and_still_ranks(engine: Engine) -> None:
    parsed = parse("Sin function", today=TODAY)
    fill(engine, review(1, "The Sin function"), review(2, "The Cos function"), review(3, "sin título"), *others())  # type: ignore[arg-type]
    hits = engine.search(Query(parsed.node, beside=parsed.beside)).hits
    assert [hit.id for hit in hits] == [1, 2]
    assert parse("What does the function Sin give back?", today=TODAY).beside == ()


def test_a_korean_noun_is_found_whatever_clings_to_it(engine: Engine) -> None:
    fill(engine, review(1, "셀을 선택합니다", language="ko"), review(2, "셀을 삭제합니다", language="ko"))
    for typed in ("선택하려면", "선택한", "선택으로는", "선택"):
        assert [hit.id for hit in engine.search(Query(parse(typed, today=TODAY).node)).hits] == [1]


def test_words_near_each_other_rank_higher(engine: Engine) -> None:
    apart = "the export was slow; they had several other wishes about reports and asked for a higher quota"
    near = "the export quota was slow; they had several other wishes about reports and asked for a higher one"
    fill(engine, review(1, near), review(2, apart), *others())  # type: ignore[arg-type]
    assert first(engine, "export quota") == "review:1"


def test_a_word_as_typed_stands_above_its_other_forms(engine: Engine) -> None:
    fill(engine, review(1, "the export of it"), review(2, "the exporting of it"), *others())  # type: ignore[arg-type]
    assert first(engine, "exporting") == "review:2"


def test_a_vietnamese_word_with_its_marks_stands_above_the_same_without(engine: Engine) -> None:
    fill(
        engine,
        review(1, "Quả lê và canh", language="vi"),
        review(2, "Canh lề của trang", language="vi"),
        review(3, "Canh le", language="vi"),
        *others(),  # type: ignore[arg-type]
    )
    assert wide(engine, "canh lề")[0] == "review:2"
    assert set(wide(engine, "canh le")) == {"review:1", "review:2", "review:3"}


def test_two_syllables_in_a_row_are_a_vietnamese_word(engine: Engine) -> None:
    fill(
        engine,
        review(1, "kết thúc hợp lý", language="vi"),
        review(2, "kết hợp các ô với nhau", language="vi"),
        *others(),  # type: ignore[arg-type]
    )
    assert wide(engine, "kết hợp")[0] == "review:2"


def test_a_gem_stands_above_the_review_it_came_from(engine: Engine) -> None:
    said = "Raise the export quota by night"
    fill(engine, review(1, f"We talked. {said}. Then we left.", gem=said), gem(1, said, gem=said), *others())  # type: ignore[arg-type]
    assert first(engine, "export quota") == "gem:1"


def test_of_equal_documents_the_newer_stands_first(engine: Engine) -> None:
    fill(
        engine,
        review(1, "export quota", day=date(2021, 1, 1)),
        review(2, "export quota", day=date(2026, 1, 1)),
        review(3, "export quota", day=date(2023, 1, 1)),
    )
    assert [hit.id for hit in engine.search(Query(parse("export quota", today=TODAY).node)).hits] == [2, 3, 1]


def test_the_parts_of_a_compound_are_found_in_it(engine: Engine) -> None:
    fill(engine, review(1, "Eine Datenstrategie für alle", language="de"), *others())  # type: ignore[arg-type]
    assert wide(engine, "Strategie") == ["review:1"]


def test_a_compound_is_found_by_its_parts(engine: Engine) -> None:
    fill(engine, review(1, "Die Vertragslaufzeit endet", language="de"), *others())  # type: ignore[arg-type]
    assert wide(engine, "Laufzeit") == ["review:1"]


def test_a_slip_is_found_by_what_the_words_share(engine: Engine) -> None:
    fill(engine, review(1, "Escalation of invoices"), *others())  # type: ignore[arg-type]
    assert wide(engine, "escalatoin") == ["review:1"]


def test_restricted_words_are_not_found_by_their_characters(engine: Engine) -> None:
    fill(engine, review(1, "export", restricted="Empathielosigkeit"), *others())  # type: ignore[arg-type]
    assert wide(engine, "Empathielosigkei") == []


def test_a_title_that_only_repeats_the_text_adds_nothing_and_is_found_by_its_field(engine: Engine) -> None:
    text = "The export quota was raised for everybody who asked for it in time"
    fill(engine, review(1, f"{text}, and then more.", title="The export quota was raised …"), *others())  # type: ignore[arg-type]
    assert first(engine, "title:quota") == "review:1"


def test_words_are_known_by_runs_of_four_characters() -> None:
    assert grams_of("export") == "_exp expo xpor port ort_"
    assert grams_of("the") == grams_of("with") == grams_of("戦略") == ""

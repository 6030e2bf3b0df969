"""Passages show what was asked for, and mark it."""

from __future__ import annotations

import pytest
from documents import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.search.highlight import Marker, Snippet
from kb.search.nodes import Phrase, Word, nearest_of
from kb.search.passages import tidy
from kb.search.query import parse


def marker(question: str) -> Marker:
    return Marker(parse(question, today=TODAY).node)


def marked(question: str, text: str, language: str = "en") -> str:
    """The text with what was found in brackets."""
    return shown(text, marker(question).spans(text, language))


def shown(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def snippet(question: str, *pieces: tuple[str, str], language: str = "en") -> Snippet:
    return marker(question).snippet(pieces, language)


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("export rows", "en", "[Exporting] many [rows] of an expert"),
        ("email error", "en", "An [error] of [e-mail], or of [mail]"),
        ("err42", "en", "It says [ERR_42], not ERR_421"),
        ("kundigung", "de", "Die [KÜNDIGUNG] der Verträge"),
        ("Kuendigung", "de", "Die [Kündigungen] der Verträge"),
        ("resume", "fr", "Le [résumé] est là"),
        ('"data strategy"', "en", "a [data strategy], no strategy of data"),
        ('"export rows"~3', "en", "the [export of all rows] and rows"),
        ("IMP-204", "en", "See [imp-204], [IMP 204], IMP 20"),
        ("C++", "en", "C and [C++] and [c++]."),
        ("exp*", "en", "He [expects] [exports] of a report"),
        ("organi?ation", "en", "[organisation] and [organization], organ"),
        ("exprot~", "en", "an [export] by an expert"),
        ("データ戦略", "ja", "今日は[データ戦略]、[データ]の[戦略]"),
        ("私", "ja", "[私]は客です"),
        ("データのエクスポート方法を教えて", "ja", "[データ]を出す[エクスポート]の[方法]をここに"),
        ("전략", "ko", "데이터 [전략]을 세우다"),
        ("ＡＰＩ", "en", "the [api] key"),
        ("export -rows", "en", "[export] of rows"),
        ("tag:gdpr", "en", "about gdpr"),
        ("", "en", "nothing"),
        ("l'export", "fr", "l'[export] des données"),
        ("o'brien", "en", "Mrs [O'Brien] said"),
        ("faktura", "pl", "Wysłano [faktury] do klienta"),
        ("data", "en", "[data], da, dat"),  # as which other languages would stem it
    ],
)
def test_what_was_asked_for_is_marked(question: str, language: str, expected: str) -> None:
    text = expected.replace("[", "").replace("]", "")
    assert marked(question, text, language) == expected


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("Strategie Umsatz", "de", "Die [Datenstrategie] der Kunden"),
        ("Strategie Kunde", "de", "Die Datenstrategie der [Kunden]"),
        ("Datenstrategie", "de", "Die [Strategie] der [Daten]"),
        ("データのエクスポート方法", "ja", "[データ]を出すのです"),
    ],
)
def test_of_a_widened_question_parts_of_words_are_marked_where_no_word_is_there(
    question: str, language: str, expected: str
) -> None:
    node = parse(question, today=TODAY).node
    assert node is not None
    text = expected.replace("[", "").replace("]", "")
    found = Marker(nearest_of(node)).snippet([("body", text)], language)
    assert shown(found.text, found.spans) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新ドメインのワークスペースへログインできない", "新ドメインのワークスペースへ[ログイン]できない"),
        ("ログを見て、ログインした", "[ログ]を見て、[ログイン]した"),
    ],
)
def test_a_part_of_a_katakana_word_is_not_marked_in_another_one(text: str, expected: str) -> None:
    node = parse("ログインでき", today=TODAY).node
    assert node is not None
    assert shown(text, Marker(nearest_of(node)).spans(text, "ja")) == expected


def test_two_words_near_each_other_are_marked_where_they_are_nearest() -> None:
    node = parse("runtime failed", today=TODAY).node
    assert node is not None
    near = tuple(Phrase(pair, 2) for pair in (("run", "time"), ("time", "run")))
    widened = Marker(nearest_of(node, {Word("runtime"): near}))
    text = "a run-time error message: Run-time error, or a time to run"
    assert shown(text, widened.spans(text, "en")) == "a [run-time] error message: [Run-time] error, or a [time to run]"


def test_a_passage_is_whole_sentences() -> None:
    text = "It began well. " * 20 + "The export of all the rows failed by night. " + "Then it was late. " * 30
    found = snippet("export", ("body", text)).text.removeprefix("… ").removesuffix(" …")
    assert found.startswith(("It began", "The export"))
    assert found.endswith(".")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("*Export* the rows", "Export the rows"),
        ("_Export_ the __rows__", "Export the rows"),
        ("export 2 * 3 * 4", "export 2 * 3 * 4"),
        ("export report_final_v2 of _x", "export report_final_v2 of x"),
    ],
)
def test_single_marks_of_emphasis_are_left_out(text: str, plain: str) -> None:
    assert snippet("export", ("body", text)).text == plain


def test_the_passage_with_most_of_the_question_is_shown() -> None:
    text = f"We export. {'Something else happened. ' * 30}The export of rows failed. {'Then more came. ' * 30}"
    found = snippet("export rows", ("body", text))
    assert "[export] of [rows] failed" in shown(found.text, found.spans)
    assert len(found.text) < 260


def test_the_best_of_several_texts_is_shown_with_its_place() -> None:
    found = snippet("export rows", ("body", "An export."), ("turn 3", "Rows of the export."), ("comments", "rows"))
    assert (found.place, found.text) == ("turn 3", "Rows of the export.")


def test_without_a_match_the_beginning_is_shown() -> None:
    assert snippet("zebra", ("body", "  "), ("turn 1", "Hello there.")) == Snippet("Hello there.", (), "turn 1")
    assert snippet("zebra") == Snippet("")


def test_what_was_left_out_is_shown_by_dots() -> None:
    text = f"{'Before it. ' * 40}The export failed. {'After it. ' * 40}"
    found = snippet("export", ("body", text))
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")


def test_a_passage_ends_where_words_end() -> None:
    text = f"export {'internationalisation ' * 60}"
    assert snippet("export", ("body", text)).text.removesuffix(" …").split()[-1] == "internationalisation"


def test_a_japanese_passage_is_half_as_long() -> None:
    found = snippet("戦略", ("body", "今日は戦略の話をしました。" + "あれこれ話しました。" * 60), language="ja")
    assert 60 < len(found.text) < 130


def test_markdown_signs_are_left_out_of_a_passage() -> None:
    text = "# Title\n\n- **Export** the [rows](https://example.com/x) with `csv`\n> quoted"
    assert snippet("rows", ("body", text)).text == "Title: Export the rows with csv quoted"


def test_text_that_looks_like_html_stays_text() -> None:
    found = snippet("export", ("body", "<b>export</b> & <script>alert(1)</script>"))
    assert found.text == "export & <script>alert(1)</script>"
    assert shown(found.text, found.spans).startswith("[export] & <script>")


def test_a_very_long_text_is_read_up_to_a_limit() -> None:
    assert marked("export", "export " + "x " * 200_000).startswith("[export]")
    assert snippet("export", ("body", "x " * 200_000 + "export")).spans == ()


@settings(deadline=None)  # a busy machine is no reason to fail
@given(st.text(max_size=300), st.text(max_size=40))
def test_spans_stand_in_the_text_in_order_and_apart(text: str, question: str) -> None:
    for pieces in (text, text + question + text):
        found = snippet(question, ("body", pieces), language="")
        last = -1
        for start, end in found.spans:
            assert last < start < end <= len(found.text)
            last = end


_PIECES = st.sampled_from(
    ["Straße", "fees", "FEES", "größe", "o’neill", "c++", "データ", "戦略", "データ戦略", "e", "перенос"]
)
_BETWEEN = st.sampled_from([" ", "-", ", ", "\n", " ' "])


@given(
    st.lists(st.tuples(_PIECES, _BETWEEN).map("".join), max_size=12).map("".join),
    st.lists(_PIECES, min_size=2, max_size=3),
)
def test_a_phrase_is_marked_alike_in_texts_whose_words_are_all_cut(text: str, words: list[str]) -> None:
    marker = Marker(parse(f'"{" ".join(words)}"', today=TODAY).node)
    assert marker.spans(text, "de") == marker.spans(f"{text} z\u0301", "de")  # a mark that is a character of its own


def test_a_passage_does_not_end_with_the_number_of_the_next_point_of_a_list() -> None:
    first = "1. Filter the report into slices below the limit, by month or by region, whichever is smaller. "
    text = f"A manual export stops.\n\n{first * 2}\n2. Open the schedule and let it run by night, when nobody waits."
    assert tidy(text, 9, 15).endswith("whichever is smaller. …")


def test_nor_with_the_number_of_a_point_that_was_cut_off() -> None:
    assert tidy("1. Open the report.\n2. Wait.\n3.", 0, 0) == "1. Open the report. 2. Wait. …"

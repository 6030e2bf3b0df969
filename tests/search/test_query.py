"""What the query language says of what it did not understand, its limits, and relaxing a question."""

from __future__ import annotations

from string import ascii_lowercase

import pytest
from documents import TODAY

from kb.search.nodes import (
    SINGLE,
    And,
    Boost,
    DateRange,
    Filter,
    Fuzzy,
    Not,
    Pattern,
    Phrase,
    Telling,
    Word,
    leaves,
    nearest_of,
)
from kb.search.query import Parsed, parse
from kb.search.reading import MAX_LEAVES


def read(text: str) -> Parsed:
    return parse(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "export rows",
        "month:2026-03 kind:Call,peer",
        "kind:call,peer kind:peer",
        "kind:call OR kind:peer",
        "year:2026 month:2025-03 -kind:call kind:peer",
        "tag:gdpr tag:export",
        "what's up?",
        "tag:gdpr",
        '"a phrase"',
        "C++",
        "https://a.b/c?d=1",
        "",
        "*",
        "10:30",
        "-word",
        " ".join(f"w{n}" for n in range(MAX_LEAVES)),
        " OR ".join(f"w{n}" for n in range(MAX_LEAVES)),
    ],
)
def test_what_was_understood_needs_no_note(text: str) -> None:
    assert read(text).notes == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("export before:31.02.2026", "“31.02.2026” is not a date"),
        ("export after:someday", "“someday” is not a date"),
        ("date:[soon TO 2026]", "“soon” is not a date"),
        ("export kind:banana", "“banana” is nothing that kind: can be"),
        ("export kind:call,banana", "write peer, self, manager, calibration, call."),
        ("type:widget", "write review, gem."),
        ("kind:call export kind:peer", "Nothing is both kind:call and kind:peer; for either write kind:call,peer."),
        ("month:2026-03 month:2026-04", "for either write month:2026-03,2026-04."),
        ('year:"last"', "“last” is nothing that year: can be"),
        ("month:2026-13", "“2026-13” is nothing that month: can be"),
        ('"export', "quotation mark"),
        ("???", "no letter or digit"),
        ("title:[a TO b]", "date: and year: only"),
        ("x " * 5000, "very long"),
        ("(" * 500 + "export", "nested too deeply"),
        (" ".join(f"w{n}" for n in range(100)), "very many words"),
        (" OR ".join(f"w{n}" for n in range(MAX_LEAVES + 1)), "very many words"),
        ("NOT (a OR " * 31 + "b" + ")" * 31, "nested too deeply"),
        ("a-" * 100, "very many words"),
        ('"' + "w " * 100 + '"', "very many words"),
        (" ".join(f"w{n}*" for n in range(10)), "many words with *, ? or ~; only the first 5"),
        (" ".join(f"customer:w{n}*" for n in range(10)), "many words with *, ? or ~"),
        ("*ant* *ent* *int*", "several words like *…*"),
        ("body:*ant body:*ent body:*int", "several words like *…*"),
        ("export *an*", "“*an*” says too little"),
        ("export *ß", "“*ß” says too little"),
        ("export *Ño", "“*Ño” says too little"),
        ("export *a*b*c*d", "“*a*b*c*d” says too little"),
    ],
)
def test_what_was_not_understood_is_said_in_a_sentence(text: str, said: str) -> None:
    (note, *_) = [note for note in read(text).notes if said in note]
    assert note.endswith(".")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("*por* *mpor*", "*por* mpor*"),
        ("*por* *mpor*s", "*por* mpor*s"),
        ("body:*port body:*import", "body:*port body:import"),
    ],
)
def test_of_several_words_that_may_begin_with_anything_the_others_are_searched_by_their_beginning(
    text: str, instead: str
) -> None:
    assert read(text).node == read(instead).node


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        (" ".join(f"w{n}* " for n in range(10)), 5),
        (" ".join(f"word{n}~ " for n in range(10)), 5),
        ("export* " * 10, 1),  # the same one costs nothing again
        ("*ant* *ent* *int* *ant*", 3),
        ("*ant *ent *int", 3),
        ("*an *en *in* ex*", 1),
        ("*ant* *ent* *int* ex* *ont", 5),
        ("*ant* *ent* *int* ex* *ont *unt", 5),
    ],
)
def test_words_with_signs_are_searched_up_to_a_number(text: str, shapes: int) -> None:
    assert len({leaf for leaf in leaves(read(text).node) if isinstance(leaf, Pattern | Fuzzy)}) == shapes


def test_the_rest_of_a_question_is_searched() -> None:
    assert read("export before:31.02.2026").node == Word("export")
    assert read("export kind:banana").node == Word("export")
    assert read("kind:call,banana").node == Filter("kind", ("call",))
    assert read("(" * 500 + "export").node == Word("export")


@pytest.mark.parametrize("text", ["", "   ", "*", "*:*", "()", "!!!", "\0", "\ud800"])
def test_nothing_to_search_for_means_everything(text: str) -> None:
    assert read(text).node is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000 + "a" + ")" * 1000,
        "NOT " * 1000 + "a",
        "a" * 10_000,
        "a " * 5000,
        "あ" * 10_000,
        "[a to " * 1600,
        '"' * 9999,
        "a AND " * 1600,
        " OR ".join(f"{one}{other}" for one in ascii_lowercase for other in ascii_lowercase),
        "x ANDNOT " * 1000,
        "?*" * 5000,
        "(a " * 3000,
        "tag:" * 2500,
        "a^2 " * 2500,
        "'" * 10_000,
        "a-" * 5000,
        "é\u0301" * 5000,
    ],
    ids=lambda text: text[:8],
)
@pytest.mark.timeout(30)  # what grows with the square of the length takes minutes
def test_ten_thousand_characters_are_read_without_growing_out_of_hand(text: str) -> None:
    parsed = read(text)
    assert len(leaves(parsed.node)) <= MAX_LEAVES


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("date:>2026-03-01", "2026-03-02", ""),
        ("date:>=2026-03-01", "2026-03-01", ""),
        ("date:<2026-03-01", "", "2026-02-28"),
        ("date:<=2026-03-01", "", "2026-03-01"),
        ("date:[2026-01 TO 2026-03}", "2026-01-01", "2026-02-28"),
        ("date:{2026-01 TO 2026-03]", "2026-02-01", "2026-03-31"),
    ],
)
def test_a_day_is_compared_with_or_without_itself(text: str, first: str, last: str) -> None:
    node = read(text).node
    assert isinstance(node, DateRange)
    assert (str(node.first or ""), str(node.last or "")) == (first, last)


@pytest.mark.parametrize("text", ["before:0001", "date:<0001-01-01", "date:>9999-12-31", "date:9999", "date:>9999"])
def test_there_is_no_day_before_the_first_nor_after_the_last(text: str) -> None:
    assert isinstance(read(text).node, DateRange)


def test_the_name_of_a_language_is_one_only_where_a_language_is_asked_for() -> None:
    assert (read("lang:german").node, read("tag:german").node) == (
        Filter("language", ("de",)),
        Filter("tag", ("german",)),
    )


def test_everything_beside_words_asks_for_no_more_than_the_words() -> None:
    assert read("* export").node == read("export").node


def test_a_word_that_is_typed_twice_in_a_loose_phrase_stands_once() -> None:
    loose, strict = read('"rows export rows"~3').node, read('"rows export rows"').node
    assert isinstance(loose, Phrase)
    assert isinstance(strict, Phrase)
    assert (loose.terms, loose.slop, strict.terms) == (("rows", "export"), 2, ("rows", "export", "rows"))


def test_an_address_with_signs_of_patterns_in_it_is_no_pattern() -> None:
    assert not any(isinstance(leaf, Pattern) for leaf in leaves(read("https://a.b/c?d=1*").node))


def test_only_the_part_of_a_word_that_has_a_star_is_a_pattern() -> None:
    assert list(leaves(read("sign-in*").node)) == [Word("sign"), Pattern("in*")]


def test_the_words_are_those_that_were_typed_and_not_excluded() -> None:
    assert read('how do Exports fail -rows "in a row" tag:gdpr データ').words == ("Exports", "fail")


@pytest.mark.parametrize(
    ("text", "word"), [("the", "the"), ("to be", "to"), ("IT", "IT"), ("IT for all", "IT"), ("AND", "AND")]
)
def test_function_words_count_when_there_is_nothing_else(text: str, word: str) -> None:
    assert word in {leaf.text for leaf in leaves(read(text).node) if isinstance(leaf, Word)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wann läuft der Export?", ("läuft", "Export")),
        ("warum fehlt die Rechnung", ("fehlt", "Rechnung")),
        ("¿Cuándo se renueva el plan?", ("renueva", "plan")),
        ("Whose quota is it?", ("quota",)),
        ("pourquoi la facture manque", ("facture", "manque")),
        ("wanneer loopt de export", ("loopt", "export")),
        ("почему нет счета", ("счета",)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_a_question_begins_with_is_no_word_of_its_subject(text: str, words: tuple[str, ...]) -> None:
    assert set(words) <= set(read(text).words)
    assert not {"wann", "warum", "cuándo", "whose", "pourquoi", "wanneer", "почему"} & {
        word.lower() for word in read(text).words
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("jak wyeksportować faktury do pliku", ("wyeksportować", "faktury", "pliku")),
        ("hvordan eksporterer jeg fakturaer", ("eksporterer", "fakturaer")),
        ("πώς εξάγω τα τιμολόγια", ("εξάγω", "τιμολόγια")),
        ("faturaları nasıl dışa aktarırım", ("faturaları", "dışa", "aktarırım")),
        ("Các tiện ích so sánh tập tin", ("tiện", "ích", "so", "sánh", "tập", "tin")),
        ("canh lề của các trang", ("canh", "lề", "trang")),
        ("canh lề", ("canh", "lề")),
    ],
)
def test_a_question_is_without_the_function_words_of_its_own_language(text: str, words: tuple[str, ...]) -> None:
    assert read(text).words == words


def test_function_words_stay_in_phrases() -> None:
    assert read('"up to date"').node == Phrase(("up", "to", "date"), quoted=True)


def test_typographic_quotes_and_brackets_are_signs_too() -> None:
    assert read("“data strategy”").node == read('"data strategy"').node
    assert read("（export OR import）").node == read("(export OR import)").node


@pytest.mark.parametrize(
    "text",
    [
        "export (csv)",
        "(export) rows",
        "ログイン（二段階認証）の設定",
        "シングルサインオン(SSO)",
        "(tag:gdpr export)",
        "smile :)",
        "(export",
    ],
)
def test_brackets_with_nothing_to_group_are_only_brackets(text: str) -> None:
    assert not read(text).exact
    assert read(text).node == read(text.translate(str.maketrans("()（）", "    "))).node


@pytest.mark.parametrize(
    "text",
    ["(export OR import) rows", "title:(export rows)", "(export rows)^3 csv", "export (NOT rows)", "(export -rows)"],
)
def test_brackets_that_group_say_exactly_what_is_wanted(text: str) -> None:
    assert read(text).exact


@pytest.mark.parametrize(
    ("text", "word"), [("file(s)", "file"), ("Kunde(n)", "Kunde"), ("title:mitarbeiter(in)", "mitarbeiter")]
)
def test_an_ending_in_brackets_may_be_there_or_not(text: str, word: str) -> None:
    assert [leaf.text for leaf in leaves(read(text).node) if isinstance(leaf, Word)] == [word]


def test_field_names_may_be_written_in_capitals() -> None:
    assert read("Tag:gdpr").node == Filter("tag", ("gdpr",))


def test_plain_words_are_read_the_same_with_and_without_the_parser() -> None:
    assert read("export rows by night?").node == read("(export rows by night?)").node


def test_any_of_the_words_will_do_but_filters_and_exclusions_hold() -> None:
    node = read("export rows tag:gdpr -import").node
    assert node is not None
    words = (Word("export"), Word("rows"))
    assert nearest_of(node) == And((Filter("tag", ("gdpr",)), Not(Word("import")), Telling(words, And(words))))


def test_a_phrase_widens_to_its_words_and_is_worth_more_than_they_are() -> None:
    phrase = Phrase(("data", "strategy"), quoted=True)
    assert nearest_of(phrase) == Telling((phrase, Word("data"), Word("strategy")), phrase)


def test_single_characters_count_less_than_pairs() -> None:
    node = read("数据导出的方法").node
    assert node is not None
    wide = nearest_of(node)
    assert isinstance(wide, Telling)
    assert Word("数据") in wide.children
    assert Boost(Word("数"), SINGLE) in wide.children


@pytest.mark.parametrize("text", ["tag:gdpr", "after:2026", "*"])
def test_a_question_without_words_cannot_be_widened(text: str) -> None:
    node = read(text).node or Filter("tag", ("gdpr",))
    assert nearest_of(node) == node

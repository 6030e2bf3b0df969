"""Words of every language become the terms that people will look for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.analysis import STEMMED, stream, tokens, variants
from kb.search.folding import clean, fold, fold_value


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The customers exported", ["the", "customers", "exported"]),
        ("Résumé STRASSE Straße naïve", ["resume", "strasse", "strasse", "naive"]),
        ("e\u0301te\u0301 été", ["ete", "ete"]),
        ("ｆｕｌｌ ＷＩＤＴＨ ﬁne", ["full", "width", "fine"]),
        ("C++ C# F# c++11 list++ ticket#", ["c++", "c#", "f#", "c++", "11", "list", "ticket"]),
        ("R&D v2.3.1 SSO_ERR_42", ["r", "d", "v2", "3", "1", "sso", "err", "42"]),
        ("jane.doe@example.com report_final.csv", ["jane", "doe", "example", "com", "report", "final", "csv"]),
        ("what's it's don't we'll O'Brien", ["what", "it", "dont", "we", "obrien"]),
        ("l'export d’accord dell'utente", ["export", "accord", "utente"]),
        ("0x80070005 50,000", ["0x80070005", "50", "000"]),
        ("Łódź Øre Đặng ısı", ["lodz", "ore", "dang", "isi"]),
        ("Daten\u00adstrategie", ["datenstrategie"]),
        ("Ελλάδα ΕΛΛΆΔΑ", ["ελλαδα", "ελλαδα"]),
        ("ёлка Ёлка", ["елка", "елка"]),
        ("مُحَمَّد محمد", ["محمد", "محمد"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("データ戦略", ["デー", "ータ", "タ戦", "戦略"]),
        ("ﾃﾞｰﾀ", ["デー", "ータ"]),
        ("數據導出", ["数据", "据导", "导出"]),
        ("数据 导", ["数据", "导"]),
        ("데이터를", ["데이", "이터", "터를"]),
        ("APIキーv2", ["api", "キー", "v2"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("", []),
        ("!!! --- 🙂", ["🙂"]),
        ("👍🏽 ❤️ ok", ["👍", "❤", "ok"]),
        ("サーバーとコピー", ["サー", "ーバ", "バと", "とコ", "コピ", "ピー"]),
    ],
)
def test_a_text_becomes_its_terms(text: str, terms: list[str]) -> None:
    assert stream(text, "en").words == terms


_FORMS = [
    ("en", "exporting", "exports"),
    ("de", "Datenstrategien", "Datenstrategie"),
    ("de", "Kündigungen", "Kündigung"),
    ("es", "exportaciones", "exportación"),
    ("fr", "stratégiques", "stratégique"),
    ("pt", "exportações", "exportação"),
    ("nl", "klanten", "klant"),
    ("it", "clienti", "cliente"),
    ("sv", "kunderna", "kunder"),
    ("fi", "asiakkaalle", "asiakkaalla"),
    ("ru", "данными", "данные"),
    ("ar", "المستخدمين", "مستخدم"),
    ("ca", "exportacions", "exportació"),
    ("cs", "faktury", "faktura"),
    ("da", "rapporterne", "rapporter"),
    ("el", "αναφορές", "αναφορά"),
    ("et", "aruanded", "aruande"),
    ("fa", "گزارش‌ها", "گزارش"),
    ("hi", "ग्राहकों", "ग्राहक"),
    ("hu", "számlák", "számla"),
    ("id", "mengekspor", "ekspor"),
    ("lt", "ataskaitos", "ataskaita"),
    ("nb", "rapportene", "rapporter"),
    ("no", "fakturaer", "faktura"),
    ("pl", "faktury", "faktura"),
    ("ro", "facturile", "factura"),
    ("sr", "рачуна", "рачун"),
    ("ta", "பயனர்கள்", "பயனர்"),
    ("tr", "faturalar", "fatura"),
]


@pytest.mark.parametrize(("language", "one", "other"), _FORMS)
def test_two_forms_of_a_word_share_a_stem(language: str, one: str, other: str) -> None:
    document = stream(one, language)
    assert set(variants(other, (language,))) & {*document.words, *" ".join(document.stems).split()}


def test_every_stemmed_language_has_a_test() -> None:
    assert {language for language, _, _ in _FORMS} == set(STEMMED)


def test_a_text_in_an_unknown_language_gets_the_stems_of_the_commonest() -> None:
    assert "datenstrategi" in " ".join(stream("Datenstrategien").stems).split()
    assert "ekspor" not in " ".join(stream("mengekspor").stems).split()


def test_a_language_without_a_stemmer_has_words_alone() -> None:
    assert stream("Ripoti za exports", "sw").stems == []


def test_a_vietnamese_word_may_be_looked_for_with_its_marks_or_without() -> None:
    assert stream("Canh lề", "vi").words == ["canh", "le"]
    assert stream("Canh lề", "vi").stems == ["lề"]
    found = variants("lề", ("en", "vi"))
    assert found["lề"] > found["le"]
    assert set(variants("le", ("en", "vi"))) == {"le"}


def test_latin_words_in_japanese_text_are_stemmed_as_english() -> None:
    assert "export" in stream("Exporting データ", "ja").stems


def test_umlauts_may_be_written_out() -> None:
    assert "kundigung" in variants("Kuendigung", ("de",))
    assert "kuendigung" in variants("Kündigung", ("de",))
    assert "kundigung" not in variants("Kuendigung", ("en",))


def test_the_word_itself_counts_more_than_its_stem() -> None:
    found = variants("exporting", ("en",))
    assert found["exporting"] > found["export"]


@given(st.text())
def test_terms_and_tokens_are_the_same_and_stand_in_the_text(text: str) -> None:
    found = list(tokens(text))
    assert [token.term for token in found] == stream(text).words
    for token in found:
        assert 0 <= token.start < token.end <= len(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_quick_way_for_ascii_gives_what_the_slow_one_does(text: str) -> None:
    assert stream(f"{text} é").words == [*stream(text).words, "e"]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(clean(text))) == fold(clean(text)) or not text.isprintable()


@given(st.text())
def test_no_term_holds_a_blank_or_what_an_index_cannot_hold(text: str) -> None:
    for term in stream(text).words:
        assert term
        assert not set(term) & set(" \t\n\0\x1f")
        term.encode()


def test_values_are_alike_whatever_joins_their_words() -> None:
    assert {fold_value(text) for text in ("Data Strategy", "data-strategy", " data_strategy ", "DATA  strategy")} == {
        "data strategy"
    }


def test_a_word_is_not_looked_for_as_a_function_word_of_another_language() -> None:
    assert "del" in stream("delete", "de").stems
    assert set(variants("delete", ("en", "de", "es"))) == {"delete", "delet"}

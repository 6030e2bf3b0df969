from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.languages import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The customer could not export the report", "en"),
        ("Die Kundin konnte den Bericht nicht exportieren", "de"),
        ("El cliente no pudo exportar el informe", "es"),
        ("Le client n'a pas pu exporter le rapport", "fr"),
        ("O cliente não conseguiu exportar o relatório", "pt"),
        ("De klant kon het rapport niet exporteren", "nl"),
        ("Il cliente non è riuscito a esportare il rapporto", "it"),
        ("Kunden kunde inte exportera rapporten igår kväll", "sv"),
        ("Asiakas ei voinut viedä raporttia eilen illalla", "fi"),
        ("Клиент не смог экспортировать отчёт", "ru"),
        ("データ戦略について話しました", "ja"),
        ("戦略の話", "ja"),
        ("客户无法导出报告", "zh"),
        ("고객이 보고서를 내보낼 수 없었다", "ko"),
        ("Wie geht das?", "de"),
        ("Hủy bảo vệ", "vi"),
    ],
)
def test_a_sentence_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text", ["", " ", "GDPR", "Datenstrategie", "Export", "12345", "\0\0", "\ud800", "🙂🙂🙂", "{}[]"]
)
def test_what_may_be_of_any_language_is_not_guessed(text: str) -> None:
    assert detect_language(text) == ""


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_text_makes_it_fail(text: str) -> None:
    assert len(detect_language(text)) <= 3

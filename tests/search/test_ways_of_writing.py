"""One word, written in many ways: every engine finds it by each of them, and nothing else."""

from __future__ import annotations

import pytest
from documents import TODAY, fill, found, review

from kb.search.base import Engine
from kb.search.highlight import Marker
from kb.search.query import parse

SAME = [  # asked, there, not meant, language
    ("サーバ", "サーバーが落ちた", "サービスが落ちた", "ja"),
    ("サーバー", "サーバが落ちた", "サービスが落ちた", "ja"),
    ("ユーザー管理", "ユーザ管理の画面", "ユニット管理の画面", "ja"),
    ("ユーザ管理", "ユーザー管理の画面", "ユニット管理の画面", "ja"),
    ("コピー", "コピーの設定", "コピ本の設定", "ja"),
    ("ｻｰﾊﾞｰ", "サーバーが落ちた", "サービスが落ちた", "ja"),
    ("サーバー", "ｻｰﾊﾞが落ちた", "ｻｰﾋﾞｽが落ちた", "ja"),
    ("ＥＲＲ＿４２", "Shows ERR_42", "Shows ERR_43", "en"),
    ("ERR_42", "エラーＥＲＲ＿４２が出る", "エラーＥＲＲ＿４３が出る", "ja"),
    ("數據導出", "数据导出失败", "数字导入失败", "zh"),
    ("数据导出", "數據導出失敗", "數字導入失敗", "zh"),
    ("臺灣", "台湾的客户", "日本的客户", "zh"),
    ("後台", "后台设置", "前台设置", "zh"),
    ("err-42", "Shows ERR_42 again", "Shows ERR 43", "en"),
    ("err42", "Shows ERR_42 again", "Shows ERR_43", "en"),
    ("ERR_42", "Shows ERR42 again", "Shows ERR43", "en"),
    ("0x80070005", "Error 0x80070005: denied", "Error 0x80070006: denied", "en"),
    ("80070005", "Error 0x80070005: denied", "Error 0x80070006: denied", "en"),
    ("v2.3.1", "since v2.3.1 it works", "since v2.3.2 it works", "en"),
    ("2.3.1", "since v2.3.1 it works", "since v2.3.2 it works", "en"),
    ("aadsts50105", "AADSTS50105: not assigned", "AADSTS50106: not assigned", "en"),
    ("50105", "AADSTS50105: not assigned", "AADSTS50106: not assigned", "en"),
    ("OAuth2", "OAuth 2 fails", "OAuth fails", "en"),
    ("OAuth 2.0", "OAuth2.0 fails", "OAuth fails", "en"),
    ("50000", "above 50,000 rows", "above 60,000 rows", "en"),
    ("50.000", "above 50,000 rows", "above 60,000 rows", "en"),
    ("50000", "mehr als 50.000 Zeilen", "mehr als 60.000 Zeilen", "de"),
    ("50.000", "mehr als 50000 Zeilen", "mehr als 60000 Zeilen", "de"),
    ("1500000", "más de 1.500.000 filas", "más de 1.500 filas", "es"),
    ("example.com", "Mail jane@example.com", "Mail jane@example.org", "en"),
    ("@example.com", "Mail jane@example.com", "Mail jane@example.org", "en"),
    ("report.pdf", "see report.pdf now", "see report.doc now", "en"),
    ("quarterly_report-final.xlsx", "see quarterly_report-final.xlsx", "see quarterly_report.xlsx", "en"),
    ("config.json", "in /etc/app/config.json", "in /etc/app/config.yaml", "en"),
    ("signin", "The sign-in page", "The sign", "en"),
    ("sign-in", "The signin page", "The sign", "en"),
    ("email", "The e-mail", "The male", "en"),
    ("e-mail", "The email", "The male", "en"),
    ("signin", "All sign-ins fail", "All signs fail", "en"),
    ("checkbox", "Two check-boxes", "Two boxes", "en"),
    ("wifi", "The Wi-Fi is off", "The wire is off", "en"),
    ("nodejs", "node.js crashes", "The node crashes", "en"),
    ("single sign on", "Single-Sign-On klappt", "Single", "de"),
    ("single-sign-on", "Singlesignon klappt", "Single", "de"),
    ("don't", "We don’t know", "We know", "en"),
    ("dont", "We don't know", "We know", "en"),
    ("export", "l’export des données", "des données", "fr"),
    ("C++", "The C++ client", "The C client", "en"),
    ("C#", "A C# library", "A C library", "en"),
    ("🎉", "Released 🎉 today", "Released today 👍", "en"),
    ("👍", "All is well 👍🏽", "All is well", "en"),
    ("❤️", "We ❤ it", "We like it", "en"),
    ("export データ", "データの export が失敗", "データの import が失敗", "ja"),
    ("GDPR削除", "GDPRの削除依頼", "GDPRの依頼", "ja"),
    ("Export Grenze", "Die Grenze beim Export", "Die Grenze", "de"),
    ("Strasse", "Die Straße", "Der Strand", "de"),
    ("naïve", "A naive approach", "A native approach", "en"),
    ("ano", "El año pasado", "El mes pasado", "es"),
]


@pytest.mark.parametrize(("asked", "there", "other", "language"), SAME, ids=[f"{row[0]} in {row[1]}" for row in SAME])
def test_it_is_found_however_it_is_written(engine: Engine, asked: str, there: str, other: str, language: str) -> None:
    fill(engine, review(1, there, language=language), review(2, other, language=language))
    assert found(engine, asked) == {"review:1"}


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("asked", ["email", "emails", "e-mail", "E-Mails", "mail", "Mails"])
def test_a_mail_is_an_e_mail_and_one_is_many(engine: Engine, asked: str, language: str) -> None:
    texts = ["Das email kam", "Das emails kam", "Das e-mail kam", "Das E-Mails kam", "Das Mail kam", "Das Mails kam"]
    fill(
        engine, *(review(number, text, language=language) for number, text in enumerate(texts)), review(9, "Der Maler")
    )
    assert len(found(engine, asked)) == len(texts)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("コピ", "コーヒー"), ("25", "It takes 2.5 hours"), ("12", "Between 1-2 of them"), ("42", "Commit a4b2c42d"),
        ("12000", "1,2000"), ("0500", "It takes 0.500 s"),
    ],
    ids=lambda text: text,
)  # fmt: skip
def test_what_only_looks_alike_is_not(engine: Engine, asked: str, there: str) -> None:
    fill(engine, review(1, there))
    assert found(engine, asked) == set()


@pytest.mark.parametrize(
    ("asked", "text", "language", "marked"),
    [
        ("サーバ", "新しいサーバーが", "ja", "サーバー"),
        ("サーバー", "新しいサーバが", "ja", "サーバ"),
        ("err42", "Shows ERR_42.", "en", "ERR_42"),
        ("OAuth2", "The OAuth 2 flow", "en", "OAuth 2"),
        ("e-mail", "The email", "en", "email"),
        ("checkbox", "Two check-boxes", "en", "check-boxes"),
        ("mail", "No emails came", "en", "emails"),
        ("emails", "No mail came", "en", "mail"),
    ],
    ids=lambda text: text,
)
def test_what_was_found_is_marked(asked: str, text: str, language: str, marked: str) -> None:
    [(start, end)] = Marker(parse(asked, today=TODAY).node).spans(text, language)
    assert text[start:end] == marked

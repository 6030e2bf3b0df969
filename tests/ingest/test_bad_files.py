"""Files that are not what they say they are get a sentence; files in another encoding are read."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from bringing import BringIn, ReasonOf

from kb.errors import UsageError
from kb.ingest.base import Options
from kb.ingest.pipeline import items
from kb.models import Draft, SkippedRow


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (zipped("a.csv"), "a.csv", "a zip archive; unpack it first"),
        (zipped("xl/workbook.xml"), "a.csv", "an Excel workbook; save the sheet as CSV"),
        (zipped("word/document.xml"), "a.md", "a Word document"),
        (gzip.compress(b"id,body\n", mtime=0), "a.ndjson", "a gzip archive"),
        (b"%PDF-1.7\n", "a.md", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a.json", "a PNG picture"),
        (b"SQLite format 3\0" + bytes(100), "a.csv", "an SQLite database"),
        (bytes(range(256)) * 10, "a.md", "binary"),
        (b"\0" * 5000, "a.csv", "binary"),
        (b"", "a.csv", "The file is empty."),
        (b" \r\n\t\n", "a.ndjson", "empty but for white space"),
        (b"From: ann@example.com\n\nHi\n", "a.eml", "files that end in .eml"),
    ],
)
def test_a_file_that_is_no_text_of_ours_is_named_for_what_it_is(
    reason_of: ReasonOf, content: bytes, name: str, words: str
) -> None:
    assert words in reason_of(content, name)


def test_a_format_that_there_is_not_is_refused_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match="There is no format xml; there are ndjson, json, markdown, csv"):
        items([], Options(), "xml")


@pytest.mark.parametrize(("format_", "name"), [("csv", "a.txt"), ("tsv", "a"), ("ndjson", "a.log"), ("md", "a.csv")])
def test_the_format_that_is_named_goes_before_the_suffix(bring_in: BringIn, format_: str, name: str) -> None:
    text = {"ndjson": '{"body": "x"}', "md": "x"}.get(format_, "body\nx")
    (draft,) = bring_in(text, name, format_)
    assert draft.body == "x"


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ('{"id": 1, "body": "x"}\n{"id": 2, "body": "y"}\n', "line"),
        ('[{"id": 1, "body": "x"}]', "item"),
        ("id\tbody\n1\tx\n", "row"),
        ("---\nid: 1\n---\nx", ""),
        ("Just a note.", ""),
    ],
)
@pytest.mark.parametrize("name", ["-", "notes", "notes.txt"])
def test_without_a_suffix_the_content_tells_the_format(bring_in: BringIn, text: str, location: str, name: str) -> None:
    assert all(isinstance(row, Draft) for row in bring_in(text, name))


GERMAN = "Die Größe der Tür ist für das Gerät zu schmal, und die Gebühr wäre höher. Schöne Grüße! "
JAPANESE = "お客様のデータ戦略についての通話メモ。次の会議までに確認する。カタカナもあります。"
CHINESE = "客户的数据策略通话记录。我们将在下次会议之前确认这个问题，并且更新文档。"
RUSSIAN = "Клиент не может войти в систему после обновления. Мы перезапустили службу и проверили журнал."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8-sig"), (GERMAN, "utf-16"), (GERMAN, "utf-16-le"), (GERMAN, "utf-16-be"), (GERMAN, "utf-32"),
        (GERMAN, "cp1252"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (JAPANESE, "utf-16"), (CHINESE, "gb18030"),
        (CHINESE, "gbk"), (RUSSIAN, "cp1251"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.csv", "a.md", "a.ndjson"])
def test_the_encoding_is_found_out(bring_in: BringIn, text: str, encoding: str, name: str) -> None:
    whole = {
        "a.csv": f'id,body\n1,"{text}"\n2,"{text}"\n',
        "a.md": text,
        "a.ndjson": f'{{"id": 1, "body": "{text}"}}\n',
    }[name]
    rows = bring_in(whole.encode(encoding), name)
    assert [row.body for row in rows] == [text.strip()] * len(rows)


def test_a_byte_that_fits_nowhere_costs_its_row_only(bring_in: BringIn) -> None:
    rows = [f"{n},{JAPANESE}".encode("shift_jis") for n in range(5)]
    found = bring_in(b"id,body\n" + b"\n".join([*rows, b"9,\x81\xff\xff"]) + b"\n", "a.csv")
    assert [row.body for row in found if isinstance(row, Draft)] == [JAPANESE] * 5
    assert isinstance(found[-1], SkippedRow)


def test_half_a_file_of_utf_16_is_read_as_far_as_it_goes(bring_in: BringIn) -> None:
    (draft,) = bring_in("Schöne Grüße".encode("utf-16")[:-1])
    assert draft.body == "Schöne Grüß\ufffd"

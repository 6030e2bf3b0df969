"""Excerpts as a person reads them: without the signs of Markdown and HTML."""

from __future__ import annotations

import pytest
from documents import TODAY
from hypothesis import given
from hypothesis import strategies as st

from kb.search.highlight import Marker
from kb.search.passages import tidy
from kb.search.query import parse

NEXT = "Then wait."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Article number:&nbsp;12&#44; A&amp;B &lt;your name&gt;", "Article number: 12, A&B <your name>"),
        ("R&D and a&b; stay", "R&D and a&b; stay"),
        ("> [!NOTE]\n> Wait an hour.", "Note: Wait an hour."),
        ("[!INCLUDE [Shared words](../shared.md)]\nWait.", "Wait."),
        ("See [the report (new)](https://kb.example/a_(b)) now", "See the report (new) now"),
        ("See [the [big] report]( /reports \"All of them\" ) now", "See the [big] report now"),
        ("[![Badge](badge.png)](https://kb.example) Wait", "Badge Wait"),
        ("<https://kb.example/a> and a[1] and [x] (y)", "https://kb.example/a and a[1] and [x] (y)"),
        ("| Name | Limit |\n| --- | :-: |\n| Export | 50,000 |", "Name · Limit: Export · 50,000"),
        ("Name|Limit\n---|---\nExport|50,000\n", "Name · Limit: Export · 50,000"),
        ("| Name | Limit | | --- | --- | | Export | 50,000 |", "Name · Limit · Export · 50,000"),
        ("Run `list | first | show` and `a || b`", "Run list | first | show and a || b"),
        ("One<br>two<br/>three <a id=\"x\"></a><b>four</b>", "One two three four"),
        ("<img src=\"a.png\" alt=\"x > y\"> Wait <!-- not\n\nfor readers --> here", "Wait here"),
        ("Enter <your_domain> or \\<Name\\>, 3 < 4, <T>, <b4>", "Enter <your_domain> or <Name>, 3 < 4, <T>, <b4>"),
        (":::image type=\"content\" source=\"a.png\" alt-text=\"The menu Export.\":::\nWait.", "The menu Export. Wait."),
        (":::image type=\"icon\" source=\"a.png\"::: Wait", "Wait"),
        ("::: zone pivot=\"web\"\nWait\n:::", "Wait"),
        ("```powershell\nGet-Export -All\n```\nWait", "Get-Export -All Wait"),
        ("~~~\na\n~~~", "a"),
        ("See [[Export page|the page]], [[notes/Limits#Night]]", "See the page, notes/Limits > Night"),
        ("Look: ![[a.png|300]]", "Look: a.png"),
        ("[[1,2],[3,4]] and if [[ -f x ]]", "[[1,2],[3,4]] and if [[ -f x ]]"),
        ("See <https://kb.example/t/1|ticket 1> now", "See ticket 1 now"),
        ("C:\\temp\\*.log and \\* and \\[x\\]", "C:\\temp\\*.log and * and [x]"),
        ("One ## Two ### Three #4 C# x", "One Two Three #4 C# x"),
        ("# Export\n## Cause\nThe disk is full.", "Export: Cause: The disk is full."),
        ("Cause\n-----\nThe disk is full.", "Cause: The disk is full."),
        ("**Cause**\n\nThe **disk** is full.", "Cause: The disk is full."),
        ("## What now?\nWait.\n\n---\n\nThen go on.", "What now? Wait. Then go on."),
        ("## 原因\nディスクがいっぱいです。", "原因：ディスクがいっぱいです。"),
        ("- Excel 2016\n- Excel, which\n  is 2013\n\nor newer", "Excel 2016; Excel, which is 2013. or newer"),
        ("* One.\n* Two:\n  * three", "One. Two: three"),
        ("Codes:\n\n|Code|Meaning|\n|-|-|\n|0x1|Full.|\n|0x2|Blocked|\n\nWait.",
         "Codes: Code · Meaning: 0x1 · Full. 0x2 · Blocked. Wait."),
        ("|&nbsp;|&nbsp;|\n|---|---|\n|:::image source=\"a.png\":::|[How?](#how)|", "How?"),
        ("|Allowed:|<ul><li>A – Z</li> <li>0 – 9</li></ul> |\n|None|a&nbsp;sign|", "Allowed: A – Z; 0 – 9; None · a sign"),
        ("<table><tr><th>Code</th><th>Meaning</th></tr>\n<tr>\n<td>0x1</td>\n<td>Full</td>\n</tr></table>\nWait.",
         "Code · Meaning; 0x1 · Full. Wait."),
        ("Call us.)** Then **wait and __rest", "Call us.) Then wait and rest"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
    ],
)  # fmt: skip
def test_a_passage_is_shown_without_signs(text: str, shown: str) -> None:
    assert tidy(text, 0, 0) == shown


@pytest.mark.parametrize(
    "whole",
    [
        "[a long name of the report](https://kb.example/" + "a" * 300 + ")",
        "<a href=\"https://kb.example/" + "a" * 300 + "\">report</a>",
        "<!-- " + "nothing to read here " * 12 + "-->",
        ":::image type=\"content\" source=\"" + "a" * 200 + "\" alt-text=\"the report, shown in a window\":::",
        "<https://kb.example/" + "a" * 200 + "|the report>",
        "[[notes/" + "a" * 150 + "|the report]]",
        "[![the report](" + "a" * 100 + ")](https://kb.example/" + "a" * 100 + ")",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", range(0, 260, 20))
def test_no_sign_is_cut_in_its_middle(whole: str, before: int) -> None:
    text = "word " * 50 + whole + " word" * 120
    at = 250 - before if before < 250 else 0
    for shown in (tidy(text, at, at + 4), tidy(text, 250 + len(whole) + before, 254 + len(whole) + before)):
        assert not set('[](<>"') & set(shown)
        assert "aaa" not in shown
        assert "alt-text" not in shown


def test_of_a_table_the_row_that_answers_is_shown_from_its_beginning() -> None:
    rows = [f"|0x{number:04}|The key number {number} is used up.|No|" for number in range(40)]
    text = "What the codes mean.\n\n|Code|Meaning|Again|\n|---|---|---|\n" + "\n".join(rows)
    shown = tidy(text, text.index("number 17"), text.index("number 17") + 9)
    assert shown.startswith("… 0x0017 · The key number 17 is used up. · No; 0x0018 · ")
    assert shown.endswith(" · No …")
    table = "<table>" + "".join(f"<tr><td>0x{n:04}</td><td>\nThe key {n}.</td></tr>\n" for n in range(40)) + "</table>"
    at = table.index("key 17")
    assert tidy(table, at, at + 6).startswith("… 0x0017 · The key 17. 0x0018 · The key 18.")


def test_a_passage_does_not_end_with_the_heading_of_what_follows() -> None:
    for left_over in ("## Cause", "**Cause**", "> [!NOTE]"):
        text = f"The export stops at night. {'It says nothing. ' * 11}\n\n{left_over}\n\n{'The disk is full. ' * 20}"
        assert tidy(text, 4, 10).endswith("It says nothing. …")


def test_what_is_only_signs_is_passed_over() -> None:
    comment = "<!-- " + "kept for those who write " * 20 + "-->"
    assert tidy(f"{comment}\n\nThe export stops.", 0, 0) == "… The export stops."
    assert tidy(comment, 0, 0) == ""


def test_what_was_looked_for_is_marked_where_it_is_shown() -> None:
    text = "| **Export** | [the export](https://kb.example/export) |\n| --- | --- |\n| &nbsp;export | <b>ex</b>port |"
    found = Marker(parse("export", today=TODAY).node).snippet([("body", text)], "en")
    assert found.text == "Export · the export: export · export"
    assert [found.text[start:end] for start, end in found.spans] == ["Export", "export", "export", "export"]


@given(st.text(st.sampled_from('ab \n[]()!<>/-:|&;#*_`\\"=nbsp'), max_size=400), st.integers(0, 400))
def test_no_tag_comes_of_it_that_was_not_written(text: str, at: int) -> None:
    shown = tidy(text, min(at, len(text)), min(at + 3, len(text)))
    assert "<b>" not in shown or "<" in text
    assert not shown.startswith(" ")


@pytest.mark.parametrize(
    "text",
    ["[" * 60_000, "[a](" * 15_000, '<a "' * 15_000, ":::a " * 12_000, "|" * 60_000, "a|\n" * 20_000, "<!--" * 15_000,
     "[a[b]" * 12_000, "[[a](b)" * 9_000, "[a]( " + "(" * 50_000, "\\<" * 30_000, "`" * 60_000,
     "&a" * 30_000, "-" * 60_000 + "|"],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_hostile_signs_are_only_text(text: str) -> None:
    for at in (0, 1_000, 30_000):
        assert len(tidy(text, at, at + 1)) < 2_000

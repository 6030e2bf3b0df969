"""Markdown that strangers wrote, as HTML that is safe to show, in bounded time."""

from __future__ import annotations

import pytest

from kb.markup import to_html, to_text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "<style>*{display:none}</style>",
        '<a href="data:text/html,x">y</a>',
        "<form action=/sign-out><button>x</button></form>",
        "![x](https://elsewhere.example/pixel.png)",
    ],
)
def test_nothing_that_acts_comes_through(text: str) -> None:
    html = to_html(text).lower()
    assert not any(
        bad in html
        for bad in ("<script", "javascript:", "onerror", "<style", "data:", "<form", "<img", "alert(1)</script")
    )


def test_what_people_write_comes_through() -> None:
    html = to_html("# Fix\n\n- **Schedule** it\n\n| a | b |\n|---|---|\n| 1 | [2](https://x.example) |\n")
    assert "<h2>Fix</h2>" in html
    assert "<strong>Schedule</strong>" in html
    assert 'href="https://x.example"' in html
    assert "<td>1</td>" in html


@pytest.mark.timeout(60)  # some of them took minutes
@pytest.mark.parametrize(
    "shape", ["[", "![", "[a](", "<a ", "[" * 100 + "]" * 100, "# h\n", "> ", "* ", "`", "\\[", "\\(", "</"]
)
def test_a_text_made_to_be_slow_is_shown_all_the_same(shape: str) -> None:
    assert to_html(shape * (20_000 // len(shape)))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("shape", ["[", "![", "[a](", "\\[", "<", "</", "(", "*a*"])
def test_a_long_text_of_nothing_but_signs_is_shown_as_it_is(shape: str) -> None:
    assert to_html(shape * 40_000).startswith("<pre>")
    assert to_text(shape * 40_000)


@pytest.mark.parametrize("beginning", ["- ", "+ ", "1. ", "> ", ">", "> - ", "\t* - "])
def test_what_begins_over_and_over_on_one_line_is_only_text(beginning: str) -> None:
    html = to_html(f"Above\n\n{beginning * 5_000}below")
    assert html.count("<ul>") + html.count("<ol>") + html.count("<blockquote>") == 0
    assert html.startswith("<p>Above")
    assert "below" in html


def test_quotes_within_quotes_and_rules_stay_what_they_are() -> None:
    assert to_html("> " * 20 + "a").count("<blockquote>") == 20
    assert to_html("- " * 40) == to_html("* " * 40) == "<hr>"


@pytest.mark.timeout(60)
def test_a_row_of_a_table_that_is_mostly_blanks_is_read_once() -> None:
    assert to_text("| a |" + " " * 150_000 + "b |") == "a · b"


def test_brackets_that_open_over_and_over_are_only_characters_and_the_rest_stays_markdown() -> None:
    html = to_html("[" * 60 + " **now** " + "\\[" * 60)
    assert "<strong>now</strong>" in html
    assert html.count("[") == 120
    assert "\\" not in html


def test_plain_words_have_no_entities_and_addresses_stay_whole() -> None:
    assert to_text("Number:&nbsp;42 &amp; more, 5 &#62; 3") == "Number:\u00a042 & more, 5 > 3"
    assert to_text("https://x.example/?a=1&copy=2&sect=3") == "https://x.example/?a=1&copy=2&sect=3"


@pytest.mark.parametrize(
    "written",
    [
        "> [!TIP]\n> Wait an hour.",
        ">[!tip] Wait an hour.",
        "> [!Tip]\n>\n> Wait an hour.",
        "   > [!TIP]  \n   > Wait an hour.",
    ],
)
def test_a_note_says_what_it_is_and_shows_no_signs(written: str) -> None:
    html = to_html(f"Before.\n\n{written}\n\nAfter.")
    assert (
        '<blockquote class="aside aside-tip">\n<p class="aside-name"><strong>Tip</strong></p>\n<p>Wait an hour.</p>'
        in html
    )
    assert "[!" not in html


def test_notes_keep_what_is_in_them_and_text_that_only_looks_like_one_stays() -> None:
    html = to_html(
        "> [!IMPORTANT]\n> - One\n> - Two\n\n[!NOTE]\nAlone.\n\nWrite `[!NOTE]` or [!WHAT] here.\n\n```\n> [!TIP]\n```"
    )
    assert html.count('class="aside-name"') == 2
    assert "<li>One</li>" in html
    assert "<code>[!NOTE]</code> or [!WHAT] here." in html
    assert "&gt; [!TIP]" in html


def test_notes_that_follow_each_other_stay_two() -> None:
    html = to_html("> [!NOTE]\n> a\n\n> [!WARNING]\n> b\n\n> c")
    assert html.count("<blockquote") == html.count("</blockquote>") == 2
    assert html.index("<p>a</p>") < html.index('class="aside aside-warning"') < html.index("<p>b</p>")


def test_what_is_between_two_notes_is_in_neither() -> None:
    html = to_html("> [!NOTE]\n> a\n\nBetween.\n\n> [!WARNING]\n> b")
    assert html.index("</blockquote>") < html.index("<p>Between.</p>") < html.index("aside-warning")


def test_pictures_are_their_words_and_shared_pieces_from_elsewhere_are_left_out() -> None:
    html = to_html(
        'See :::image type="content" source="a.png" alt-text="The <b> menu" border="false"::: there.\n\n'
        ':::image type="icon" source="a.png":::\n\n::: zone pivot="web"\n\nIn the browser.\n\n::: zone-end\n\n'
        '[!INCLUDE [Shared](../shared.md)]\n\n> [!div class="next"]\n\n[!VIDEO https://kb.example/film]\n\n'
        '```\n:::image source="a.png":::\n```'
    )
    assert "See <em>The &lt;b&gt; menu</em> there." in html
    assert "<p>In the browser.</p>" in html
    assert 'href="https://kb.example/film"' in html
    assert not any(left in html for left in ("Shared", "zone", "[!"))
    assert html.count(":::image") == 1, "code stays as it is"


def test_what_is_folded_in_html_is_markdown_all_the_same() -> None:
    html = to_html(
        "<details>\n<summary><b>On a Mac</b></summary>\n1. Open **Reports**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n</details>"
    )
    assert "<strong>On a Mac</strong>" in html
    assert "<li>Open <strong>Reports</strong>.</li>" in html
    assert "<td>1</td>" in html


def test_links_to_what_lay_beside_a_text_are_only_words() -> None:
    html = to_html(
        "[a](../other.md) [b](/office/troubleshoot) [c](#cause) [d](/reviews/12) [e](#turn-3) ![f](media/f.png)"
    )
    assert 'href="/reviews/12"' in html
    assert 'href="#turn-3"' in html
    assert html.count("href=") == 2
    assert html.count("<a ") == 2
    assert ">a b c <a " in html
    assert "e</a> f</p>" in html


def test_plain_words_of_a_table_a_note_and_a_picture() -> None:
    text = '> [!NOTE]\n> Wait.\n\n| Code | Meaning |\n|---|:-:|\n| 0x1 | Full |\n\n:::image source="a" alt-text="A lock":::'
    assert to_text(text) == "Note: Wait.\n\nCode · Meaning\n0x1 · Full\n\nA lock"


def test_what_only_looks_like_a_tag_is_text() -> None:
    html = to_html(
        "Open CN=\\<Server\\>,DC=\\<x\\> of <your_domain> and <Name of user>: <b>bold</b>, `<c>`, `\\<`, a <b-c>, 3 < 4."
    )
    assert "CN=&lt;Server&gt;,DC=&lt;x&gt; of &lt;your_domain&gt; and &lt;Name of user&gt;: <strong>" in html.replace(
        "<b>", "<strong>"
    )
    assert "<code>&lt;c&gt;</code>, <code>\\&lt;</code>, a &lt;b-c&gt;, 3 &lt; 4." in html
    assert 'href="https://x.example"' in to_html("<https://x.example>")
    assert "mailto:" in to_html("<jane@x.example>") or "&#109;" in to_html("<jane@x.example>")
    assert "&lt;configuration&gt;" in to_html("    <configuration>")
    assert "<script" not in to_html("\\<script>alert(1)</script> <scr<script>ipt>alert(1)</script>")


def test_links_of_notebooks_are_words_and_those_of_chats_lead_where_they_did() -> None:
    html = to_html(
        "[[Export page|the page]], [[Limits#Night]], ![[a.png|300]], `[[ -f x ]]`, [[1]](https://x.example) [[2, 3]]"
    )
    assert "<p>the page, Limits &gt; Night, a.png, <code>[[ -f x ]]</code>, <a " in html
    assert "[[2, 3]]" in html
    html = to_html("<https://x.example/t/(1)|ticket [1]> `<https://x.example|a>`")
    assert 'href="https://x.example/t/(1)"' in html
    assert ">ticket [1]</a> <code>&lt;https://x.example|a&gt;</code>" in html

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
@pytest.mark.parametrize("shape", ["[", "![", "[a](", "<a ", "[" * 100 + "]" * 100, "# h\n", "> ", "* ", "`"])
def test_a_text_made_to_be_slow_is_shown_all_the_same(shape: str) -> None:
    assert to_html(shape * (20_000 // len(shape)))


def test_plain_words_have_no_entities_and_addresses_stay_whole() -> None:
    assert to_text("Number:&nbsp;42 &amp; more, 5 &#62; 3") == "Number:\u00a042 & more, 5 > 3"
    assert to_text("https://x.example/?a=1&copy=2&sect=3") == "https://x.example/?a=1&copy=2&sect=3"

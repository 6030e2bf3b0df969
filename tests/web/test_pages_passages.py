"""Passages that became gems are marked in a review's text, wherever the text is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb import markup
from kb.finding.places import Match
from kb.models import Evidence
from kb.web import passages


def cited(*quotes: str, nth: int = 0) -> list[Evidence]:
    return [
        Evidence(id=number, gem_id=number, review_id=1, quote=quote, nth=nth) for number, quote in enumerate(quotes, 1)
    ]


def marked(html: str) -> list[str]:
    return re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)


def test_a_passage_in_plain_text_is_marked_and_has_its_address() -> None:
    block = passages.in_text("Filter first, then export.", cited("then export"))
    assert block.html == 'Filter first, <mark class="passage" id="passage-1">then export</mark>.'
    assert block.begins == (1,)


def test_text_stays_text() -> None:
    block = passages.in_text("<b>if a < b & c</b>", cited("a < b & c"))
    assert marked(block.html) == ["a &lt; b &amp; c"]
    assert "<b>" not in block.html


def test_blanks_and_line_ends_make_no_difference() -> None:
    assert marked(passages.in_text("then\n  export in\ttwo", cited("then export in two")).html) == [
        "then\n  export in\ttwo"
    ]


def test_overlapping_passages_share_their_common_piece() -> None:
    block = passages.in_text("one two three four", cited("one two three", "two three four"))
    assert marked(block.html) == ["one ", "two three", " four"]
    assert block.html.count("passage-shared") == 1
    assert 'id="passage-1"' in block.html
    assert 'id="passage-2"' in block.html


def test_of_the_same_words_the_meant_ones_are_marked() -> None:
    block = passages.in_text("wait, then wait", cited("wait", nth=1))
    assert block.html.startswith("wait, then <mark")


def test_words_that_are_not_there_are_left_out() -> None:
    block = passages.in_text("something else", cited("then export", ""))
    assert block.html == "something else"
    assert block.begins == ()


def test_a_passage_across_bold_words_is_marked_in_pieces() -> None:
    [block] = passages.in_html(
        markup.to_html("The limit is **per request**, always."), cited("limit is per request, always")
    )
    assert marked(block.html) == ["limit is ", "per request", ", always"]
    assert block.html.count("id=") == 1


def test_a_quote_in_markdown_is_found_in_what_it_reads_as() -> None:
    [block] = passages.in_html(markup.to_html("It is **50,000** rows."), cited("is **50,000** rows"))
    assert "".join(marked(block.html)) == "is 50,000 rows"


def test_a_passage_over_two_paragraphs_begins_in_the_first() -> None:
    first, second = passages.in_html(markup.to_html("One two.\n\nThree four."), cited("two. Three"))
    assert marked(first.html) + marked(second.html) == ["two.", "Three"]
    assert (first.begins, second.begins) == ((1,), ())


def test_no_mark_stands_between_the_cells_of_a_table() -> None:
    [block] = passages.in_html(markup.to_html("| a | b |\n|---|---|\n| c | d |"), cited("a b c d"))
    assert marked(block.html) == ["a", "b", "c", "d"]


def test_escapes_in_html_stay_whole() -> None:
    [block] = passages.in_html(markup.to_html("Press *A & B* < C"), cited("A & B < C"))
    assert "".join(marked(block.html)) == "A &amp; B &lt; C"


@given(st.text(alphabet="ab \n*_`#>|-<&.", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_marking_changes_no_text_and_no_tag(body: str, start: int, stop: int) -> None:
    html = markup.to_html(body)
    quote = passages.text_of(html)[min(start, stop) : max(start, stop)]
    result = "\n".join(block.html for block in passages.in_html(html, cited(quote)))
    without = re.sub(r"</?mark[^>]*>", "", result)
    assert passages.text_of(without).split() == passages.text_of(html).split()
    assert re.findall(r"<[^>]*>", without) == re.findall(r"<[^>]*>", html)


def test_words_looked_for_are_marked_inside_a_passage_and_the_best_place_is_found() -> None:
    block = passages.in_text("Run the export & wait.", cited("the export"), [Match(8, 14, 1), Match(17, 21, 2)], 2)
    assert block.html == (
        'Run <mark class="passage" id="passage-1">the </mark>'
        '<mark class="passage"><mark class="sought" id="match-1" data-stop>export</mark></mark>'
        ' &amp; <mark class="sought" id="found" data-stop>wait</mark>.'
    )


def test_a_place_that_crosses_a_tag_has_its_anchor_once() -> None:
    [block] = passages.in_html(markup.to_html("The ex**port** fails"), (), [Match(4, 10, 1)], 0)
    assert re.findall(r"<mark[^>]*>", block.html) == [
        '<mark class="sought" id="match-1" data-stop>', '<mark class="sought">',
    ]  # fmt: skip


@given(st.text(alphabet="ab \n*_`#>|-<&.", max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_marking_words_changes_no_text_and_no_tag(body: str, starts: list[int]) -> None:
    html = markup.to_html(body)
    matches = [Match(start, start + 3, number) for number, start in enumerate(sorted(set(starts)), 1)]
    result = "\n".join(block.html for block in passages.in_html(html, (), matches, 1))
    without = re.sub(r"</?mark[^>]*>", "", result)
    assert passages.text_of(without).split() == passages.text_of(html).split()
    assert re.findall(r"<[^>]*>", without) == re.findall(r"<[^>]*>", html)

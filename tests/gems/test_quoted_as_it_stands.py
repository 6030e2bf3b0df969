"""What was read off a page or an excerpt is cited as its review has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import anchor
from kb.anchor import Whole
from kb.quoted import as_it_stands
from kb.search.passages import tidy

BODY = """# Export stops

## Cause

The **disk** is [full](https://kb.example/full_(new)).

1. Open *Reports*.
2. Choose `Schedule`

- Excel 2016
- Excel 2013

> [!NOTE]
> Wait an hour.

|Code|Meaning|
|---|---|
|0x11|The key is used&nbsp;up.|
|0x12|:::image type="icon" source="a.png" alt-text="A closed lock":::|

原因：ディスクがいっぱいです。"""


@pytest.mark.parametrize(
    ("read", "stands"),
    [
        ("Cause: The disk is full.", "Cause\n\nThe **disk** is [full](https://kb.example/full_(new))."),
        ("1. Open Reports. 2. Choose Schedule", "1. Open *Reports*.\n2. Choose `Schedule`"),
        ("Open Reports.\nChoose Schedule", "Open *Reports*.\n2. Choose `Schedule`"),
        ("Excel 2016; Excel 2013. Note: Wait an hour.", "Excel 2016\n- Excel 2013\n\n> [!NOTE]\n> Wait an hour."),
        ("0x11 · The key is used up. 0x12", "|0x11|The key is used&nbsp;up.|\n|0x12|"),
        ("0x11\tThe key is used up.\n0x12", "|0x11|The key is used&nbsp;up.|\n|0x12|"),
        ("A closed lock. 原因", '"A closed lock":::|\n\n原因'),
        ("The disk is", "The **disk** is"),
        ("**disk**", "**disk**"),
        ("The disc is full", "The disc is full"),
        ("Excel 20", "Excel 20"),
        ("", ""),
    ],
)
def test_words_are_cited_with_the_signs_that_stand_between_them(read: str, stands: str) -> None:
    whole = Whole(BODY, ["And again: Wait."])
    assert as_it_stands(whole, read) == stands or anchor.cite(whole, read) is not None


@pytest.mark.parametrize("at", range(0, len(BODY), 15))
def test_every_excerpt_can_be_cited(at: int) -> None:
    whole = Whole(BODY, [])
    excerpt = tidy(BODY, at, at + 3).strip("… ")
    assert anchor.cite(whole, as_it_stands(whole, excerpt)) is not None


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gives_what_is_in_it_or_the_words_as_they_were(text: str, quote: str) -> None:
    found = as_it_stands(Whole(text, []), quote)
    assert found == quote or found in text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("shape", ["](", "<a ", ":::a ", ':::a "', "<!--", "&a", "|a", "1. "])
def test_a_text_made_to_be_slow_is_no_long_wait(shape: str) -> None:
    assert as_it_stands(Whole(shape * (100_000 // len(shape)), []), "nothing of it") == "nothing of it"

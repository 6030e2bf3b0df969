"""A quoted passage is found again after any edit of its review, or said to be changed or gone: never other words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb import anchor
from kb.anchor import BODY, Anchor, Whole

SIGNS = (
    "a",
    "b",
    "n",
    "é",
    "e\u0301",
    "ü",
    " ",
    " ",
    "\n",
    "\r\n",
    ".",
    "👩\u200d💻",
    "👍🏽",
    "夜",
    "間",
    "か\u3099",
    "*",
)
PIECES = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=25).map("".join)
WORDS = st.lists(
    st.sampled_from(["run", "the", "export", "by", "night", "夜間に", "naïve", "🚀", "100%"]), min_size=1, max_size=6
)
QUOTES = WORDS.map(" ".join)


def plain(text: str) -> str:
    """What two passages must have in common to be the same words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def words_at(whole: Whole, found: Anchor) -> str:
    return whole.places[found.place + 1][found.start : found.stop]


def cited(whole: Whole, quote: str) -> Anchor:
    found = anchor.cite(whole, quote)
    assert found is not None
    return found


@given(before=PIECES, quote=QUOTES, after=PIECES, edited=st.lists(PIECES, min_size=1, max_size=4))
def test_whatever_a_review_becomes_its_passage_never_points_at_other_words(
    before: str, quote: str, after: str, edited: list[str]
) -> None:
    old = Whole(f"{before} {quote} {after}", [])
    new = Whole(edited[0], edited[1:])
    outcome = anchor.follow(new, quote, cited(old, quote), old)
    if outcome.anchor is not None:
        assert plain(words_at(new, outcome.anchor)) == plain(quote)
    assert (outcome.state == "there") == (outcome.anchor is not None)


@given(before=PIECES, quote=QUOTES, after=PIECES, inserted=PIECES, at_the_end=st.booleans())
def test_a_passage_stays_when_something_is_written_before_or_after_it(
    before: str, quote: str, after: str, inserted: str, at_the_end: bool
) -> None:
    text = f"{before} {quote} {after}"
    old = Whole(text, [])
    was = anchor.cite(old, quote, BODY, None)
    assert was is not None
    new_text = f"{text} {inserted}" if at_the_end else f"{inserted} {text}"
    outcome = anchor.follow(Whole(new_text, []), quote, was, old)
    assert outcome.anchor is not None
    assert outcome.anchor.start == was.start + (0 if at_the_end else len(inserted) + 1)


@given(quote=QUOTES, pieces=st.lists(st.sampled_from(["First they said", "Then again", "In the end", "Nobody"]), min_size=2,
       max_size=4, unique=True), chosen=st.integers(0, 3), inserted=PIECES, where=st.integers(0, 4))  # fmt: skip
def test_of_the_same_words_the_right_ones_stay_chosen(
    quote: str, pieces: list[str], chosen: int, inserted: str, where: int
) -> None:
    chosen %= len(pieces)
    parts = [f"{piece}: {quote}." for piece in pieces]
    old = Whole("\n".join(parts), [])
    assume(not any(quote in piece for piece in pieces))
    was = anchor.cite(old, quote, BODY, chosen)
    assert was is not None
    new_parts = [*parts[: min(where, len(parts))], inserted, *parts[min(where, len(parts)) :]]
    outcome = anchor.follow(Whole("\n".join(new_parts), []), quote, was, None)
    assert outcome.anchor is not None
    before = "\n".join(new_parts)[: outcome.anchor.start]
    assert before.endswith(f"{pieces[chosen]}: ")


@given(
    quote=QUOTES,
    turns=st.lists(st.sampled_from(["Hello.", "One moment please.", "Thanks."]), min_size=1, max_size=4),
    to=st.integers(0, 4),
)
def test_a_passage_that_moved_to_another_turn_is_found_there(quote: str, turns: list[str], to: int) -> None:
    old = Whole(f"They said: {quote}!", turns)
    to = min(to, len(turns))
    new = Whole("", [*turns[:to], f"They said: {quote}!", *turns[to:]])
    outcome = anchor.follow(new, quote, cited(old, quote), old)
    assert outcome.anchor is not None
    assert outcome.anchor.place == to


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\n  "])
def test_other_line_ends_and_another_encoding_of_accents_are_the_same_words(form: str, line_end: str) -> None:
    quote = "Zuerst die Prüfung\nabschließen"
    old = Whole(f"Regel: {quote}.", [])
    new = Whole(unicodedata.normalize(form, f"Die Regel: {quote}.").replace("\n", line_end), [])
    outcome = anchor.follow(new, quote, cited(old, quote), old)
    assert outcome.anchor is not None
    assert plain(words_at(new, outcome.anchor)) == plain(quote)


@pytest.mark.parametrize(
    ("quote", "text", "edited"),
    [
        ("night", "at night.", "tonight."),
        ("port", "a port.", "the export."),
        ("e", "an e here", "an e\u0301 here"),
        ("👩", "see 👩 now", "see 👩\u200d💻 now"),
        ("now here", "do it now here", "nowhere"),
    ],
)
def test_a_part_of_another_word_or_sign_is_not_the_passage(quote: str, text: str, edited: str) -> None:
    old = Whole(text, [])
    assert anchor.follow(Whole(edited, []), quote, cited(old, quote), old).anchor is None


def test_words_cut_out_of_a_longer_one_are_still_found() -> None:
    old = Whole("Nachtexport hilft", [])
    outcome = anchor.follow(Whole("Ein Nachtexport hilft", []), "export", cited(old, "export"), old)
    assert outcome.anchor is not None
    assert outcome.anchor.start == 9


def test_a_passage_read_off_the_page_is_found_in_its_markdown() -> None:
    whole = Whole("Use **Reports >** and [the schedule](https://x.example/a) by *night*.", [])
    found = anchor.cite(whole, "Reports > and the schedule by night")
    assert found is not None
    assert words_at(whole, found).startswith("Reports >**")


@pytest.mark.parametrize(
    ("edited", "state", "place"),
    [
        (["They were told to run the big export at night.", "Thanks"], "changed", BODY),
        (["Nothing.", "Please run the whole export by the night"], "changed", 0),
        (["Something else altogether.", "Thanks"], "gone", None),
    ],
)
def test_a_passage_that_was_rewritten_is_changed_or_gone(edited: list[str], state: str, place: int | None) -> None:
    quote = "run the export by night"
    old = Whole(f"They were told to {quote}.", ["Thanks"])
    outcome = anchor.follow(Whole(edited[0], edited[1:]), quote, cited(old, quote), old)
    assert (outcome.state, outcome.place) == (state, place)


@pytest.mark.timeout(20)
def test_a_long_conversation_is_no_long_wait() -> None:
    text = "They asked for the export again and again, née Müller. " * 20_000
    old = Whole(text + "The end: run it by night.", [])
    outcome = anchor.follow(Whole("New. " + old.text, []), "run it  by night", cited(old, "run it by night"), old)
    assert outcome.state == "there"


@pytest.mark.timeout(20)
def test_a_word_that_stands_in_thousands_of_turns_is_no_long_wait() -> None:
    chat = Whole("A chat.", ["Please see the export here."] * 5_000)
    found = anchor.cite(chat, "e", place=4_999)
    assert found is not None
    assert (found.place, words_at(chat, found)) == (4_999, "e")

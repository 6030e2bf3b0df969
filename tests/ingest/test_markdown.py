"""Markdown files: keys in the front matter, the body below."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bringing import BringIn, ReasonOf

from kb.ingest import safe_yaml
from kb.models import Draft, SkippedRow, Turn


def test_front_matter_gives_the_keys_and_the_rest_is_the_body(bring_in: BringIn) -> None:
    (draft,) = bring_in(
        "---\ntitle: Clock\ntags: [time, sso]\nms.date: 03/31/2022\n---\n\n# Clock\n\nSet it.\n", "a/b.md"
    )
    assert draft == Draft(
        external_id="a/b.md",
        title="Clock",
        body="# Clock\n\nSet it.",
        tags=("time", "sso"),
        date=datetime(2022, 3, 31, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Clock drift #\n\nx", "Clock drift"),
        ("intro\n\n## Later\n", "Later"),
        ("just words", "visit-2026"),
        ('<h1 align="center">Reset the <b>cache</b></h1>\n\nx', "Reset the cache"),
    ],
)
def test_without_front_matter_the_first_heading_or_the_file_name_is_the_title(
    bring_in: BringIn, text: str, title: str
) -> None:
    (draft,) = bring_in(text, "notes/visit-2026.md")
    assert (draft.title, draft.body) == (title, text.strip())


@pytest.mark.parametrize(
    ("keys", "name", "day"),
    [
        ("created: 2026-03-31", "a.md", 31), ("date created: Tuesday, March 31st 2026, 2:05:00 pm", "a.md", 31),
        ("created: 2026-03-31\ndate: 2026-03-30", "a.md", 30), ("created: last week", "a.md", None),
        ("mood: calm", "2026-03-29 Call with Belt.md", 29), ("mood: calm", "2026-13-29.md", None),
        ("created: 2026-03-31\nid: 7", "2026-03-29.md", None),
    ],
)  # fmt: skip
def test_the_day_of_a_note_is_when_it_was_made(bring_in: BringIn, keys: str, name: str, day: int | None) -> None:
    (draft,) = bring_in(f"---\n{keys}\n---\nThe clock ran ahead.\n", name)
    assert (draft.date and draft.date.day) == day


def test_a_note_with_front_matter_is_called_by_its_file_where_somebody_named_it(bring_in: BringIn) -> None:
    note = "---\nmood: calm\n---\nThe clock ran ahead.\n"
    assert bring_in(note, "vault/SSO clock.md")[0].title == "SSO clock"
    assert bring_in(note, "vault/upload.md")[0].title == ""  # its first words are, then
    assert bring_in(note + "## Why\n", "vault/SSO clock.md")[0].title == ""  # as its heading


PAGE = (
    "# Export stops\n\nTags: export, gdpr\nDate: March 3, 2026 → March 4, 2026\nOwner: Ann\n\n## Why\n\nLimit: 50,000\n"
)


def test_the_properties_of_a_page_that_notion_exports_are_keys(bring_in: BringIn) -> None:
    (draft,) = bring_in(PAGE, "notes/Export stops 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d.md")
    assert (draft.title, draft.tags, draft.extra) == ("Export stops", ("export", "gdpr"), {"Owner": "Ann"})
    assert draft.date == datetime(2026, 3, 3, tzinfo=UTC)
    assert draft.body == "# Export stops\n\n\n## Why\n\nLimit: 50,000"


def test_such_lines_of_any_other_file_are_its_text(bring_in: BringIn) -> None:
    (draft,) = bring_in(PAGE, "notes/Export stops.md")
    assert (draft.tags, draft.body) == ((), PAGE.strip())


def test_a_page_of_notion_without_a_heading_is_called_by_its_name_without_the_number(bring_in: BringIn) -> None:
    (draft,) = bring_in("Just words.", "notes/Export stops 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d.md")
    assert draft.title == "Export stops"


def test_a_person_who_is_a_link_in_a_notebook_is_known_by_name(bring_in: BringIn) -> None:
    (draft,) = bring_in(
        '---\nreviewee: "[[People/Bob Ray|Bob]]"\ntags: ["[[export]]"]\nup: "[[Index]]"\n---\nText.', "a.md"
    )
    assert (draft.reviewee, draft.tags, draft.extra) == ("Bob Ray", ("export",), {"up": "[[Index]]"})


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(bring_in: BringIn) -> None:
    text = "---\ntitle: Clock\n---\nSet\nit.\n"
    assert bring_in("\ufeff" + text.replace("\n", "\r\n")) == bring_in(text)


def test_a_rule_at_the_head_of_prose_is_no_front_matter(bring_in: BringIn) -> None:
    (draft,) = bring_in("---\n\nA calm day.\n\n---\n\nAnother.")
    assert draft.body == "---\n\nA calm day.\n\n---\n\nAnother."


def test_turns_may_stand_in_the_front_matter(bring_in: BringIn) -> None:
    (draft,) = bring_in("---\nturns:\n  - {speaker: Ann, at: 10:30, text: no}\n---\n")
    assert draft.turns == (Turn("no", "Ann", "", "10:30"),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ntitle: a: b\n---\nx", 2, "put the value in quotes"),
        ("---\ntitle: ok\ntags: [a\n---\nx", 4, "',' or ']'"),
        ("---\ntitle: ok\nsay: *important*\n---\nx", 3, "quotes"),
        ("---\ntitle: ok\ntitle: again\n---\nx", 3, "a second time"),
        ("---\n- a\n- b\n---\nx", 2, "key: value"),
        ("---\ntitle: never closed\n\nbody", 1, "never closed"),
        ("---\na: !!python/object/apply:os.getcwd []\n---\nx", 2, "the tag"),
        ("---\na: \x07\n---\nx", 2, "control character"),
        ("---\n[a, b]: c\n---\nx", 2, "a key must be text"),
        ("---\nkey: value\nnot yaml at all\n---\nx", 4, "could not find expected ':'"),
    ],
)
def test_front_matter_that_is_not_yaml_is_set_aside_with_its_line(
    bring_in: BringIn, text: str, line: int, words: str
) -> None:
    (skipped,) = bring_in(text)
    assert isinstance(skipped, SkippedRow)
    assert skipped.location == f"front matter, line {line}"
    assert words in skipped.reason
    assert skipped.content == text.encode()


def test_a_yaml_bomb_is_refused_at_once(bring_in: BringIn) -> None:
    levels = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    (skipped,) = bring_in(f"---\na: &a [lol, lol]\n{levels}---\nx")
    assert "an alias" in skipped.reason


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_front_matter_that_nests_without_end_is_refused(bring_in: BringIn, text: str) -> None:
    (skipped,) = bring_in(f"---\n{text}\n---\nx")
    assert "deep" in skipped.reason


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("true", True), ("~", None), ("", None), ("12", 12), ("012", "012"), ("1.50", "1.50"),
        ("1.5", 1.5),
        ("10:30", "10:30"), ("2026-02-31", "2026-02-31"), ("0x1F", "0x1F"), ("1e5", "1e5"), ("1.0e+20", 1e20),
        ("'12'", "12"),
        ("!!str 12", "12"), ("-0", "-0"), ("9" * 5000, "9" * 5000), ("|-\n  a\n  b", "a\nb"),
    ],
)  # fmt: skip
def test_a_plain_value_is_a_number_only_if_the_number_is_written_so(text: str, value: Any) -> None:
    found = safe_yaml.load(f"key: {text}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_a_body_in_the_front_matter_does_not_hide_the_one_below(bring_in: BringIn) -> None:
    (draft,) = bring_in("---\nbody: above\n---\nbelow")
    assert (draft.body, draft.extra) == ("below", {"body (front matter)": "above"})


def test_a_mapping_names_other_people_s_front_matter(bring_in: BringIn) -> None:
    mapping = {"columns": {"ms.date": "date", "appliesto": "tags", "ms.topic": "tags"}}
    (draft,) = bring_in(
        "---\nms.date: 3/31/2022\nappliesto:\n  - Teams\n  - Outlook\nms.topic: sso\n---\nx", mapping=mapping
    )
    assert draft.date is not None
    assert draft.date.isoformat() == "2022-03-31T00:00:00+00:00"
    assert draft.tags == ("Teams", "Outlook", "sso")


def test_a_refused_date_is_set_aside_with_the_whole_file(bring_in: BringIn) -> None:
    text = "---\ndate: 31.02.2024\n---\nx"
    (skipped,) = bring_in(text)
    assert "month 2 of 2024 has no day 31" in skipped.reason
    assert (skipped.content, skipped.format) == (text.encode(), "markdown")


TOML = (
    '+++\ntitle = "Clock"\ndate = 2026-03-03T10:00:00+01:00\ntags = ["sso"]\nat = 10:30:00\n[more]\nmood = "calm"\n+++\n\n'
    "Set it.\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_may_be_toml(bring_in: BringIn, end: str) -> None:
    (draft,) = bring_in(TOML.replace("\n", end), "notes")
    assert (draft.title, draft.tags, draft.body) == ("Clock", ("sso",), "Set it.")
    assert draft.date == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert draft.extra == {"at": "10:30:00", "more": {"mood": "calm"}}


def test_toml_that_is_none_is_set_aside_with_its_line(reason_of: ReasonOf) -> None:
    assert reason_of('+++\ntitle = "a"\ndate =\n+++\nx\n') == "The front matter cannot be read, line 3: Invalid value."


@pytest.mark.parametrize("text", ["+++\nwords\n", "+++ more\na = 1\n+++\n"])
def test_pluses_that_close_nothing_are_text(bring_in: BringIn, text: str) -> None:
    (draft,) = bring_in(text)
    assert draft.body == text.strip()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Wait #gdpr, then (#export) again #gdpr.", ("gdpr", "export")),
        ("---\ntags: [gdpr, '#export', '#12']\n---\nWait #export", ("gdpr", "export", "#12")),
        ("---\ntags: [gdpr]\n---\nWait #gdpr #product/export", ("gdpr", "product/export")),
        ("---\ntags: gdpr, export\n---\nWait", ("gdpr", "export")),
        ('---\ntags: "#gdpr #export"\n---\nWait', ("gdpr", "export")),
        ("# Head\n\nNo #12, `#code`, a#b, https://a.example/#place or #fff, &#39;\n\n```\n#include\n```\n", ()),
        ("---\nid: 7\n---\nSee #general", ()),
    ],
    ids=[
        "in the text",
        "once with its sign",
        "in both",
        "parted by commas",
        "with their signs",
        "what is none",
        "a review of a tool",
    ],
)
def test_topics_are_read_as_notebooks_write_them(bring_in: BringIn, text: str, tags: tuple[str, ...]) -> None:
    (draft,) = bring_in(text)
    assert draft.tags == tags


def test_a_link_within_the_page_and_a_spreadsheet_s_error_are_no_topics(bring_in: BringIn) -> None:
    (draft,) = bring_in("See [the steps](#more-information) and #REF! (#export).")
    assert draft.tags == ("export",)

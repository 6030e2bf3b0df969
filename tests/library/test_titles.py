"""What a conversation is called that came without a title."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb import reviews
from kb.ingest.pipeline import content_hash
from kb.intake import intake
from kb.intake.intake import IntakeOptions
from kb.intake.titles import as_hashed, of_turns
from kb.library import Library
from kb.models import Draft, Turn

GREETING = "Hi there! How can I help you today?"


def talk(*said: str) -> tuple[Turn, ...]:
    """`customer: Hello` as a turn each."""
    return tuple(Turn(text, role=role) for role, _, text in (each.partition(": ") for each in said))


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ((f"agent: {GREETING}", "customer: It is down since noon"), "It is down since noon"),
        ((f"agent: {GREETING}", "customer: Hey there!", "customer: My export stops early"), "My export stops early"),
        (("customer: Hello Anna,\n\nmy export stops early.",), "my export stops early."),
        (("agent: Guten Tag!", "customer: Guten Tag.", "customer: Der Export bricht mittags ab"),
         "Der Export bricht mittags ab"),
        (("customer: Hola, buenas tardes", "customer: No puedo iniciar sesión"), "No puedo iniciar sesión"),
        (("customer: Hello. How are you?", "customer: Can I export at night?"), "Can I export at night?"),
        (("customer: こんにちは。", "customer: ログインできません"), "ログインできません"),
        (("customer: 你好！", "customer: 我无法导出报表"), "我无法导出报表"),
        ((f"agent: {GREETING}", "customer: Refund please"), "Refund please"),
        ((f"agent: {GREETING}", "customer: Hello"), GREETING),
        (("customer: Hello", "agent: Hi"), "Hello"),
        (("agent: Is anybody there at all?",), "Is anybody there at all?"),
        ((": Hello", ": the export stops early"), "the export stops early"),
        (("note: A note of our own on this", "agent: Your export is ready again"), "Your export is ready again"),
        (("customer: Hi!<br>The <b>export</b> stops &gt; 9 MB",), "The export stops > 9 MB"),
        (("customer: <p>Where is <your_domain> set?</p>",), "Where is <your_domain> set?"),
        (("customer: " + "word " * 40,), "word " * 15 + "word …"),
        (("customer: " + "語" * 100,), "語" * 80 + " …"),
    ],
)  # fmt: skip
def test_a_conversation_is_called_by_what_its_customer_came_with(said: tuple[str, ...], title: str) -> None:
    assert of_turns(talk(*said)) == title


def test_a_review_without_a_title_gets_that_one(opened: Library) -> None:
    kept = reviews.add(opened, Draft(turns=talk(f"agent: {GREETING}", "customer: My export stops early")), "ada")
    assert kept.title == "My export stops early"


def test_a_conversation_that_an_earlier_version_titled_is_not_changed_when_it_comes_again(
    opened: Library, tmp_path: Path
) -> None:
    turns = [{"role": "agent", "text": GREETING}, {"role": "customer", "text": "My export stops early"}]
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps({"id": "1", "turns": turns, "language": "en"}), "utf-8")
    intake.ingest(opened, [str(path)], IntakeOptions(), who="ada")
    hashed = Draft(
        "1", title=GREETING, turns=talk(f"agent: {GREETING}", "customer: My export stops early"), language="en"
    )
    assert opened.db.execute("SELECT content_hash FROM reviews").fetchone() == (content_hash(hashed),)
    for title in ("", "My export stops early", GREETING):  # as it came; as kb gives it out, and as it once did
        path.write_text(json.dumps({"id": "1", "title": title, "turns": turns, "language": "en"}), "utf-8")
        assert intake.ingest(opened, [str(path)], IntakeOptions(), who="ada").unchanged == 1


def test_a_given_title_that_is_what_kb_would_have_made_is_not_changed_either(opened: Library, tmp_path: Path) -> None:
    turns = [{"role": "agent", "text": GREETING}, {"role": "customer", "text": "My export stops early"}]
    draft = Draft("1", title="My export stops early", turns=talk(f"agent: {GREETING}", "customer: My export stops early"),
                  language="en")  # fmt: skip
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps({"id": "1", "title": draft.title, "turns": turns, "language": "en"}), "utf-8")
    intake.ingest(opened, [str(path)], IntakeOptions(), who="ada")
    with opened.transaction() as db:  # as the version before took it
        db.execute("UPDATE reviews SET content_hash = ?", [content_hash(draft)])
    assert intake.ingest(opened, [str(path)], IntakeOptions(), who="ada").unchanged == 1


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (
            '<div dir="auto"><p style="margin:0">They need <b>SSO</b> &amp; more.</p><p>Next</p></div>',
            "They need SSO & more.",
        ),
        ("<html><head><title>x</title><style>p {}</style></head><body><p></p><p>Set the clock", "Set the clock"),
        ("<p>Choose &lt;none&gt; there</p>", "Choose <none> there"),
        ("<your domain> is missing", "<your domain> is missing"),
    ],
)
def test_a_text_in_html_is_called_by_its_first_words_without_tags(opened: Library, body: str, title: str) -> None:
    assert reviews.add(opened, Draft(body=body), "ada").title == title


def test_a_text_in_html_that_an_earlier_version_titled_is_not_changed_when_it_comes_again() -> None:
    now, then = (Draft(title=title, body="<p>Set the clock</p>") for title in ("Set the clock", "<p>Set the clock</p"))
    assert content_hash(as_hashed(now)) == content_hash(then)

"""What changed between two states of a field, in a form that a person can read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from kb.languages import N_
from kb.models import Turn
from kb.web import shown, transcript, vocabulary
from kb.web.languages import gettext as _

LABELS = {
    "title": N_("Title"),
    "body": N_("Text"),
    "turns": N_("Conversation"),
    "scorecard": N_("Scorecard"),
    "score": N_("Score"),
    "feedback": N_("Customer's feedback"),
    "kind": N_("Kind"),
    "date": N_("Date"),
    "cycle": N_("Review cycle"),
    "reviewer": N_("Reviewer"),
    "reviewee": N_("Reviewee"),
    "customer": N_("Customer"),
    "case_id": N_("Case"),
    "case_url": N_("Link to the case"),
    "channel": N_("Channel"),
    "product": N_("Product"),
    "team": N_("Team"),
    "language": N_("Language"),
    "tag": N_("Topic"),
    "status": N_("Status"),
    "name": N_("Name"),
    "definition": N_("Definition"),
    "aliases": N_("Also called"),
    "parent_name": N_("Under"),
    "topics": N_("Topics"),
    "words": N_("Words"),
    "answer": N_("Answer"),
    "reason": N_("Reason"),
    "gem": N_("Gem"),
    "review": N_("Review"),
    "into": N_("Into"),
    "from": N_("From"),
    "question": N_("Question"),
}
_LONGEST_WORDWISE = 20_000
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a longer text: `same`, `out`, `in`, or `gap` where lines that did not change are left out."""

    state: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that changed. Short values stand side by side; long ones are given line by line."""

    label: str
    before: str = ""
    after: str = ""
    lines: tuple[Line, ...] = ()


def of(fields: Mapping[str, tuple[Any, Any]]) -> list[Difference]:
    """For each changed field of a history's entry what it was and became."""
    return [compare(name, *pair) for name, pair in fields.items()]


def compare(name: str, before: Any, after: Any) -> Difference:
    label = _(LABELS[name]) if name in LABELS else name.replace("_", " ").capitalize()
    old, new = as_text(name, before), as_text(name, after)
    if max(len(old), len(new)) <= 100 and "\n" not in old + new:
        return Difference(label, old, new)
    return Difference(label, lines=tuple(_lines(old, new)))


def as_text(name: str, value: Any) -> str:
    """A field's value, as a history keeps it, in words."""
    if value is None:
        return ""
    if name == "kind":
        return shown.kind_word(value)
    if name == "language":
        return shown.language_word(str(value))
    if name == "status":
        return vocabulary.status_name(str(value))
    if name == "reason":
        return _(str(value)) if value else ""
    if name == "date":
        return str(value).partition(" ")[0]
    if name == "turns":
        return transcript.write(Turn(**turn) for turn in value)
    if name == "scorecard":
        return "\n".join(_answer(**row) for row in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {item}" for key, item in value.items() if item not in (None, ""))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _answer(criterion: str, value: str, comment: str) -> str:
    return f"{criterion}: {value or '–'}" + (f" ({comment})" if comment else "")


def _lines(old: str, new: str) -> Iterator[Line]:
    a, b = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False) if len(a) * len(b) < 4_000_000 else None
    if matcher is None:
        yield from (Line("out", escape(line)) for line in a)
        yield from (Line("in", escape(line)) for line in b)
        return
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] > 0:
            yield Line("gap", Markup("…"))
        for action, a_from, a_to, b_from, b_to in group:
            if action == "equal":
                yield from (Line("same", escape(line)) for line in a[a_from:a_to])
            else:
                yield from _replaced("\n".join(a[a_from:a_to]), "\n".join(b[b_from:b_to]))


def _replaced(old: str, new: str) -> Iterator[Line]:
    """Lines that were replaced, with the words that differ marked."""
    out, into = _words(old, new) if len(old) + len(new) < _LONGEST_WORDWISE else (escape(old), escape(new))
    if old:
        yield Line("out", out)
    if new:
        yield Line("in", into)


def _words(old: str, new: str) -> tuple[Markup, Markup]:
    a, b = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (old, new))
    out, into = [], []
    for action, a_from, a_to, b_from, b_to in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        gone, come = "".join(a[a_from:a_to]), "".join(b[b_from:b_to])
        if action == "equal":
            out.append(escape(gone))
            into.append(escape(come))
        else:
            out.append(Markup("<del>{}</del>").format(gone) if gone else Markup(""))
            into.append(Markup("<ins>{}</ins>").format(come) if come else Markup(""))
    return Markup("").join(out), Markup("").join(into)

"""The form for writing and editing a review: from a review to its fields, and from what was typed to a draft.

What was typed is kept as it is, so that a form with a mistake in it comes back with every word.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from kb.languages import N_
from kb.models import Answer, Draft, Kind, Review
from kb.web import transcript, wording
from kb.web.languages import gettext as _

# What most teams look at; offered on a new review, and kept only where it was answered.
RUBRIC = (
    N_("Understood what the customer needs"),
    N_("The answer is right and complete"),
    N_("Found the cause, not only a way round"),
    N_("Tone fits the customer"),
    N_("The next step is clear"),
)
VALUES = (
    ("", "–"),
    ("yes", N_("yes")),
    ("no", N_("no")),
    ("n/a", N_("n.a.")),
    *((str(n), str(n)) for n in range(1, 6)),
)
_LONGEST_TITLE, _LONGEST_LINE = 500, 300
LINES = (
    "title", "reviewer", "reviewee", "customer", "case_id", "case_url", "channel", "product", "team", "language",
)  # fmt: skip
TEXTS = (*LINES, "kind", "body", "turns", "date", "cycle", "score", "csat", "ces", "nps", "feedback_comment", "tags")
_BLANK_ROWS = 2
_SCALES = {"csat": ("CSAT", 1, 5), "ces": ("CES", 1, 7), "nps": ("NPS", 0, 10)}


@dataclass(slots=True)
class ReviewForm:
    """`values` are the boxes by name, `answers` the scorecard's rows, `errors` sentences by the name of the box."""

    values: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[Answer]:
        """The scorecard's rows with some to spare."""
        return [*self.answers, *[Answer("")] * _BLANK_ROWS]


def blank(kind: Kind, reviewer: str, today: date) -> ReviewForm:
    """A new review: today's, of this week's cycle, with the usual rubric (a call note has none)."""
    values = dict.fromkeys(TEXTS, "")
    values |= {"kind": kind.value, "reviewer": reviewer, "date": today.isoformat(), "cycle": monday(today).isoformat()}
    return ReviewForm(values, [] if kind is Kind.CALL else [Answer(_(criterion)) for criterion in RUBRIC])


def from_review(review: Review, zone: ZoneInfo) -> ReviewForm:
    values = {name: str(getattr(review, name)) for name in LINES}
    values |= {
        "kind": review.kind.value,
        "body": review.body,
        "turns": transcript.write(review.turns),
        "date": review.date.astimezone(zone).date().isoformat() if review.date else "",
        "cycle": review.cycle.isoformat() if review.cycle else "",
        "score": _shown(review.score),
        "csat": _shown(review.feedback.csat),
        "ces": _shown(review.feedback.ces),
        "nps": _shown(review.feedback.nps),
        "feedback_comment": review.feedback.comment,
        "tags": "",
    }
    return ReviewForm(values, list(review.scorecard))


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def from_typed(typed: MultiDict[str, str]) -> ReviewForm:
    """What came with a sent form. Boxes that are missing are empty."""
    values = {name: typed.get(name, "").replace("\r\n", "\n") for name in TEXTS}
    values |= {name: " ".join(values[name].split()) for name in LINES}
    columns: list[Sequence[str]] = [typed.getlist(name) for name in ("criterion", "value", "remark")]
    longest = max(map(len, columns))
    filled = [[*column, *[""] * (longest - len(column))] for column in columns]
    rows = [Answer(*(text.replace("\r\n", "\n").strip() for text in row)) for row in zip(*filled, strict=True)]
    return ReviewForm(values, [row for row in rows if row.criterion or row.value or row.comment])


def to_draft(form: ReviewForm, zone: ZoneInfo, before: Review | None = None) -> Draft:
    """The draft that the form describes, but for its topics; `form.errors` tells what of it could not be taken.

    What a form cannot show or take exactly (a time of day, the blanks at the end of a turn, a long score, a line that came
    in longer than one may type) stays as it was in `before` when its box was not touched.
    """
    values, was = form.values, Draft() if before is None else before
    untouched = _untouched(form, zone, before)
    kind = _kind(form)
    moment = was.date if "date" in untouched else _moment(form, zone)
    scores = {
        name: _number(form, name, words, low, high)
        for name, (words, low, high) in _SCALES.items()
        if name not in untouched
    }
    comment = was.feedback.comment if "feedback_comment" in untouched else values["feedback_comment"].strip()
    _check_lines(form, untouched)
    lines: dict[str, Any] = {name: getattr(was, name) if name in untouched else values[name] for name in LINES}
    return Draft(
        kind=kind,
        body=was.body if "body" in untouched else values["body"].rstrip(),
        date=moment,
        cycle=_cycle(form),
        turns=was.turns if "turns" in untouched else transcript.read(values["turns"]),
        scorecard=_scorecard(form, new=before is None),
        score=was.score if "score" in untouched else _number(form, "score", _("The score"), None, None),
        feedback=replace(was.feedback, **scores, comment=comment),
        **lines,
    )


def _untouched(form: ReviewForm, zone: ZoneInfo, before: Review | None) -> set[str]:
    """The boxes that came back as the form showed this review."""
    if before is None:
        return set()
    shown = from_typed(MultiDict(from_review(before, zone).values)).values
    return {name for name in TEXTS if form.values[name].rstrip() == shown[name].rstrip()}


def monday(day: date) -> date:
    """The Monday of a day's week, by which review cycles are named."""
    return day - timedelta(days=day.weekday())


def _kind(form: ReviewForm) -> Kind:
    try:
        return Kind(form.values["kind"])
    except ValueError:
        form.errors["kind"] = _(
            "There is no kind of review called %(kind)s. Choose one.", kind=repr(form.values["kind"][:40])
        )
        return Kind.PEER


def _day(form: ReviewForm, name: str) -> date | None:
    text = form.values[name].strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.errors[name] = _("%(text)s is no day. Write it as 2026-03-31.", text=repr(text[:40]))
        return None


def _moment(form: ReviewForm, zone: ZoneInfo) -> datetime | None:
    day = _day(form, "date")
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
    except OverflowError:
        form.errors["date"] = _("That day is too far away to be kept.")
        return None


def _cycle(form: ReviewForm) -> date | None:
    day = _day(form, "cycle")
    return monday(day) if day and day > date.min + timedelta(days=7) else day


def _number(form: ReviewForm, name: str, words: str, low: float | None, high: float | None) -> float | None:
    text = form.values[name].strip().replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", text):
        form.errors[name] = (
            _("%(what)s must be a number, such as 4 or 87.5.", what=words)
            if low is None
            else _("%(what)s must be a number from %(low)s to %(high)s.", what=words, low=low, high=high)
        )
        return None
    number = float(text)
    if low is not None and high is not None and not low <= number <= high:
        form.errors[name] = _("%(what)s goes from %(low)s to %(high)s.", what=words, low=low, high=high)
    return number


def _check_lines(form: ReviewForm, untouched: Container[str]) -> None:
    for name in (name for name in LINES if name not in untouched):
        text = form.values[name]
        most = _LONGEST_TITLE if name == "title" else _LONGEST_LINE
        if len(text) > most:
            count = wording.number(len(text))
            form.errors[name] = _(
                "This has %(count)s characters; at most %(most)s fit one line.", count=count, most=most
            )
        elif name == "language" and not re.fullmatch(r"[a-z]{0,3}", text):
            form.errors[name] = _("A language is named by its code, such as en or ja.")
        elif name == "case_url" and text and not re.match(r"https?://[^\s/]", text):
            form.errors[name] = _("A link begins with https:// or http://.")


def _scorecard(form: ReviewForm, *, new: bool) -> tuple[Answer, ...]:
    for row in form.answers:
        if not row.criterion:
            form.errors["scorecard"] = _("A row has an answer but no criterion: say what was looked at.")
    return tuple(row for row in form.answers if row.value or row.comment or not new)


def choices(values: Mapping[str, Sequence[str]], known: Mapping[str, str], chosen: str) -> list[tuple[str, str]]:
    """The languages to choose from: those in use first, then the others by name; whatever is chosen is among them."""
    used = [code for code in values.get("language", ()) if code]
    rest = sorted((code for code in known if code not in used), key=lambda code: known[code])
    codes = dict.fromkeys([*used, *rest, *([chosen] if chosen else [])])
    return [("", _("found out from the text")), *((code, known.get(code, code)) for code in codes)]

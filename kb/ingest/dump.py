"""Drafts back to interchange records, and their content's hash. `Reader().read(dump(draft)) == draft`."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from kb.models import Answer, CommentDraft, Draft, Feedback, GemDraft, Kind, TagDraft, Turn

_LINES = (
    "title", "reviewer", "reviewee", "customer", "case_id", "case_url", "channel", "product", "team", "language",
)  # fmt: skip


def dump(record: Draft | TagDraft | GemDraft) -> dict[str, Any]:
    """The interchange record of a draft, as JSON and YAML can hold it; what is empty is left out."""
    if isinstance(record, TagDraft):
        return _filled(
            type="tag",
            name=record.name,
            definition=record.definition,
            aliases=list(record.aliases),
            parent=record.parent,
        )
    if isinstance(record, GemDraft):
        return {"type": "gem", **_gem(record)}
    return _review(record)


def content_hash(record: Draft | TagDraft | GemDraft) -> str:
    """A fingerprint of what the record says, its id left out: the same in every format, for every version of kb.

    A field that a later version adds changes no hash as long as it is empty (empty fields are not in it).
    """
    content = dump(record)
    content.pop("id", None)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _review(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draft.external_id:
        found["id"] = draft.external_id
    if draft.kind is not Kind.PEER:
        found["kind"] = draft.kind.value
    for name in _LINES:
        if value := getattr(draft, name):
            found[name] = value
    if draft.date:
        found["date"] = _time(draft.date)
    if draft.cycle:
        found["cycle"] = draft.cycle.isoformat()
    if draft.tags:
        found["tags"] = list(draft.tags)
    if draft.score is not None:
        found["score"] = _number(draft.score)
    if draft.scorecard:
        found["scorecard"] = [_answer(answer) for answer in draft.scorecard]
    if draft.feedback:
        found["feedback"] = _feedback(draft.feedback)
    if draft.turns:
        found["turns"] = [_turn(turn) for turn in draft.turns]
    if draft.gems:
        found["gems"] = [_gem(gem) for gem in draft.gems]
    if draft.comments:
        found["comments"] = [_comment(comment) for comment in draft.comments]
    if draft.updated_at:
        found["updated_at"] = _time(draft.updated_at)
    if draft.extra:
        found["extra"] = dict(draft.extra)
    if draft.body:
        found["body"] = draft.body
    return found


def _turn(turn: Turn) -> dict[str, str]:
    found = {"speaker": turn.speaker} if turn.speaker else {}
    if turn.role:
        found["role"] = turn.role
    if turn.at:
        found["at"] = turn.at
    found["text"] = turn.text
    return found


def _answer(answer: Answer) -> dict[str, Any]:
    return _filled(criterion=answer.criterion, value=answer.value, comment=answer.comment)


def _feedback(feedback: Feedback) -> dict[str, Any]:
    scores = {"csat": feedback.csat, "ces": feedback.ces, "nps": feedback.nps}
    found: dict[str, Any] = {name: _number(value) for name, value in scores.items() if value is not None}
    return {**found, "comment": feedback.comment} if feedback.comment else found


def _gem(gem: GemDraft) -> dict[str, Any]:
    found = _filled(id=gem.id, title=gem.title, body=gem.body, quote=gem.quote)
    if gem.tags is not None:
        found["tags"] = list(gem.tags)  # also when there are none: otherwise it would get those of its review
    return {**found, "status": gem.status} if gem.status else found


def _comment(comment: CommentDraft) -> dict[str, Any]:
    return _filled(author=comment.author, at=comment.at, body=comment.body)


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _number(value: float) -> float:
    """4 for 4.0, so that a number is written, and hashed, in one way."""
    return int(value) if float(value).is_integer() else value


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

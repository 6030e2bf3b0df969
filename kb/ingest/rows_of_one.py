"""Tables in which a review has several rows: one for each criterion of its scorecard, or for each turn of its conversation.

A mapping says so by leading columns to parts of these: `answer.criterion`, `answer.value`, `answer.comment`; `turn.speaker`,
`turn.role`, `turn.at`, `turn.text`. Rows with the same id are one review then; one without an id goes on with the row above.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kb.ingest.keys import REVIEW_KEYS
from kb.ingest.text import scalar
from kb.ingest.told import in_order, told_by
from kb.ingest.turn_names import habits_of, ours

ANSWER = ("answer.criterion", "answer.value", "answer.comment")
TURN = ("turn.speaker", "turn.role", "turn.at", "turn.text")
PARTS = (*ANSWER, *TURN)


def joined(rows: Sequence[Mapping[Any, Any]], led: Collection[str] = ()) -> dict[Any, Any]:
    """One record of the rows of a review, their columns under our keys. What all rows say is said once; where they differ,
    texts stand one below the other, and what else differs is kept beside the answer or turn of its row."""
    differing = _differing(rows)
    record: dict[Any, Any] = {}
    parts: dict[str, list[dict[Any, Any]]] = {"scorecard": [], "turns": [], "rows": []}
    for row in rows:
        apart: dict[Any, Any] = {}
        for key, value in row.items():
            if key in PARTS or (key in ("body", "tags") and key in differing):
                continue
            if key in differing and (key not in REVIEW_KEYS or key in record):
                apart[key] = value
            else:
                record.setdefault(key, value)
        for name, keys in (("scorecard", ANSWER), ("turns", TURN)):
            if part := {key.partition(".")[2]: row[key] for key in keys if key in row}:
                parts[name].append(part | {key: value for key, value in apart.items() if key not in part})
                apart = {}
        if apart:
            parts["rows"].append(apart)
    record |= _texts(rows, differing)
    for name, found in parts.items():
        if found:
            if name in record:
                record[f"{name} (column)"] = record[name]
            record[name] = found
    if parts["turns"]:
        said = in_order(parts["turns"])
        habits = habits_of(said)
        record["turns"] = [ours(turn, habits) for turn in said]
        record |= told_by(record, said, led)
    return record


def _differing(rows: Sequence[Mapping[Any, Any]]) -> set[Any]:
    first: dict[Any, Any] = {}
    return {key for row in rows for key, value in row.items() if first.setdefault(key, value) != value}


def _texts(rows: Sequence[Mapping[Any, Any]], differing: set[Any]) -> dict[str, Any]:
    """The text and the topics of all rows, where they are not the same. A text of one row is on its criterion."""
    found: dict[str, Any] = {}
    if "body" in differing:
        texts: dict[str, str] = {}
        for row in rows:
            if "body" in row:
                texts.setdefault(scalar(row["body"], "body"), scalar(row.get("answer.criterion", ""), "criterion"))
        found["body"] = "\n\n".join(f"{criterion}: {text}" if criterion else text for text, criterion in texts.items())
    if "tags" in differing:
        topics = [row["tags"] for row in rows if "tags" in row]
        found["tags"] = list(
            dict.fromkeys(name for one in topics for name in (one if isinstance(one, list) else [one]))
        )
    return found

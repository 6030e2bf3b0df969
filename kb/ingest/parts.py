"""The structured parts of a record (scorecard, feedback, gems, comments; kb/ingest/turns.py has the conversation) from
whatever shape they come in.

Each reader gives the parts and what it did not know of them: keys that kb has no place for, by the index of the part,
to be kept under `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

from kb.errors import InvalidInput
from kb.ingest.dates import moment
from kb.ingest.keys import folded
from kb.ingest.text import block, identity, line, loads, maybe_json, names, number, plain, scalar, shown
from kb.ingest.untagged import untagged
from kb.models import Answer, CommentDraft, Feedback, GemDraft, GemStatus

Rest = dict[str, Any]
"""What was not known of a part: {"3": {"mood": "calm"}} for the fourth."""

_ANSWER = frozenset(("criterion", "value", "comment"))
# What other tools call the parts of an answer, folded; the first that holds something is taken.
_CALLED = {
    "criterion": (
        "criterion",
        "criterionname",
        "categoryname",
        "questiontext",
        "question",
        "category",
        "name",
        "title",
        "label",
    ),
    "value": ("value", "rating", "score", "answer", "result", "points", "grade"),
    "comment": ("comment", "comments", "note", "notes", "remark", "feedback", "reason"),
}
_GEM = frozenset(("id", "title", "body", "quote", "tags", "status"))
_COMMENT, _FEEDBACK = frozenset(("body", "author", "at")), frozenset(("csat", "ces", "nps", "comment"))

_VALUES = {
    word: value
    for value, words in {
        "yes": "y|yes|true|ja|sí|si|oui|はい|是|✓|✔",
        "no": "n|no|false|nein|non|いいえ|否|✗|✘",
        "n/a": "n/a|na|n.a.|n/a.|k.a.|not applicable|entfällt|nicht zutreffend|no aplica|該当なし|対象外|不适用",
    }.items()
    for word in words.split("|")
}
# Other words that a criterion is found to be met or not by. They stay as they are.
_FINDINGS = frozenset((
    "pass", "fail", "passed", "failed", "met", "not met", "partially met", "partly met", "bestanden", "nicht bestanden",
    "erfüllt", "nicht erfüllt", "teilweise erfüllt", "cumple", "no cumple", "aprobado", "no aprobado", "合格", "不合格",
    "○", "×", "△",
))  # fmt: skip
_RATING = re.compile(r"[0-5]|(?:100|\d{1,2})\s?%|\d{1,2}(?:[.,]\d)?\s*/\s*(?:5|10|100)|[★⭐]{1,10}[☆✩]{0,10}")
_SCALES = {"csat": (1, 5), "ces": (1, 7), "nps": (0, 10)}


def scorecard(value: object, limit: int) -> tuple[tuple[Answer, ...], Rest]:
    """From a list of objects, an object `{criterion: value}`, or a text `Tone: yes; Clarity: 4`."""
    if isinstance(value, Mapping) and "criterion" not in value:
        value = [
            {"criterion": key, **(item if isinstance(item, Mapping) else {"value": item})}
            for key, item in value.items()
        ]
    found: list[Answer] = []
    rest: Rest = {}
    for index, item in enumerate(items(value, "scorecard", ";")):
        field = f"scorecard[{index}]"
        if isinstance(item, Mapping):
            item, rest_of_it = known(_ours(item), _ANSWER, field, limit)
            if rest_of_it:
                rest[str(index)] = rest_of_it
        else:
            criterion, _, answer_value = scalar(item, field).partition(":")
            item = {"criterion": criterion, "value": answer_value}
        found.append(answer(item, field, limit))
    return tuple(found), rest


def are_answers(value: object) -> bool:
    """Whether it is a list of criteria, each with what was found, as tools send a scorecard."""
    if not isinstance(value, list) or not value:
        return False
    told = [
        {folded(key) for key in item if isinstance(key, str)} if isinstance(item, Mapping) else set() for item in value
    ]
    return all(names.intersection(_CALLED["criterion"]) and names.intersection(_CALLED["value"]) for names in told)


def _ours(item: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """An answer under our names, where it has none for what was looked at."""
    names = {folded(key): key for key in item if isinstance(key, str)}
    if "criterion" in names:
        return item
    found = dict(item)
    for part, theirs in _CALLED.items():
        key = next((names[name] for name in theirs if name in names and item[names[name]] not in (None, "")), "")
        if key and not isinstance(item[key], Mapping | list):
            found[part] = found.pop(key)
    return found


def is_verdict(value: str) -> bool:
    """Whether a cell says yes, no or not applicable, as a scorecard does."""
    return value.strip().lower() in _VALUES


def may_be_found(value: str) -> bool:
    """Whether a cell may say what was found of a criterion: yes or no, met or not, or a rating."""
    return is_verdict(value) or value.strip().lower() in _FINDINGS or _RATING.fullmatch(value.strip()) is not None


def answer(item: Mapping[str, Any], field: str, limit: int) -> Answer:
    criterion = line(item.get("criterion"), f"{field}.criterion", limit)
    if not criterion:
        raise InvalidInput(f"{field} has no criterion: say what was looked at.", field)
    value = line(item.get("value"), f"{field}.value", limit)
    return Answer(criterion, _VALUES.get(value.lower(), value), block(item.get("comment"), f"{field}.comment", limit))


def feedback(value: object, limit: int) -> tuple[Feedback, Rest]:
    """From an object, JSON text, or a bare number, which is the CSAT."""
    if isinstance(value, str):
        value = maybe_json(value)
    if not isinstance(value, Mapping):
        value = {"csat": value}
    said, rest = known(value, _FEEDBACK, "feedback", limit)
    scores = {name: _score(said.get(name), name) for name in _SCALES}
    return Feedback(**scores, comment=block(said.get("comment"), "feedback.comment", limit)), rest


def gems(value: object, limit: int) -> tuple[tuple[GemDraft, ...], Rest]:
    """From a list of objects or of titles."""
    found: list[GemDraft] = []
    rest: Rest = {}
    for index, item in enumerate(items(value, "gems")):
        field = f"gems[{index}]"
        item, rest_of_it = known(item if isinstance(item, Mapping) else {"title": item}, _GEM, field, limit)
        if rest_of_it:
            rest[str(index)] = rest_of_it
        found.append(gem(item, field, limit))
    return tuple(found), rest


def gem(item: Mapping[str, Any], field: str, limit: int) -> GemDraft:
    """One gem. Without a title its quote or body gives one. Raises InvalidInput if it has none of the three."""
    title = line(item.get("title"), f"{field}.title", limit)
    body = block(item.get("body"), f"{field}.body", limit)
    quote = block(item.get("quote"), f"{field}.quote", limit)
    if not (title or body or quote):
        raise InvalidInput(f"{field} has neither title, body nor quote.", field)
    status = line(item.get("status"), f"{field}.status", limit).lower()
    if status and status not in list(GemStatus):
        raise InvalidInput(f"{field}.status is {shown(status)}; it must be one of {', '.join(GemStatus)}.", field)
    tags = names(item["tags"], f"{field}.tags", limit) if item.get("tags") is not None else None
    return GemDraft(
        title or title_from(body or quote),
        body,
        quote,
        tags,
        status,
        identity(item.get("id"), f"{field}.id", limit),
    )


def comments(value: object, limit: int, zone: tzinfo = UTC) -> tuple[tuple[CommentDraft, ...], Rest]:
    """From a list of objects or of texts. A comment without words is left out; a time that can be read
    becomes ISO 8601."""
    found: list[CommentDraft] = []
    rest: Rest = {}
    for index, item in enumerate(items(value, "comments")):
        field = f"comments[{index}]"
        item, rest_of_it = known(item if isinstance(item, Mapping) else {"body": item}, _COMMENT, field, limit)
        if rest_of_it:
            rest[str(index)] = rest_of_it
        body = block(item.get("body"), f"{field}.body", limit)
        author, at = (line(item.get(name), f"{field}.{name}", limit) for name in ("author", "at"))
        if body:
            found.append(CommentDraft(body, author, iso(at, field, zone)))
    return tuple(found), rest


def title_from(body: str) -> str:
    """A title for what has none: the first heading, else the first words of the body."""
    return heading(body) or _cut(_without_marks(body).split("\n", 1)[0])


_HEADING = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]+([^\s#].*)|<h([1-6])\b[^<>\n]{0,200}>([^\n]{1,2000}?)</h\2>)", re.MULTILINE
)


def heading(body: str) -> str:
    """The first heading of a Markdown text, also where it is written as HTML; "" if it has none."""
    found = _HEADING.search(body)
    if not found:
        return ""
    if found[3]:
        return _cut(_without_marks(untagged(found[3])))
    text = found[1].rstrip()
    unclosed = text.rstrip("#")  # `# Head ##` is closed, `# C#` is not
    return _cut(_without_marks(unclosed if unclosed[-1:].isspace() else text))


def _without_marks(text: str) -> str:
    return re.sub(r"^[\s>*#+|=`-]+|!?\[|\]\([^)]*\)|\*\*|__|`", "", text[:2000], flags=re.MULTILINE).strip()


def _cut(text: str, longest: int = 80) -> str:
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    cut = text.rfind(" ", longest // 2, longest)
    return text[: cut if cut > 0 else longest - 1].rstrip(" ,;:") + "…"


def iso(text: str, field: str, zone: tzinfo) -> str:
    try:
        at = moment(text, field, zone)
    except InvalidInput:
        return text
    return at.isoformat().replace("+00:00", "Z") if at else ""


def _score(value: object, name: str) -> float | None:
    lowest, highest = _SCALES[name]
    found = number(value, f"feedback.{name}", highest)
    if found is not None and not lowest <= found <= highest:
        raise InvalidInput(
            f"feedback.{name} is {shown(str(value))}; it goes from {lowest} to {highest}. "
            "A score on another scale belongs in a field of another name, which is kept under extra.",
            f"feedback.{name}",
        )
    return found


def is_json(text: str) -> bool:
    text = text.strip()
    return text[:1] in ("[", "{") and text[-1:] in ("]", "}")


def items(value: object, field: str, separator: str = "\n") -> Sequence[Any]:
    if isinstance(value, str):
        if is_json(value):
            try:
                value = loads(value.strip())
            except (ValueError, RecursionError) as error:
                raise InvalidInput(f"{field} begins like JSON but is not: {error}.", field) from error
        else:
            return [part for part in value.split(separator) if part.strip()]
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, list | tuple):
        return value
    raise InvalidInput(f"{field} must be a list, not {shown(value)}.", field)


def known(
    item: Mapping[Any, Any], keys: frozenset[str], field: str, limit: int
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The keys of `item` that kb knows (in any case), and the rest, fit for `extra`."""
    if item.keys() <= keys:
        return item, {}
    known: dict[str, Any] = {key: item[key] for key in keys if key in item}
    rest: dict[str, Any] = {}
    for key, value in item.items():
        name = key.strip().lower() if isinstance(key, str) else key
        if name in keys and name not in known:
            known[name] = value
        elif key not in keys and value is not None and value != "":
            rest[line(key, field, limit)] = plain(value, field, limit)
    return known, rest

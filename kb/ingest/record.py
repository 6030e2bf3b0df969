"""One interchange record, a mapping of whatever JSON, YAML or CSV gave, to a draft.

Kind to types, strict about meaning: a number may be written as text, a single tag as a string, but a date that the
calendar does not have is refused with a sentence. What kb does not know is kept whole under `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from kb.errors import InvalidInput
from kb.ingest import dates, parts
from kb.ingest.base import Options
from kb.ingest.keys import GEM_KEYS, REVIEW_KEYS, TAG_KEYS, key_of
from kb.ingest.text import block, identity, line, maybe_json, name_in, names, number, plain, scalar, shown
from kb.ingest.turns import turns
from kb.models import Draft, GemDraft, Kind, TagDraft
from kb.values.language_codes import code

NO_TEXT = "There is neither a text (body) nor a conversation (turns) to read"
"""How the reason of a row begins none of whose keys is the text."""
_REVIEW, _TAG, _GEM = frozenset(REVIEW_KEYS), frozenset(TAG_KEYS), frozenset(GEM_KEYS)
_LINES = ("title", "reviewer", "reviewee", "customer", "case_id", "case_url", "channel", "product", "team")
_PEOPLE = ("reviewer", "reviewee")
_LONGEST_NAME = 1000  # characters: every text is searched for whom readers are not to see in it
_PARTS: dict[str, Callable[[Any, int], tuple[Any, parts.Rest]]] = {
    "turns": turns,
    "scorecard": parts.scorecard,
    "feedback": parts.feedback,
    "gems": parts.gems,
}
_KINDS: dict[str, Kind] = {
    word: kind
    for kind, words in {
        Kind.PEER: "peer|peer to peer|colleague",
        Kind.SELF: "self|self assessment|self evaluation|selbst",
        Kind.MANAGER: "manager|lead|team lead|supervisor|coach|coaching",
        Kind.CALIBRATION: "calibration|calibration session|kalibrierung",
        Kind.CALL: "call|phone|phone call|meeting|anruf",
    }.items()
    for word in words.split("|")
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads records as one run or one file wants it: `zone` of dates without one, `order` of 3/4/2026, the longest
    field in bytes, and what parts the names of a list (`{"tags": ","}`; `;` otherwise)."""

    zone: tzinfo = UTC
    order: dates.Order | None = None
    max_field: int = Options().max_field
    separators: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, options: Options, order: dates.Order | None = None, separators: Mapping[str, str] | None = None
    ) -> Reader:
        zone = UTC if str(options.zone) == "UTC" else options.zone
        return cls(zone, order, options.max_field, separators or {})

    def read(self, data: Mapping[Any, Any]) -> Draft | TagDraft | GemDraft:
        """The draft that `data` describes. Raises InvalidInput with a sentence and the field that it is about."""
        if not data.keys() <= _REVIEW:
            data = _spelled(data)
        kind = data.get("type")
        if kind == "tag":
            return self._tag(data)
        if kind == "gem":
            return self._gem(data)
        return self._review(data)

    def _review(self, data: Mapping[Any, Any]) -> Draft:
        limit, found = self.max_field, {}
        extra = self._extra(data)
        for key, value in data.items():
            if value is None or value == "":
                continue
            if key == "scorecard" and _names_a_scorecard(value):
                _keep(extra, key, plain(value, key, limit))
            elif key in _PARTS or key == "comments":
                found[key], rest = (
                    _PARTS[key](value, limit) if key in _PARTS else parts.comments(value, limit, self.zone)
                )
                if rest:
                    _keep(extra, key, rest)
            elif key in _LINES:
                found[key] = line(name_in(value, key), key, limit)
                _check_name(key, found[key])
                if isinstance(value, Mapping):
                    _keep(extra, key, plain(value, key, limit))
        self._dotted(extra, found)
        self._single(data, found, extra)
        if not (found["body"] or any(turn.text for turn in found.get("turns", ()))):
            raise _nothing_to_read(data)
        return Draft(**found, extra=extra)

    def _single(self, data: Mapping[Any, Any], found: dict[str, Any], extra: dict[str, Any]) -> None:
        get, zone, order = data.get, self.zone, self.order
        found["external_id"] = identity(get("id"), "id", self.max_field)
        found["kind"] = _kind(get("kind"))
        found["body"] = block(get("body"), "body", self.max_field)
        found["date"] = dates.moment(get("date"), "date", zone, order)
        found["updated_at"] = dates.moment(get("updated_at"), "updated_at", zone, order)
        found["cycle"] = dates.monday(get("cycle"), "cycle", zone, order)
        found["score"] = number(get("score"), "score")
        found["tags"] = names(get("tags"), "tags", self.max_field, self.separators.get("tags", ";"))
        language = get("language")
        if isinstance(language, str) and language:
            found["language"] = code(language) or ""
            if not found["language"] and language.strip():
                _keep(extra, "language", plain(language, "language", self.max_field))
        elif language is not None and language != "":
            _keep(extra, "language", plain(language, "language", self.max_field))

    def _tag(self, data: Mapping[Any, Any]) -> TagDraft:
        limit = self.max_field
        name = line(data.get("name"), "name", limit)
        if not name:
            raise InvalidInput("A record of type tag needs a name.", "name")
        aliases = names(data.get("aliases"), "aliases", limit, self.separators.get("aliases", ";"))
        definition = block(data.get("definition") or data.get("body"), "definition", limit)
        return TagDraft(name, definition, aliases, line(data.get("parent"), "parent", limit))

    def _gem(self, data: Mapping[Any, Any]) -> GemDraft:
        return parts.gem(data, "gem", self.max_field)

    def _extra(self, data: Mapping[Any, Any]) -> dict[str, Any]:
        """What kb has no place for: unknown keys, and what stands under `extra` itself."""
        extra: dict[str, Any] = {}
        limit = self.max_field
        if not data.keys() <= _REVIEW:
            for key, value in data.items():
                if key not in _REVIEW and value is not None and value != "":
                    name = line(key, "a key", limit)
                    extra[name] = plain(value, name, limit)
        if (kind := data.get("type")) not in (None, "", "review"):
            extra["type"] = plain(kind, "type", limit)
        nested = data.get("extra")
        if isinstance(nested, str):
            nested = maybe_json(nested)
        if nested is not None and nested != "":
            nested = plain(nested, "extra", limit)
            if isinstance(nested, dict) and not extra.keys() & nested.keys():
                extra.update(nested)
            else:
                extra["extra"] = nested
        return extra

    def _dotted(self, extra: dict[str, Any], found: dict[str, Any]) -> None:
        """Flat columns of structured parts: `feedback.csat`, `scorecard.Tone`, `scorecard.Tone.comment`."""
        flat = [key for key in extra if key[:9] in ("feedback.", "scorecard")]
        if not flat:
            return
        said: dict[str, Any] = {}
        answers: dict[str, dict[str, Any]] = {}
        for key in flat:
            if (match := re.fullmatch(r"feedback\.\s*(csat|ces|nps|comment)", key, re.IGNORECASE)) and (
                "feedback" not in found
            ):
                said[match[1].lower()] = extra.pop(key)
            elif match := re.fullmatch(r"scorecard\.\s*(.+?)(\.comment)?", key, re.DOTALL):
                answers.setdefault(match[1], {})["comment" if match[2] else "value"] = extra.pop(key)
        if said:
            found["feedback"], _ = parts.feedback(said, self.max_field)
        if answers:
            more, _ = parts.scorecard(answers, self.max_field)
            found["scorecard"] = (*found.get("scorecard", ()), *more)


def _spelled(data: Mapping[Any, Any]) -> dict[str, Any]:
    """`data` with other spellings of kb's keys (`Case ID`, `caseUrl`) put right, where that key is not there anyway."""
    spelled: dict[str, Any] = {}
    for name, value in data.items():
        key = key_of(name) if isinstance(name, str) else scalar(name, "a key")
        if key != name and (key in data or key in spelled):
            key = name if isinstance(name, str) else f"{key} ({type(name).__name__})"
        spelled[key] = value
    return spelled


def _names_a_scorecard(value: object) -> bool:
    """Whether it is only what a scorecard is called, as in the column Scorecard of other tools: no criterion has a value."""
    return isinstance(value, str) and ":" not in value and value.strip()[:1] not in ("[", "{")


def _check_name(key: str, text: str) -> None:
    if key in _PEOPLE and len(text) > _LONGEST_NAME:
        raise InvalidInput(f"{key} has {len(text):,} characters; a name has at most {_LONGEST_NAME:,}.", key)


def _keep(extra: dict[str, Any], key: str, value: Any) -> None:
    """Put `value` under extra[key]; beside what is there already, never instead of it."""
    while key in extra:
        key += "_"
    extra[key] = value


def _kind(value: object) -> Kind:
    if value is None or value == "":
        return Kind.PEER
    word = " ".join(re.sub(r"[\s_-]+", " ", scalar(value, "kind")).lower().split())
    kind = _KINDS.get(word) or _KINDS.get(re.sub(r" (reviews?|notes?)$", "", word))
    if kind is None:
        if not word:
            return Kind.PEER
        raise InvalidInput(f"kind is {shown(value)}; it must be one of {', '.join(Kind)}.", "kind")
    return kind


def _nothing_to_read(data: Mapping[Any, Any]) -> InvalidInput:
    has = [str(key) for key, value in data.items() if value not in (None, "", [], {})]
    listed = ", ".join(shown(key[:40])[1:-1] for key in has[:8]) + (", …" if len(has) > 8 else "")
    if "turns" in has:
        return InvalidInput("It is a conversation in which nobody says anything.", "body")
    return InvalidInput(
        f"{NO_TEXT}{f'; there is {listed}' if has else ''}. "
        "Say which of these is the text: in the browser, or in a mapping file (docs/formats.md).",
        "body",
    )

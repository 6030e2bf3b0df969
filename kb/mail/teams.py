"""An edition as an Adaptive Card for Microsoft Teams, posted to a workflow's webhook.

The card schema is adaptivecards.io's, version 1.4. A message may be 28 KB, which some of Teams' own machinery counts in
UTF-16.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from kb import translations
from kb.languages import Said
from kb.mail.post import as_body
from kb.values.digest import Contents, shorten

_LONGEST = 27_000
# A TextBlock reads a part of Markdown; a backslash takes a mark's meaning away.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-!|>~])")


# How long titles, texts and reasons may be: what is too long for Teams is tried with the next, shorter lengths.
_LENGTHS = ((200, 240, 160), (150, 120, 100), (100, 0, 60), (50, 0, 25))


def payload(contents: Contents, language: str = "en") -> dict[str, Any]:
    """The body to post, in this language, cut until it is small enough."""
    say = partial(translations.say, language=language)
    for lengths in _LENGTHS:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "fallbackText": say(contents.subject),
            "body": _body(contents, say, *lengths),
            "actions": [{"type": "Action.OpenUrl", "title": say(Said("The whole edition")), "url": contents.url}],
            "msteams": {"width": "Full"},
        }
        message = {
            "type": "message",
            "attachments": [
                {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
            ],
        }
        if len(as_body(message).decode().encode("utf-16-le")) <= _LONGEST:
            break
    return message


def _body(contents: Contents, say: Callable[[str], str], title: int, says: int, why: int) -> list[dict[str, Any]]:
    body = [
        _text(escape(shorten(say(contents.name), title)), size="Large", weight="Bolder"),
        _text(escape(say(contents.label)), isSubtle=True, spacing="None"),
    ]
    if contents.greeting:
        body.append(_text(escape(shorten(say(contents.greeting), 4 * title))))
    for story in contents.stories:
        body.append(_text(_link(story.url, story.title, title), weight="Bolder", separator=True))
        if story.says and says:
            body.append(_text(escape(shorten(story.says, says)), spacing="None"))
        thanks = say(Said("Thanks to %(credit)s", credit=shorten(story.credit, why)))
        reason = shorten(say(story.reason), why)
        body.append(
            _text(
                escape(f"{reason} · {thanks}" if story.credit else reason), isSubtle=True, spacing="None", size="Small"
            )
        )
    for asked in contents.questions:
        body.append(_text(say(Said("Who knows?")), weight="Bolder", separator=True))
        body.append(_text(_link(asked.url, asked.text, title), spacing="None"))
        body.append(_text(escape(say(asked.reason)), isSubtle=True, spacing="None", size="Small"))
    if contents.gone:
        body.append(_text(say(Said("No longer needed")), weight="Bolder", separator=True))
    for gone in contents.gone:
        body.append(
            _text(f"{_link(gone.url, gone.title, title)} – {escape(shorten(say(gone.reason), why))}", spacing="Small")
        )
    if contents.numbers:
        body.append(_text(escape(say(contents.numbers)), isSubtle=True, separator=True, size="Small"))
    return body


def _link(url: str, text: str, longest: int) -> str:
    return f"[{escape(shorten(text, longest))}]({url})"


def _text(text: str, **how: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **how}


def escape(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)

"""An edition as an Adaptive Card for Microsoft Teams, posted to a workflow's webhook.

The card schema is adaptivecards.io's, version 1.4. A message may be 28 KB, counted by some of Teams' own machinery in
UTF-16: so half of that is what is used.
"""

from __future__ import annotations

import re
from typing import Any

from kb.digest_values import Contents
from kb.mail.post import as_body

_LONGEST = 14_000
# A TextBlock reads a part of Markdown; a backslash takes a mark's meaning away.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-!|>~])")


def payload(contents: Contents) -> dict[str, Any]:
    """The body to post. Texts, then reasons, are left away until it is small enough."""
    for detail in (3, 2, 1):
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "fallbackText": contents.subject,
            "body": _body(contents, detail),
            "actions": [{"type": "Action.OpenUrl", "title": "The whole edition", "url": contents.url}],
            "msteams": {"width": "Full"},
        }
        message = {
            "type": "message",
            "attachments": [
                {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
            ],
        }
        if len(as_body(message)) <= _LONGEST:
            break
    return message


def _body(contents: Contents, detail: int) -> list[dict[str, Any]]:
    body = [
        _text(escape(contents.name), size="Large", weight="Bolder"),
        _text(escape(contents.label), isSubtle=True, spacing="None"),
    ]
    if contents.opening_text:
        body.append(_text(escape(contents.opening_text[:1000])))
    for story in contents.stories:
        body.append(_text(f"[{escape(story.title)}]({story.url})", weight="Bolder", separator=True))
        if story.says and detail > 2:
            body.append(_text(escape(story.says), spacing="None"))
        if detail > 1:
            thanks = f" · Thanks to {escape(story.credit)}" if story.credit else ""
            body.append(_text(escape(story.reason) + thanks, isSubtle=True, spacing="None", size="Small"))
    for asked in contents.questions:
        body.append(_text("Who knows?", weight="Bolder", separator=True))
        body.append(_text(f"[{escape(asked.text)}]({asked.url})", spacing="None"))
        body.append(_text(escape(asked.reason), isSubtle=True, spacing="None", size="Small"))
    if contents.gone:
        body.append(_text("No longer needed", weight="Bolder", separator=True))
        body += [
            _text(f"[{escape(gone.title)}]({gone.url}) – {escape(gone.reason)}", spacing="Small")
            for gone in contents.gone
        ]
    if contents.numbers:
        body.append(_text(escape(contents.numbers), isSubtle=True, separator=True, size="Small"))
    return body


def _text(text: str, **how: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **how}


def escape(text: str) -> str:
    return _MARKS.sub(r"\\\1", text.replace("\r", " "))

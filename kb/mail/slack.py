"""An edition as a Slack message of Block Kit, for an incoming webhook.

Limits as docs.slack.dev/reference/block-kit gives them: 50 blocks a message, 3,000 characters in a section's text, 150
in a header, 10 elements in a context. A message whose blocks hold more than some 13,000 characters together is refused
as `msg_blocks_too_long`, which no page documents (github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from kb import translations
from kb.languages import Said
from kb.values.digest import Contents, shorten

_HEADER = 150
_FALLBACK = 600
_LONGEST_MESSAGE = 12_000
# What Slack reads as bold, italic, struck out and code has no escape: a word joiner keeps it from standing at a word's
# edge, where alone it means something.
_MARKS = str.maketrans({mark: f"{mark}\u2060" for mark in "*_~`"})


# How long titles, texts and reasons may be: what is too long for Slack is tried with the next, shorter lengths.
_LENGTHS = ((200, 240, 160), (150, 120, 100), (100, 0, 60), (50, 0, 25))


def payload(contents: Contents, language: str = "en") -> dict[str, Any]:
    """The body to post, in this language, cut until it is within Slack's limits."""
    say = partial(translations.say, language=language)
    for lengths in _LENGTHS:
        message = {"text": _fallback(contents, say), "blocks": _blocks(contents, say, *lengths), "unfurl_links": False}
        if len(json.dumps(message["blocks"], ensure_ascii=False)) <= _LONGEST_MESSAGE:
            break
    return message


def _fallback(contents: Contents, say: Callable[[str], str]) -> str:
    """What a notification and a screen reader say."""
    return escape(shorten(f"{say(contents.name)}: {say(contents.subject)}", _FALLBACK))


def _blocks(contents: Contents, say: Callable[[str], str], title: int, says: int, why: int) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(say(contents.name), _HEADER)},
        _context(escape(say(contents.label))),
    ]
    if contents.greeting:
        blocks.append({"type": "section", "text": _plain(say(contents.greeting), 4 * title)})
    for story in contents.stories:
        blocks.append({"type": "divider"})
        blocks.append(_section(f"*{_link(story.url, shorten(story.title, title))}*"))
        if story.says and says:
            blocks.append({"type": "section", "text": _plain(story.says, says)})
        thanks = say(Said("Thanks to %(credit)s", credit=shorten(story.credit, why)))
        reason = shorten(say(story.reason), why)
        blocks.append(_context(escape(f"{reason} · {thanks}" if story.credit else reason)))
    for asked in contents.questions:
        blocks.append({"type": "divider"})
        head, link = escape(say(Said("Who knows?"))), _link(asked.url, shorten(asked.text, title))
        blocks.append(_section(f"*{head}*\n{link}\n{escape(say(asked.reason))}"))
    if contents.gone:
        blocks.append({"type": "divider"})
        blocks.append(_section(f"*{escape(say(Said('No longer needed')))}*"))
    for gone in contents.gone:
        link, reason = _link(gone.url, shorten(gone.title, title)), escape(shorten(say(gone.reason), why))
        blocks.append(_section(f"{link} – {reason}"))
    foot = _link(contents.url, say(Said("The whole edition")))
    blocks.append(_context(f"{foot} · {escape(say(contents.numbers))}" if contents.numbers else foot))
    return blocks


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _plain(text: str, longest: int) -> dict[str, Any]:
    # plain_text is shown as it is; without `emoji`, ":tada:" in a text stays what it is.
    return {"type": "plain_text", "text": shorten(text, longest), "emoji": False}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def escape(text: str) -> str:
    """Slack's three (docs.slack.dev/messaging/formatting-message-text), and its marks made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").translate(_MARKS)


def _link(url: str, text: str) -> str:
    return f"<{url}|{escape(text).replace('|', '¦')}>"

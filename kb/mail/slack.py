"""An edition as a Slack message of Block Kit, for an incoming webhook.

Limits as docs.slack.dev/reference/block-kit gives them: 50 blocks a message, 3,000 characters in a section's text, 150
in a header, 10 elements in a context. A message whose blocks hold more than some 13,000 characters together is refused
as `msg_blocks_too_long`, which no page documents (github.com/slackapi/bolt-js/issues/2509).
"""

from __future__ import annotations

import json
from typing import Any

from kb.digest_values import Contents, shorten

_HEADER = 150
_SECTION = 3000
_FALLBACK = 3000
_LONGEST_MESSAGE = 12_000
# What Slack reads as bold, italic, struck out and code has no escape: a word joiner keeps it from standing at a word's
# edge, where alone it means something.
_MARKS = str.maketrans({mark: f"{mark}\u2060" for mark in "*_~`"})


def payload(contents: Contents) -> dict[str, Any]:
    """The body to post. Long texts are cut until it is within Slack's limits."""
    for says in (240, 120, 0):
        message = {"text": _fallback(contents), "blocks": _blocks(contents, says), "unfurl_links": False}
        if len(json.dumps(message["blocks"], ensure_ascii=False)) <= _LONGEST_MESSAGE:
            break
    return message


def _fallback(contents: Contents) -> str:
    """What a notification and a screen reader say."""
    return escape(shorten(f"{contents.name}: {contents.subject}", _FALLBACK // 5))


def _blocks(contents: Contents, says: int) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(contents.name, _HEADER)},
        _context(escape(contents.label)),
    ]
    if contents.opening_text:
        blocks.append({"type": "section", "text": _plain(contents.opening_text, 1000)})
    for story in contents.stories:
        blocks.append({"type": "divider"})
        blocks.append({"type": "section", "text": _mrkdwn(f"*{_link(story.url, story.title)}*")})
        if story.says and says:
            blocks.append({"type": "section", "text": _plain(story.says, says)})
        thanks = f" · Thanks to {escape(story.credit)}" if story.credit else ""
        blocks.append(_context(f"{escape(story.reason)}{thanks}"))
    for asked in contents.questions:
        blocks.append({"type": "divider"})
        text = f"*Who knows?*\n{_link(asked.url, asked.text)}\n{escape(asked.reason)}"
        blocks.append({"type": "section", "text": _mrkdwn(text)})
    if contents.gone:
        blocks.append({"type": "divider"})
        lines = [f"• {_link(gone.url, shorten(gone.title, 120))} – {escape(gone.reason)}" for gone in contents.gone]
        blocks.append({"type": "section", "text": _mrkdwn("*No longer needed*\n" + "\n".join(lines))})
    foot = [_link(contents.url, "The whole edition")]
    blocks.append(_context(" · ".join([*foot, escape(contents.numbers)] if contents.numbers else foot)))
    return blocks


def _plain(text: str, longest: int) -> dict[str, Any]:
    # plain_text is shown as it is; without `emoji`, ":tada:" in a text stays what it is.
    return {"type": "plain_text", "text": shorten(text, longest), "emoji": False}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text[:_SECTION], "verbatim": True}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def escape(text: str) -> str:
    """Slack's three (docs.slack.dev/messaging/formatting-message-text), and its marks made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").translate(_MARKS)


def _link(url: str, text: str) -> str:
    return f"<{url}|{escape(text).replace('|', '¦')}>"

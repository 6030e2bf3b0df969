"""An edition as signed JSON for any webhook, after the Standard Webhooks specification (standardwebhooks.com).

The signature is `v1,` and the base64 of HMAC-SHA256(secret, "{id}.{timestamp}.{body}"); the id stays the same when the
same delivery is tried again, so that the other side can tell a repetition.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from kb import translations
from kb.mail.post import as_body
from kb.values.digest import Contents


def payload(contents: Contents, now: datetime, language: str = "en") -> dict[str, Any]:
    """The body to post; what it says of gems and questions is in this language."""
    say = partial(translations.say, language=language)
    return {
        "type": "edition.published",
        "timestamp": now.isoformat(),
        "data": {
            "week": str(contents.week),
            "name": say(contents.name),
            "label": say(contents.label),
            "subject": say(contents.subject),
            "url": contents.url,
            "opening": contents.opening_text,
            "gems": [
                {"id": s.id, "title": s.title, "text": s.says, "url": s.url, "why": say(s.reason), "credit": s.credit,
                 "language": s.language, "topics": list(s.topics), "new": s.new}
                for s in contents.stories
            ],
            "questions": [
                {"id": q.id, "text": q.text, "url": q.url, "why": say(q.reason), "language": q.language}
                for q in contents.questions
            ],
            "retired": [
                {"id": g.id, "title": g.title, "url": g.url, "why": say(g.reason), "language": g.language}
                for g in contents.gone
            ],
            "numbers": say(contents.numbers),
        },
    }  # fmt: skip


def headers(body: Mapping[str, Any], id: str, secret: str, now: datetime) -> dict[str, str]:
    """The three headers of the specification; without a secret there is no signature."""
    timestamp = str(int(now.timestamp()))
    found = {"webhook-id": id, "webhook-timestamp": timestamp}
    if secret:
        signed = b".".join([id.encode(), timestamp.encode(), as_body(body)])
        digest = hmac.digest(key_of(secret), signed, "sha256")
        found["webhook-signature"] = "v1," + base64.b64encode(digest).decode("ascii")
    return found


def key_of(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the text itself."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode("utf-8")

"""What a mail server reports when it could not deliver after all: a delivery status notification (RFC 3464)."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import cast

from kb.values.digest import shorten

_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient that was given up: the address, what the server said, and the identifier of our mail if it is
    told."""

    address: str
    reason: str
    message_id: str = ""


def read(raw: bytes) -> list[Bounce]:
    """The recipients that a notification gives up for good; none for one that only tells of a delay, or is none."""
    message = email.message_from_bytes(raw[:_LARGEST], policy=default)
    message_id = _returned_id(message)
    found = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload() if part.is_multipart() else []:
            bounce = _recipient(cast(EmailMessage, block), message_id)
            if bounce is not None:
                found.append(bounce)
    return found


def _recipient(block: EmailMessage, message_id: str) -> Bounce | None:
    """`Final-Recipient: rfc822; ada@example.com`, `Action: failed`, `Status: 5.1.1` (RFC 3464, 2.3)."""
    recipient = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    status, action = str(block.get("Status", "")).strip(), str(block.get("Action", "")).strip().lower()
    if not recipient or action != "failed" or not status.startswith("5"):
        return None
    address = recipient.partition(";")[2].strip().strip("<>").casefold()
    said = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
    return Bounce(address, shorten(f"It came back: {status} {said}".strip(), 200), message_id)


def _returned_id(message: EmailMessage) -> str:
    """The Message-ID of the mail that came back, from the copy of it (or of its headers) that is enclosed."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            return _bare(str(cast(EmailMessage, part.get_payload(0)).get("Message-ID", "")))
        if kind == "text/rfc822-headers":
            found = re.search(r"(?im)^message-id:\s*(<[^>\s]+>)", str(part.get_payload()))
            return _bare(found[1]) if found else ""
    return ""


def _bare(text: str) -> str:
    return text.strip().strip("<>")

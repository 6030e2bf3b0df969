"""A mail as it goes over the wire: headers that hold nothing but what belongs in them, and two parts that say the same.

RFC 5322 (messages), 2045-2047 (MIME), 2369 and 8058 (List-Unsubscribe, one click), 2919 (List-Id), 3834
(Auto-Submitted).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from kb.errors import DeliveryRefused
from kb.mail.parts import Parts
from kb.values.digest import shorten

# Seven bits only: any relay takes it, whether or not it knows 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
LONGEST_SUBJECT = 150
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, and what makes the mail this one and no other.

    `domain` names the sender in identifiers; `thread` is the identifier of the conversation that it belongs to, if any.
    """

    sender: str
    sender_name: str
    to: str
    to_name: str
    message_id: str
    list_id: str
    leave: str
    date: datetime
    thread: str = ""


def build(parts: Parts, envelope: Envelope) -> EmailMessage:
    """The mail. Raises DeliveryRefused when an address is none that mail can go to."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _address(envelope.sender, envelope.sender_name)
    mail["To"] = _address(envelope.to, envelope.to_name)
    mail["Subject"] = _in_header(parts.subject, LONGEST_SUBJECT)
    mail["Date"] = envelope.date
    mail["Message-ID"] = f"<{envelope.message_id}>"
    if envelope.thread:
        mail["In-Reply-To"] = f"<{envelope.thread}>"
        mail["References"] = f"<{envelope.thread}>"
    mail["List-Id"] = f"<{envelope.list_id}>"
    mail["List-Unsubscribe"] = f"<{envelope.leave}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(parts.text, charset="utf-8")
    mail.add_alternative(parts.html, subtype="html", charset="utf-8")
    return mail


def _in_header(text: str, longest: int) -> str:
    """One line that no reader takes for an encoded word (RFC 2047), whatever a title looks like."""
    return shorten(text, longest).replace("=?", "= ?")


def _address(address: str, name: str) -> Address:
    found = ascii_address(address)
    local, _, domain = found.rpartition("@")
    return Address(_in_header(name, 80), local, domain)


def ascii_address(address: str) -> str:
    """An address in the form that every mail server takes. Raises DeliveryRefused."""
    if not address.strip():
        raise DeliveryRefused("The member has no e-mail address.", address=True)
    local, _, domain = address.strip().rpartition("@")
    if not _ADDRESS.fullmatch(address.strip()):
        raise DeliveryRefused(f"{shorten(address, 60)!r} is not an e-mail address.", address=True)
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode('ascii') if not domain.isascii() else domain}"
    except UnicodeError:
        raise DeliveryRefused(
            f"{shorten(address, 60)!r} has letters outside ASCII before the @, or a domain that cannot be; kb sends no"
            " mail to such addresses.",
            address=True,
        ) from None

"""Links that work without signing in: they name a member and what they are for, and carry a proof.

The proof is an HMAC-SHA256 (RFC 2104) under a key that stays with the library, so that a link in a mail of last year
still lets its reader leave, and nobody can make one for somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from functools import lru_cache

from kb.errors import NotFound
from kb.library import Library
from kb.store import subscriptions

# Under half of the digest's 256 bits would do; 160 keep the link on one line of a plain-text mail.
_PROOF_BYTES = 20


def token(library: Library, purpose: str, member_id: int, number: int = 0) -> str:
    """A token for one purpose of one member; another `number` is another token, and ends the old one."""
    return f"{member_id}.{number}.{_proof(library, purpose, member_id, number)}"


def read(library: Library, purpose: str, text: str) -> tuple[int, int]:
    """The member and number that a token was made for. Raises NotFound when it is not one of ours for this purpose."""
    found = re.fullmatch(r"([0-9]{1,15})\.([0-9]{1,9})\.([A-Za-z0-9_-]{20,40})", text)
    if found is None or not hmac.compare_digest(found[3], _proof(library, purpose, int(found[1]), int(found[2]))):
        raise NotFound("This link is not whole, or no longer good. Copy it again, all of it.")
    return int(found[1]), int(found[2])


def fingerprint(text: str) -> str:
    """Names something without telling it: a webhook's address, the words of a gem."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def proof(library: Library, kind: str, edition_id: int, member_id: int) -> str:
    """Sixteen characters that only this library can put on a letter."""
    return _proof(library, f"letter {kind} {edition_id}", member_id, 0)[:16]


def _proof(library: Library, purpose: str, member_id: int, number: int) -> str:
    digest = hmac.digest(_key(library), f"{purpose}.{member_id}.{number}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).rstrip(b"=").decode("ascii")


def _key(library: Library) -> bytes:
    return _key_of(library, library.id)


@lru_cache(maxsize=8)
def _key_of(library: Library, _id: str) -> bytes:
    return bytes.fromhex(subscriptions.link_key(library.db))

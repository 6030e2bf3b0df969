"""How names are compared: `GDPR`, ` gdpr ` and `ＧＤＰＲ` are one tag; and what stands where a person's name was."""

from __future__ import annotations

import unicodedata

MASK = "[name]"
FORMER = "[former member]"  # what stands where the name of a member was who is forgotten


def name_key(name: str) -> str:
    """The form of a name under which two spellings are the same: NFKC, case folded, blanks made one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())

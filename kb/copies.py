"""A gem or review to take along: as Markdown, and as plain text for an answer to a customer."""

from __future__ import annotations

from kb.markup import to_text
from kb.models import Gem, GemStatus, Review


def gem_markdown(gem: Gem, url: str) -> str:
    """The whole gem with its passages and where it came from; as its reader sees it."""
    parts = [f"# {gem.title}"]
    if gem.status is GemStatus.RETIRED:
        parts.append("**Retired. Do not rely on it any more.**")
    if gem.body.strip():
        parts.append(gem.body.strip())
    for passage in gem.evidence:
        if passage.quote.strip():
            parts.append("\n".join(f"> {line}".rstrip() for line in passage.quote.strip().splitlines()))
    if gem.tags:
        parts.append(", ".join(tag.name for tag in gem.tags))
    return "\n\n".join([*parts, f"<{url}>"]) + "\n"


def gem_text(gem: Gem) -> str:
    """What to do, and nothing of where it was found: no quote, name or link of the library goes to a customer."""
    said = to_text(gem.body).strip() or gem.title
    warning = "Retired: do not rely on it any more.\n\n" if gem.status is GemStatus.RETIRED else ""
    return f"{warning}{said}\n"


def review_markdown(review: Review, url: str) -> str:
    """The review and its conversation, as its reader sees it; no scores."""
    parts = [f"# {review.title}"]
    if review.body.strip():
        parts.append(review.body.strip())
    parts += [f"**{_speaker(turn.speaker, turn.role)}:** {turn.text.strip()}" for turn in review.turns]
    if review.tags:
        parts.append(", ".join(tag.name for tag in review.tags))
    return "\n\n".join([*parts, f"<{url}>"]) + "\n"


def review_text(review: Review) -> str:
    """Its text and conversation without marks."""
    parts = [review.title, to_text(review.body).strip()]
    parts += [f"{_speaker(turn.speaker, turn.role)}: {turn.text.strip()}" for turn in review.turns]
    return "\n\n".join(part for part in parts if part) + "\n"


def _speaker(name: str, role: str) -> str:
    return name or role.capitalize() or "Somebody"

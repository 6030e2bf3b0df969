"""How kb looks to a member, and what it keeps for them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

from kb.errors import InvalidInput
from kb.library import Library
from kb.models import Member
from kb.store import mine
from kb.values.mine import DENSITIES, THEMES, MemberSettings


def of(library: Library, member: Member) -> MemberSettings:
    """What this member chose; the defaults where they chose nothing."""
    return mine.settings(library.db, member.id)


def choose(
    library: Library,
    member: Member,
    *,
    language: str | None = None,
    zone: str | None = None,
    theme: str | None = None,
    density: str | None = None,
    history: bool | None = None,
    known: bool | None = None,
) -> MemberSettings:
    """Keep what is given; what is not stays as it was. Whoever switches the history off also forgets what was read.

    `language` is a code that the interface speaks (the door knows which), "" as the browser asks. Raises InvalidInput
    with the field.
    """
    if theme is not None and theme not in THEMES:
        raise InvalidInput("Choose the colours from the list.", "theme")
    if density is not None and density not in DENSITIES:
        raise InvalidInput("Choose the spacing from the list.", "density")
    if zone and zone not in available_timezones():
        raise InvalidInput("%(zone)s is no time zone. Write one such as Europe/Berlin.", "zone", zone=repr(zone[:40]))
    given = {"language": language, "zone": zone, "theme": theme, "density": density, "history": history, "known": known}
    now = library.now()
    with library.transaction() as db:
        before = mine.settings(db, member.id)
        chosen = replace(before, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        mine.save_settings(db, member.id, chosen, now)
        if before.history and not chosen.history:
            mine.clear_history(db, member.id, now)
    return chosen

"""The messages of an edition as files: what would go out, and nothing that does."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kb.digest import letters, subscribing, ways
from kb.digest.letters import Letters
from kb.errors import DeliveryRefused, LibraryError
from kb.library import Library
from kb.store import subscriptions
from kb.values.digest import Cadence, Channel, Edition


@dataclass(slots=True)
class Written:
    """The names of the files, and why some members get none, with how many each."""

    names: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


def write(library: Library, edition: Edition, folder: Path) -> Written:
    """Write every mail as .eml, and each kind of webhook's body as .json, whether or not one is set.

    Raises LibraryError when the folder cannot be written.
    """
    written = Written()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _mails(library, edition, folder, written)
        whole = Letters(library, edition).whole
        for channel in (Channel.SLACK, Channel.TEAMS, Channel.WEBHOOK):
            body, _ = ways.message_for(library, channel, whole, library.now(), "dry-run")
            path = folder / f"{channel.value}.json"
            path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
            written.names.append(path.name)
    except OSError as error:
        raise LibraryError(
            "The messages cannot be written to %(folder)s: %(error)s.", folder=folder, error=error
        ) from error
    return written


def _mails(library: Library, edition: Edition, folder: Path, written: Written) -> None:
    writer = Letters(library, edition)
    last = letters.last_weeks(library, edition.week)
    for one in subscriptions.of_all(library.db, subscribing.default_cadence(library)):
        if one.cadence is not Cadence.NONE and not letters.is_months_first(one, edition.week, last.get(one.member_id)):
            written.reasons["Reads once a month, and had this month's."] += 1
            continue
        mine = writer.contents_for(one, last.get(one.member_id))
        why = writer.objection(one, mine)
        try:
            letter = None if why else writer.write(one, mine)
        except DeliveryRefused as error:
            why, letter = str(error), None
        if letter is None:
            written.reasons[why] += 1
            continue
        path = folder / f"{edition.week}-member-{one.member_id}.eml"
        path.write_bytes(letter.mail.as_bytes())
        written.names.append(path.name)

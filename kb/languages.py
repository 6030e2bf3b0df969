"""The languages that the interface speaks, and what sentences are written with so that it can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "ja": "日本語"}


class Count(int):
    """A number in a sentence that is written as the language writes numbers: 12,345."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Said(str):
    """An English sentence from below the doors that a door can say in another language: it knows its message and values.

    Said("%(who)s merged %(tag)s", who="Ada", tag="GDPR") is the text "Ada merged GDPR".
    """

    message: str
    values: dict[str, object]
    # What it says of several, and of how many it says it; empty where it counts nothing.
    plural: str = ""
    num: int = 1

    def __new__(cls, message: str, **values: object) -> Said:
        """The sentence with its values filled in."""
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values = message, values
        return made

    @classmethod
    def several(cls, one: str, more: str, num: int, **values: object) -> Said:
        """A sentence that counts: %(num)s stands for the number."""
        made = cls(one if num == 1 else more, num=num, **values)
        made.message, made.plural, made.num = one, more, num
        return made

    @classmethod
    def joined(cls, parts: Sequence[str], by: str) -> Said:
        """Several sentences in a row."""
        places = by.join(f"%(part{place})s" for place in range(len(parts)))
        return cls(places, **{f"part{place}": part for place, part in enumerate(parts)})


class Days(str):
    """Some days in a row, in English words, which a door can write as another language does: as days, or as a month."""

    first: Day
    last: Day
    skeleton: str

    def __new__(cls, english: str, first: Day, last: Day, skeleton: str = "yMMMMd") -> Days:
        """`skeleton` is CLDR's: yMMMMd for days, yMMMM for a month."""
        made = super().__new__(cls, english)
        made.first, made.last, made.skeleton = first, last, skeleton
        return made


def N_(message: str) -> str:
    """Marks a sentence for the catalogs where it is written down; a door translates it where it is said."""
    return message

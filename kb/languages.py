"""The languages that the interface speaks, and what sentences are written with so that it can."""

from __future__ import annotations

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "ja": "日本語"}


class Count(int):
    """A number in a sentence that is written as the language writes numbers: 12,345."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Said(str):
    """An English sentence from below the doors that a door can say in another language: it knows its message and values.

    Said("%(who)s merged %(tag)s", who="Ada", tag="GDPR") is the text "Ada merged GDPR".
    """

    __slots__ = ("message", "values")

    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> Said:
        """The sentence with its values filled in."""
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values = message, values
        return made


def N_(message: str) -> str:
    """Marks a sentence for the catalogs where it is written down; a door translates it where it is said."""
    return message

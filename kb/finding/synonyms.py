"""The library's own synonyms: rows of words that mean the same ("hdd = hard drive = Festplatte"), kept by curators."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from kb.errors import Conflict, InvalidInput, NotFound
from kb.library import Library
from kb.models import Member
from kb.search.folding import clean, fold_value
from kb.search.synonyms import Synonyms
from kb.store import history, synonyms
from kb.store.database import Database
from kb.values.log import Change
from kb.values.search import Group

MOST = 20
LONGEST = 80
_PARTED = re.compile(r"\s*(?:=|＝|\n|;|；)\s*")
_made: WeakKeyDictionary[Library, tuple[str, Synonyms]] = WeakKeyDictionary()
_making = threading.Lock()


def of(library: Library) -> Synonyms:
    """All that mean the same, ready for questions; made anew when a row was changed, by whatever process."""
    state = synonyms.state(library.db)
    with _making:
        known = _made.get(library)
        if known is None or known[0] != state:
            groups = [group.words for group in synonyms.all_groups(library.db)] if state else []
            known = _made[library] = (state, Synonyms(groups))
        return known[1]


def listed(library: Library) -> list[Group]:
    return synonyms.all_groups(library.db)


def get(library: Library, id: int) -> Group:
    """Raises NotFound."""
    return synonyms.get(library.db, id)


def past(library: Library, id: int) -> list[Change]:
    """Who changed what, newest first."""
    return history.of(library.db, "synonyms", id)


def split(text: str) -> tuple[str, ...]:
    """`hdd = hard drive = Festplatte` -> its words, each once."""
    found: dict[str, str] = {}
    for piece in _PARTED.split(clean(text)):
        words = " ".join(piece.split())
        if words:
            found.setdefault(fold_value(words), words)
    return tuple(found.values())


def add(library: Library, words: Iterable[str], member: Member) -> Group:
    """A new row. Raises InvalidInput for fewer than two or too many words, Conflict when one stands in another row."""
    wanted = _checked(words)
    now, who = library.now(), member.called
    with library.transaction() as db:
        _check_free(db, wanted)
        id = synonyms.insert(db, wanted, who, now)
        history.add(db, "synonyms", id, "added", who, now, {"words": ([], list(wanted))})
    return synonyms.get(library.db, id)


def change(library: Library, id: int, words: Iterable[str], member: Member, *, version: int | None = None) -> Group:
    """Other words for a row; one that was taken out comes back. Raises NotFound, InvalidInput, Conflict also when
    somebody changed it meanwhile."""
    wanted = _checked(words)
    now, who = library.now(), member.called
    with library.transaction() as db:
        before = synonyms.get(db, id)
        if version is not None and version != before.version:
            raise Conflict("Somebody changed this row while you were writing. Look at it, then save again.")
        _check_free(db, wanted, id)
        if wanted != before.words or before.away:
            synonyms.update(db, id, wanted, who, now)
            was = [] if before.away else list(before.words)
            history.add(db, "synonyms", id, "changed", who, now, {"words": (was, list(wanted))})
    return synonyms.get(library.db, id)


def remove(library: Library, id: int, member: Member) -> None:
    """Take a row out; `restore` brings it back. Raises NotFound."""
    now, who = library.now(), member.called
    with library.transaction() as db:
        before = synonyms.get(db, id)
        if not before.away:
            synonyms.update(db, id, before.words, who, now, away=True)
            history.add(db, "synonyms", id, "taken out", who, now, {"words": (list(before.words), [])})


def restore(library: Library, id: int, change_id: int, member: Member) -> Group:
    """Undo a change of the history: the row is as it was before it, or out when it was not there. Raises NotFound,
    InvalidInput, Conflict."""
    found = next((one for one in history.of(library.db, "synonyms", id, 10_000) if one.id == change_id), None)
    if found is None:
        raise NotFound("There is no such change in the history of this row.")
    words = found.fields["words"][0]
    if words:
        return change(library, id, words, member)
    remove(library, id, member)
    return synonyms.get(library.db, id)


def _checked(words: Iterable[str]) -> tuple[str, ...]:
    wanted = split("\n".join(words))
    if len(wanted) < 2:
        raise InvalidInput("Write at least two words that mean the same, with = between them.", "words")
    if len(wanted) > MOST:
        raise InvalidInput(
            "That has %(count)s words; at most %(most)s make a row.", "words", count=len(wanted), most=MOST
        )
    for one in wanted:
        if len(one) > LONGEST:
            raise InvalidInput(
                "%(one)s… has %(count)s characters; at most %(longest)s make a word here.",
                "words",
                one=repr(one[:30]),
                count=len(one),
                longest=LONGEST,
            )
        if not any(letter.isalnum() for letter in one):
            raise InvalidInput("There is no letter or digit in %(one)s to search for.", "words", one=repr(one))
    return wanted


def _check_free(db: Database, wanted: tuple[str, ...], id: int = 0) -> None:
    taken = {fold_value(word): group for group in synonyms.all_groups(db) if group.id != id for word in group.words}
    for word in wanted:
        group = taken.get(fold_value(word))
        if group is not None:
            raise Conflict(
                "“%(word)s” stands in another row already: %(join)s. Add the words to that one.",
                word=word,
                join=" = ".join(group.words),
            )

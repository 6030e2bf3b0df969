"""What columns of other tools may mean, by their names and first values. It is only proposed: a name can mislead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from itertools import islice, pairwise

from kb.errors import InvalidInput
from kb.ingest.column_names import REMARKS, WHEN_NOTED, is_count_or_state, last_of, meanings_of
from kb.ingest.columns import CRITERION, KEPT, REMARK, SEVERAL, Column
from kb.ingest.dates import is_count_of_days, moment
from kb.ingest.keys import folded
from kb.ingest.parts import feedback, is_verdict
from kb.ingest.proposing_parts import in_parts
from kb.ingest.remarks import commented_on, is_remark
from kb.ingest.rows_of_one import PARTS
from kb.ingest.text import A_SENTENCE, number, words_in

_A_NUMBER = 3  # words of an id, at most
_A_FEW = 2  # dates of which none may be wrong


def proposed(found: Sequence[tuple[Column, str]]) -> dict[str, str]:
    """For columns that lead nowhere yet: what their names may mean, where their values can be that and no other column is;
    those that say yes and no are criteria, and those that rate from 0 to 5 where several do: a single one may be a
    count; and those that comment on a criterion."""
    guessed = in_parts(found)
    taken = {meaning for _, meaning in found} | set(guessed.values())
    if taken & {"turns", "turn.text"}:
        taken.add("body")
    for column, meaning in found:
        if meaning != KEPT or column.name in guessed:
            continue
        guesses = (guess for guess in meanings_of(column.name) if _fits(column, guess))
        guess = next(guesses, "")
        if guess and guess not in taken and (guess in SEVERAL or guess not in guessed.values()):
            guessed[column.name] = guess
        elif column.answers or (
            column.examples and all(map(is_verdict, column.examples)) and not is_count_or_state(column.name)
        ):
            guessed[column.name] = CRITERION
    rated = [
        column.name
        for column, meaning in found
        if meaning == KEPT and column.rates and not is_count_or_state(column.name)
    ]
    if len(rated) > 1:
        guessed = {name: CRITERION for name in rated if guessed.get(name) not in PARTS} | guessed
    guessed |= _commenting(found, guessed)
    if "date" not in taken.union(guessed.values()):
        noted = (column for column, meaning in found if meaning == KEPT and folded(column.name) in WHEN_NOTED)
        guessed |= {column.name: "date" for column in islice((one for one in noted if _fits(one, "date")), 1)}
    if not taken.union(guessed.values()) & {"body", "turns", "turn.text"}:
        said = [
            column.name
            for column, meaning in found
            if meaning == KEPT and column.name not in guessed and folded(last_of(column.name)) in REMARKS
        ]
        # Of a tool in which one person reviews, they are what that person says, and no thread.
        said = said or [column.name for column, meaning in found if meaning == "comments" and column.examples]
        guessed |= dict.fromkeys(said[:1] or _telling([one for one in found if one[0].name not in guessed]), "body")
    return guessed


def _commenting(found: Sequence[tuple[Column, str]], guessed: Mapping[str, str]) -> dict[str, str]:
    """Columns that say `Tone comment` beside `Tone`, which then is a criterion, too; or again and again `Comment` behind a
    criterion."""
    free = [column for column, meaning in found if meaning == KEPT and column.name not in guessed]
    short = {column.name for column in free if column.examples and max(map(words_in, column.examples)) < A_SENTENCE}
    criteria = {column.name for column, meaning in found if CRITERION in (meaning, guessed.get(column.name))}
    told: dict[str, str] = {}
    for column in free:
        if of := commented_on(column.name, (criteria | short) - {column.name}):
            told |= {column.name: REMARK} | ({of: CRITERION} if of in short else {})
    behind = [
        column.name
        for (before, _), (column, meaning) in pairwise(found)
        if meaning == KEPT and is_remark(column.name) and CRITERION in (told.get(before.name), guessed.get(before.name))
    ]
    return dict.fromkeys(behind, REMARK) | told if len(behind) > 1 else told


def _telling(found: Sequence[tuple[Column, str]]) -> list[str]:
    """The columns in which sentences stand: what was done well is asked in one, what to do next time in another. Where they
    are few, the one in which most is said."""
    told = {column.name: list(map(words_in, column.examples)) for column, meaning in found if meaning == KEPT}
    sentences = {name: words for name, words in told.items() if max(words, default=0) >= A_SENTENCE}
    most = max(sentences, key=lambda name: sum(sentences[name]), default="")
    full = [name for name, words in sentences.items() if sum(words) >= A_SENTENCE * len(words)]
    return full or [most][: bool(most)]


def _fits(column: Column, meaning: str) -> bool:
    """Whether the first values can be that: a proposal that sets rows aside is worse than none. Of dates one may be wrong:
    to do without all of them for it is worse than to set it aside, with its reason."""
    wrong = sum(not _can_be(example, meaning) for example in column.examples)
    return wrong <= (meaning == "date" and len(column.examples) > _A_FEW)


def _can_be(example: str, meaning: str) -> bool:
    try:
        if meaning == "date":
            return is_count_of_days(example) or moment(example, meaning, UTC) is not None
        if meaning == "cycle":
            return moment(example, meaning, UTC) is not None
        if meaning == "score":
            number(example, meaning)
        elif meaning.startswith("feedback."):
            feedback({meaning.partition(".")[2]: example}, len(example) * 4)
    except InvalidInput:
        return False
    if meaning in ("id", "case_id"):
        return len(example.split()) <= _A_NUMBER
    return meaning != "case_url" or example.startswith(("https://", "http://"))

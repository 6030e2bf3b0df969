"""Whether the rows of a table seem to be parts of reviews: turns of conversations, or criteria with what was found."""

from __future__ import annotations

from collections.abc import Sequence

from kb.ingest.column_names import meanings_of
from kb.ingest.columns import KEPT, Column
from kb.ingest.keys import folded
from kb.ingest.text import A_SENTENCE, words_in
from kb.ingest.told import IDS

# What other tools and people call them, folded.
_CALLED = {
    "answer.criterion": "criterion criteria criterionname question questiontext questionname kriterium kriterien frage "
    "criterio pregunta category categoryname scorecarditem item attribute parameter kategorie 評価項目 項目 質問 评价项目",
    "answer.value": "answer answervalue answerscore result rating value points score grade response antwort ergebnis wert "
    "punkte bewertung respuesta resultado valor puntuacion 回答 評価 点数 得分",
    "answer.comment": "comment comments remark remarks note notes feedback answercomment criterioncomment questioncomment "
    "kommentar bemerkung notiz comentario nota コメント メモ 備考 评论 备注",
}


def in_parts(found: Sequence[tuple[Column, str]]) -> dict[str, str]:
    """What the columns of such a table may mean, with what each leads to already; {} for any other."""
    return _turns(found) or _answers(found)


def _turns(found: Sequence[tuple[Column, str]]) -> dict[str, str]:
    means = {meaning for _, meaning in found}
    turns = {column.name: f"turn.{column.turn}" for column, _ in found if column.turn}
    if not turns or means & {"body", "turns"}:
        return {}
    ids = [column.name for column, meaning in found if meaning == KEPT and folded(column.name) in IDS]
    return turns | {name: "id" for name in ids[:1] if "id" not in means}


def _answers(found: Sequence[tuple[Column, str]]) -> dict[str, str]:
    """A criterion and what was found of it in each row, of reviews whose id comes again."""
    if not any(column.repeats and _identifies(column, meaning) for column, meaning in found):
        return {}
    free = [column for column, meaning in found if meaning in (KEPT, "score", "comments")]
    named = {
        part: next((one for one in free if folded(one.name) in names.split()), None) for part, names in _CALLED.items()
    }
    criterion, value, remark = (named[part] for part in _CALLED)
    if not (criterion and value and criterion.examples) or criterion.rates:
        return {}
    others = [column for column, meaning in found if meaning == KEPT and column not in named.values()]
    has_text = any(meaning == "body" for _, meaning in found) or any(map(_is_text, others))
    guessed = {criterion.name: "answer.criterion", value.name: "answer.value"}
    return guessed | ({remark.name: "answer.comment" if has_text else "body"} if remark else {})


def _identifies(column: Column, meaning: str) -> bool:
    return not {"id", "case_id"}.isdisjoint((meaning, *meanings_of(column.name)))


def _is_text(column: Column) -> bool:
    return max(map(words_in, column.examples), default=0) >= A_SENTENCE

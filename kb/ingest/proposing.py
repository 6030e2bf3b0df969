"""What columns of other tools may mean, by their names and first values. It is only proposed: a name can mislead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC

from kb.errors import InvalidInput
from kb.ingest.columns import CRITERION, KEPT, MEANINGS, SEVERAL, Column
from kb.ingest.dates import is_count_of_days, moment
from kb.ingest.keys import folded, key_of
from kb.ingest.parts import feedback, is_verdict
from kb.ingest.text import number

# What other tools and people call theirs, folded. Of two meanings of one name the first that its values can be is taken.
_CALLED = {
    "id": "reviewid evaluationid auditid gradeid answerid recordid revisionid bewertungsid レビューid",
    "title": "subject headline summary calltitle betreff titel asunto titulo objet 件名 タイトル 标题",
    "body": "text notes note description content message findings notiz notizen beschreibung inhalt texto notas "
    "descripcion contenido 本文 内容 メモ 说明",
    "tags": "label labels topic topics keywords categories thema themen schlagworte tema temas etiquetas タグ ラベル 标签",
    "date": "created createdat createdon createdate closed closedat closedon opened openedat date/timeopened dateofcontact "
    "contactdate calldate activitydate conversationdate reviewedat reviewedon reviewdate datereviewed dategraded "
    "dateevaluated evaluatedon evaluationdate day datum fecha 日付 日期",
    "cycle": "weekof reviewweek week kw woche semana",
    "case_id": "case ticket ticketid ticketnumber conversation conversationid casenumber contactreference contactid callid "
    "gradableid vorgang caso 案件番号 会話id チケットid チケット番号 问题编号",
    "turns": "transcript conversationtranscript chattranscript calltranscript conversation conversationparts messages "
    "dialog dialogue gesprächsverlauf transkript transcripcion 会話 対話 对话",
    "case_url": "externallink externalurl ticketlink ticketurl caselink conversationlink conversationurl url link",
    "customer": "client company account accountname companyname associatedcompany customername organization organisation "
    "requester kunde firma cliente empresa 顧客 客户",
    "product": "produkt producto 製品 产品",
    "team": "group department gruppe abteilung equipo チーム 团队",
    "channel": "via kanal canal チャネル 渠道",
    "language": "lang locale sprache idioma 言語 语言",
    "reviewer": "evaluator rater auditor grader graderemail reviewedby gradedby scoredby revisor レビュアー",
    "reviewee": "agent agentname assignee caseowner gradee ratee bearbeiter agente 担当者",
    "score": "overall overall% overallscore totalscore qascore qualityscore finalscore bewertung gesamtbewertung puntuacion "
    "評価 スコア 評点 评分",
    "feedback.csat": "csat csatscore satisfaction",
    "feedback.nps": "nps npsscore",
    "feedback.ces": "ces cesscore",
}
# The text, where nothing else is it: what a reviewer says of the whole case; else the column that says most.
_REMARKS = (
    "comment comments reviewcomment reviewercomment overallcomment generalcomment remark remarks kommentar kommentare "
    "bemerkung bemerkungen comentario comentarios observaciones コメント 備考 评论 备注"
)
_MEANT_BY: dict[str, list[str]] = {}
for _meaning, _names in _CALLED.items():
    for _name in _names.split():
        _MEANT_BY.setdefault(_name, []).append(_meaning)
_OWN_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # without spaces between words
_A_SENTENCE = 5  # words; two characters of a script without spaces count as one
_A_NUMBER = 3  # words of an id, at most


def proposed(found: Sequence[tuple[Column, str]]) -> dict[str, str]:
    """For columns that lead nowhere yet: what their names may mean, where their values can be that and no other column is;
    those that say yes and no are criteria, and those that rate from 0 to 5 where several do: a single one may be a
    count."""
    taken = {meaning for _, meaning in found}
    if "turns" in taken:
        taken.add("body")
    guessed: dict[str, str] = {}
    for column, meaning in found:
        if meaning != KEPT:
            continue
        guesses = (guess for guess in _MEANT_BY.get(folded(column.name), ()) if _fits(column, guess))
        guess = next(guesses, "")
        if guess and guess not in taken and (guess in SEVERAL or guess not in guessed.values()):
            guessed[column.name] = guess
        elif column.examples and all(map(is_verdict, column.examples)):
            guessed[column.name] = CRITERION
    rated = [column.name for column, meaning in found if meaning == KEPT and column.rates]
    if len(rated) > 1:
        guessed = dict.fromkeys(rated, CRITERION) | guessed
    if not taken.union(guessed.values()) & {"body", "turns"}:
        said = [column.name for column, _ in found if folded(column.name) in _REMARKS.split()]
        guessed |= dict.fromkeys(said[:1] or _telling([one for one in found if one[0].name not in guessed]), "body")
    return guessed


def is_known(name: str) -> bool:
    """Whether it is what a column or key of a review is called, by us or by others."""
    return key_of(name) in MEANINGS or folded(name) in _MEANT_BY or folded(name) in _REMARKS.split()


def _telling(found: Sequence[tuple[Column, str]]) -> list[str]:
    """The column in whose values most is said, if they are sentences."""
    weights = [(sum(map(_words, column.examples)), column) for column, meaning in found if meaning == KEPT]
    most, column = max(weights, key=lambda pair: pair[0], default=(0, Column("")))
    return [column.name] if most and max(map(_words, column.examples)) >= _A_SENTENCE else []


def _words(example: str) -> int:
    return len(example.split()) + len(_OWN_SCRIPT.findall(example)) // 2


def _fits(column: Column, meaning: str) -> bool:
    """Whether the first values can be that: a proposal that sets rows aside is worse than none."""
    return all(_can_be(example, meaning) for example in column.examples)


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
